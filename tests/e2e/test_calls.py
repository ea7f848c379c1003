"""A student applies on a phone, the office gives the places, the student confirms: in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from sapar.mobility.models import Application, Call
from sapar.mobility.services.calls import CallEntry, open_call, prepare_call, take_places
from sapar.mobility.states import ApplicationState, Term
from tests.cast import NOW, Cast
from tests.e2e.conftest import PHONE, WIDE
from tests.mobility.draining import drain
from tests.story import partner_in_force, student

pytestmark = pytest.mark.django_db(transaction=True)


def open_today(cast: Cast) -> Call:
    partners = [partner_in_force(cast), partner_in_force(cast, "Bosporus Demo University")]
    today = timezone.now()
    entry = CallEntry(
        title="Exchange in spring 2027",
        academic_year=2026,
        term=Term.SPRING,
        opens_at=today - timedelta(days=1),
        closes_at=today + timedelta(days=20),
        stay_from=date(2027, 2, 1),
        stay_to=date(2027, 6, 30),
        documents=({"code": "d1", "title": "Transcript", "required": True},),
        scoring=(
            {"code": "gpa", "label": "GPA", "source": "gpa", "weight": "100", "least": "0", "most": "4"},
        ),
    )
    call = prepare_call(entry, office=cast.office, by=cast.officer, at=NOW)
    for partner in partners:
        take_places(call, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    call = open_call(call, by=cast.officer, at=NOW)
    drain()
    mail.outbox.clear()
    return call


def fill_in(page: Page, accessible: Callable[[Page], None], shoot: Callable[..., None]) -> None:
    page.get_by_label("How often have you been on exchange before?").fill("0")
    accessible(page)
    shoot(page, "apply-about", full=True)
    page.get_by_role("button", name="Save and continue").click()
    for host in ("Bosporus Demo University", "Ankara Demo University"):
        page.get_by_label("Add a wish").select_option(label=f"{host} – Ankara")
        page.get_by_role("button", name="Add this wish").click()
    page.get_by_role("button", name="Move Ankara Demo University up").click()
    expect(page.locator(".wish-list li").first).to_contain_text("Ankara")
    accessible(page)
    shoot(page, "apply-wishes", full=True)
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Level").select_option("B2")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Why do you want to go?").type("I want to learn.")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("File").set_input_files(
        {"name": "transcript.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n<<>>\n"}
    )
    page.get_by_role("button", name="Upload “Transcript”").click()
    accessible(page)
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    accessible(page)
    shoot(page, "apply-check", full=True)
    page.get_by_role("button", name="Submit the application").click()


def test_from_the_public_page_to_the_confirmed_place(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    call = open_today(cast)
    student(cast, "Aida", "3.5", number="S-1")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/c/alatoo/{call.pk}/")
    accessible(page)
    shoot(page, "call-public", full=True)
    page.get_by_label("Student number").fill("S-1")
    page.get_by_label("E-mail").fill("aida@example.org")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send me the letter").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    drain()
    key = mail.outbox[-1].body.split("/l/")[1].split("/")[0]
    page.goto(f"/l/{key}/")
    fill_in(page, accessible, shoot)
    expect(page.get_by_text("We have your application.")).to_be_visible()
    application = Application.objects.get()

    sign_in(cast.officer)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"/o/alatoo/applications/?call={call.pk}")
    accessible(page)
    shoot(page, "applications")
    page.get_by_role("link", name="Aida Demo").click()
    accessible(page)
    shoot(page, "application", full=True)
    page.get_by_role("button", name="Papers are complete").click()
    page.goto(f"/o/alatoo/calls/{call.pk}/")
    accessible(page)
    shoot(page, "call", full=True)
    page.locator(".head-actions details.menu > summary").click()
    page.locator(".head-actions summary", has_text="Close the call").click()
    page.get_by_role("button", name="Close the call").click()
    page.get_by_role("link", name="Give the places").click()
    page.get_by_label("Seed of the lots").fill("2027")
    accessible(page)
    page.get_by_role("button", name="Compute a dry run").click()
    expect(page.get_by_text("1 of 1 applicants gets a place", exact=False)).to_be_visible()
    accessible(page)
    shoot(page, "places-result", full=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    shoot(page, "places-result-phone", full=True)
    names = page.locator(".scroll .table th[scope=row]")
    assert min(box["width"] for one in names.all() if (box := one.bounding_box())) >= 140
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Adopt and tell the applicants").click()
    accessible(page)
    page.get_by_role("button", name="Adopt and tell the applicants").click()
    drain()

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/l/{key}/application/")
    accessible(page)
    shoot(page, "decision", full=True)
    with page.expect_download() as caught:
        page.get_by_role("link", name="Decision of").click()
    assert caught.value.suggested_filename.endswith(".pdf")
    page.get_by_role("button", name="Yes, I confirm my place").click()
    expect(page.get_by_text("You have confirmed your place: Ankara Demo University.")).to_be_visible()
    application.refresh_from_db()
    assert application.state == ApplicationState.CONFIRMED
