"""The list of people and the record of one."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.core.errors import NotAllowed
from sapar.directory.models import Enrolment, Person
from sapar.directory.policies import may_add_people, may_change_person
from sapar.directory.queries import people_visible_to
from sapar.directory.services.people import add_person, change_person, read_passport_number
from sapar.web.access import OfficeRequest, may, office_view, private
from sapar.web.components import Action, Crumb, Head
from sapar.web.directory.forms import PersonForm, values_of_person
from sapar.web.directory.lists import PEOPLE, shown_name
from sapar.web.directory.pages.person import person_page
from sapar.web.directory.words import page_url
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list


@require_GET
@office_view
def people(request: OfficeRequest) -> HttpResponse:
    enrolments = Prefetch("enrolments", Enrolment.objects.select_related("unit"), to_attr="all_enrolments")
    rows = people_visible_to(request.user, request.office).prefetch_related(enrolments)
    add = None
    if may_add_people(request.user, request.office):
        add = Action(_("Add"), page_url("new_person", request.office))
    return answer_list(request, PEOPLE, rows, add=add)


@require_GET
@office_view
def person(request: OfficeRequest, pk: int) -> HttpResponse:
    page = person_page(_found(request, pk), request.user)
    return render(request, "directory/person.html", {"page": page})


@require_POST
@office_view
def passport(request: OfficeRequest, pk: int) -> HttpResponse:
    """The record once more, this time with the number; not kept by any cache."""
    found = _found(request, pk)
    number = read_passport_number(found, by=request.user, at=timezone.now())
    page = person_page(found, request.user, passport_number=number)
    return private(render(request, "directory/person.html", {"page": page}))


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_add_people, request)
    form = PersonForm(request.POST or None, initial={"language": request.office.languages[0]})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            added = add_person(form.entry(), office=request.office, by=request.user, at=timezone.now())
            return redirect(page_url("person", request.office, added.pk))
    head = Head(_("Add a person"), crumbs=[Crumb(_("People"), page_url("people", request.office))])
    context = {"head": head, "form": form, "cancel": page_url("people", request.office), "submit": _("Add")}
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


@office_view
def change(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if not may_change_person(request.user, found):
        raise NotAllowed
    form = PersonForm(request.POST or None, person=found)
    form.guard(found, values_of_person)
    back = page_url("person", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_person(
                found,
                form.entry(),
                document=form.cleaned_data["document"],
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            return redirect(back)
    head = Head(
        _("Change what is known"),
        crumbs=[Crumb(_("People"), page_url("people", request.office)), Crumb(shown_name(found), back)],
    )
    context = {"head": head, "form": form, "cancel": back}
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


def _found(request: OfficeRequest, pk: int) -> Person:
    return get_object_or_404(people_visible_to(request.user, request.office).select_related("office"), pk=pk)
