"""Stays through their pages: the whole thread, who sees what, and lists that ask a constant number of times."""

from __future__ import annotations

import re
from decimal import Decimal

from django.test import Client

from sapar.directory.models import Course
from sapar.files.models import Paper
from sapar.mobility.models import Decision, Equivalence, Exchange, LearningAgreement
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, confirm_place, run_placing
from sapar.mobility.states import ExchangeState, LearningAgreementState, Verdict
from tests.cast import NOW, Cast, signed_in
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

    officer.post(url(exchange, "arrive/"), {"day": "01.02.2027"})
    officer.post(url(exchange, "leave/"), {"day": "28.06.2027"})
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
