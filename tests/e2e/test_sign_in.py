"""Signing in, in a real browser: through the university, by passkey, by a code from the phone."""

from __future__ import annotations

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.fixtures import Settings

from tests.accounts.test_sign_on_oidc import PEOPLE
from tests.accounts.universities import OIDC_FILE, oidc_provider, sign_on_by
from tests.cast import PASSWORD, Cast
from tests.e2e.conftest import PHONE, WIDE

pytestmark = pytest.mark.django_db(transaction=True)
DESK = re.compile(r"/o/alatoo/$")


@pytest.fixture
def look(
    accessible: Callable[[Page], None], shoot: Callable[..., None], speak: Callable[[str], None]
) -> Callable[[Page, str], None]:
    """The page is accessible, fits at both widths, and speaks Kyrgyz and Uzbek."""

    def everywhere(page: Page, name: str) -> None:
        for width, viewport in (("1280", WIDE), ("390", PHONE)):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            accessible(page)
            shoot(page, f"{name}-{width}", full=True)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    return everywhere


def enter(page: Page, email: str = "aigul@example.org") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_confirmed(page: Page, path: str) -> None:
    """What changes the ways of signing in asks for the password once more."""
    page.goto(path)
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on", exact=True).click()
    expect(page).to_have_url(re.compile(f"{path}$"))


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def code_of(secret: str) -> str:
    """RFC 6238, as the app on the phone does it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_officer_comes_in_through_the_university_and_a_stranger_reads_why_not(
    page: Page,
    cast: Cast,
    settings: Settings,
    tmp_path: Path,
    quiet: list[str],
    look: Callable[[Page, str], None],
) -> None:
    with oidc_provider(PEOPLE) as server:
        sign_on_by(settings, tmp_path / "sign-on.toml", OIDC_FILE.format(server=server))
        page.goto("/accounts/login/")
        look(page, "sign-in-university")
        page.get_by_role("button", name="Sign in through Osh Demo University").click()
        expect(page).to_have_url(re.compile(re.escape(server)))
        page.get_by_role("button", name="stranger").click()
        expect(page.get_by_text("no office has invited this address")).to_be_visible()
        look(page, "sign-in-unknown")
        page.goto("/accounts/login/")
        page.get_by_role("button", name="Sign in through Osh Demo University").click()
        page.get_by_role("button", name="aigul").click()
        expect(page).to_have_url(DESK)
        # The university's own page is not ours to judge, nor are the style sheets it asks for.
        quiet[:] = [
            line
            for line in quiet
            if "127.0.0.1" not in line and "jsdelivr" not in line and "ERR_NAME" not in line
        ]


def test_passkey_is_added_and_signs_in_without_a_password(
    page: Page, context: BrowserContext, cast: Cast, settings: Settings, look: Callable[[Page, str], None]
) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's server speaks no TLS
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    enter(page)
    expect(page).to_have_url(DESK)
    page.goto("/accounts/2fa/")
    look(page, "second-step")
    go_confirmed(page, "/accounts/2fa/webauthn/add/")
    look(page, "passkey-add")
    page.get_by_label("Name").fill("My phone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).not_to_have_url(re.compile("webauthn/add"))
    look(page, "passkey-added")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("My phone")).to_be_visible()
    look(page, "passkeys")
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(DESK)


def test_code_from_the_phone_is_asked_for_after_the_password(
    page: Page, cast: Cast, look: Callable[[Page, str], None]
) -> None:
    enter(page)
    go_confirmed(page, "/accounts/2fa/totp/activate/")
    look(page, "code-activate")
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.locator("#id_code_error")).to_be_visible()
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page).to_have_url(re.compile("recovery-codes"))
    look(page, "recovery-codes")
    sign_out(page)
    enter(page)
    expect(page).to_have_url(re.compile("2fa/authenticate"))
    look(page, "code-asked")
    page.goto("/o/alatoo/")  # the password alone opens nothing
    expect(page).to_have_url(re.compile("2fa/authenticate"))
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.locator("#id_code_error")).to_be_visible()
    # The code that switched it on was used up: the next one counts.
    used = code_of(secret)
    while code_of(secret) == used:
        time.sleep(0.5)
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").first.click()
    expect(page).to_have_url(DESK)


@pytest.mark.parametrize("language", ["ru", "ky", "kk", "uz"])
def test_pages_of_the_second_step_speak_the_language(
    page: Page, cast: Cast, speak: Callable[[str], None], sign_in: Callable[..., None], language: str
) -> None:
    enter(page)
    go_confirmed(page, "/accounts/2fa/totp/activate/")
    speak(language)
    english = re.compile(r"\b((?<!Google )Authenticator|Security|Recovery|Activate|Add|Password|the|your)\b")
    for path in ("2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "password/change/"):
        page.goto(f"/accounts/{path}")
        words = page.locator("main").inner_text()
        assert len(words) > 30
        assert english.findall(words) == [], (path, words)
