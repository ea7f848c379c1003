"""The student's proposal through the pages of the signed link, with and without script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.queries.exchanges import latest_learning_agreement
from sapar.mobility.services.exchanges import make_exchange_link
from sapar.mobility.services.learning import draft_learning_agreement
from sapar.mobility.states import LearningAgreementState
from sapar.web.mobility.exchanges.desk import stays_on_the_desk
from tests.cast import NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay, course, nominated_stay, pair, signed_agreement
from tests.web.mobility.test_exchanges import STUDIED, rows, url

REVISION = re.compile(r'name="revision"[^>]*value="(\d+)"')
HTMX = {"HX-Request": "true"}


def student_page(exchange: Exchange, cast: Cast) -> str:
    made = make_exchange_link(
        exchange, LinkPurpose.FOLLOW_STAY, name="Aida", email="", by=cast.officer, at=NOW
    )
    return f"/l/{made.key}/stay/"


def revision_on(page: bytes) -> str:
    found = REVISION.search(page.decode())
    assert found is not None
    return found[1]


def test_thread_from_the_first_letter_typed_to_the_signature(cast: Cast) -> None:
    exchange, home = accepted_stay(cast), course(cast)
    stay, guest = student_page(exchange, cast), Client()
    assert "Propose what you will study" in guest.get(stay).content.decode()
    overview = guest.get(f"{stay}agreement/")
    assert "No courses yet." in overview.content.decode()
    group = f"{stay}agreement/1/"
    page = guest.get(group)

    typed = {"side": "studied", "group": 1, "title": "Anat"}
    saved = guest.post(f"{group}?save=1", rows(typed) | {"revision": revision_on(page.content)}, headers=HTMX)
    assert ("Saved at" in saved.content.decode(), saved.status_code) == (True, 200)
    assert 'value="Anat"' in Client().get(group).content.decode()

    halfway = guest.post(group, rows(typed) | {"revision": revision_on(saved.content)})
    assert (halfway.status_code, "Write the credits." in halfway.content.decode()) == (422, True)
    told = guest.get(f"{stay}agreement/").content.decode()
    assert ("Write the credits." in told, "Look over and send" in told) == (True, False)
    assert guest.get(f"{stay}agreement/send/").status_code == 302

    whole = rows(
        STUDIED | {"credits": "3", "credit_unit": "US"}, {"side": "recognised", "group": 1, "course": home.pk}
    )
    done = guest.post(group, whole | {"revision": revision_on(halfway.content)})
    assert done["Location"] == f"{stay}agreement/"
    told = guest.get(f"{stay}agreement/").content.decode()
    assert ("Look over and send" in told, "US credits × 2 = ECTS credits" in told) == (True, True)

    check = guest.get(f"{stay}agreement/send/")
    assert "Anatomy II" in check.content.decode()
    sent = {"revision": revision_on(check.content), "note": "Is it right?"}
    guest.post(f"{stay}agreement/send/", sent)
    version = LearningAgreement.objects.get()
    assert (version.state, version.note) == (LearningAgreementState.PROPOSED, "Is it right?")
    assert "lies with your coordinator" in guest.get(f"{stay}agreement/").content.decode()
    again = guest.post(f"{stay}agreement/send/", sent)
    assert (again.status_code, LearningAgreement.objects.count()) == (302, 1)

    dean = signed_in(cast.coordinator)
    assert "Aida Demo proposes what to study" in dean.get("/o/alatoo/").content.decode()
    record = dean.get(url(exchange)).content.decode()
    assert "Check the student" in record
    shown = dean.get(url(exchange, "agreements/1/")).content.decode()
    assert ("Is it right?" in shown, "Give back to the student" in shown) == (True, True)
    assert dean.post(url(exchange, "agreements/1/give-back/"), {"remark": ""}).status_code == 422
    dean.post(url(exchange, "agreements/1/give-back/"), {"remark": "Add one more course."})
    told = guest.get(f"{stay}agreement/").content.decode()
    assert ("Add one more course." in told, "Anatomy" in told) == (True, True)

    page = guest.get(f"{stay}agreement/2/")
    more = rows({"side": "studied", "group": 2, "title": "Turkish", "credits": "2", "credit_unit": "ECTS"})
    guest.post(f"{stay}agreement/2/", more | {"revision": revision_on(page.content)})
    check = guest.get(f"{stay}agreement/send/")
    guest.post(f"{stay}agreement/send/", {"revision": revision_on(check.content), "note": ""})
    version.refresh_from_db()
    assert list(version.components.order_by("group", "-side").values_list("title", flat=True)) == [
        "Anatomy", "Anatomy II", "Turkish",
    ]  # fmt: skip

    dean.post(url(exchange, "agreements/1/send/"), {"partner_language": "en"})
    version.refresh_from_db()
    assert version.state == LearningAgreementState.TO_SIGN
    assert guest.get(f"{stay}agreement/")["Location"] == stay
    signing = {"digest": version.digest, "read": "on", "name": "Aida Demo"}
    assert guest.post(stay, signing).status_code == 302
    assert version.signatures.get().party == "student"
    assert guest.post(stay, signing).status_code == 200


def test_what_another_tab_saved_is_not_overwritten_and_nothing_typed_is_lost(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    group, guest = f"{student_page(exchange, cast)}agreement/1/", Client()
    opened = revision_on(guest.get(group).content)
    guest.post(group, rows(STUDIED) | {"revision": opened})
    late = guest.post(group, rows(STUDIED | {"title": "Histology"}) | {"revision": opened})
    page = late.content.decode()
    assert (late.status_code, "Somebody changed this record" in page, 'value="Histology"' in page) == (
        422, True, True,
    )  # fmt: skip
    latest = latest_learning_agreement(exchange)
    assert latest is not None
    assert latest.sketch is not None
    assert latest.sketch[0]["title"] == "Anatomy"
    by_itself = guest.post(
        f"{group}?save=1", rows(STUDIED | {"title": "Histology"}) | {"revision": opened}, headers=HTMX
    )
    assert "Somebody changed this record" in by_itself.content.decode()
    guest.post(group, rows(STUDIED | {"title": "Histology"}) | {"revision": revision_on(late.content)})
    latest.refresh_from_db()
    assert latest.sketch[0]["title"] == "Histology"


def test_rows_are_added_and_taken_away_without_script_and_kept(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    group, guest = f"{student_page(exchange, cast)}agreement/1/", Client()
    moved = guest.post(group, rows(STUDIED) | {"do": "studied:1", "revision": "0"})
    assert moved.status_code == 302
    page = guest.get(group)
    assert (len(page.context["editor"].forms), 'value="Anatomy"' in page.content.decode()) == (2, True)
    guest.post(group, rows(STUDIED, STUDIED) | {"do": "drop:0", "revision": revision_on(page.content)})
    assert len(guest.get(group).context["editor"].forms) == 1
    for broken in ("drop:99", "drop:x", "group:" + "9" * 50, "nonsense"):
        revision = revision_on(guest.get(group).content)
        guest.post(group, rows(STUDIED) | {"do": broken, "revision": revision})


def test_student_takes_a_course_out_during_the_stay_with_its_reason(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    signed_agreement(exchange, cast)
    stay, guest = student_page(exchange, cast), Client()
    assert "Propose a change" in guest.get(stay).content.decode()
    page = guest.get(f"{stay}agreement/1/")
    forms = page.context["editor"].forms
    lines: list[dict[str, object]] = [
        {"side": form["side"].value(), "group": 1, "original": form["original"].value(), "removed": "on"}
        for form in forms
    ]
    refused = guest.post(f"{stay}agreement/1/", rows(*lines) | {"revision": revision_on(page.content)})
    assert (refused.status_code, "Choose the reason." in refused.content.decode()) == (422, True)
    told = [line | {"reason": "not_available"} for line in lines]
    guest.post(f"{stay}agreement/1/", rows(*told) | {"revision": revision_on(refused.content)})
    page = guest.get(f"{stay}agreement/2/")
    assert "5. substitutes a deleted component" in page.content.decode()
    new = STUDIED | {"group": 2, "title": "Histology", "reason": "substituting"}
    guest.post(f"{stay}agreement/2/", rows(new) | {"revision": revision_on(page.content)})
    check = guest.get(f"{stay}agreement/send/")
    assert ("taken out" in check.content.decode(), "1. previously selected" in check.content.decode()) == (
        True,
        True,
    )
    guest.post(f"{stay}agreement/send/", {"revision": revision_on(check.content), "note": ""})
    second = LearningAgreement.objects.get(number=2)
    assert second.state == LearningAgreementState.PROPOSED
    found = second.components.order_by("group", "-side").values_list("title", "removed", "added")
    assert list(found) == [("Anatomy", True, False), ("Anatomy II", True, False), ("Histology", False, True)]


def test_partner_objects_and_the_office_goes_on_from_the_same_rows(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    officer, guest = signed_in(cast.officer), Client()
    officer.post(url(exchange, "agreement/"), rows(STUDIED))
    officer.post(url(exchange, "agreements/1/send/"), {"partner_language": "en"})
    version = LearningAgreement.objects.get()
    made = make_exchange_link(
        exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, name="Deniz", email="", by=cast.officer, at=NOW
    )
    sign = f"/l/{made.key}/learning-agreement/"
    assert "Do not sign" in guest.get(sign).content.decode()
    guest.post(f"{sign}object/", {"digest": version.digest, "reason": ""})
    version.refresh_from_db()
    assert version.state == LearningAgreementState.TO_SIGN
    guest.post(f"{sign}object/", {"digest": version.digest, "reason": "Not offered in spring."})
    version.refresh_from_db()
    assert (version.state, version.remark) == (LearningAgreementState.VOID, "Not offered in spring.")
    items = [str(item.sentence) for item in stays_on_the_desk(cast.officer, cast.office, NOW.date())]
    assert "Deniz did not sign the learning agreement of Aida Demo." in items
    assert 'value="Anatomy"' in officer.get(url(exchange, "agreement/")).content.decode()
    assert guest.post(f"{sign}object/", {"digest": version.digest, "reason": "x"}).status_code in (302, 404)


def test_officer_is_told_when_the_student_went_on_meanwhile(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    officer = signed_in(cast.officer)
    opened = revision_on(officer.get(url(exchange, "agreement/")).content)
    draft_learning_agreement(exchange, pair(cast), by=cast.coordinator, at=NOW)
    late = officer.post(
        url(exchange, "agreement/"), rows(STUDIED | {"title": "Histology"}) | {"revision": opened}
    )
    page = late.content.decode()
    assert (late.status_code, 'value="Histology"' in page) == (422, True)
    assert "Somebody changed this record" in page
    officer.post(
        url(exchange, "agreement/"),
        rows(STUDIED | {"title": "Histology"}) | {"revision": revision_on(late.content)},
    )
    assert LearningAgreement.objects.get().components.get().title == "Histology"


@pytest.mark.parametrize("tail", ["agreement/", "agreement/1/", "agreement/send/"])
def test_before_the_host_accepts_there_is_nothing_to_propose(cast: Cast, tail: str) -> None:
    exchange = nominated_stay(cast)
    stay = student_page(exchange, cast)
    answer = Client().get(f"{stay}{tail}", follow=True)
    assert "Propose" not in answer.content.decode()
    Client().post(f"{stay}{tail}", rows(STUDIED) | {"revision": "0"})
    assert not LearningAgreement.objects.exists()


def test_partners_link_opens_no_page_of_the_student(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    made = make_exchange_link(
        exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, name="Deniz", email="", by=cast.officer, at=NOW
    )
    for tail in ("agreement/", "agreement/1/", "agreement/send/", "agreement/take-back/", "object/"):
        assert Client().post(f"/l/{made.key}/stay/{tail}").status_code == 404, tail
