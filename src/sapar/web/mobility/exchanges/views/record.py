"""One stay: its record, and the small acts on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.states import LinkPurpose
from sapar.core.policy import require
from sapar.files.models import StoredFile
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_answer_nomination, may_change_exchange
from sapar.mobility.services.exchanges import (
    add_stay_file,
    answer_nomination,
    change_plan,
    make_exchange_link,
    note_arrival,
    note_departure,
)
from sapar.mobility.services.messages import read_messages, write_message
from sapar.mobility.services.stay_papers import issue_stay_certificate
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Head
from sapar.web.downloads import download_file
from sapar.web.forms import SaparForm
from sapar.web.mobility.exchanges.forms.nominations import (
    AnswerForm,
    DayForm,
    FileForm,
    LinkForm,
    PlanForm,
)
from sapar.web.mobility.exchanges.pages.exchange import stay_page
from sapar.web.mobility.exchanges.views.learning import crumbs, stay_of
from sapar.web.mobility.exchanges.views.nominations import PURPOSES, contact_of, show_key
from sapar.web.mobility.exchanges.words import page_url
from sapar.web.refusals import refusals_to


@require_GET
@office_view
def exchange(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    page = stay_page(found, request.user, request.office)
    if page.message_url:
        read_messages(found, by=request.user, at=timezone.now())
    return render(request, "exchanges/exchange.html", {"page": page})


@require_POST
@office_view
def message(request: OfficeRequest, pk: int) -> HttpResponse:
    write_message(
        stay_of(request, pk), request.POST.get("text", "")[:5000], by=request.user, at=timezone.now()
    )
    messages.success(request, _("The message is on its way."))
    return redirect("exchanges:exchange", office=request.office.slug, pk=pk)


def act_on_stay(
    request: OfficeRequest,
    exchange: Exchange,
    form: SaparForm,
    title: str,
    submit: str,
    do: Callable[[dict[str, Any]], object],
    *,
    lead: str = "",
    others: Sequence[Action] = (),
) -> HttpResponse:
    """A page of one short form about a stay; done, it leads back to the record."""
    back = page_url("exchange", request.office, exchange.pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            do(form.cleaned_data)
            return redirect(back)
    head = Head(
        title,
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=exchange.number,
        crumbs=crumbs(request, exchange),
        lead=lead,
        others=others,
    )
    context = {"form": form, "head": head, "submit": submit, "cancel": back}
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@office_view
def answer(request: OfficeRequest, pk: int) -> HttpResponse:
    """The host's answer that came by letter, or our own answer on a guest."""
    found = stay_of(request, pk)
    require(may_answer_nomination, request.user, found)

    def do(data: dict[str, Any]) -> None:
        answer_nomination(
            found,
            accepted=data["accepted"] == "yes",
            remark=data["remark"],
            tell=data.get("tell", False),
            by=request.user,
            at=timezone.now(),
        )

    title = _("Accept or decline the guest") if found.direction == "in" else _("Note the partner's answer")
    form = AnswerForm(request.POST or None, initial={"tell": True})
    if found.direction == "in" or not found.person.email:
        del form.fields["tell"]
    return act_on_stay(request, found, form, title, _("Keep the answer"), do)


@office_view
def arrive(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)

    def do(data: dict[str, Any]) -> None:
        note_arrival(found, arrived_on=data["day"], by=request.user, at=timezone.now())

    form = DayForm(request.POST or None, initial={"day": min(found.planned_from, timezone.localdate())})
    return act_on_stay(request, found, form, _("Note the arrival"), _("Note the arrival"), do)


@office_view
def leave(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)

    def do(data: dict[str, Any]) -> None:
        note_departure(found, left_on=data["day"], by=request.user, at=timezone.now())

    form = DayForm(request.POST or None, initial={"day": min(found.planned_to, timezone.localdate())})
    return act_on_stay(request, found, form, _("Note the departure"), _("Note the departure"), do)


@office_view
def replan(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)

    def do(data: dict[str, Any]) -> None:
        change_plan(found, **data, by=request.user, at=timezone.now())

    form = PlanForm(request.POST or None)
    form.guard(found, lambda stay: {"planned_from": stay.planned_from, "planned_to": stay.planned_to})
    return act_on_stay(request, found, form, _("Change the planned dates"), _("Change the dates"), do)


@office_view
def link(request: OfficeRequest, pk: int, purpose: str) -> HttpResponse:
    """A signed link for the student or the partner, shown once and mailed if wished."""
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    if purpose not in PURPOSES:
        raise Http404
    wanted = PURPOSES[purpose]
    form = LinkForm(request.POST or None, initial=_whom(found, wanted))
    titles = {
        "sign": _("A link for the partner to sign"),
        "transcript": _("Ask for the transcript"),
        "stay": _("A link for the student"),
    }
    back = page_url("exchange", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            key = make_exchange_link(found, wanted, **form.cleaned_data, by=request.user, at=timezone.now())
            head = Head(_("The link for %(name)s") % {"name": key.holder}, crumbs=crumbs(request, found))
            return show_key(request, head, key.key, key.email if form.cleaned_data["mail"] else "", back)
    head = Head(
        titles[purpose],
        kind=f"{found.person.display_name}, {found.partner.name}",
        number=found.number,
        crumbs=crumbs(request, found),
        lead=_("Whoever has the link can do this one thing and nothing else; no account is needed."),
    )
    context = {"form": form, "head": head, "submit": _("Make the link"), "cancel": back}
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


def _whom(exchange: Exchange, purpose: LinkPurpose) -> dict[str, object]:
    if purpose == LinkPurpose.FOLLOW_STAY:
        person = exchange.person
        return {
            "name": person.display_name,
            "email": person.email,
            "language": person.language,
            "mail": bool(person.email),
        }
    return contact_of(exchange.agreement)


@office_view
def add_file(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)

    def do(data: dict[str, Any]) -> None:
        upload = data["content"]
        add_stay_file(
            found, upload.read(), upload.name, involved=data["involved"], by=request.user, at=timezone.now()
        )

    form = FileForm(request.POST or None, request.FILES or None)
    return act_on_stay(request, found, form, _("Add a file"), _("Add the file"), do)


@require_GET
@office_view
def file(request: OfficeRequest, pk: int, file: int) -> HttpResponse:
    """A file or an issued paper of this stay."""
    found = stay_of(request, pk)
    return download_file(
        get_object_or_404(
            StoredFile,
            pk=file,
            office=request.office,
            subject_type=found._meta.label_lower,
            subject_id=found.pk,
        )
    )


@require_POST
@office_view
def certificate(request: OfficeRequest, pk: int) -> HttpResponse:
    issue_stay_certificate(stay_of(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The certificate is among the papers of the stay."))
    return redirect("exchanges:exchange", office=request.office.slug, pk=pk)
