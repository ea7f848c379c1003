"""What is held about a person: the copy for the person, and erasing in two steps."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from sapar.accounts.states import LinkPurpose
from sapar.core.policy import require
from sapar.directory.models import Person
from sapar.directory.queries import people_visible_to
from sapar.mobility.models import Application, Erasure, Exchange
from sapar.mobility.policies import may_ask_erasure, may_confirm_erasure
from sapar.mobility.queries.keeping import under_way
from sapar.mobility.services.erasures import (
    ask_erasure,
    confirm_erasure,
    copy_person,
    withdraw_erasure,
)
from sapar.mobility.states import ErasureGround, ErasureState
from sapar.web.access import LinkRequest, OfficeRequest, link_view, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.directory.lists import shown_name
from sapar.web.directory.pages.erasure import asked_words, fates
from sapar.web.directory.words import page_url
from sapar.web.downloads import download
from sapar.web.forms import SaparForm
from sapar.web.refusals import refusals_to


class EraseForm(SaparForm):
    ground = forms.ChoiceField(label=_l("Why"), choices=ErasureGround.choices, widget=forms.RadioSelect)


@require_POST
@office_view
def copy(request: OfficeRequest, pk: int) -> HttpResponse:
    person = _found(request, pk)
    return _zip(copy_person(person, by=request.user, at=timezone.now()), person)


@require_POST
@link_view(LinkPurpose.FOLLOW_STAY)
def copy_by_stay(request: LinkRequest) -> HttpResponse:
    """The person's own copy, from the page of the stay."""
    stay = get_object_or_404(Exchange, pk=request.link.subject_id, office=request.office)
    return _zip(copy_person(stay.person, by=request.link, at=timezone.now()), stay.person)


@require_POST
@link_view(LinkPurpose.APPLY)
def copy_by_application(request: LinkRequest) -> HttpResponse:
    """The person's own copy, from the page of the application."""
    made = get_object_or_404(Application, pk=request.link.subject_id, office=request.office)
    return _zip(copy_person(made.person, by=request.link, at=timezone.now()), made.person)


@office_view
def erase(request: OfficeRequest, pk: int) -> HttpResponse:
    """What would go and what would stay; asking a second person, and that person's answer."""
    person = _found(request, pk)
    require(may_ask_erasure, request.user, person)
    asked = Erasure.objects.filter(person=person).exclude(state=ErasureState.WITHDRAWN).first()
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            ask_erasure(
                person, ErasureGround(form.cleaned_data["ground"]), by=request.user, at=timezone.now()
            )
            return redirect(page_url("erase", request.office, pk))
    waits = asked is not None and asked.state == ErasureState.ASKED
    confirms = asked is not None and waits and may_confirm_erasure(request.user, asked)
    back = page_url("person", request.office, pk)
    head = Head(
        _("Erase %(name)s") % {"name": shown_name(person)},
        kind=_("Person"),
        crumbs=[Crumb(_("People"), page_url("people", request.office)), Crumb(shown_name(person), back)],
        waiting=_("Waiting for an administrator other than %(name)s") % {"name": asked.asked_by.name}
        if asked and waits and not confirms
        else "",
        next=Action(
            _("Erase for good"),
            page_url("confirm_erasure", request.office, pk),
            post=True,
            asks=_("This cannot be undone."),
        )
        if confirms
        else None,
        others=[Action(_("Do not erase"), page_url("keep_person", request.office, pk), post=True)]
        if waits
        else [],
    )
    context = {
        "head": head,
        "form": None if asked else form,
        "asked": asked_words(asked) if asked else "",
        "numbers": ", ".join(filter(None, under_way(person))) if not asked else "",
        "fates": fates(person) if asked is None or waits else [],
        "cancel": back,
        "submit": _("Ask a second person to erase"),
    }
    return render(request, "directory/erase.html", context, status=422 if form.errors else 200)


@require_POST
@office_view
def confirm(request: OfficeRequest, pk: int) -> HttpResponse:
    confirm_erasure(_asked(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The person is erased."))
    return redirect(page_url("person", request.office, pk))


@require_POST
@office_view
def keep(request: OfficeRequest, pk: int) -> HttpResponse:
    withdraw_erasure(_asked(request, pk), by=request.user, at=timezone.now())
    return redirect(page_url("person", request.office, pk))


def _asked(request: OfficeRequest, pk: int) -> Erasure:
    waiting = Erasure.objects.filter(state=ErasureState.ASKED, office=request.office)
    return get_object_or_404(
        waiting.select_related("office", "person", "asked_by"), person=_found(request, pk)
    )


def _found(request: OfficeRequest, pk: int) -> Person:
    return get_object_or_404(people_visible_to(request.user, request.office).select_related("office"), pk=pk)


def _zip(content: bytes, person: Person) -> HttpResponse:
    return download(content, f"{person.display_name} {timezone.localdate().isoformat()}.zip")
