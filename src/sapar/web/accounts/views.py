"""Settings."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.models import ApiToken, RoleGrant
from sapar.accounts.policies import may_administer
from sapar.accounts.profiles import change_profile, invite_colleague, set_keeping
from sapar.accounts.services import make_token, withdraw_role, withdraw_token
from sapar.accounts.states import Role
from sapar.audit.models import Entry
from sapar.audit.services import leave_task, try_task_again
from sapar.files.models import Letterhead
from sapar.files.queries import letterhead_of
from sapar.files.services import choose_letterhead, drop_letterhead
from sapar.formats.papers.word import blank_letterhead
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.accounts import pages
from sapar.web.accounts.forms import (
    ColleagueForm,
    KeepingForm,
    LetterheadForm,
    ProfileForm,
    TokenForm,
    values_of_keeping,
    values_of_letterhead,
)
from sapar.web.accounts.trail import TRAIL
from sapar.web.downloads import download, download_file, download_paper
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list

TITLES = {
    "profile": _l("You"),
    "people": _l("Colleagues"),
    "letterhead": _l("Letterhead"),
    "keeping": _l("Time of keeping"),
    "tokens": _l("Tokens"),
    "work": _l("Background work"),
}


@office_view
def profile(request: OfficeRequest) -> HttpResponse:
    user = request.user
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_profile(user, **form.cleaned_data, by=user)
            messages.success(request, _("Your profile is saved."))
            return redirect("settings:home", office=request.office.slug)
    return _answer(request, "profile", form=form)


@office_view
def people(request: OfficeRequest) -> HttpResponse:
    form = ColleagueForm(request.POST or None, office=request.office)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_to(form):
            invite_colleague(
                request.office,
                email=data["email"],
                name=data["name"],
                role=Role(data["role"]),
                unit_id=data["unit"].pk if data["unit"] else None,
                language=request.user.language,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("%(name)s now has this role.") % {"name": data["name"]})
            return redirect("settings:people", office=request.office.slug)
    colleagues = pages.colleagues_of(request.user, request.office)
    return _answer(request, "people", form=form, colleagues=colleagues)


@require_POST
@office_view
def withdraw(request: OfficeRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=pk, office=request.office)
    withdraw_role(grant, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s no longer has this role.") % {"name": grant.user.name})
    return redirect("settings:people", office=request.office.slug)


@office_view
def letterhead(request: OfficeRequest) -> HttpResponse:
    may(may_administer, request)
    form = LetterheadForm(request.POST or None, request.FILES or None)
    form.guard(_chosen(request), values_of_letterhead, again=lambda: _chosen(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_to(form):
            choose_letterhead(
                file.read(),
                file.name,
                office=request.office,
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Word documents now come on this letterhead."))
            return redirect("settings:letterhead", office=request.office.slug)
    shown = pages.letterhead_page(request.office)
    return _answer(
        request,
        "letterhead",
        form=form,
        letterhead=shown,
        gaps=[pages.GAPS],
        blank_url=pages.letterhead_url(request.office, "blank"),
    )


def _chosen(request: OfficeRequest) -> Letterhead:
    """The office's own; one without a document while it prints on plain paper."""
    return letterhead_of(request.office) or Letterhead(office=request.office)


@require_GET
@office_view
def letterhead_file(request: OfficeRequest, kind: str) -> HttpResponse:
    """The office's own document, a plain one to begin with, or a sample paper as it would come out now."""
    may(may_administer, request)
    chosen = letterhead_of(request.office)
    if kind == "current" and chosen is not None:
        return download_file(chosen.file)
    if kind == "sample":
        paper = pages.sample_paper(request.office, timezone.localdate())
        return download_paper(paper, "docx", _("Sample"), request.office)
    if kind == "blank":
        return download(blank_letterhead(), f"{_('Letterhead')}.docx")
    raise Http404


@require_POST
@office_view
def remove_letterhead(request: OfficeRequest) -> HttpResponse:
    drop_letterhead(request.office, by=request.user, at=timezone.now())
    messages.success(request, _("Word documents come on plain paper again."))
    return redirect("settings:letterhead", office=request.office.slug)


@office_view
def keeping(request: OfficeRequest) -> HttpResponse:
    may(may_administer, request)
    form = KeepingForm(request.POST or None)
    form.guard(request.office, values_of_keeping)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            set_keeping(request.office, form.cleaned_data["years"], seen=form.mark, by=request.user)
            messages.success(request, _("The time of keeping is saved."))
            return redirect("settings:keeping", office=request.office.slug)
    over = pages.past_keeping_words(request.user, request.office, timezone.localdate())
    return _answer(request, "keeping", form=form, over=over)


@office_view
def tokens(request: OfficeRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            _token, key = make_token(
                request.user, request.office, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            form = TokenForm()
    shown = pages.tokens_of(request.user, request.office, timezone.now())
    return _answer(request, "tokens", form=form, tokens=shown, key=key)


@require_GET
@office_view
def trail(request: OfficeRequest) -> HttpResponse:
    may(may_administer, request)
    return answer_list(request, TRAIL, Entry.objects.filter(office=request.office))


@require_GET
@office_view
def work(request: OfficeRequest) -> HttpResponse:
    may(may_administer, request)
    return _answer(request, "work", work=pages.failed_work(request.office), nothing=pages.NOTHING_FAILED)


@require_POST
@office_view
def try_again(request: OfficeRequest, task: UUID) -> HttpResponse:
    try_task_again(str(task), request.office, by=request.user, at=timezone.now())
    messages.success(request, _("It is tried again in a moment."))
    return redirect("settings:work", office=request.office.slug)


@require_POST
@office_view
def leave(request: OfficeRequest, task: UUID) -> HttpResponse:
    leave_task(str(task), request.office, by=request.user, at=timezone.now())
    messages.success(request, _("It is left as it is."))
    return redirect("settings:work", office=request.office.slug)


@require_POST
@office_view
def end_token(request: OfficeRequest, pk: int) -> HttpResponse:
    tokens = ApiToken.objects.select_related("user", "office").filter(office=request.office)
    if not may_administer(request.user, request.office):
        tokens = tokens.filter(user=request.user)
    token = get_object_or_404(tokens, pk=pk)
    withdraw_token(token, by=request.user, at=timezone.now())
    messages.success(request, _("The token “%(name)s” is withdrawn.") % {"name": token.name})
    return redirect("settings:tokens", office=request.office.slug)


def _answer(request: OfficeRequest, room: str, **context: object) -> HttpResponse:
    form = context.get("form")
    status = 422 if getattr(form, "errors", None) else 200
    shown = {
        "title": TITLES[room],
        "may_administer": may_administer(request.user, request.office),
        **context,
    }
    response = render(request, f"settings/{room}.html", shown, status=status)
    if context.get("key"):
        response["Cache-Control"] = "no-store"
    return response
