"""Ending a stay and erasing a person in a real browser, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Exchange
from sapar.mobility.services.exchanges import change_plan, make_exchange_link, note_arrival
from sapar.mobility.states import ExchangeState
from tests.cast import NOW, Cast
from tests.e2e.conftest import PHONE, WIDE
from tests.mobility.stays import accepted_stay

pytestmark = pytest.mark.django_db(transaction=True)


def test_stay_ends_early_and_its_person_is_erased(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    today, now = timezone.localdate(), timezone.now()
    stay = accepted_stay(cast)
    stay = change_plan(
        stay, planned_from=today - timedelta(days=20), planned_to=today + timedelta(days=60), reason="Earlier",
        by=cast.officer, at=now,
    )  # fmt: skip
    note_arrival(stay, arrived_on=today - timedelta(days=19), by=cast.officer, at=now)
    sign_in(cast.officer)
    for size, name in ((PHONE, "phone"), (WIDE, "wide")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"/o/{cast.office.slug}/stays/{stay.pk}/end/")
        accessible(page)
        shoot(page, f"end-{name}", full=True)
    page.get_by_label("Reason").select_option("health")
    page.get_by_label("A transcript is still awaited").uncheck()
    page.get_by_label("Write to the partner").uncheck()
    page.get_by_role("button", name="End the stay").click()
    expect(page.get_by_text("ended early, without results").first).to_be_visible()
    shoot(page, "ended", full=True)
    person = f"/o/{cast.office.slug}/people/{stay.person_id}/"
    page.goto(f"{person}erase/")
    page.get_by_label("the person asked for it").check()
    shoot(page, "erase-ask", full=True)
    page.get_by_role("button", name="Ask a second person to erase").click()
    sign_in(cast.administrator)
    for size, name in ((PHONE, "phone"), (WIDE, "wide")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"{person}erase/")
        accessible(page)
        shoot(page, f"erase-{name}", full=True)
    page.get_by_text("Erase for good").first.click()
    page.get_by_role("button", name="Erase for good").last.click()
    expect(page.get_by_text("The person is erased.")).to_be_visible()
    shoot(page, "erased")
    assert Exchange.objects.get().state == ExchangeState.BROKEN_OFF


def test_person_takes_the_own_data_from_a_phone(
    page: Page, cast: Cast, accessible: Callable[[Page], None], shoot: Callable[..., None]
) -> None:
    stay = accepted_stay(cast)
    key = make_exchange_link(
        stay, LinkPurpose.FOLLOW_STAY, name="Aida", email="a@example.org", by=cast.officer, at=NOW
    ).key
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/l/{key}/stay/")
    accessible(page)
    shoot(page, "own-data", full=True)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download my data").click()
    assert coming.value.suggested_filename.endswith(".zip")
