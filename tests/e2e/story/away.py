"""November to July: nominated, agreed what to study, gone, back with a transcript, recognised."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from sapar.directory.models import Course
from sapar.files.models import Paper
from sapar.mobility.models import Exchange
from sapar.mobility.models.grades import RecognitionRules
from sapar.mobility.states import ExchangeState
from sapar.partners.models import Agreement
from tests.e2e.story.walk import Walk, written

PARTNER = "deniz@ankara-demo.example"
COURSES = (("ANA201", "Human anatomy", "6"), ("HIS202", "Histology", "5"))
ARRIVED, LEFT = date(2027, 2, 1), date(2027, 6, 28)


def curriculum(walk: Walk) -> list[Course]:
    """What the faculty teaches, and by which marks."""
    RecognitionRules.objects.create(office=walk.cast.office, home_scale="kg-ksma")
    return [
        Course.objects.create(
            office=walk.cast.office,
            unit=walk.cast.medicine,
            programme="General medicine",
            code=code,
            title=title,
            credits=Decimal(credits),
        )
        for code, title, credits in COURSES
    ]


def nominate(walk: Walk, agreement: Agreement) -> list[Exchange]:
    walk.calendar.turn_to(date(2026, 11, 5))
    walk.be(walk.cast.officer, "stays/nominate/")
    expect(walk.main.locator(".tick-list li")).to_have_count(2)
    walk.picture("nominate")
    walk.press(re.compile("Nominate the ticked"))
    walk.go(f"stays/nominations/{agreement.pk}/")
    walk.fill(name="Deniz Yilmaz", email=PARTNER, language="en", mail=True)
    walk.press("Make the link")
    walk.work()
    walk.calendar.turn_to(date(2026, 11, 12))
    walk.follow(walk.link_in_mail(PARTNER))
    for radio in walk.main.get_by_role("radio", name="accept").all():
        radio.check()
    walk.picture("partner-nominations", full=True)
    walk.press("Go on")
    walk.read("Are these your answers?")
    walk.press("Send 2 answers")
    stays = list(Exchange.objects.order_by("pk"))
    assert {stay.state for stay in stays} == {ExchangeState.ACCEPTED}
    return stays


def agree_on_studies(walk: Walk, stay: Exchange, courses: list[Course], *, shown: bool) -> None:
    """Two courses there for two at home; three people sign the same version."""
    walk.calendar.turn_to(date(2026, 11, 20))
    walk.be(walk.cast.officer, f"stays/{stay.pk}/agreement/")
    walk.press("Add a group")
    for at, course in enumerate(courses):
        studied, home = 2 * at, 2 * at + 1
        walk.fill(
            **{
                f"r{studied}-code": f"TR-{course.code}",
                f"r{studied}-title": course.title,
                f"r{studied}-credits": f"{course.credits:.0f}",
                f"r{home}-course": course.pk,
            }
        )
    total = f"{sum(course.credits for course in courses):.0f} ECTS credits"
    walk.page.locator("[name=r0-title]").focus()
    if walk.page.locator("html.scripted").count():  # with script the sums follow what is typed
        for side in walk.page.locator("#totals dd").all():
            expect(side).to_contain_text(total)
    if shown:
        walk.picture("learning-agreement-editor", full=True)
    walk.press("Save the version")
    walk.press("Send for signature")
    walk.fill(student_email=stay.person.email, partner_name="Deniz Yilmaz", partner_email=PARTNER)
    walk.press("Freeze and send")
    walk.work()
    for email, name, phone in (
        (stay.person.email, stay.person.display_name, True),
        (PARTNER, "Deniz Yilmaz", False),
    ):
        walk.follow(walk.link_in_mail(email), phone=phone)
        walk.fill(name=name, read=True)
        if shown and phone:
            walk.picture("sign-phone")
        walk.press("Sign")
    walk.be(walk.cast.coordinator, f"stays/{stay.pk}/")
    walk.press("Sign the learning agreement")
    walk.fill(read=True)
    walk.press("Sign")
    stay.refresh_from_db()
    assert stay.state == ExchangeState.READY
    if shown:
        walk.picture("learning-agreement", full=True)


def go_and_return(walk: Walk, stay: Exchange) -> None:
    for day, press in ((ARRIVED, "Note the arrival"), (LEFT, "Note the departure")):
        walk.calendar.turn_to(day)
        walk.be(walk.cast.officer, f"stays/{stay.pk}/")
        walk.press(press)
        walk.fill(day=written(day))
        walk.main.locator("form.form button[type=submit]").click()
    stay.refresh_from_db()
    assert stay.state == ExchangeState.RETURNED


def give_transcript(walk: Walk, stay: Exchange, marks: tuple[str, str], *, shown: bool) -> None:
    walk.press("Ask for the transcript")
    walk.fill(name="Deniz Yilmaz", email=PARTNER, language="en", mail=True)
    walk.main.locator("form.form button[type=submit]").click()
    walk.work()
    walk.calendar.turn_to(date(2027, 7, 10))
    walk.follow(walk.link_in_mail(PARTNER))
    walk.put("[name=scale]", "kz-12")
    walk.fill(issued_on="10.07.2027")
    walk.press("Go on")
    for at, mark in enumerate(marks):
        walk.put(f"[name=l{at}-mark]", mark)
    if shown:
        walk.picture("transcript", full=True)
    walk.press("Look over")
    walk.read("Is all of this as on the transcript?")
    walk.press("Give the transcript")
    walk.read(re.compile("has arrived"))


def recognise(walk: Walk, stay: Exchange) -> None:
    """The faculty decides group by group; what was not passed is refused with its reason."""
    walk.calendar.turn_to(date(2027, 7, 20))
    walk.be(walk.cast.coordinator, f"stays/{stay.pk}/")
    walk.press("Begin recognition")
    walk.fill(members="Cholpon Deanova\nGulnara Bakirova")
    walk.press("Begin")
    walk.picture("recognition", full=True)
    walk.agree("Decide 1 as suggested")
    walk.press("Decide")
    walk.main.get_by_role("radio", name=re.compile("not recognised|refused", re.I)).check()
    walk.fill(credits="0", reason="Not passed at the host; to be made up.")
    walk.press("Decide")
    walk.agree("Close and write the protocol")
    stay.refresh_from_db()
    assert (stay.state, stay.credits_recognised) == (ExchangeState.RECOGNISED, Decimal(6))


def order(walk: Walk, stay: Exchange) -> None:
    """The order's printed address leads to the page on which anybody can check it."""
    walk.be(walk.cast.officer, f"stays/{stay.pk}/recognition/")
    walk.press("Issue the order")
    walk.fill(number="17-A", on="20.07.2027", signer="Elmira Sydykova")
    walk.main.locator("form.form button[type=submit]").click()
    walk.go(f"stays/{stay.pk}/recognition/")
    for words, kind in (("Protocol, PDF", "recognition_protocol"), ("Order, PDF", "recognition_order")):
        code = printed_code(walk.take(words, menu=True))
        assert Paper.objects.get(kind=kind, subject_id=stay.pk).code == code
        walk.page.reload()
    walk.go(f"stays/{stay.pk}/")
    walk.picture("stay")
    walk.follow(f"/v/{code}/")
    walk.read("17-A")
    assert stay.person.email not in walk.main.inner_text()
    walk.picture("paper-valid")


def printed_code(paper: Path) -> str:
    text = "".join(page.extract_text() for page in PdfReader(paper).pages)
    found = re.search(r"/v/\s*([\w-]+)", text)
    assert found is not None, text
    return found[1]


def away_and_back(walk: Walk, agreement: Agreement) -> list[Exchange]:
    courses = curriculum(walk)
    stays = nominate(walk, agreement)
    for number, stay in enumerate(stays):
        agree_on_studies(walk, stay, courses, shown=number == 0)
    first = stays[0]
    for stay in stays:
        go_and_return(walk, stay)
        if stay == first:
            give_transcript(walk, stay, ("A-", "F"), shown=True)
            recognise(walk, stay)
            order(walk, stay)
    return stays
