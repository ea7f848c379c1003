"""Every address of the product: no form without its token, no answer without the heads that protect it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from sapar.api.routes import api
from sapar.mobility.models import Call
from sapar.mobility.states import CallState
from tests.cast import NOW, TODAY, Cast, signed_in

FILLED = {
    "int": "1",
    "slug": "x",
    "str": "x" * 43,
    "uuid": "0" * 8 + "-0000" * 3 + "-" + "0" * 12,
    "path": "x",
}
# A university's page sends its answer here by a form of its own; the answer is signed and fits our question.
WITHOUT_TOKEN = {"/accounts/saml/x/acs/", "/accounts/saml/x/sls/"}


def addresses(node: URLResolver | None = None, begun: str = "/") -> Iterator[str]:
    """One address for each route."""
    for each in (node or get_resolver()).url_patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        route = str(each.pattern).replace("<slug:office>", "alatoo")
        path = begun + re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED[found[1] or "str"], route)
        if isinstance(each, URLPattern):
            yield path
        else:
            yield from addresses(each, path)


PAGES = sorted({path for path in addresses() if not path.startswith("/api/")})


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cast.administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_there_are_as_many_addresses_as_there_are_pages() -> None:
    assert len(PAGES) > 220
    assert {path.split("/")[1] for path in PAGES} >= {"o", "l", "c", "v", "accounts", "language", "theme"}


def test_no_address_takes_a_form_without_its_token(officer: Client) -> None:
    taken = {path for path in PAGES if officer.post(path, {"x": "y"}).status_code != 403}
    assert taken - WITHOUT_TOKEN == {path for path in taken if path.startswith(("/health", "/metrics"))}


def protected(answer: Any) -> bool:
    policy = answer.get("Content-Security-Policy", "")
    return (
        answer.get("X-Frame-Options") == "DENY"
        and answer.get("X-Content-Type-Options") == "nosniff"
        and answer.get("Referrer-Policy") == "same-origin"
        and "frame-ancestors 'none'" in policy
        and "unsafe" not in policy
        and "http:" not in policy
    )


def test_every_answer_is_framed_by_nobody_and_runs_no_foreign_script(officer: Client) -> None:
    probes = ("/health", "/metrics")
    for client in (officer, Client()):
        bare = [path for path in PAGES if not path.startswith(probes) and not protected(client.get(path))]
        assert bare == []


def test_no_proxy_keeps_an_office_s_page_and_no_cache_one_behind_a_link(officer: Client) -> None:
    kept = []
    for path in PAGES:
        answer = officer.get(path)
        wanted = {"o": "private", "l": "no-store"}.get(path.split("/")[1], "")
        if answer.status_code < 400 and wanted not in answer.get("Cache-Control", ""):
            kept.append(path)
    assert kept == []


def test_session_opens_no_route_of_the_api_and_neither_does_a_token_in_the_address(officer: Client) -> None:
    tried = 0
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method in methods:
            address = path.replace("{pk}", "1")
            answer = getattr(officer, method)(f"{address}?token=x&key=x", {}, content_type="application/json")
            assert answer.status_code == 401, (method, path, answer.status_code)
            tried += 1
    assert tried > 25


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "testserver:80@evil.example", "testserver.evil.example"])
def test_foreign_host_is_refused(host: str) -> None:
    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/o/alatoo/"):
        assert Client().get(path, headers={"host": host}).status_code == 400


def test_forwarded_host_reaches_no_letter(cast: Cast, mailoutbox: list[Any]) -> None:
    for head in ("x-forwarded-host", "x-host", "forwarded", "x-forwarded-server"):
        Client(headers={head: "evil.example"}).post(
            "/accounts/password/reset/", {"email": cast.officer.email}
        )
    assert mailoutbox
    assert all("evil.example" not in letter.body for letter in mailoutbox)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "https:evil.example", " https://evil.example", "http:///evil.example", "/\t/evil.example"],
)  # fmt: skip
def test_nothing_leads_to_another_site(cast: Cast, elsewhere: str) -> None:
    client = signed_in(cast.officer)
    for path, data in (
        ("/language/", {"language": "ru"}),
        ("/theme/", {"theme": "dark"}),
        ("/o/alatoo/views/", {"list": "x", "title": "y", "query": "z"}),
    ):
        answer = client.post(path, {**data, "next": elsewhere})
        assert not re.search("evil|javascript", answer["Location"]), (path, answer["Location"])
    login = Client().post(
        "/accounts/login/",
        {"login": "aigul@example.org", "password": "a-long-journey-2026", "next": elsewhere},
    )
    assert login.status_code == 302
    assert not re.search("evil|javascript", login["Location"])


@override_settings(ACCOUNT_RATE_LIMITS={"ask_for_link": "3/m/ip"}, ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_letters_to_applicants_cannot_be_asked_for_without_end(cast: Cast) -> None:
    call = Call.objects.create(
        office=cast.office, title="Exchange", academic_year=2026, term="spring", state=CallState.OPEN,
        opens_at=NOW.replace(year=2020), closes_at=NOW.replace(year=2099), stay_from=TODAY,
        stay_to=TODAY.replace(year=2027), made_at=NOW,
    )  # fmt: skip
    data = {"student_number": "S-1", "email": "s@example.org", "consent": "on"}

    def ask(address: str) -> int:
        client = Client(headers={"x-forwarded-for": address})
        return client.post(f"/c/alatoo/{call.pk}/", data).status_code

    assert [ask("10.9.0.1") for _time in range(4)] == [302, 302, 302, 422]
    assert ask("10.9.0.2") == 302
