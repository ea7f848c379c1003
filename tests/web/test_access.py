"""Who comes in by which door, and how refusals are answered there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.services import make_link, revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.core.errors import DomainError, NotAllowed
from sapar.directory.models import Person
from sapar.web import links
from sapar.web.access import LinkRequest, OfficeRequest, link_view, office_view
from tests.cast import Cast, signed_in


class NoSeatLeft(DomainError):
    template = _("All %(seats)s places are taken.")


@office_view
def refusing(request: OfficeRequest) -> HttpResponse:
    raise NoSeatLeft(seats=2)


@office_view
def forbidden(request: OfficeRequest) -> HttpResponse:
    raise NotAllowed


@link_view(LinkPurpose.APPLY)
def applying(request: LinkRequest) -> HttpResponse:
    return HttpResponse(f"{request.link.holder_name} at {request.office.slug} with {request.key}")


rooms = [
    path("o/<slug:office>/refusing/", refusing),
    path("o/<slug:office>/forbidden/", forbidden),
    path("l/<str:key>/apply/", applying, name="applying"),
]
urlpatterns = [*rooms, path("", include("sapar.config.urls"))]


def test_form_sent_after_the_session_ended_says_so_and_shows_what_was_written(cast: Cast) -> None:
    sent = {"passport_surname": "Demo", "note": "A long note <b>", "csrfmiddlewaretoken": "a b"}
    page = "http://testserver/o/alatoo/people/new/"
    answer = Client().post("/o/alatoo/people/new/", sent, headers={"referer": page})
    html = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 403
    assert "no-store" in answer["Cache-Control"]
    assert "Nothing was saved." in html.text
    assert [area.text for area in html.select("textarea")] == ["A long note <b>"]
    (link,) = html.select("a.primary")
    assert link["href"] == "/accounts/login/?next=%2Fo%2Falatoo%2Fpeople%2Fnew%2F"
    assert not Person.objects.exists()
    elsewhere = Client().post("/o/alatoo/people/new/", sent, headers={"referer": "https://example.org/x"})
    assert b'"/accounts/login/?next=%2F"' in elsewhere.content


@pytest.fixture
def rooms_open() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_stranger_is_asked_to_sign_in_and_comes_back(db: None) -> None:
    answer = Client().get("/o/alatoo/settings/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/o/alatoo/settings/%3Fa%3D1"


@pytest.mark.parametrize("path", ["", "settings/", "settings/people/", "settings/tokens/", "search/"])
def test_office_of_others_does_not_exist(cast: Cast, path: str) -> None:
    assert signed_in(cast.officer).get(f"/o/alatoo/{path}").status_code == 200
    assert signed_in(cast.other_officer).get(f"/o/alatoo/{path}").status_code == 404
    assert signed_in(cast.nobody).get(f"/o/alatoo/{path}").status_code == 404
    assert signed_in(cast.officer).get(f"/o/no-such-office/{path}").status_code == 404


def test_front_leads_to_the_only_office(cast: Cast) -> None:
    assert signed_in(cast.officer).get("/")["Location"] == "/o/alatoo/"


def test_front_tells_who_has_no_office_what_to_do(cast: Cast) -> None:
    page = signed_in(cast.nobody).get("/").content.decode()
    assert "No office yet" in page
    assert "nobody@example.org" in page


def test_posted_refusal_returns_to_its_page_with_the_sentence(cast: Cast, rooms_open: None) -> None:
    client = signed_in(cast.officer)
    answer = client.post("/o/alatoo/refusing/", headers={"referer": "http://testserver/o/alatoo/settings/"})
    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/o/alatoo/settings/")
    assert "All 2 places are taken." in client.get("/o/alatoo/settings/").content.decode()


def test_refusal_never_sends_to_another_site(cast: Cast, rooms_open: None) -> None:
    answer = signed_in(cast.officer).post(
        "/o/alatoo/refusing/", headers={"referer": "https://elsewhere.example/"}
    )
    assert answer.status_code == 409
    assert "All 2 places are taken." in answer.content.decode()


def test_refusal_of_a_part_of_a_page_is_a_part(cast: Cast, rooms_open: None) -> None:
    answer = signed_in(cast.officer).post("/o/alatoo/refusing/", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert "<html" not in answer.content.decode()
    assert "All 2 places are taken." in answer.content.decode()


def test_what_one_may_not_do_answers_403(cast: Cast, rooms_open: None) -> None:
    answer = signed_in(cast.officer).post(
        "/o/alatoo/forbidden/", headers={"referer": "http://testserver/o/alatoo/"}
    )
    assert answer.status_code == 403
    assert "Code for support: NotAllowed" in answer.content.decode()


def make(cast: Cast, purpose: LinkPurpose, days: int = 5) -> str:
    _link, key = make_link(
        purpose, 7, office=cast.office, holder_name="Meerim", language="ky", days=days, at=timezone.now()
    )
    return key


def test_link_opens_its_own_page(cast: Cast, rooms_open: None) -> None:
    key = make(cast, LinkPurpose.APPLY)
    answer = Client().get(f"/l/{key}/apply/")
    assert answer.content.decode() == f"Meerim at alatoo with {key}"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Content-Language"] == "ky"


def test_link_for_something_else_expired_or_revoked_is_one_and_the_same_answer(
    cast: Cast, rooms_open: None
) -> None:
    other = make(cast, LinkPurpose.GIVE_TRANSCRIPT)
    expired = make(cast, LinkPurpose.APPLY, days=-1)
    revoked = make(cast, LinkPurpose.APPLY)
    revoke_links(LinkPurpose.APPLY, 7, at=timezone.now() - timedelta(seconds=1))
    pages = [Client().get(f"/l/{key}/apply/") for key in (other, expired, revoked, "never-made")]
    assert [page.status_code for page in pages] == [404] * 4
    texts = {str(BeautifulSoup(page.content, "html.parser").main) for page in pages}
    assert len(texts) == 1
    assert all("This link is not valid any more" in page.content.decode() for page in pages)


def test_one_address_leads_to_the_page_of_each_purpose(
    cast: Cast, rooms_open: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make(cast, LinkPurpose.APPLY)
    monkeypatch.setattr(links, "LINK_HOMES", {LinkPurpose.APPLY: "applying"})
    assert links.link_url(key) == f"http://127.0.0.1:8000/l/{key}/"
    assert Client().get(f"/l/{key}/")["Location"] == f"/l/{key}/apply/"
    assert Client().get("/l/unknown/").status_code == 404


def test_strict_content_security_policy_on_every_kind_of_page(cast: Cast) -> None:
    client = signed_in(cast.officer)
    for path_ in ("/o/alatoo/", "/accounts/login/", "/l/x/", "/nowhere/", "/style/"):
        policy = client.get(path_)["Content-Security-Policy"]
        assert set(policy.split("; ")) == {
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        }


def test_style_page_is_for_administrators(cast: Cast) -> None:
    assert signed_in(cast.administrator).get("/style/").status_code == 200
    assert signed_in(cast.officer).get("/style/").status_code == 404
    assert Client().get("/style/").status_code == 404
