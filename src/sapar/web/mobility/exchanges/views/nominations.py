"""Nominating: those who confirmed a place, and people outside calls; telling the partner."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from babel import Locale
from django.contrib import messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sapar.accounts.models import Office
from sapar.accounts.states import LinkPurpose
from sapar.directory.models import Person
from sapar.directory.queries import people_visible_to, units_of
from sapar.directory.services.people import PersonEntry, add_person
from sapar.mobility.models import Application
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.exchanges import (
    nominated_under,
    rows_with_places,
    to_nominate,
    waiting_for_answer,
)
from sapar.mobility.services.exchanges import invite_to_answer
from sapar.mobility.services.nominating import nominate_directly, nominate_together
from sapar.mobility.states import Term
from sapar.partners.models import Agreement, Condition
from sapar.partners.queries import agreements_of
from sapar.web.access import OfficeRequest, may, office_view, private
from sapar.web.components import Action, Crumb, Empty, Head
from sapar.web.links import link_url
from sapar.web.mobility.exchanges.forms.nominations import DirectForm, LinkForm
from sapar.web.mobility.exchanges.words import page_url
from sapar.web.refusals import refusals_to
from sapar.web.tables import ticked_ids
from sapar.web.tables.ticked import keys_in

# A list of choices that is longer helps nobody; what a link leads here with is always among them.
MOST_PEOPLE = MOST_ROWS = 2_000
R = TypeVar("R", bound=Model)


def crumbs(request: OfficeRequest) -> list[Crumb]:
    return [Crumb(_("Stays"), page_url("home", request.office))]


@office_view
def nominate(request: OfficeRequest) -> HttpResponse:
    """Everybody who confirmed a place, host by host; ticked ones are nominated together."""
    may(may_nominate, request)
    if request.method == "POST":
        wanted = Application.objects.filter(office=request.office, pk__in=ticked_ids(request))
        made = nominate_together(list(wanted.order_by("pk")), by=request.user, at=timezone.now())
        messages.success(
            request,
            ngettext("%(count)s person was nominated.", "%(count)s people were nominated.", len(made))
            % {"count": len(made)},
        )
        return redirect("exchanges:nominations", office=request.office.slug)
    awards = list(to_nominate(request.office))
    hosts = [
        (host, list(group))
        for host, group in groupby(awards, key=lambda award: award.place.host if award.place else None)
    ]
    head = Head(
        _("Nominate"),
        crumbs=crumbs(request),
        others=[Action(_("Somebody outside a call"), page_url("new", request.office))],
        lead=_("People who confirmed their place and of whom the host does not know yet."),
    )
    empty = Empty(
        _("Nobody waits to be nominated"),
        _("Whoever confirms a place given in a call stands here."),
        Action(_("Nominate somebody outside a call"), page_url("new", request.office)),
    )
    return render(request, "exchanges/nominate.html", {"head": head, "hosts": hosts, "empty": empty})


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    """A guest named by the partner, a teacher, or anybody else without a call."""
    may(may_nominate, request)
    people = people_visible_to(request.user, request.office).order_by("sort_key", "pk")
    asked = {name: request.POST.getlist(name) or request.GET.getlist(link) for name, link in LINKS.items()}
    form = DirectForm(
        request.POST or None,
        rows=_offered(_named(rows_with_places(request.office)), asked["condition"], MOST_ROWS),
        people=_offered(people.only("display_name"), asked["person"], MOST_PEOPLE),
        units=units_of(request.office),
        countries=_countries(),
        initial={"condition": request.GET.get("row", ""), "person": request.GET.get("person", "")},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_to(form), transaction.atomic():
            exchange = nominate_directly(
                _person(request, form),
                form.rows[form.cleaned_data["condition"]],
                term=Term(form.cleaned_data["term"]),
                planned_from=form.cleaned_data["planned_from"],
                planned_to=form.cleaned_data["planned_to"],
                unit=form.units.get(form.cleaned_data["unit"]),
                by=request.user,
                at=timezone.now(),
            )
            return redirect("exchanges:exchange", office=request.office.slug, pk=exchange.pk)
    context = {
        "form": form,
        "head": Head(_("Nominate somebody outside a call"), crumbs=crumbs(request)),
        "submit": _("Nominate"),
        "cancel": page_url("home", request.office),
        "empty": None if form.rows else _without_rows(request.office),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


def _without_rows(office: Office) -> Empty:
    return Empty(
        _("No agreement has places yet"),
        _("A stay takes a place of an agreement in force. Bring your signed agreements, or write a new one."),
        Action(_("To the agreements"), reverse("partners:agreements", args=[office.slug]), primary=True),
    )


# Fields of the form, and what links to it call them.
LINKS = {"condition": "row", "person": "person"}


def _named(rows: QuerySet[Condition]) -> QuerySet[Condition]:
    """With no more than a choice shows: what was agreed is long, and one row of two thousand is chosen."""
    partner = "version__agreement__partnership__organisation"
    names = ("academic_year", "direction", "kind", "places", f"{partner}__name")
    return rows.select_related(None).select_related(partner).only(*names)


def _offered(found: QuerySet[R], asked: Sequence[str], most: int) -> list[R]:
    """The first ones, and those that are asked for wherever they stand: an office may have tens of thousands."""
    offered = list(found[:most])
    missing = set(keys_in(asked)) - {one.pk for one in offered}
    return [*offered, *found.filter(pk__in=missing)] if missing else offered


def _person(request: OfficeRequest, form: DirectForm) -> Person:
    data = form.cleaned_data
    if data["person"]:
        return form.people[data["person"]]
    entry = PersonEntry(
        passport_surname=data["surname"],
        passport_given=data["given"],
        email=data["email"],
        citizenship=data["citizenship"],
    )
    return add_person(entry, office=request.office, by=request.user, at=timezone.now())


def _countries() -> list[str]:
    codes = [str(code) for code in Locale.parse("en").territories]
    return [code for code in codes if len(code) == 2 and code.isalpha() and code != "ZZ"]


@require_GET
@office_view
def nominations(request: OfficeRequest) -> HttpResponse:
    """What partners have still to answer, oldest first."""
    may(may_nominate, request)
    head = Head(
        _("Waiting for partners"),
        crumbs=crumbs(request),
        lead=_("Each partner gets one link to all people nominated under an agreement."),
    )
    empty = Empty(_("No partner has to answer now"), _("Nominations that wait for an answer stand here."))
    rows = waiting_for_answer(request.office)
    return render(request, "exchanges/nominations.html", {"head": head, "rows": rows, "empty": empty})


@office_view
def send(request: OfficeRequest, pk: int) -> HttpResponse:
    """Give the partner a link to its nominations: by letter, by hand, or both."""
    may(may_nominate, request)
    agreement = get_object_or_404(agreements_of(request.office), pk=pk)
    form = LinkForm(request.POST or None, initial=contact_of(agreement))
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            key = invite_to_answer(agreement, **form.cleaned_data, by=request.user, at=timezone.now())
            head = Head(_("The link for %(name)s") % {"name": key.holder}, crumbs=_send_crumbs(request))
            return show_key(request, head, key.key, key.email if form.cleaned_data["mail"] else "",
                            page_url("nominations", request.office))  # fmt: skip
    people = nominated_under(agreement)
    context = {
        "form": form,
        "head": Head(
            _("Send nominations"),
            kind=agreement.title,
            crumbs=_send_crumbs(request),
            lead=", ".join(exchange.person.display_name for exchange in people),
        ),
        "submit": _("Make the link"),
        "cancel": page_url("nominations", request.office),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


def _send_crumbs(request: OfficeRequest) -> list[Crumb]:
    return [*crumbs(request), Crumb(_("Waiting for partners"), page_url("nominations", request.office))]


def contact_of(agreement: Agreement | None) -> dict[str, object]:
    """The partner's main contact as the first proposal for a letter."""
    if agreement is None:
        return {"language": "en"}
    contact = agreement.partnership.contacts.order_by("-is_main", "pk").first()
    if contact is None:
        return {"language": "en"}
    return {
        "name": contact.name,
        "email": contact.email,
        "language": contact.language,
        "mail": bool(contact.email),
    }


def show_key(request: OfficeRequest, head: Head, key: str, mailed_to: str, back: str) -> HttpResponse:
    """The key is on this page once and nowhere else."""
    context = {"head": head, "url": link_url(key), "mailed_to": mailed_to, "back": back}
    return private(render(request, "exchanges/link.html", context))


PURPOSES = {
    "sign": LinkPurpose.SIGN_LEARNING_AGREEMENT,
    "transcript": LinkPurpose.GIVE_TRANSCRIPT,
    "stay": LinkPurpose.FOLLOW_STAY,
}
