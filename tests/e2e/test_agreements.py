"""An agreement in a real browser, from the directory to being in force: officer, three stations, partner."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from sapar.accounts.models import User
from sapar.partners.models import Agreement
from tests.cast import Cast
from tests.e2e.conftest import PHONE, WIDE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def look(accessible: Callable[[Page], None], shoot: Callable[..., None]) -> Callable[[Page, str], None]:
    """The page is accessible and fits at both widths; pictures are kept where they are wanted."""

    def at_both_widths(page: Page, name: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", PHONE)):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            accessible(page)
            shoot(page, f"{name}-{width}", full=True)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    return at_both_widths


def new_partner(page: Page) -> None:
    page.goto("/o/alatoo/partners/")
    page.get_by_role("link", name="Add a partner").click()
    page.get_by_label("Name, acronym or city").fill("Ankara Demo University")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("link", name="It is not there: add a new organisation").click()
    expect(page.get_by_label("Official name")).to_have_value("Ankara Demo University")
    page.locator("#id_country_code").select_option("TR")
    page.get_by_label("City").fill("Ankara")
    page.get_by_role("button", name="Add and take as a partner").click()
    page.get_by_role("link", name="Add a contact").click()
    page.get_by_label("Name", exact=True).fill("Deniz Yildiz")
    page.get_by_role("button", name="Add the contact").click()
    expect(page.get_by_role("link", name="Deniz Yildiz")).to_be_visible()


def new_draft(page: Page) -> None:
    page.get_by_role("link", name="New agreement").click()
    page.get_by_label("Title").fill("Exchange with Ankara")
    page.get_by_label("First language").select_option("ky")
    page.get_by_label("Second language").select_option("en")
    page.get_by_label("Begins").fill("01.09.2026")
    page.get_by_label("Ends", exact=False).first.fill("31.08.2029")
    page.get_by_role("button", name="Make the draft").click()


def fill_places(page: Page) -> None:
    page.get_by_role("button", name="Add a row").click()
    page.locator("#id_row-0-places").fill("2")
    page.locator("#id_row-0-isced_f").fill("0912")
    page.get_by_role("button", name="Copy to all later years").click()
    expect(page.locator(".place-row")).to_have_count(3)
    page.locator("#id_row-2-places").fill("0")
    page.get_by_role("button", name="Save the places").click()
    expect(page.get_by_role("alert")).to_contain_text("Row 3")
    page.locator("#id_row-2-places").fill("4")
    page.get_by_role("button", name="Save the places").click()
    expect(page.get_by_text("The table of places is saved.")).to_be_visible()


def approve_as(page: Page, sign_in: Callable[[User], None], user: User) -> None:
    sign_in(user)
    page.goto("/o/alatoo/")
    page.get_by_role("link", name="Read and answer").click()
    expect(page.get_by_text("1. Parties")).to_be_visible()
    page.get_by_role("button", name="Approve this version").click()
    expect(page.get_by_text("You approved it.")).to_be_visible()


def test_agreement_goes_from_the_directory_to_being_in_force(
    page: Page,
    browser: Browser,
    live_server: LiveServer,
    cast: Cast,
    sign_in: Callable[[User], None],
    look: Callable[[Page, str], None],
) -> None:
    sign_in(cast.officer)
    new_partner(page)
    look(page, "partner")
    new_draft(page)
    fill_places(page)
    agreement = Agreement.objects.get()
    page.goto(f"/o/alatoo/agreements/{agreement.pk}/texts/")
    page.locator("#text-0-en").fill("The parties agree.")
    look(page, "agreement-texts")
    page.get_by_role("button", name="Save the texts").click()
    look(page, "agreement-draft")
    page.get_by_role("link", name="Send for approval").click()
    page.get_by_role("button", name="Freeze and send").click()
    expect(page.get_by_text("waiting for: legal department, since today")).to_be_visible()
    for station in (cast.lawyer, cast.vice_rector, cast.rector):
        approve_as(page, sign_in, station)
    sign_in(cast.officer)
    page.goto(f"/o/alatoo/agreements/{agreement.pk}/")
    page.get_by_role("link", name="Invite the partner to answer").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Deniz Yildiz")
    page.get_by_role("button", name="Make the link and send it").click()
    link = re.sub(r"^https?://[^/]+", live_server.url, page.locator("p.key").inner_text())
    page.goto(link)
    look(page, "agreement-partner")
    partner_answers(browser, link)
    page.goto(f"/o/alatoo/agreements/{agreement.pk}/")
    page.get_by_role("button", name="Make the PDF to sign").click()
    expect(page.get_by_role("link", name="Agreement 2026-001 (PDF)")).to_be_visible()
    page.get_by_role("link", name="Bring into force").click()
    sign_on_paper(page)
    expect(page.locator("h1 .state")).to_have_text("in force")
    expect(page.get_by_role("link", name="signed.pdf")).to_be_visible()
    look(page, "agreement-in-force")


def partner_answers(browser: Browser, link: str) -> None:
    """The partner reads on a phone without script, in a browser of their own."""
    phone: Any = PHONE
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport=phone)
    guest = context.new_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="Exchange with Ankara")).to_be_visible()
    with guest.expect_download() as download:
        guest.get_by_role("link", name="Word document (DOCX)").click()
    assert download.value.suggested_filename.endswith(".docx")
    guest.get_by_role("button", name="Ask for changes").click()
    expect(guest.get_by_role("alert")).to_contain_text("Say in a remark what has to be changed.")
    guest.get_by_role("button", name="Approve this version").click()
    expect(guest.get_by_role("status")).to_contain_text("Approved on")
    context.close()


def sign_on_paper(page: Page) -> None:
    for name, value in {
        "home_signer": "Elmira Sydykova",
        "home_signer_post": "Rector",
        "home_authority": "Charter",
        "partner_signer": "Deniz Yildiz",
        "partner_signer_post": "Rector",
    }.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_scan").set_input_files(
        {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_role("button", name="Put the signing on record").click()
