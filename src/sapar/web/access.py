"""Who comes in by which door: colleagues into their office, guests by signed link.

A view below these decorators can only see what it is given: the office is loaded through the grants of the
user, the link through its key. Refusals of services are answered here, once, for all pages, and here a form that
is sent twice is taken once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from sapar.accounts.models import Office, SignedLink, User
from sapar.accounts.queries import link_by_key, offices_of
from sapar.accounts.services import note_use
from sapar.accounts.states import LinkPurpose
from sapar.core.errors import DomainError, NotAllowed
from sapar.web.refusals import answer_refusal
from sapar.web.sending import sent_once

P = ParamSpec("P")


class SaparRequest(HttpRequest):
    """What every page has."""

    htmx: HtmxDetails


class OfficeRequest(SaparRequest):
    """A signed-in person inside one office."""

    user: User
    office: Office


class LinkRequest(SaparRequest):
    """A guest with a signed link; `key` is the secret in the address, `link` the actor."""

    link: SignedLink
    key: str
    office: Office


Policy = Callable[[User, Office], bool]


def office_view(
    view: Callable[Concatenate[OfficeRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of an office: `path("o/<slug:office>/…")`; the view itself does not take `office`.

    Whoever is not signed in signs in first. An office in which one has no role does not exist (404).
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        slug = str(kwargs.pop("office"))
        user = request.user
        if not isinstance(user, User):
            return (
                signed_out(request)
                if request.method == "POST"
                else redirect_to_login(request.get_full_path())
            )
        office = next((each for each in offices_of(user) if each.slug == slug), None)
        if office is None:
            raise Http404
        request.office = office  # type: ignore[attr-defined]
        _speak(request, user.language)
        try:
            response = sent_once(request, lambda: view(request, *args, **kwargs))  # type: ignore[arg-type]
        except DomainError as error:
            response = answer_refusal(request, error)
        return _for_the_reader(response)

    return guarded


def may(policy: Policy, request: OfficeRequest) -> None:
    """Refuse the page unless the policy of the office answers yes (a service asks again)."""
    if not policy(request.user, request.office):
        raise NotAllowed


def link_view(
    purpose: LinkPurpose,
) -> Callable[
    [Callable[Concatenate[LinkRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A page behind a signed link: `path("l/<str:key>/…")`; the view itself does not take `key`.

    The key is in the address, so nothing of the page is cached or indexed and no other site learns it.
    """

    def decorate(
        view: Callable[Concatenate[LinkRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            key = str(kwargs.pop("key"))
            now = timezone.now()
            try:
                link = link_by_key(key, purpose, at=now)
                note_use(link, at=now)
                _speak(request, link.language)
                request.link, request.key = link, key  # type: ignore[attr-defined]
                request.office = link.office  # type: ignore[attr-defined]
                response = sent_once(request, lambda: view(request, *args, **kwargs))  # type: ignore[arg-type]
            except DomainError as error:
                response = answer_refusal(request, error)
            return private(response)

        return guarded

    return decorate


def open_view(
    view: Callable[Concatenate[SaparRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for everybody, such as the check of a paper; refusals are shown in the small shell."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return sent_once(request, lambda: view(request, *args, **kwargs))  # type: ignore[arg-type]
        except DomainError as error:
            return answer_refusal(request, error)

    return guarded


def signed_out(request: HttpRequest) -> HttpResponse:
    """Nothing was saved: said clearly, with the texts that somebody wrote before the session ended.

    They are shown as they came, and only to the browser that sent them with a valid token.
    """
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    written = [
        text
        for key, texts in request.POST.lists()
        for text in texts
        if key != "csrfmiddlewaretoken" and len(text.split()) > 1
    ]
    context = {"written": written, "next": urlsplit(back).path if safe else "/"}
    return private(render(request, "signed_out.html", context, status=403))


def _for_the_reader(response: HttpResponse) -> HttpResponse:
    """No proxy keeps the page for somebody else, and the browser asks again before it shows it anew."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-cache"
    return response


def private(response: HttpResponse) -> HttpResponse:
    """Keep the page out of caches, indexes and other sites' logs."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _speak(request: HttpRequest, language: str) -> None:
    """The person's own language, unless another was chosen on this device."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and translation.check_for_language(language):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or language
