"""Organisations: the list, the record, the office's own ones, what may be twice in the directory."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.core.errors import NotAllowed
from sapar.directory.matching import duplicates_of
from sapar.directory.models import Organisation
from sapar.directory.policies import may_add_organisations, may_change_organisation, may_view_directory
from sapar.directory.queries import names_of, organisations_known_to, organisations_seen_by
from sapar.directory.services.organisations import (
    add_organisation,
    change_organisation,
    merge_organisation,
    separate_organisation,
)
from sapar.directory.states import OrganisationKind
from sapar.partners.models import Partnership
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Empty, Head
from sapar.web.directory.forms import OrganisationForm, values_of_organisation
from sapar.web.directory.lists import ORGANISATIONS
from sapar.web.directory.pages.organisation import candidates_shown, organisation_page
from sapar.web.directory.words import page_url
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list

# Organisations looked at on one page of possible duplicates; each is compared with its country.
AT_ONCE = 25


@require_GET
@office_view
def organisations(request: OfficeRequest) -> HttpResponse:
    may(may_view_directory, request)
    partnership = Partnership.objects.filter(office=request.office, organisation=OuterRef("pk")).values("pk")[
        :1
    ]
    rows = organisations_seen_by(request.office).annotate(partnership_pk=Subquery(partnership))
    rows = rows.alias(reader=Value(request.office.pk))
    add = None
    if may_add_organisations(request.user, request.office):
        add = Action(_("Add"), page_url("new_organisation", request.office))
    duplicates = page_url("duplicates", request.office) if add else ""
    template = "directory/organisations.html"
    return answer_list(request, ORGANISATIONS, rows, add=add, template=template, duplicates_url=duplicates)


@require_GET
@office_view
def organisation(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    own = found.office_id == request.office.pk and found.merged_into_id is None
    may_merge = own and may_change_organisation(request.user, found)
    duplicates = duplicates_of([found], request.office) if may_merge else []
    page = organisation_page(found, request.user, request.office, duplicates)
    return render(request, "directory/organisation.html", {"page": page, "organisation": found})


@require_GET
@office_view
def duplicates(request: OfficeRequest) -> HttpResponse:
    """The office's own organisations beside those that they may be a second entry of."""
    may(may_add_organisations, request)
    own = Organisation.objects.filter(office=request.office, merged_into=None).order_by("sort_key", "pk")
    text = request.GET.get("page", "1")
    number = max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
    part = list(own[(number - 1) * AT_ONCE : number * AT_ONCE + 1])
    found = [
        (each.organisation, page_url("organisation", request.office, each.organisation.pk),
         candidates_shown(each.candidates, request.office))
        for each in duplicates_of(part[:AT_ONCE], request.office)
    ]  # fmt: skip
    context = {
        "head": Head(
            _("Possibly twice in the directory"),
            lead=_("Organisations that your office added, beside others that may be the same."),
            crumbs=[Crumb(_("Organisations"), page_url("organisations", request.office))],
        ),
        "found": found,
        "next_page": number + 1 if len(part) > AT_ONCE else None,
        "empty": Empty(
            _("Nothing is twice"), _("None of the organisations that your office added resembles another.")
        ),
    }
    return render(request, "directory/duplicates.html", context)


@require_POST
@office_view
def merge(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    into = request.POST.get("into", "")
    heir = get_object_or_404(organisations_seen_by(request.office), pk=int(into) if into.isdecimal() else 0)
    heir = merge_organisation(found, into=heir, by=request.user, at=timezone.now())
    told = _("“%(heir)s” stands for “%(name)s” from now on. You can separate them again on its page.")
    messages.success(request, told % {"heir": heir.name, "name": found.name})
    return redirect(page_url("organisation", request.office, found.pk))


@require_POST
@office_view
def separate(request: OfficeRequest, pk: int) -> HttpResponse:
    found = separate_organisation(_found(request, pk), by=request.user, at=timezone.now())
    return redirect(page_url("organisation", request.office, found.pk))


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_add_organisations, request)
    form = OrganisationForm(request.POST or None, initial={"kind": OrganisationKind.UNIVERSITY})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            added = add_organisation(
                office=request.office, **_fields(form), by=request.user, at=timezone.now()
            )
            return redirect(page_url("organisation", request.office, added.pk))
    head = Head(
        _("Add an organisation"),
        lead=_("Only your office sees it. Look in the list first: most universities are there already."),
        crumbs=[Crumb(_("Organisations"), page_url("organisations", request.office))],
    )
    context = {
        "head": head,
        "form": form,
        "cancel": page_url("organisations", request.office),
        "submit": _("Add"),
    }
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


@office_view
def change(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if found.office_id != request.office.pk or not may_change_organisation(request.user, found):
        raise NotAllowed
    form = OrganisationForm(request.POST or None)
    form.guard(found, values_of_organisation, parts=names_of)
    back = page_url("organisation", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_organisation(found, **_fields(form), seen=form.mark, by=request.user, at=timezone.now())
            return redirect(back)
    head = Head(
        _("Change the organisation"),
        crumbs=[
            Crumb(_("Organisations"), page_url("organisations", request.office)),
            Crumb(found.name, back),
        ],
    )
    context = {"head": head, "form": form, "cancel": back}
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


def _fields(form: OrganisationForm) -> dict[str, Any]:
    data = form.cleaned_data
    fields = ("name", "country_code", "city", "website")
    return {
        **{field: data[field] for field in fields},
        "kind": OrganisationKind(data["kind"]),
        "names": form.names(),
    }


def _found(request: OfficeRequest, pk: int) -> Organisation:
    may(may_view_directory, request)
    return get_object_or_404(organisations_known_to(request.office), pk=pk)
