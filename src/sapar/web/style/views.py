"""The style page; open to developers (DEBUG) and to administrators of any office."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sapar.accounts.models import RoleGrant, User
from sapar.accounts.states import Role
from sapar.web.style import pages
from sapar.web.style.forms import SampleForm


def _may_see(request: HttpRequest) -> bool:
    return settings.DEBUG or (
        isinstance(request.user, User)
        and RoleGrant.objects.filter(user=request.user, role=Role.ADMINISTRATOR).exists()
    )


@require_GET
def style(request: HttpRequest) -> HttpResponse:
    if not _may_see(request):
        raise Http404
    wrong = SampleForm({"title": "", "starts_on": "31.02.2027", "places": "none", "notes": ""})
    context = {"page": pages.sample(), "form": SampleForm(), "wrong": wrong}
    return render(request, "style/page.html", context)


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """What a page with long work asks for again and again."""
    if not _may_see(request):
        raise Http404
    return render(request, "components/work.html", {"work": pages.finished_work()})
