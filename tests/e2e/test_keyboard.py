"""A list, a form and a map without the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.e2e.conftest import PHONE
from tests.story import apply, open_call_with, partner_in_force, student

if TYPE_CHECKING:
    from sapar.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partners(cast: Cast) -> None:
    for name in ("Ankara Demo University", "Bursa Demo University", "Izmir Demo University"):
        partner_in_force(cast, name)


def test_rows_are_walked_and_opened_by_keys(
    page: Page, cast: Cast, partners: None, sign_in: Callable[[User], None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/")
    page.keyboard.press("j")
    expect(page.locator("tr.current-row")).to_contain_text("Ankara")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.current-row")).to_contain_text("Izmir")
    page.keyboard.press("k")
    expect(page.locator("tr.current-row")).to_contain_text("Bursa")
    expect(page.locator("tr.current-row a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bursa Demo University")).to_be_visible()


def test_rows_are_ticked_and_acted_on_together(
    page: Page, cast: Cast, sign_in: Callable[[User], None]
) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    place = call.places.get()
    for name in ("Aida", "Bermet"):
        apply(call, student(cast, name, "3.5"), place)
    sign_in(cast.officer)
    page.goto("/o/alatoo/applications/")
    expect(page.locator(".bulk")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".rows tbody input:checked")).to_have_count(2)
    expect(page.locator(".bulk")).to_be_visible()
    page.locator(".bulk button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_be_visible()


def test_help_traps_the_focus_and_single_keys_can_be_turned_off(
    page: Page,
    cast: Cast,
    partners: None,
    sign_in: Callable[[User], None],
    accessible: Callable[[Page], None],
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    accessible(page)
    for _press in range(6):
        page.keyboard.press("Tab")
        inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        assert page.evaluate(inside)
    page.get_by_label("Use these keys on this device").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("tr.current-row")).to_have_count(0)
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use these keys on this device").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_letters_typed_into_a_field_are_letters(
    page: Page, cast: Cast, partners: None, sign_in: Callable[[User], None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/")
    page.keyboard.press("f")
    page.keyboard.type("jkxn?/")
    expect(page.locator("#list-q")).to_have_value("jkxn?/")


def test_content_is_one_key_away_and_the_focus_is_seen(
    page: Page, cast: Cast, sign_in: Callable[[User], None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/add/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    seen = set[str]()
    for _press in range(8):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        where = page.evaluate("document.activeElement.tagName + document.activeElement.textContent")
        if not where.startswith("BODY"):
            assert outline != "none", where
            seen.add(where)
    assert len(seen) >= 2


def test_a_form_is_filled_and_its_errors_are_reached_by_keys(
    page: Page, cast: Cast, sign_in: Callable[[User], None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/new/")
    page.get_by_label("Official name").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Official name")).to_be_focused()


def test_countries_of_the_map_are_links_and_the_map_comes_closer(
    page: Page,
    cast: Cast,
    partners: None,
    sign_in: Callable[[User], None],
    accessible: Callable[[Page], None],
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/map/")
    accessible(page)
    whole = page.locator(".map > svg").get_attribute("viewBox")
    page.get_by_role("button", name="Closer").focus()
    page.keyboard.press("Enter")
    assert page.locator(".map > svg").get_attribute("viewBox") != whole
    page.get_by_role("button", name="The whole world").press("Enter")
    expect(page.locator(".map > svg")).to_have_attribute("viewBox", str(whole))
    page.get_by_role("link", name="Türkiye: 3").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rows tbody tr")).to_have_count(3)


def test_columns_are_chosen_by_keys_and_escape_gives_the_focus_back(
    page: Page, cast: Cast, partners: None, sign_in: Callable[[User], None]
) -> None:
    sign_in(cast.officer)
    page.goto("/o/alatoo/partners/")
    summary = page.locator("summary", has_text="Columns")
    summary.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=columns]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator("input[name=columns]").first).to_be_hidden()


def test_current_tab_is_in_sight_on_a_phone_and_told_apart_in_forced_colours(
    page: Page, cast: Cast, sign_in: Callable[[User], None], speak: Callable[[str], None]
) -> None:
    sign_in(cast.officer)
    speak("ru")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(forced_colors="active")
    page.goto("/o/alatoo/letters/")
    tabs = page.locator(".tabs.phone-parts")
    expect(tabs.locator("[aria-current]")).to_be_in_viewport(ratio=0.98)
    line = "element => getComputedStyle(element).borderBottomColor"
    assert tabs.locator("[aria-current]").evaluate(line) != tabs.locator("a").first.evaluate(line)
