"""The components in a real browser: at two widths, by day and by night, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sapar.audit.services import record
from tests.cast import NOW, PASSWORD, Cast
from tests.e2e.conftest import PHONE, WIDE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "viewport"), [("1280", WIDE), ("390", PHONE)])
def test_style_page_is_accessible_and_fits(
    page: Page,
    cast: Cast,
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
    width: str,
    viewport: Any,
    scheme: Any,
) -> None:
    sign_in(cast.administrator)
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme)
    page.goto("/style/")
    expect(page.get_by_role("heading", name="Tian-Shan Demo University")).to_be_visible()
    accessible(page)
    shoot(page, f"style-{width}-{scheme}", full=True)


@pytest.mark.parametrize("language", ["en", "ru", "ky", "kk", "uz"])
@pytest.mark.parametrize(("width", "viewport"), [("1280", WIDE), ("390", PHONE)])
def test_office_pages_fit_in_every_language(
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
    sign_in(cast.administrator)
    speak(language)
    page.set_viewport_size(viewport)
    for name, path in {
        "desk": "/o/alatoo/",
        "search": "/o/alatoo/search/?q=aigul",
        "profile": "/o/alatoo/settings/",
        "colleagues": "/o/alatoo/settings/people/",
        "tokens": "/o/alatoo/settings/tokens/",
        "log": "/o/alatoo/settings/trail/?on_from=01.10.2026",
        "security": "/accounts/2fa/",
    }.items():
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        accessible(page)
        shoot(page, f"{name}-{width}-{language}")


@pytest.mark.parametrize(("width", "viewport"), [("1280", WIDE), ("390", PHONE)])
def test_pages_for_guests_are_accessible(
    page: Page,
    cast: Cast,
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
    width: str,
    viewport: Any,
) -> None:
    page.set_viewport_size(viewport)
    for name, path in {
        "sign-in": "/accounts/login/",
        "reset": "/accounts/password/reset/",
        "no-link": "/l/not-a-key/",
        "no-page": "/nowhere/",
    }.items():
        page.goto(path)
        accessible(page)
        shoot(page, f"{name}-{width}")


def test_signing_in_by_form_leads_to_the_desk(page: Page, cast: Cast) -> None:
    page.goto("/")
    page.get_by_label("E-mail").fill(cast.officer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/o/alatoo/")
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()


def test_slash_goes_to_the_search_box(page: Page, cast: Cast, sign_in: Callable[..., None]) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#search")).to_have_value("a/b")
    page.locator("#search").fill("gul")
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name="Aigul")).to_be_visible()


def test_person_menu_opens_and_closes_by_keyboard(
    page: Page, cast: Cast, sign_in: Callable[..., None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/")
    menu = page.locator(".side-foot details")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Your profile")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(page.get_by_role("link", name="Your profile")).to_be_hidden()


def test_language_and_paper_are_kept(page: Page, cast: Cast, sign_in: Callable[..., None]) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/")
    page.locator(".side-foot summary").click()
    page.locator("#theme-side").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".side-foot summary").click()
    page.locator("#language-side").select_option("ky")
    expect(page.locator("html")).to_have_attribute("lang", "ky")
    cast.officer.refresh_from_db()
    assert cast.officer.language == "ky"


def test_a_list_is_filtered_sorted_and_kept_by_hand(
    page: Page, cast: Cast, sign_in: Callable[..., None]
) -> None:
    for who in (cast.officer, cast.rector, cast.officer):
        record("partners.agreement.signed", subject=cast.office, by=who, at=NOW)
    sign_in(cast.administrator)
    page.goto("/o/alatoo/settings/trail/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("from").fill("01.10.2026")
    page.get_by_role("button", name="Show").locator("visible=true").click()
    expect(page.locator(".chip")).to_have_text("acts from 01.10.2026")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Who").click()
    expect(page.get_by_role("columnheader", name="Who")).to_have_attribute("aria-sort", "ascending")
    page.get_by_text("Keep this view").click()
    page.get_by_label("Name of the view").fill("Since October")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("link", name="Since October")).to_have_attribute("aria-current", "page")
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_long_choice_is_searched_in_the_other_script(
    page: Page, cast: Cast, sign_in: Callable[..., None]
) -> None:
    sign_in(cast.administrator)
    page.goto("/style/")
    page.locator("#form input.find").fill("qazaqst")
    page.locator("#form input.find").fill("kazakst")
    expect(page.locator("#form select")).to_have_value("KZ")
    page.locator("#form input.find").fill("uzbek")
    expect(page.locator("#form select option")).to_have_text(["—", "Қазақстан"])


def test_every_page_works_without_script(browser: Any, cast: Cast, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill(cast.administrator.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator(".side-foot summary").click()
    page.locator(".side-foot select[name=language]").select_option("ru")
    page.locator(".side-foot form").first.get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    context.close()
