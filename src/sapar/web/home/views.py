"""The first pages."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.models import SavedView, User
from sapar.accounts.profiles import choose_language as keep_language
from sapar.accounts.queries import offices_of
from sapar.accounts.services import forget_view as forget
from sapar.accounts.services import save_view as save
from sapar.web.access import OfficeRequest, office_view
from sapar.web.home.desk import desk_of
from sapar.web.home.finding import find
from sapar.web.templatetags.sapar import THEMES

YEAR = 365 * 24 * 3600


@require_GET
@login_required
def front(request: HttpRequest) -> HttpResponse:
    """Straight to the only office; a choice where there are several; a word where there is none."""
    assert isinstance(request.user, User)
    offices = list(offices_of(request.user))
    if len(offices) == 1:
        return redirect("home:desk", office=offices[0].slug)
    return render(request, "home/offices.html", {"offices": offices})


@require_GET
@office_view
def desk(request: OfficeRequest) -> HttpResponse:
    page = desk_of(request.user, request.office, timezone.localdate())
    return render(request, "home/desk.html", {"desk": page})


@require_GET
@office_view
def search(request: OfficeRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").split())[:200]
    return render(
        request, "home/search.html", {"text": text, "groups": find(request.user, request.office, text)}
    )


@require_POST
@office_view
def save_view(request: OfficeRequest) -> HttpResponse:
    title = " ".join(request.POST.get("title", "").split())
    list_name = request.POST.get("list", "")[:50]
    if not title:
        messages.error(request, _("Give the view a name, so that you find it again."))
    elif list_name:
        query = request.POST.get("query", "")
        save(request.user, request.office, list_name=list_name, title=title, query=query)
        messages.success(request, _("The view “%(title)s” is kept.") % {"title": title})
    return _back(request)


@require_POST
@office_view
def forget_view(request: OfficeRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, office=request.office, user=request.user)
    forget(view, by=request.user)
    messages.success(request, _("The view “%(title)s” is gone.") % {"title": view.title})
    return _back(request)


@require_POST
@office_view
def nothing_chosen(request: OfficeRequest) -> HttpResponse:
    """Rows were ticked and the form sent by Enter, without one of its buttons."""
    messages.info(request, _("Nothing was done: choose what to do with the ticked rows."))
    return _back(request)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            keep_language(request.user, language, by=request.user)
        translation.activate(language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in THEMES:
        response.set_cookie("sapar_theme", theme, YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("sapar_theme")
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page named by `next`, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        wanted = "/"
    return HttpResponseRedirect(wanted)
