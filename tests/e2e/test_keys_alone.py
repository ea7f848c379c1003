"""Somebody without a mouse: from signing in to an agreement in force, and to an application that is answered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from sapar.accounts.models import User
from sapar.mobility.states import ApplicationState
from tests.cast import PASSWORD, Cast
from tests.story import apply, approve, draft, open_call_with, partner_in_force, student

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STOPS = 90
# What a reader of the page would hear, and whether a ring is drawn around it where it can be seen.
AT = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    const label = at.labels && at.labels.length ? at.labels[0].innerText : '';
    return {
        place: at !== document.body,
        name: (at.getAttribute('aria-label') || label || at.innerText || '').trim(),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        link: at.matches('a, button, summary, input:not([type=checkbox]), textarea'),
        seen: box.bottom > 0 && box.top < innerHeight,
    };
}"""


def tab_to(page: Page, name: str) -> None:
    """Goes on with the key until the place of that name; each stop on the way is seen."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at["name"] and at["place"]:
            assert (at["ring"], at["seen"]) == (True, True), at
        if at["name"].startswith(name) and at["link"]:
            return
    pytest.fail(f"no key leads to “{name}” on {page.url}")


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, label)
    page.keyboard.type(text)


def sign_in_by_keys(page: Page, user: User) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    write(page, "E-mail", user.email)
    write(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/o/alatoo/$"))


def test_skip_link_leads_past_the_menu(page: Page, cast: Cast) -> None:
    sign_in_by_keys(page, cast.officer)
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_agreement_is_sent_answered_and_signed_by_keys(page: Page, cast: Cast) -> None:
    sent = draft(cast)
    sign_in_by_keys(page, cast.officer)
    page.goto(f"/o/alatoo/agreements/{sent.pk}/")
    press(page, "Send for approval")
    press(page, "Freeze and send")
    expect(page.get_by_text("waiting for: legal department, since today")).to_be_visible()
    sign_in_by_keys(page, cast.lawyer)
    press(page, "Read and answer")
    press(page, "Approve this version")
    expect(page.get_by_text("You approved it.")).to_be_visible()
    agreed = approve(draft(cast, "Bursa Demo University"), cast)
    sign_in_by_keys(page, cast.officer)
    page.goto(f"/o/alatoo/agreements/{agreed.pk}/")
    press(page, "Make the PDF to sign")
    press(page, "Bring into force")
    for whose, name in (("us", "Elmira Sydykova"), ("the partner", "Deniz Yildiz")):
        write(page, f"Who signed for {whose}", name)
        write(page, "Post", "Rector")
        write(page, "On the basis of", "Charter")
    press(page, "Put the signing on record")
    expect(page.locator("h1 .state")).to_have_text("in force")


def test_enter_on_a_tick_does_nothing_to_the_ticked(page: Page, cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    apply(call, student(cast, "Aida", "3.5"), call.places.get())
    sign_in_by_keys(page, cast.officer)
    page.goto("/o/alatoo/applications/")
    page.locator(".rows tbody input[type=checkbox]").focus()
    page.keyboard.press("Space")
    expect(page.locator(".bulk")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert set(call.applications.values_list("state", flat=True)) == {ApplicationState.SUBMITTED}
    expect(page.locator(".message")).to_have_count(0)


def test_application_is_answered_by_keys(page: Page, cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast, places=3))
    apply(call, student(cast, "Aida", "3.5"), call.places.get())
    sign_in_by_keys(page, cast.officer)
    press(page, "Exchange")
    press(page, "Applications")
    press(page, "Aida")
    tab_to(page, "Return for completion")
    page.keyboard.press("Enter")
    write(page, "What is missing", "The certificate of languages.")
    press(page, "Return to the applicant")
    expect(page.locator(".message")).to_be_visible()
