"""October: a call, three applications on the phone, places given with reasons, one declined and given again."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect
from pypdf import PdfReader

from sapar.directory.models import Enrolment
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import Level
from sapar.mobility.models import Application, Call
from sapar.mobility.states import ApplicationState, CallState
from tests.e2e.story.partners import ANKARA
from tests.e2e.story.walk import Walk

STUDENTS = (("Asanova", "Aizada", "3.90"), ("Bekov", "Bakai", "3.50"), ("Chynybaeva", "Chynara", "3.10"))
EMAILS = [f"{given.lower()}@students.example" for _surname, given, _gpa in STUDENTS]


def matriculate(walk: Walk) -> None:
    """What the student office has on record."""
    for number, (surname, given, gpa) in enumerate(STUDENTS):
        person = add_person(
            PersonEntry(passport_surname=surname, passport_given=given, email=EMAILS[number]),
            office=walk.cast.office,
            by=walk.cast.officer,
            at=walk.calendar.now(),
        )
        Enrolment.objects.create(
            office=walk.cast.office,
            person=person,
            unit=walk.cast.medicine,
            student_number=f"2400{number + 1}",
            programme="General medicine",
            isced_f="0912",
            level=Level.BACHELOR,
            year_of_study=3,
            gpa=Decimal(gpa),
            as_of=date(2026, 9, 1),
        )


def open_call(walk: Walk) -> Call:
    walk.calendar.turn_to(date(2026, 9, 21))
    matriculate(walk)
    walk.be(walk.cast.officer, "calls/")
    walk.press("New call")
    walk.fill(
        title="Exchange in spring 2027",
        academic_year="2026",
        term="spring",
        opens_on="21.09.2026",
        closes_on="20.10.2026",
        stay_from="01.02.2027",
        stay_to="30.06.2027",
    )
    walk.press("Prepare the call")
    call = Call.objects.get()
    walk.main.get_by_label(f"Places at {ANKARA}").fill("2")
    walk.press("Take these places")
    walk.agree("Open the call")
    call.refresh_from_db()
    assert call.state == CallState.OPEN
    walk.picture("call", full=True)
    return call


def apply(walk: Walk, call: Call) -> None:
    """The public page, the letter, the form: one thing a page, on a phone."""
    walk.calendar.turn_to(date(2026, 10, 5))
    for number, email in enumerate(EMAILS):
        walk.follow(f"/c/{walk.cast.office.slug}/{call.pk}/", phone=True)
        if number == 0:
            walk.picture("call-public-phone")
        walk.fill(student_number=f"2400{number + 1}", email=email, consent=True)
        walk.press("Send me the letter")
        walk.work()
        walk.follow(walk.link_in_mail(email), phone=True)
        walk.fill(former_mobilities="0")
        walk.press("Save and continue")
        walk.put("select[name=add]", call.places.get().pk)
        walk.press("Add this wish")
        expect(walk.main.locator(".wish-list")).to_contain_text(ANKARA)
        if number == 0:
            walk.picture("apply-wishes-phone")
        walk.press("Save and continue")
        walk.press("Save and continue")
        walk.fill(motivation="I want to see how anatomy is taught elsewhere, and bring it home.")
        walk.press("Save and continue")
        if number == 0:
            walk.picture("apply-check-phone")
        walk.press("Submit the application")
        walk.read(re.compile("Your application is submitted"))
    walk.work()
    assert set(call.applications.values_list("state", flat=True)) == {ApplicationState.SUBMITTED}


def check_papers(walk: Walk, call: Call) -> None:
    walk.calendar.turn_to(date(2026, 10, 22))
    walk.be(walk.cast.officer, f"applications/?call={call.pk}")
    expect(walk.main.locator("tbody tr")).to_have_count(3)
    every = walk.main.get_by_label("All rows of this page")
    # Without script there is no box for all.
    for box in [every] if every.is_visible() else walk.main.locator("tbody input[name=row]").all():
        box.check()
    walk.picture("applications")
    walk.press("Papers are complete")
    assert set(call.applications.values_list("state", flat=True)) == {ApplicationState.COMPLETE}
    walk.go(f"calls/{call.pk}/")
    walk.agree("Close the call")


def give_places(walk: Walk, call: Call) -> None:
    walk.calendar.turn_to(date(2026, 10, 23))
    walk.be(walk.cast.officer, f"calls/{call.pk}/placing/")
    walk.fill(seed="2026")
    walk.press("Compute a dry run")
    walk.work()
    run = call.runs.get()
    walk.go(f"runs/{run.pk}/")
    walk.read("This is a dry run.")
    walk.read("2 of 3 applicants get a place, 2 of them at the first wish.")
    walk.picture("places-dry-run", full=True)
    walk.go(f"runs/{run.pk}/people/")
    walk.picture("places-reasons")
    walk.go(f"runs/{run.pk}/")
    walk.press("Adopt and tell the applicants")
    walk.picture("places-adopt")
    walk.press("Adopt and tell the applicants")
    walk.work()
    walk.page.reload()
    minutes = PdfReader(walk.take("Download the minutes"))
    assert "Asanova" in "".join(page.extract_text() for page in minutes.pages)


def state_of(email: str) -> str:
    return Application.objects.get(enrolment__person__email=email).state


def answer_places(walk: Walk, call: Call) -> None:
    """The first confirms, the second declines, the third moves up and confirms."""
    first, second, third = EMAILS
    walk.calendar.turn_to(date(2026, 10, 26))
    walk.follow(walk.link_in_mail(first), phone=True)
    walk.picture("place-offered-phone", full=True)
    walk.press("Yes, I confirm my place")
    assert state_of(first) == ApplicationState.CONFIRMED
    walk.follow(walk.link_in_mail(second), phone=True)
    walk.agree("No, I decline")
    assert (state_of(second), state_of(third)) == (ApplicationState.DECLINED, ApplicationState.RESERVE)
    walk.calendar.turn_to(date(2026, 11, 2))
    walk.be(walk.cast.officer, f"calls/{call.pk}/placing/")
    walk.press("Try a refill")
    walk.work()
    refill = call.runs.get(is_refill=True)
    walk.go(f"runs/{refill.pk}/")
    walk.press("Adopt and tell the applicants")
    walk.press("Adopt and tell the applicants")
    walk.work()
    assert state_of(third) == ApplicationState.PLACED
    walk.follow(walk.link_in_mail(third), phone=True)
    walk.press("Yes, I confirm my place")
    assert [state_of(email) for email in EMAILS] == [
        ApplicationState.CONFIRMED,
        ApplicationState.DECLINED,
        ApplicationState.CONFIRMED,
    ]


def call_and_places(walk: Walk) -> Call:
    call = open_call(walk)
    apply(walk, call)
    check_papers(walk, call)
    give_places(walk, call)
    answer_places(walk, call)
    return call
