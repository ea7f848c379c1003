"""Who sees which page of partners and agreements, and what the pages do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from sapar.accounts.models import Office, User
from sapar.directory.models import Organisation
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.states import NameKind
from sapar.files.models import StoredFile
from sapar.partners.models import Agreement, Contact, Obligation, Partnership
from sapar.partners.queries import current_version
from sapar.partners.services.approval import answer_step, invite_partner, send_for_approval
from sapar.partners.services.obligations import add_obligation
from sapar.partners.services.papers import issue_agreement
from sapar.partners.services.partnerships import add_contact, begin_partnership
from sapar.partners.states import ApprovalRole
from tests.cast import NOW, TODAY, Cast, signed_in
from tests.story import approve, draft, partner_in_force
from tests.web.partners.test_thread import row


@dataclass
class World:
    """One of everything, so that something could leak."""

    partner: Partnership
    contact: Contact
    in_force: Agreement
    draft: Agreement
    duty: Obligation
    file: StoredFile


@pytest.fixture
def world(cast: Cast) -> World:
    agreement = partner_in_force(cast).agreement
    partner = agreement.partnership
    return World(
        partner,
        add_contact(partner, name="Deniz", email="d@example.org", by=cast.officer, at=NOW),
        agreement,
        draft(cast, "Bursa Demo University"),
        add_obligation(agreement, text="Send the report", due_on=TODAY, by=cast.officer, at=NOW),
        issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW).file,
    )


def reading_pages(world: World) -> list[str]:
    in_force = f"agreements/{world.in_force.pk}/"
    return [
        "partners/",
        f"partners/{world.partner.pk}/",
        "agreements/",
        in_force,
        f"{in_force}read/",
        f"{in_force}versions/1/",
        f"{in_force}draft.pdf",
        f"{in_force}draft.docx",
        f"{in_force}memo.docx",
        f"{in_force}files/{world.file.pk}/",
    ]


def working_pages(world: World) -> list[str]:
    drafted, in_force = f"agreements/{world.draft.pk}/", f"agreements/{world.in_force.pk}/"
    return [
        "partners/add/",
        "partners/add/?q=demo",
        "partners/new/",
        f"partners/{world.partner.pk}/change/",
        f"partners/{world.partner.pk}/talk/",
        f"partners/{world.partner.pk}/contacts/new/",
        f"partners/{world.partner.pk}/agreement/",
        f"contacts/{world.contact.pk}/",
        "agreements/new/",
        f"{drafted}edit/",
        f"{drafted}places/",
        f"{drafted}texts/",
        f"{drafted}send/",
        f"{drafted}give-up/",
        f"{in_force}invite/",
        f"{in_force}sign/",
        f"{in_force}scan/",
        f"{in_force}obligations/new/",
        f"obligations/{world.duty.pk}/",
    ]


def status(user: User, office: Office, path: str) -> int:
    return signed_in(user).get(f"/o/{office.slug}/{path}").status_code


def test_officer_opens_every_page(cast: Cast, world: World) -> None:
    client = signed_in(cast.officer)
    for path in reading_pages(world) + working_pages(world):
        assert client.get(f"/o/alatoo/{path}").status_code == 200, path


@pytest.mark.parametrize("name", ["reader", "coordinator", "lawyer", "rector"])
def test_others_of_the_house_read_and_do_not_change(cast: Cast, world: World, name: str) -> None:
    client = signed_in(getattr(cast, name))
    for path in reading_pages(world):
        assert client.get(f"/o/alatoo/{path}").status_code == 200, path
    for path in working_pages(world):
        assert client.get(f"/o/alatoo/{path}").status_code == 403, path


def test_other_office_finds_nothing(cast: Cast, world: World) -> None:
    client = signed_in(cast.other_officer)
    for path in reading_pages(world) + working_pages(world):
        assert client.get(f"/o/alatoo/{path}").status_code == 404, path
    own = {
        "partners/",
        "agreements/",
        "partners/add/",
        "partners/add/?q=demo",
        "partners/new/",
        "agreements/new/",
    }
    for path in reading_pages(world) + working_pages(world):
        answer = client.get(f"/o/tianshan/{path}")
        assert answer.status_code == (200 if path in own else 404), path
        assert b"Ankara" not in answer.content


def test_nobody_and_guest_stay_outside(cast: Cast, world: World) -> None:
    for path in reading_pages(world):
        assert status(cast.nobody, cast.office, path) == 404, path
        assert Client().get(f"/o/alatoo/{path}").status_code == 302, path


POSTS = (
    "send",
    "answer",
    "take-back",
    "invite",
    "issue",
    "sign",
    "scan",
    "terminate",
    "give-up",
    "continue",
    "memo",
)


@pytest.mark.parametrize("errand", POSTS)
def test_nobody_of_another_office_posts_into_this_one(cast: Cast, world: World, errand: str) -> None:
    before = list(Agreement.objects.order_by("pk").values())
    client = signed_in(cast.other_officer)
    for office in ("alatoo", "tianshan"):
        assert client.post(f"/o/{office}/agreements/{world.in_force.pk}/{errand}/").status_code == 404
    reader = signed_in(cast.reader)
    assert reader.post(f"/o/alatoo/agreements/{world.in_force.pk}/{errand}/").status_code in (302, 403)
    assert list(Agreement.objects.order_by("pk").values()) == before


def test_file_of_another_record_is_not_served(cast: Cast, world: World) -> None:
    assert status(cast.officer, cast.office, f"agreements/{world.draft.pk}/files/{world.file.pk}/") == 404


def test_partner_is_found_in_the_other_script_and_by_acronym(cast: Cast) -> None:
    organisation = add_organisation(
        office=cast.office,
        name="Osh Demo University",
        country_code="KG",
        names=[
            NameEntry(NameKind.LABEL, "Ош демо университети", "ky"),
            NameEntry(NameKind.ACRONYM, "ODU"),
        ],
        by=cast.officer,
        at=NOW,
    )
    begin_partnership(organisation, office=cast.office, by=cast.officer, at=NOW)
    draft(cast)
    client = signed_in(cast.officer)
    for text in ("ош демо универ", "osh", "ODU", "Ош"):
        rows = client.get("/o/alatoo/partners/", {"q": text}).context["list"].rows
        assert [one.name for one in rows] == ["Osh Demo University"], text


def test_list_says_near_and_far_as_the_office_counts_them(cast: Cast) -> None:
    cast.office.near_abroad = ["TR"]
    cast.office.save(update_fields=["near_abroad"])
    draft(cast)
    client = signed_in(cast.officer)
    assert client.get("/o/alatoo/partners/?zone=near").context["list"].count == 1
    assert client.get("/o/alatoo/partners/?zone=far").context["list"].count == 0


def test_agreements_filter_reads_as_a_sentence(cast: Cast, world: World) -> None:
    client = signed_in(cast.officer)
    page = client.get("/o/alatoo/agreements/?kind=exchange&ends_to=31.12.2029&country=TR&state=in_force")
    shown = page.context["list"]
    assert [chip.text for chip in shown.chips] == [
        "exchange agreements",
        "in force",
        "ending before 31.12.2029",
        "Türkiye",
    ]
    assert shown.count == 1
    assert client.get("/o/alatoo/agreements/?ends_to=31.12.2028").context["list"].count == 0


def test_partner_is_taken_from_the_directory_once(cast: Cast) -> None:
    shared = Organisation.objects.create(
        name="Shared Demo University", country_code="KZ", sort_key="s", search="shared demo university"
    )
    client = signed_in(cast.officer)
    assert [hit.name for hit in client.get("/o/alatoo/partners/add/?q=shared").context["hits"]] == [
        shared.name
    ]
    answer = client.post("/o/alatoo/partners/add/", {"organisation": shared.pk})
    begun = Partnership.objects.get(organisation=shared)
    assert answer["Location"] == f"/o/alatoo/partners/{begun.pk}/"
    (hit,) = client.get("/o/alatoo/partners/add/?q=shared").context["hits"]
    assert hit.partner_url == answer["Location"]
    client.post("/o/alatoo/partners/add/", {"organisation": shared.pk})
    assert Partnership.objects.filter(organisation=shared).count() == 1


def test_organisation_known_to_another_office_only_is_not_offered(cast: Cast) -> None:
    theirs = Organisation.objects.create(
        name="Hidden Demo University",
        country_code="KZ",
        sort_key="h",
        search="hidden",
        office=cast.other_office,
    )
    client = signed_in(cast.officer)
    assert client.get("/o/alatoo/partners/add/?q=hidden").context["hits"] == []
    assert client.post("/o/alatoo/partners/add/", {"organisation": theirs.pk}).status_code == 404


def test_contact_is_changed_and_the_next_becomes_main_when_it_goes(cast: Cast, world: World) -> None:
    client = signed_in(cast.officer)
    base = f"/o/alatoo/partners/{world.partner.pk}/"
    client.post(f"{base}contacts/new/", {"name": "Elif", "email": "", "language": "en", "is_main": "on"})
    assert list(world.partner.contacts.order_by("name").values_list("name", "is_main")) == [
        ("Deniz", False),
        ("Elif", True),
    ]
    elif_ = world.partner.contacts.get(name="Elif")
    client.post(f"/o/alatoo/contacts/{elif_.pk}/remove/")
    assert list(world.partner.contacts.values_list("name", "is_main")) == [("Deniz", True)]
    answer = client.post(
        f"/o/alatoo/contacts/{world.contact.pk}/", {"name": "", "email": "x", "language": "en"}
    )
    assert sorted(answer.context["form"].errors) == ["email", "name"]


def test_talk_moves_the_last_contact_forward_only(cast: Cast, world: World) -> None:
    client = signed_in(cast.officer)
    for day in ("05.10.2026", "01.09.2026"):
        client.post(f"/o/alatoo/partners/{world.partner.pk}/talk/", {"on": day, "note": "Call"})
    world.partner.refresh_from_db()
    assert world.partner.last_contact_on == date(2026, 10, 5)


def places(client: Client, agreement: Agreement, do: str, *rows: dict[str, str]):  # type: ignore[no-untyped-def]
    data: dict[str, str] = {"rows": str(len(rows)), "do": do}
    for one in rows:
        data |= one
    return client.post(f"/o/alatoo/agreements/{agreement.pk}/places/", data)


def years_shown(answer) -> list[str]:  # type: ignore[no-untyped-def]
    return [form.initial["academic_year"] for form in answer.context["forms"]]


def test_rows_are_added_copied_and_taken_out_without_script_and_without_saving(
    cast: Cast, world: World
) -> None:
    client, agreement = signed_in(cast.officer), world.draft
    assert years_shown(places(client, agreement, "add")) == ["2026"]
    assert years_shown(places(client, agreement, "copy-0", row(0))) == ["2026", "2027"]
    assert years_shown(places(client, agreement, "repeat-0", row(0))) == ["2026", "2027", "2028"]
    assert years_shown(places(client, agreement, "remove-0", row(0), row(1, academic_year="2027"))) == [
        "2027"
    ]
    assert years_shown(places(client, agreement, "copy-7", row(0))) == ["2026"]
    assert years_shown(places(client, agreement, "copy-0", row(0), row(1, academic_year="2027"))) == [
        "2026",
        "2027",
    ]
    assert current_version(agreement).conditions.count() == 2


def test_saved_rows_replace_the_old_ones(cast: Cast, world: World) -> None:
    answer = places(signed_in(cast.officer), world.draft, "save", row(0, months="5,5"))
    assert answer.status_code == 302
    kept = current_version(world.draft).conditions.get()
    assert (kept.academic_year, kept.isced_f, str(kept.months), kept.language_level) == (
        2026, "0912", "5.5", "B1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0912", "0912"), ("0912 Medicine", "0912"), ("0912 Медицина", "0912"), ("medicine", "0912"),
        ("econom", "0311"), ("0988", "0988"), ("0910", "0910"), ("", ""),
    ],
)  # fmt: skip
def test_field_of_study_is_typed_or_chosen(cast: Cast, world: World, typed: str, code: str) -> None:
    assert places(signed_in(cast.officer), world.draft, "save", row(0, isced_f=typed)).status_code == 302
    assert current_version(world.draft).conditions.get().isced_f == code


def test_rows_share_one_list_of_fields(cast: Cast, world: World) -> None:
    page = places(signed_in(cast.officer), world.draft, "add", row(0), row(1)).content.decode()
    assert page.count(">0912 Medicine<") + page.count('value="0912 Medicine"></option>') == 1
    assert page.count('list="fields-of-study"') == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("places", "0"), ("places", "many"), ("months", "0"), ("months", "nan"), ("isced_f", "9999"),
        ("academic_year", "1999"), ("language", "xx"), ("unit", "999999"), ("direction", "up"),
        ("isced_f", "science"),
    ],
)  # fmt: skip
def test_bad_row_is_refused_beside_its_field_and_kept_as_typed(
    cast: Cast, world: World, name: str, value: str
) -> None:
    answer = places(signed_in(cast.officer), world.draft, "save", row(0), row(1, **{name: value}))
    assert answer.status_code == 422
    good, bad = answer.context["forms"]
    assert not good.errors
    assert list(bad.errors) == [name]
    assert bad[name].value() == value
    assert current_version(world.draft).conditions.count() == 2


def test_sent_agreement_refuses_new_places_and_keeps_what_was_typed(cast: Cast, world: World) -> None:
    answer = places(signed_in(cast.officer), world.in_force, "save", row(0, places="9"))
    assert answer.status_code == 422
    assert "Version 1 was sent round" in answer.content.decode()
    assert answer.context["forms"][0]["places"].value() == "9"


def test_texts_are_written_side_by_side(cast: Cast, world: World) -> None:
    client, base = signed_in(cast.officer), f"/o/alatoo/agreements/{world.draft.pk}/texts/"
    template = client.post(base, {"do": "template", "articles": "0"}).context["articles"]
    assert [cell.language for cell in template[0]] == ["ru", "en"]
    one = {"heading-0-ru": "Предмет", "text-0-ru": "Обмен", "heading-0-en": "Subject", "text-0-en": ""}
    two = {"heading-1-ru": "", "text-1-ru": "", "heading-1-en": "", "text-1-en": ""}
    assert len(client.post(base, {"do": "add-0", "articles": "1", **one}).context["articles"]) == 2
    assert len(client.post(base, {"do": "remove-0", "articles": "2", **one, **two}).context["articles"]) == 1
    moved = client.post(base, {"do": "up-1", "articles": "2", **one, **two}).context["articles"]
    assert moved[1][0].heading == "Предмет"
    answer = client.post(base, {"do": "save", "articles": "2", **one, **two}, follow=True)
    assert current_version(world.draft).texts == {
        "ru": [{"heading": "Предмет", "text": "Обмен"}],
        "en": [{"heading": "Subject", "text": ""}],
    }
    assert "Article 1 has no text in this language: English." in answer.content.decode()


def test_head_is_checked_before_it_is_saved(cast: Cast, world: World) -> None:
    base = f"/o/alatoo/agreements/{world.draft.pk}/edit/"
    head = {
        "kind": "exchange", "title": "", "first_language": "ru", "second_language": "ru", "starts_on": "31.02.2027",
        "ends_on": "01.01.2020", "renews_automatically": "on", "renewal_months": "", "notice_months": "99",
    }  # fmt: skip
    answer = signed_in(cast.officer).post(base, head)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "title", "second_language", "starts_on", "renewal_months", "notice_months",
    }  # fmt: skip


def test_changed_version_shows_what_changed(cast: Cast, world: World) -> None:
    agreement = send_for_approval(world.draft, by=cast.officer, at=NOW)
    digest = current_version(agreement).digest
    answer_step(agreement, approved=False, remark="Three places", digest=digest, by=cast.lawyer, at=NOW)
    client, base = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/"
    assert "Three places" in client.get(base).content.decode()
    assert client.get(f"{base}versions/2/changes/").context["page"].nothing
    places(client, agreement, "save", row(0, places="3", isced_f="", language="", language_level=""))
    page = client.get(f"{base}versions/2/changes/").context["page"]
    assert [
        (one.what, one.before and one.before.places, one.after and one.after.places) for one in page.rows
    ] == [
        ("changed", 2, 3),
        ("taken out", 2, None),
    ]
    assert client.get(f"{base}versions/1/changes/").status_code == 404


def test_desk_shows_each_what_waits_for_them(cast: Cast, world: World) -> None:
    agreement = send_for_approval(world.draft, by=cast.officer, at=NOW)
    read = f"/o/alatoo/agreements/{agreement.pk}/read/"
    assert read in signed_in(cast.lawyer).get("/o/alatoo/").content.decode()
    assert read not in signed_in(cast.rector).get("/o/alatoo/").content.decode()
    page = signed_in(cast.officer).get("/o/alatoo/").content.decode()
    assert "is with: legal department." in page
    assert "Send the report" in page
    assert "Send the report" not in signed_in(cast.reader).get("/o/alatoo/").content.decode()


def test_desk_leads_from_approval_to_signature(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    client = signed_in(cast.officer)
    assert "who was not asked yet" in client.get("/o/alatoo/").content.decode()
    invite_partner(agreement, name="Deniz", email="", by=cast.officer, at=NOW.replace(year=2030))
    assert "who was not asked yet" not in client.get("/o/alatoo/").content.decode()


def test_search_box_finds_partner_and_agreement(cast: Cast, world: World) -> None:
    page = signed_in(cast.reader).get("/o/alatoo/search/?q=анкара").content.decode()
    assert f"/o/alatoo/partners/{world.partner.pk}/" in page
    assert f"/o/alatoo/agreements/{world.in_force.pk}/" in page
    assert "Ankara" not in signed_in(cast.other_officer).get("/o/tianshan/search/?q=ankara").content.decode()


def with_partner(cast: Cast, name: str = "Ankara Demo University") -> tuple[Agreement, str]:
    agreement = send_for_approval(draft(cast, name), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    at = NOW.replace(year=2100)
    key = invite_partner(agreement, name="Deniz", email="", by=cast.officer, at=at)
    return agreement, key


def test_partner_asks_for_changes_with_a_remark(cast: Cast) -> None:
    agreement, key = with_partner(cast)
    page, digest = f"/l/{key}/agreement/", current_version(agreement).digest
    guest = Client()
    answer = guest.post(page, {"digest": digest, "remark": "", "answer": "no"})
    assert answer.status_code == 422
    assert "Say in a remark what has to be changed." in answer.content.decode()
    answer = guest.post(page, {"digest": digest, "remark": "Three places", "answer": "no"}, follow=True)
    assert "You asked for changes" in answer.content.decode()
    agreement.refresh_from_db()
    assert agreement.state == "draft"
    assert guest.post(page, {"digest": digest, "remark": "", "answer": "yes"}).context["form"] is None


def test_partner_reads_only_what_the_link_is_for(cast: Cast) -> None:
    _mine, key = with_partner(cast)
    _theirs, _other = with_partner(cast, "Bursa Demo University")
    answer = Client().get(f"/l/{key}/agreement/")
    assert "Bursa" not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert Client().get("/l/not-a-key/agreement/").status_code == 404


def test_key_is_shown_once_and_not_in_the_timeline(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    client, base = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/"
    page = client.post(f"{base}invite/", {"name": "Deniz", "email": "", "language": "en"})
    key = page.context["link"].rstrip("/").rpartition("/")[2]
    assert page["Cache-Control"] == "no-store, private"
    assert key not in client.get(base).content.decode()


def test_signing_twice_says_that_it_is_in_force(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)
    client, base = signed_in(cast.officer), f"/o/alatoo/agreements/{agreement.pk}/sign/"
    signing = {
        "home_signer": "Elmira", "home_signer_post": "Rector", "home_authority": "Charter", "partner_signer": "Deniz",
        "partner_signer_post": "Rector", "signed_on": "05.10.2026", "starts_on": "05.10.2026",
    }  # fmt: skip
    assert client.post(base, signing).status_code == 302
    answer = client.post(base, signing)
    assert answer.status_code == 422
    assert "in force already, under the number 2026-001" in answer.content.decode()


def test_renewal_goes_on_to_a_new_draft(cast: Cast, world: World) -> None:
    client, base = signed_in(cast.officer), f"/o/alatoo/agreements/{world.in_force.pk}/"
    client.post(f"{base}memo/")
    answer = client.post(f"{base}continue/")
    made = Agreement.objects.get(replaces=world.in_force)
    assert answer["Location"] == f"/o/alatoo/agreements/{made.pk}/"
    page = client.get(base).content.decode()
    assert "Continued by" in page
    assert "Memo on renewal 2026-001" in page
