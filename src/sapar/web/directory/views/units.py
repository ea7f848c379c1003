"""Faculties, departments and the courses of their programmes."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sapar.audit.queries import timeline
from sapar.directory.models import Unit
from sapar.directory.policies import may_change_units, may_view_directory
from sapar.directory.queries import courses_of, units_of
from sapar.directory.services.courses import read_courses, take_courses
from sapar.directory.services.units import add_unit, change_unit
from sapar.directory.states import UnitKind
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Fact, FactGroup, Head, Related, RelatedRow
from sapar.web.directory.forms import CoursesForm, UnitForm, values_of_unit
from sapar.web.directory.lists import COURSES, UNITS
from sapar.web.directory.words import ACTIONS, LABELS, language_name, page_url
from sapar.web.moments import moments
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list


@require_GET
@office_view
def units(request: OfficeRequest) -> HttpResponse:
    may(may_view_directory, request)
    rows = (
        units_of(request.office).select_related("parent", "office").annotate(courses_count=Count("courses"))
    )
    add = None
    if may_change_units(request.user, request.office):
        add = Action(_("Add"), page_url("new_unit", request.office))
    return answer_list(request, UNITS, rows, add=add, template="directory/units.html")


@require_GET
@office_view
def courses(request: OfficeRequest) -> HttpResponse:
    may(may_view_directory, request)
    to_units = Action(_("To the faculties"), reverse("directory:units", args=[request.office.slug]))
    rows = courses_of(request.office).select_related("unit", "office")
    return answer_list(request, COURSES, rows, first=to_units)


@require_GET
@office_view
def unit(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    change = bring = None
    if may_change_units(request.user, request.office):
        change = Action(_("Change"), page_url("change_unit", request.office, pk))
        bring = Action(_("Bring a list of courses"), page_url("import_courses", request.office, pk))
    context = {
        "head": Head(
            title=found.said,
            kind=found.get_kind_display(),
            number=found.code,
            crumbs=[Crumb(_("Faculties and departments"), page_url("units", request.office))],
            next=bring,
            others=[change] if change else [],
        ),
        "facts": [_facts(found)],
        "related": [_parts(found), _programmes(found)],
        "moments": moments(timeline(found)[:30], ACTIONS, LABELS),
    }
    return render(request, "directory/unit.html", context)


def _facts(unit: Unit) -> FactGroup:
    names = [Fact(language_name(language), name) for language, name in sorted(unit.names.items())]
    return FactGroup(
        _("The unit"),
        [
            *names,
            Fact(_("Head"), unit.head_name),
            Fact(_("Part of"), unit.parent.said if unit.parent else None),
            Fact(_("Since"), unit.valid_from),
            Fact(_("Until"), unit.valid_to),
        ],
    )


def _parts(unit: Unit) -> Related:
    rows = [
        RelatedRow(part.said, page_url("unit", unit.office, part.pk), part.code)
        for part in unit.parts.order_by("name")
    ]
    return Related(_("Departments"), rows, len(rows), empty=_("No parts."))


def _programmes(unit: Unit) -> Related:
    counted = unit.courses.order_by("programme").values_list("programme").annotate(Count("pk"))
    url = page_url("courses", unit.office)
    rows = [
        RelatedRow(programme, f"{url}?faculty={unit.pk}", _("%(count)d courses") % {"count": count})
        for programme, count in counted
    ]
    return Related(_("Programmes with courses"), rows, len(rows), empty=_("No courses yet."))


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_change_units, request)
    form = UnitForm(request.POST or None, office=request.office, initial={"kind": UnitKind.FACULTY})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            added = add_unit(form.entry(), office=request.office, by=request.user, at=timezone.now())
            return redirect(page_url("unit", request.office, added.pk))
    return _form(request, form, Head(_("Add a faculty or department")), page_url("units", request.office))


@office_view
def change(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    may(may_change_units, request)
    form = UnitForm(request.POST or None, office=request.office, unit=found)
    form.guard(found, values_of_unit)
    back = page_url("unit", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_unit(found, form.entry(), seen=form.mark, by=request.user, at=timezone.now())
            return redirect(back)
    return _form(request, form, Head(_("Change the unit"), crumbs=[Crumb(found.said, back)]), back)


@office_view
def import_courses(request: OfficeRequest, pk: int) -> HttpResponse:
    """All courses of the file or none: what is wrong is listed by row, column and reason."""
    found = _found(request, pk)
    may(may_change_units, request)
    form = CoursesForm(request.POST or None, request.FILES or None)
    back = page_url("unit", request.office, pk)
    problems: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_to(form):
            read = read_courses(file.read(), file.name)
            problems = read.problems
            if not problems:
                added, renewed = take_courses(
                    read.entries,
                    unit=found,
                    programme=form.cleaned_data["programme"],
                    by=request.user,
                    at=timezone.now(),
                )
                told = _("%(added)d courses are new, %(renewed)d were known and are up to date.")
                if read.beside:
                    messages.info(request, read.beside)
                messages.success(request, told % {"added": added, "renewed": renewed})
                return redirect(back)
    head = Head(_("Bring a list of courses"), kind=found.said, crumbs=[Crumb(found.said, back)])
    context = {
        "head": head,
        "form": form,
        "cancel": back,
        "problems": problems[:200],
        "submit": _("Take the courses"),
    }
    return render(
        request, "directory/courses_form.html", context, status=422 if form.errors or problems else 200
    )


def _form(request: OfficeRequest, form: UnitForm, head: Head, cancel: str) -> HttpResponse:
    context = {"head": head, "form": form, "cancel": cancel}
    return render(request, "directory/form.html", context, status=422 if form.errors else 200)


def _found(request: OfficeRequest, pk: int) -> Unit:
    may(may_view_directory, request)
    return get_object_or_404(units_of(request.office).select_related("parent", "office"), pk=pk)
