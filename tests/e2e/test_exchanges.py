"""A stay and a group visit in a real browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sapar.accounts.states import LinkPurpose
from sapar.directory.services.people import PersonEntry
from sapar.mobility.models import Exchange, Message
from sapar.mobility.services.exchanges import invite_to_answer, make_exchange_link
from sapar.mobility.services.messages import save_letter
from sapar.mobility.services.recognition import open_case
from sapar.mobility.services.visits import (
    SessionEntry,
    VisitEntry,
    VisitorEntry,
    add_session,
    plan_visit,
    take_visitors,
)
from sapar.mobility.states import ExchangeState, LetterKind
from tests.cast import NOW, Cast
from tests.e2e.conftest import PHONE, WIDE
from tests.mobility.stays import (
    accepted_stay,
    course,
    nominated_stay,
    returned_stay,
    signed_agreement,
    stay_with_transcript,
)
from tests.story import partner_in_force

pytestmark = pytest.mark.django_db(transaction=True)


def test_partner_accepts_and_all_three_sign(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    exchange = nominated_stay(cast)
    assert exchange.agreement is not None
    course(cast)
    made = invite_to_answer(exchange.agreement, name="Deniz", email="", by=cast.officer, at=NOW)
    page.goto(f"/l/{made.key}/")
    expect(page.get_by_role("heading", name="Nominations for exchange")).to_be_visible()
    accessible(page)
    page.get_by_label("accept", exact=True).check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Send 1 answer").click()
    expect(page.get_by_text("Thank you. The office has your answers.")).to_be_visible()

    sign_in(cast.officer)
    page.goto(f"/o/alatoo/stays/{exchange.pk}/")
    page.get_by_role("link", name="Write the learning agreement").click()
    page.get_by_label("Title").first.fill("Anatomy")
    page.get_by_label("Credits").first.fill("6")
    page.get_by_label("Home course").select_option(label="ANA2 Anatomy II, 6")
    accessible(page)
    shoot(page, "stays-editor-1280")
    page.get_by_role("button", name="Save the version").click()
    page.get_by_role("link", name="Send for signature").click()
    page.get_by_role("button", name="Freeze and send").click()
    page.get_by_role("link", name="Sign for our institution").click()
    page.get_by_label("I have read this version and sign it.").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Waiting for: Student, Receiving institution")).to_be_visible()
    for purpose in (LinkPurpose.FOLLOW_STAY, LinkPurpose.SIGN_LEARNING_AGREEMENT):
        key = make_exchange_link(exchange, purpose, name="Holder", email="", by=cast.officer, at=NOW).key
        page.goto(f"/l/{key}/")
        accessible(page)
        page.get_by_label("I have read this version and sign it.").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_text("Your signature is on record")).to_be_visible()
    assert Exchange.objects.get().state == ExchangeState.READY


def test_registrar_gives_the_transcript_and_the_dean_decides(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    exchange = returned_stay(cast)
    key = make_exchange_link(
        exchange, LinkPurpose.GIVE_TRANSCRIPT, name="Registrar", email="", by=cast.officer, at=NOW
    ).key
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/l/{key}/")
    page.get_by_label("Grade scale of the marks").select_option("kz-12")
    page.get_by_role("button", name="Go on").click()
    accessible(page)
    shoot(page, "stays-transcript-390", full=True)
    page.get_by_label("Mark", exact=True).fill("Z")
    page.get_by_role("button", name="Look over").click()
    expect(page.get_by_text("“Z” is not on the scale")).to_be_visible()
    page.get_by_label("Mark", exact=True).fill("A-")
    page.get_by_role("button", name="Look over").click()
    page.get_by_role("button", name="Give the transcript").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    sign_in(cast.coordinator)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto("/o/alatoo/")
    page.get_by_role("link", name="Begin recognition").click()
    page.get_by_label("Members of the commission").fill("Dean\nHead of department")
    page.get_by_role("button", name="Begin").click()
    page.locator("details.way summary").click()
    expect(page.get_by_text("Table: Kazakhstan, 12 bands")).to_be_visible()
    accessible(page)
    shoot(page, "stays-recognition-1280", full=True)
    page.locator("summary", has_text="as suggested").click()
    page.get_by_role("button", name="Decide 1 as suggested").click()
    page.locator("summary", has_text="Close and write").click()
    page.get_by_role("button", name="Close and write the protocol").click()
    expect(page.get_by_text("is written.")).to_be_visible()
    with page.expect_download() as download:
        page.locator(".head-actions summary").last.click()
        page.get_by_role("link", name="Protocol, PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert Exchange.objects.get().credits_recognised == Decimal(6)


# Every page is seen in each language and width by test_every_page; here they are earlier in the story.
@pytest.mark.parametrize(
    ("width", "viewport", "language"), [("1280", WIDE, "en"), ("390", PHONE, "ru"), ("390", PHONE, "ky")]
)
def test_pages_of_stays_and_visits_fit_and_are_accessible(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    speak: Callable[[str], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
    width: str,
    viewport: Any,
    language: str,
) -> None:
    partner = partner_in_force(cast, places=9)
    away = accepted_stay(cast, partner, given="Bermet")
    signed_agreement(away, cast)
    done = stay_with_transcript(cast, partner)
    open_case(done, by=cast.officer, at=NOW)
    visit = plan_visit(
        VisitEntry(
            title="Medical students", partner=partner.organisation, starts_on=date(2026, 10, 12),
            ends_on=date(2026, 10, 20), leader_name="Nodira", hosts=[cast.medicine],
        ),
        office=cast.office, by=cast.officer, at=NOW,
    )  # fmt: skip
    take_visitors(
        visit, [VisitorEntry(person=PersonEntry(passport_surname="Karimov"))], by=cast.officer, at=NOW
    )
    held = add_session(
        visit,
        SessionEntry(
            unit=cast.medicine,
            topic="Anatomy",
            held_on=date(2026, 10, 13),
            begins_at=time(9),
            ends_at=time(11),
        ),
        by=cast.officer,
        at=NOW,
    )
    sign_in(cast.officer)
    speak(language)
    page.set_viewport_size(viewport)
    for name, path in {
        "stays": "stays/",
        "stay": f"stays/{away.pk}/",
        "nominate": "stays/nominate/",
        "new": "stays/new/",
        "editor": f"stays/{away.pk}/agreement/",
        "version": f"stays/{away.pk}/agreements/1/",
        "transcript": f"stays/{done.pk}/transcripts/{done.transcripts.get().pk}/",
        "recognition": f"stays/{done.pk}/recognition/",
        "decide": f"stays/{done.pk}/recognition/groups/1/",
        "scales": "recognition/scales/",
        "scale": "recognition/scales/kz-12/",
        "scale-new": "recognition/scales/new/",
        "visits": "visits/",
        "visit": f"visits/{visit.pk}/",
        "timetable": f"visits/{visit.pk}/timetable/",
        "sheet": f"visits/{visit.pk}/sessions/{held.pk}/attendance/",
        "attendance": f"visits/{visit.pk}/attendance/",
        "visit-new": "visits/new/",
    }.items():
        page.goto(f"/o/alatoo/{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        accessible(page)
        shoot(page, f"stays-{name}-{width}-{language}", full=True)


def tick_all_stays(page: Page) -> None:
    page.goto("/o/alatoo/stays/")
    for box in page.locator("input[name=row]").all():
        box.check()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_ticked_stays_arrive_together(
    page: Page,
    cast: Cast,
    language: str,
    sign_in: Callable[..., None],
    speak: Callable[[str], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    partner = partner_in_force(cast, places=9)
    for name in ("Aida", "Bermet"):
        accepted_stay(cast, partner, given=name)
    nominated_stay(cast, partner, given="Chynara")
    sign_in(cast.officer)
    speak(language)
    for name in ("desk", "phone"):
        page.set_viewport_size(WIDE if name == "desk" else PHONE)  # type: ignore[arg-type]
        tick_all_stays(page)
        shoot(page, f"stays-ticked-{language}-{name}")
        page.locator("button[formaction$='/arrivals/']").click()
        expect(page.locator("main h2")).to_have_count(2)
        accessible(page)
        shoot(page, f"stays-arrive-{language}-{name}", full=True)
    page.get_by_role("main").locator("button.primary").click()
    expect(page.locator("main h2")).to_have_count(1)
    accessible(page)
    shoot(page, f"stays-arrived-{language}")
    assert Exchange.objects.filter(state=ExchangeState.AWAY).count() == 2


@pytest.mark.parametrize("language", ["en", "ky"])
def test_ticked_people_are_written_to(
    page: Page,
    cast: Cast,
    language: str,
    sign_in: Callable[..., None],
    speak: Callable[[str], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    partner = partner_in_force(cast, places=9)
    for name in ("Aida", "Bermet"):
        accepted_stay(cast, partner, given=name)
    save_letter(cast.office, LetterKind.STAY, "Visa", "Dear {name}, {first_day}.", by=cast.officer, at=NOW)
    sign_in(cast.officer)
    speak(language)
    main = page.get_by_role("main")
    for name in ("desk", "phone"):
        page.set_viewport_size(WIDE if name == "desk" else PHONE)  # type: ignore[arg-type]
        tick_all_stays(page)
        page.locator("button[formaction$='/stays/write/']").click()
        main.locator("button[value=use]").click()
        expect(main.locator("textarea")).to_have_value("Dear {name}, {first_day}.")
        accessible(page)
        shoot(page, f"stays-write-{language}-{name}", full=True)
        main.locator("button[value=look]").click()
        expect(main).to_contain_text("Dear Aida Demo,")
        accessible(page)
        shoot(page, f"stays-written-{language}-{name}", full=True)
    main.locator("button[value=send]").click()
    page.wait_for_url("**/stays/")
    assert Message.objects.filter(exchange__isnull=False).count() == 2
