"""Stays through their pages: the whole thread, who sees what, and lists that ask a constant number of times."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sapar.accounts.states import LinkPurpose, Role
from sapar.directory.models import Course
from sapar.files.models import Paper
from sapar.files.queries import files_of
from sapar.mobility.models import Decision, Equivalence, Exchange, LearningAgreement
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.exchanges import invite_to_answer, make_exchange_link
from sapar.mobility.services.placing import adopt_run, confirm_place, run_placing
from sapar.mobility.services.recognition import open_case
from sapar.mobility.states import ExchangeState, LearningAgreementState, Verdict
from sapar.web.mobility.exchanges.desk import stays_on_the_desk
from tests.cast import NOW, Cast, grant, make_user, signed_in
from tests.files.reading import text_of
from tests.mobility.stays import (
    accepted_stay,
    nominated_stay,
    returned_stay,
    signed_agreement,
    stay_with_transcript,
)
from tests.story import apply, open_call_with, partner_in_force, student

KEY = re.compile(r"/l/([\w-]{40,})/")


def key_on(page: bytes) -> str:
    found = KEY.search(page.decode())
    assert found is not None
    return found[1]


def url(exchange: Exchange, tail: str = "") -> str:
    return f"/o/{exchange.office.slug}/stays/{exchange.pk}/{tail}"


def rows(*lines: dict[str, object]) -> dict[str, object]:
    """Lines of the editor as the page posts them."""
    data: dict[str, object] = {"rows": len(lines), "do": "save"}
    for at, line in enumerate(lines):
        data |= {f"r{at}-{name}": value for name, value in line.items()}
    return data


STUDIED = {"side": "studied", "group": 1, "code": "AN-201", "title": "Anatomy", "credits": "6"}


def test_thread_from_nomination_to_order_through_pages(cast: Cast) -> None:
    partner = partner_in_force(cast, places=2)
    call = open_call_with(cast, partner)
    application, applicant = apply(call, student(cast, "Best", "3.9"))
    accept_papers(application, by=cast.officer, at=NOW)
    call = close_call(call, by=cast.officer, at=NOW)
    adopt_run(run_placing(call, seed=7, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    application.refresh_from_db()
    confirm_place(application, by=applicant, at=NOW)
    officer, dean, guest = signed_in(cast.officer), signed_in(cast.coordinator), Client()

    page = officer.get("/o/alatoo/stays/nominate/")
    assert b"Best Demo" in page.content
    officer.post("/o/alatoo/stays/nominate/", {"row": [application.pk]})
    exchange = Exchange.objects.get()
    assert exchange.state == ExchangeState.NOMINATED

    sent = officer.post(
        f"/o/alatoo/stays/nominations/{partner.agreement.pk}/",
        {"name": "Deniz", "email": "deniz@example.org", "language": "en"},
    )
    answers = f"/l/{key_on(sent.content)}/nominations/"
    assert guest.get(answers).status_code == 200
    chosen = {f"e{exchange.pk}-answer": "yes", f"e{exchange.pk}-remark": "Welcome"}
    assert "Are these your answers?" in guest.post(answers, chosen | {"do": "check"}).content.decode()
    guest.post(answers, chosen | {"do": "send"})
    exchange.refresh_from_db()
    assert (exchange.state, exchange.answer_remark) == (ExchangeState.ACCEPTED, "Welcome")

    course = Course.objects.create(
        office=cast.office, unit=cast.medicine, programme="General medicine", code="ANA2", title="Anatomy II",
        credits=Decimal(6),
    )  # fmt: skip
    home = {"side": "recognised", "group": 1, "course": course.pk}
    officer.post(url(exchange, "agreement/"), rows(STUDIED, home))
    officer.post(url(exchange, "agreements/1/send/"), {"partner_language": "en"})
    version = LearningAgreement.objects.get()
    assert version.state == LearningAgreementState.TO_SIGN
    signature = {"digest": version.digest, "read": "on"}
    for purpose, page_name in (("stay", "stay"), ("sign", "learning-agreement")):
        made = officer.post(url(exchange, f"link/{purpose}/"), {"name": "Holder", "language": "en"})
        address = f"/l/{key_on(made.content)}/{page_name}/"
        assert version.digest in guest.get(address).content.decode()
        assert guest.post(address, signature | {"name": f"By {purpose}"}).status_code == 302
    dean.post(url(exchange, "agreements/1/sign/"), signature | {"name": "Cholpon"})
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.READY
    officer.post(url(exchange, "agreements/1/issue/"))
    assert Paper.objects.get(kind="learning_agreement").number == f"{exchange.number}/1"

    officer.post(url(exchange, "arrive/"), {"day": "01.10.2026"})
    officer.post(url(exchange, "leave/"), {"day": "20.11.2026"})
    made = officer.post(url(exchange, "link/transcript/"), {"name": "Registrar", "language": "en"})
    give = f"/l/{key_on(made.content)}/transcript/"
    first = guest.post(give, {"do": "rows", "scale": "kz-12", "issued_on": "10.07.2027"})
    assert 'value="Anatomy"' in first.content.decode()
    lines = {"scale": "kz-12", "issued_on": "10.07.2027", "lines": "1", "l0-code": "AN-201",
             "l0-title": "Anatomy", "l0-credits": "6", "l0-mark": "A-"}  # fmt: skip
    assert "Is all of this" in guest.post(give, lines | {"do": "check"}).content.decode()
    assert "has arrived" in guest.post(give, lines | {"do": "send"}).content.decode()
    assert guest.get(give).status_code == 404

    dean.post(url(exchange, "recognition/"), {"members": "Dean\nHead of department"})
    assert b"kz-12" in dean.get(url(exchange, "recognition/")).content
    dean.post(url(exchange, "recognition/accept/"))
    assert Decision.objects.get().verdict == Verdict.RECOGNISED
    dean.post(url(exchange, "recognition/close/"))
    exchange.refresh_from_db()
    assert (exchange.state, exchange.credits_recognised) == (ExchangeState.RECOGNISED, Decimal(6))
    officer.post(
        url(exchange, "recognition/order/"), {"number": "17-A", "on": "20.07.2027", "signer": "Elmira Rector"}
    )
    issued = Paper.objects.filter(subject_id=exchange.pk).order_by("pk").values_list("kind", "number")
    protocol = Paper.objects.get(kind="recognition_protocol").number
    assert list(issued) == [
        ("learning_agreement", f"{exchange.number}/1"),
        ("recognition_protocol", protocol),
        ("recognition_order", "17-A"),
    ]
    assert Equivalence.objects.get().course == course
    record = officer.get(url(exchange)).content.decode()
    assert "issued the order on recognition" in record
    for name in ("agreements/1/agreement.pdf", "recognition/protocol.pdf", "recognition/order.pdf"):
        assert officer.get(url(exchange, name)).content.startswith(b"%PDF")
    for name in ("agreements/1/agreement.docx", "recognition/protocol.docx", "recognition/order.docx"):
        assert officer.get(url(exchange, name)).content.startswith(b"PK")
    order = text_of(officer.get(url(exchange, "recognition/order.docx")).content)
    missing = [words for words in ("17-A", "20.07.2027", "Elmira Rector") if words not in order]
    assert not missing, order


PAGES = (
    "", "answer/", "arrive/", "leave/", "dates/", "cancel/", "link/stay/", "files/", "agreement/", "agreements/1/",
    "agreements/1/send/", "agreements/1/sign/", "agreements/1/void/", "agreements/1/agreement.pdf",
    "transcripts/new/", "recognition/", "recognition/commission/", "recognition/groups/1/", "recognition/order/",
    "recognition/protocol.pdf",
)  # fmt: skip
LISTS = (
    "stays/", "stays/nominate/", "stays/new/", "stays/nominations/", "recognition/equivalences/",
    "recognition/scales/", "recognition/scales/kz-12/", "recognition/scales/new/", "recognition/rules/",
    "recognition/counts/new/",
)  # fmt: skip


def test_other_office_finds_nothing_by_any_page(cast: Cast) -> None:
    """Every page of a stay answers 404 to the other office, under its own address and under ours."""
    exchange = stay_with_transcript(cast)
    open_case(exchange, by=cast.officer, at=NOW)
    ours, theirs = signed_in(cast.officer), signed_in(cast.other_officer)
    for page in PAGES:
        assert ours.get(url(exchange, page)).status_code in (200, 409), page
        for office in ("alatoo", "tianshan"):
            address = f"/o/{office}/stays/{exchange.pk}/{page}"
            assert theirs.get(address).status_code == 404, address
            assert theirs.post(address).status_code in (404, 405), address
    listed = theirs.get("/o/tianshan/stays/").content.decode()
    assert exchange.number not in listed
    assert theirs.get("/o/tianshan/?").status_code == 200


def test_dean_sees_the_own_faculty_only(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    own = nominated_stay(cast, partner, given="Aida")
    foreign = nominated_stay(cast, partner, given="Bermet", unit="ECO")
    dean = signed_in(cast.coordinator)
    page = dean.get("/o/alatoo/stays/").content.decode()
    assert ("Aida" in page, "Bermet" in page) == (True, False)
    assert [dean.get(url(one)).status_code for one in (own, foreign)] == [200, 404]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("reader", {"stays/", "recognition/equivalences/", "recognition/scales/", "recognition/scales/kz-12/"}),
        ("coordinator", {"stays/", "recognition/equivalences/", "recognition/scales/", "recognition/scales/kz-12/"}),
        ("officer", set(LISTS)),
    ],
)  # fmt: skip
def test_which_lists_open_for_whom(cast: Cast, role: str, allowed: set[str]) -> None:
    client = signed_in(getattr(cast, role))
    assert {page for page in LISTS if client.get(f"/o/alatoo/{page}").status_code == 200} == allowed


def test_reader_gets_no_buttons_and_no_acts(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    client = signed_in(cast.reader)
    page = client.get(url(exchange)).content.decode()
    assert "Write the learning agreement" not in page
    for tail in ("arrive/", "cancel/", "agreement/", "link/stay/", "files/", "certificate/"):
        assert client.post(url(exchange, tail), {"day": "01.02.2027", "reason": "x"}).status_code == 403, tail
    exchange.refresh_from_db()
    assert exchange.state == ExchangeState.ACCEPTED


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_stays_asks_as_often_for_one_row_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    partner = partner_in_force(cast, places=9)
    for number in range(count):
        nominated_stay(cast, partner, given=f"Guest{number}")
    client = signed_in(cast.officer)
    client.get("/o/alatoo/stays/")
    with django_assert_num_queries(6):
        page = client.get("/o/alatoo/stays/")
    assert page.context["list"].count == count


@pytest.mark.parametrize("count", [1, 3])
def test_desk_asks_as_often_for_one_stay_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        partner = partner_in_force(cast, f"University {number}")
        nominated_stay(cast, partner, given=f"Guest{number}")
    with django_assert_num_queries(14):
        items = list(stays_on_the_desk(cast.officer, cast.office, NOW.date()))
    assert len(items) == count


@pytest.mark.parametrize("text", ["aida", "Аида", "ankara", "Анкара", "O-2026-0001", "аида анкара"])
def test_stays_are_found_in_any_script(cast: Cast, text: str) -> None:
    nominated_stay(cast)
    client = signed_in(cast.officer)
    assert client.get("/o/alatoo/stays/", {"q": text}).context["list"].count == 1
    assert client.get("/o/alatoo/stays/", {"q": "xyzzy"}).context["list"].count == 0
    assert "Aida Demo" in client.get("/o/alatoo/search/", {"q": text}).content.decode()


def test_filters_narrow_and_speak(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    nominated_stay(cast, partner)
    client = signed_in(cast.officer)
    for query, count in {
        "direction=out&year=2026&term=spring&country=TR": 1,
        f"partner={partner.organisation.pk}&faculty={cast.medicine.pk}": 1,
        "direction=in": 0,
        "state=away": 0,
    }.items():
        page = client.get(f"/o/alatoo/stays/?{query}").context["list"]
        assert (page.count, len(page.chips)) == (count, query.count("=")), query
    assert client.get("/o/alatoo/stays/?export=xlsx").content.startswith(b"PK")


def test_editor_adds_and_takes_away_rows_without_script(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    client = signed_in(cast.officer)
    page = client.post(url(exchange, "agreement/"), rows(STUDIED) | {"do": "studied:1"})
    assert (len(page.context["editor"].forms), 'value="Anatomy"' in page.content.decode()) == (2, True)
    page = client.post(url(exchange, "agreement/"), rows(STUDIED) | {"do": "group"})
    assert [group.number for group in page.context["groups"]] == [1, 2]
    page = client.post(url(exchange, "agreement/"), rows(STUDIED, STUDIED) | {"do": "drop:0"})
    assert len(page.context["editor"].forms) == 1
    assert not LearningAgreement.objects.exists()
    page = client.post(url(exchange, "agreement/"), rows(STUDIED | {"credits": "many"}))
    assert page.status_code == 422
    assert 'value="many"' in page.content.decode()
    for broken in ("drop:99", "drop:x", "suggest:1", "group:" + "9" * 50, "nonsense"):
        client.post(url(exchange, "agreement/"), rows(STUDIED) | {"do": broken})


def test_editor_adds_up_while_somebody_types_and_stores_nothing(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    typed = rows(STUDIED | {"credits": "6,5"}, STUDIED | {"credits": "2"}) | {"do": "totals"}
    answer = signed_in(cast.officer).post(url(exchange, "agreement/"), typed, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "8.5 ECTS credits" in text
    assert "<form" not in text
    assert not LearningAgreement.objects.exists()


def test_change_keeps_signed_rows_and_asks_for_reasons(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    signed_agreement(exchange, cast)
    client = signed_in(cast.officer)
    kept = list(LearningAgreement.objects.get().components.order_by("pk"))
    lines: list[dict[str, object]] = [
        {"side": one.side, "group": one.group, "original": one.pk, "title": "Forged", "removed": "on"}
        for one in kept
    ]
    new = STUDIED | {"title": "Histology", "group": 2, "reason": "substituting"}
    refused = client.post(url(exchange, "agreement/"), rows(*lines, new))
    page = refused.content.decode()
    assert (refused.status_code, "Choose the reason." in page, 'value="Histology"' in page) == (
        422,
        True,
        True,
    )
    assert LearningAgreement.objects.count() == 1
    told = [line | {"reason": "not_available"} for line in lines]
    client.post(url(exchange, "agreement/"), rows(*told, new))
    second = LearningAgreement.objects.get(number=2)
    found = second.components.order_by("group", "-side").values_list("title", "removed", "added")
    assert list(found) == [("Anatomy", True, False), ("Anatomy II", True, False), ("Histology", False, True)]
    page = client.get(url(exchange, "agreements/2/")).content.decode()
    assert ("taken out" in page, "substitutes a deleted component" in page) == (True, True)
    foreign = client.post(url(exchange, "agreement/"), rows(lines[0] | {"original": 999_999}))
    assert foreign.status_code == 409


def test_known_equivalence_is_one_click(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    case = open_case(stay_with_transcript(cast, partner), by=cast.officer, at=NOW)
    client = signed_in(cast.officer)
    client.post(url(case.exchange, "recognition/accept/"))
    client.post(url(case.exchange, "recognition/close/"))
    following = accepted_stay(cast, partner, given="Next")
    page = client.post(
        url(following, "agreement/"), {"rows": 0, "do": f"suggest:{Equivalence.objects.get().pk}"}
    )
    assert [form["title"].value() for form in page.context["editor"].forms] == ["Anatomy", "Anatomy II"]


def test_guest_sees_what_the_link_is_for_and_nothing_else(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    one, two = accepted_stay(cast, partner, given="Aida"), accepted_stay(cast, partner, given="Bermet")
    for exchange in (one, two):
        signed_agreement(exchange, cast)
    made = make_exchange_link(one, LinkPurpose.FOLLOW_STAY, name="Aida", email="", by=cast.officer, at=NOW)
    guest = Client()
    page = guest.get(f"/l/{made.key}/stay/")
    assert ("Aida" in page.content.decode(), "Bermet" in page.content.decode()) == (True, False)
    assert page["Cache-Control"] == "no-store, private"
    assert guest.get(f"/l/{made.key}/stay/agreement.pdf").content.startswith(b"%PDF")
    for other in ("nominations/", "learning-agreement/", "transcript/"):
        assert guest.get(f"/l/{made.key}/{other}").status_code == 404
    assert guest.get(f"/l/{made.key}/", follow=True).redirect_chain == [(f"/l/{made.key}/stay/", 302)]


def test_partner_declines_only_with_a_remark_and_never_twice(cast: Cast) -> None:
    exchange = nominated_stay(cast)
    assert exchange.agreement is not None
    made = invite_to_answer(exchange.agreement, name="D", email="", by=cast.officer, at=NOW)
    guest, address = Client(), f"/l/{made.key}/nominations/"
    name = f"e{exchange.pk}"
    assert guest.post(address, {f"{name}-answer": "no", "do": "check"}).status_code == 422
    assert "at least one" in guest.post(address, {"do": "check"}).content.decode()
    said = {f"{name}-answer": "no", f"{name}-remark": "Full", "do": "send"}
    guest.post(address, said)
    again = guest.post(address, said | {f"{name}-answer": "yes"})
    exchange.refresh_from_db()
    assert (exchange.state, exchange.answer_remark, again.status_code) == (
        ExchangeState.DECLINED,
        "Full",
        200,
    )


def test_partner_uploads_a_table_with_its_scan(cast: Cast) -> None:
    exchange = returned_stay(cast)
    made = make_exchange_link(
        exchange, LinkPurpose.GIVE_TRANSCRIPT, name="Registrar", email="", by=cast.officer, at=NOW
    )
    guest, address = Client(), f"/l/{made.key}/transcript/"
    wrong = SimpleUploadedFile("marks.csv", b"title,credits,mark\nAnatomy,6,Z\n")
    page = guest.post(address, {"do": "rows", "scale": "kz-12", "table": wrong})
    assert page.status_code == 422
    assert "is not on the scale" in page.content.decode()
    right = SimpleUploadedFile("marks.csv", b"title,credits,mark\nAnatomy,6,A\n")
    page = guest.post(address, {"do": "rows", "scale": "kz-12", "table": right})
    assert 'value="Anatomy"' in page.content.decode()
    lines = {"scale": "kz-12", "lines": "1", "l0-title": "Anatomy", "l0-credits": "6", "l0-mark": "A"}
    scan = SimpleUploadedFile("scan.exe", b"MZ\x00\x00")
    assert (
        "not one of the kinds" in guest.post(address, lines | {"do": "send", "scan": scan}).content.decode()
    )
    scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.7 scan")
    assert "has arrived" in guest.post(address, lines | {"do": "send", "scan": scan}).content.decode()
    transcript = exchange.transcripts.get()
    officer = signed_in(cast.officer)
    assert officer.get(url(exchange, f"transcripts/{transcript.pk}/file/")).content == b"%PDF-1.7 scan"


def test_own_scale_rules_and_counts_through_their_forms(cast: Cast) -> None:
    client = signed_in(cast.officer)
    scale = {"code": "osh-5", "title": "Osh", "holder": "Osh", "source": "https://example.org/r", "bands": "3",
             "b0-label": "5", "b0-passing": "on", "b0-low": "85", "b0-high": "100",
             "b1-label": "2", "b1-low": "0", "b1-high": "84"}  # fmt: skip
    assert client.post("/o/alatoo/recognition/scales/new/", scale).status_code == 302
    assert client.post("/o/alatoo/recognition/scales/new/", scale).status_code == 422
    rules = {"home_scale": "osh-5", "credit_unit": "KG", "rule": "max", "smallest_group": "30", "fewest_years": "2",
             "equivalence_years": "5"}  # fmt: skip
    assert client.post("/o/alatoo/recognition/rules/", rules).status_code == 302
    given = {"organisation": cast.home.pk, "scale": "osh-5", "years": "2024, 2025", "source": "Registrar",
             "typed": "5 20\n2 4"}  # fmt: skip
    page = client.post("/o/alatoo/recognition/counts/new/", given, follow=True).content.decode()
    assert "20 marks are fewer than the 30" in page
    assert (
        "has only: 5, 2"
        in client.post("/o/alatoo/recognition/counts/new/", given | {"typed": "A 3"}).content.decode()
    )
    listed = client.get("/o/alatoo/recognition/scales/").content.decode()
    assert ("osh-5" in listed, "the best of the grades met" in listed) == (True, True)


def test_files_of_a_stay_are_for_those_it_concerns(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    officer, guest = signed_in(cast.officer), Client()
    for name, involved in (("letter.pdf", "on"), ("secret.pdf", "")):
        upload = SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode())
        officer.post(url(exchange, "files/"), {"content": upload, "involved": involved})
    made = make_exchange_link(exchange, LinkPurpose.FOLLOW_STAY, name="A", email="", by=cast.officer, at=NOW)
    letter, secret = files_of(exchange).get(name="letter.pdf"), files_of(exchange).get(name="secret.pdf")
    answer = guest.get(f"/l/{made.key}/stay/files/{letter.pk}/")
    assert (answer.content, answer["X-Content-Type-Options"]) == (b"%PDF-1.7 letter.pdf", "nosniff")
    assert guest.get(f"/l/{made.key}/stay/files/{secret.pk}/").status_code == 404
    assert officer.get(url(exchange, f"files/{secret.pk}/")).status_code == 200
    stranger = make_user("Stranger")
    grant(stranger, cast.office, Role.COORDINATOR, cast.economics)
    assert signed_in(stranger).get(url(exchange, f"files/{letter.pk}/")).status_code == 404
