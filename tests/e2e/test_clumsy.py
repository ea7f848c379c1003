"""What hands do: click twice, write until the session has ended, go back and send once more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sapar.accounts.models import User
from sapar.directory.models import Person
from tests.cast import PASSWORD, Cast
from tests.e2e.conftest import PHONE
from tests.story import draft

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/o/alatoo/people/new/"
TWICE = "form => { form.requestSubmit(); form.requestSubmit(); }"


def fill(page: Page) -> None:
    page.goto(NEW)
    page.locator("input[name=passport_surname]").fill("Twice")
    page.locator("input[name=passport_given]").fill("Clicked")


def test_second_click_sends_nothing(page: Page, cast: Cast, sign_in: Callable[[User], None]) -> None:
    sign_in(cast.officer)
    fill(page)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator("main form").evaluate(TWICE)
    expect(page).to_have_url(re.compile(r"/people/\d+/$"))
    assert (len(posts), Person.objects.count()) == (1, 1)


def test_what_was_typed_outlives_the_session(
    page: Page, cast: Cast, sign_in: Callable[[User], None], accessible: Callable[[Page], None]
) -> None:
    sign_in(cast.officer)
    fill(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")
    accessible(page)
    assert not Person.objects.exists()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    window = opened.value
    window.get_by_label("E-mail").fill(cast.officer.email)
    window.get_by_label("Password").fill(PASSWORD)
    window.get_by_role("button", name="Sign in", exact=True).click()
    expect(window).to_have_url(re.compile(f"{NEW}$"))
    window.close()
    page.go_back()
    expect(page.locator("input[name=passport_surname]")).to_have_value("Twice")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/people/\d+/$"))
    assert Person.objects.get().passport_surname == "Twice"


@pytest.mark.parametrize("language", ["en", "ru", "ky", "kk", "uz"])
@pytest.mark.parametrize("width", [PHONE["width"], 320])
def test_words_of_the_phone_bar_are_whole_and_off_the_edge(
    page: Page,
    cast: Cast,
    sign_in: Callable[[User], None],
    speak: Callable[[str], None],
    language: str,
    width: int,
) -> None:
    sign_in(cast.officer)
    speak(language)
    page.set_viewport_size({"width": width, "height": PHONE["height"]})
    page.goto("/o/alatoo/")
    words = page.locator(".phone-bar > a span, .phone-bar > details > summary span").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right,"
        " one.scrollWidth > one.clientWidth])"
    )
    assert len(words) == 5
    for left, right, cut in words:
        assert (left >= 5, right <= width - 5, cut) == (True, True, False), (language, words)


def test_texts_of_two_writers_are_read_on_a_phone(
    page: Page, cast: Cast, sign_in: Callable[[User], None], accessible: Callable[[Page], None]
) -> None:
    """Three columns of a phone hold one word each: there the two texts stand one below the other."""
    sign_in(cast.officer)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    edit = f"/o/alatoo/agreements/{draft(cast).pk}/edit/"
    other = page.context.new_page()
    for window, words in ((other, "Exchange of students "), (page, "Exchange of teachers ")):
        window.goto(edit)
        window.locator("input[name=title]").fill(words * 6)
    for window in (other, page):
        window.locator("main .form-end .button.primary").click()
    cells = page.locator(".meanwhile tbody td")
    expect(cells).to_have_count(2)
    boxes = [cells.nth(n).bounding_box() for n in range(2)]
    assert [box is not None and box["width"] > PHONE["width"] / 2 for box in boxes] == [True, True]
    assert page.locator(".meanwhile thead").is_hidden()
    for n, says in enumerate(("On record now", "You wrote")):
        assert says in cells.nth(n).evaluate("cell => getComputedStyle(cell, '::before').content")
    accessible(page)
