"""Group visits: the record, the plan, the people, the timetable, attendance and certificates."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.core.policy import require
from sapar.directory.queries import organisations_seen_by, units_of
from sapar.files.models import Paper
from sapar.files.queries import content_of
from sapar.formats.tables import RefusedRows
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.models import GroupVisit, Visitor, VisitSession
from sapar.mobility.policies import may_change_visit, may_note_attendance, may_run_visits
from sapar.mobility.queries.visits import attendance_of, hosts_of, noted_in, sessions_of, visits_visible_to
from sapar.mobility.services.visit_papers import issue_visit_certificates
from sapar.mobility.services.visits import (
    add_session,
    change_session,
    change_visit,
    move_visit,
    note_attendance,
    note_visitor_dates,
    plan_visit,
    remove_session,
    remove_visitor,
    take_visitors,
)
from sapar.mobility.sheets.columns import beside
from sapar.mobility.sheets.visitors import pasted_table, read_visitors
from sapar.mobility.states import Presence
from sapar.partners.models import Partnership
from sapar.partners.queries import agreements_of
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.downloads import download, download_file
from sapar.web.forms import SaparForm
from sapar.web.mobility.exchanges.forms.uploads import are_valid
from sapar.web.mobility.visits.forms import (
    DatesForm,
    ListForm,
    OutcomeForm,
    PresenceForm,
    SessionForm,
    VisitForm,
    presence_differs,
    values_of_dates,
    values_of_session,
    values_of_visit,
)
from sapar.web.mobility.visits.pages import session_words, visit_page, weeks_of
from sapar.web.mobility.visits.words import page_url
from sapar.web.refusals import refusals_to


def visit_of(request: OfficeRequest, pk: int) -> GroupVisit:
    visits = visits_visible_to(request.user, request.office).select_related("office", "agreement")
    return get_object_or_404(visits, pk=pk)


def _crumbs(request: OfficeRequest, visit: GroupVisit | None = None) -> list[Crumb]:
    found = [Crumb(_("Group visits"), page_url("home", request.office))]
    if visit is not None:
        found.append(Crumb(visit.title, page_url("visit", request.office, visit.pk)))
    return found


def _form_page(
    request: OfficeRequest, form: Any, head: Head, submit: str, cancel: str, **more: object
) -> HttpResponse:
    context = {"form": form, "head": head, "submit": submit, "cancel": cancel, **more}
    status = 422 if form.errors or more.get("problems") else 200
    return render(request, "exchanges/form.html", context, status=status)


@require_GET
@office_view
def visit(request: OfficeRequest, pk: int) -> HttpResponse:
    page = visit_page(visit_of(request, pk), request.user, request.office)
    return render(request, "exchanges/exchange.html", {"page": page})


def _visit_form(request: OfficeRequest) -> VisitForm:
    known = Partnership.objects.filter(office=request.office).values("organisation_id")
    partners = organisations_seen_by(request.office).filter(pk__in=known)
    agreements = agreements_of(request.office).select_related(None).select_related("partnership")
    return VisitForm(
        request.POST or None,
        partners=partners.order_by("sort_key", "pk").only("name"),
        agreements=agreements.order_by("title", "pk").only("title", "number", "partnership__organisation_id"),
        units=units_of(request.office),
    )


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_run_visits, request)
    form = _visit_form(request)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            made = plan_visit(form.entry(), office=request.office, by=request.user, at=timezone.now())
            return redirect(page_url("visit", request.office, made.pk))
    head = Head(_("Plan a visit"), crumbs=_crumbs(request))
    return _form_page(request, form, head, _("Plan"), page_url("home", request.office))


@office_view
def edit(request: OfficeRequest, pk: int) -> HttpResponse:
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    form = _visit_form(request)
    form.guard(found, values_of_visit, parts=hosts_of)
    back = page_url("visit", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_visit(found, form.entry(), seen=form.mark, by=request.user, at=timezone.now())
            return redirect(back)
    head = Head(_("Change the plan"), crumbs=_crumbs(request, found))
    return _form_page(request, form, head, _("Keep the plan"), back)


@require_POST
@office_view
def move(request: OfficeRequest, pk: int) -> HttpResponse:
    found, wanted = visit_of(request, pk), request.POST.get("move", "")
    if wanted not in ("confirm", "begin", "cancel"):
        raise Http404
    move_visit(found, wanted, by=request.user, at=timezone.now())
    return redirect(page_url("visit", request.office, pk))


@office_view
def finish(request: OfficeRequest, pk: int) -> HttpResponse:
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    form = OutcomeForm(request.POST or None, initial={"outcome": found.outcome})
    back = page_url("visit", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            move_visit(
                found, "finish", outcome=form.cleaned_data["outcome"], by=request.user, at=timezone.now()
            )
            return redirect(back)
    head = Head(_("Finish the visit"), kind=found.title, crumbs=_crumbs(request, found))
    return _form_page(request, form, head, _("Finish"), back)


@office_view
def people(request: OfficeRequest, pk: int) -> HttpResponse:
    """The whole list at once; what cannot be taken is told row by row and nothing is taken."""
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    form = ListForm(request.POST or None, request.FILES or None)
    back = page_url("visit", request.office, pk)
    problems: object = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["table"]
        content = upload.read() if upload else pasted_table(form.cleaned_data["pasted"])
        with refusals_to(form):
            try:
                entries = read_visitors(content, upload.name if upload else "list.csv")
            except RefusedRows as refused:
                problems = refused.problems
            except SheetUnreadable as refused:
                form.add_error("table", str(refused))
            else:
                if upload and (told := beside(content, upload.name)):
                    messages.info(request, told)
                taken = take_visitors(found, entries, by=request.user, at=timezone.now())
                words = _("New: %(new)s. Known before: %(known)s. Already on the list: %(already)s.")
                messages.success(
                    request, words % {"new": taken.new, "known": taken.known, "already": taken.already}
                )
                return redirect(back)
    head = Head(_("Add people"), kind=found.title, crumbs=_crumbs(request, found))
    return _form_page(request, form, head, _("Check and add"), back, problems=problems)


@office_view
def visitor(request: OfficeRequest, pk: int, visitor: int) -> HttpResponse:
    """One person of the group: own dates, off the list, the certificate."""
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    one = get_object_or_404(found.visitors.select_related("person", "visit__office"), pk=visitor)
    form = DatesForm(request.POST or None)
    form.guard(one, values_of_dates)
    back = page_url("visit", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            note_visitor_dates(one, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect(back)
    others = [
        Action(
            _("Take off the list"),
            page_url("remove_visitor", request.office, pk, visitor=visitor),
            post=True,
            danger=True,
            asks=_("The person stays on record."),
        )
    ]
    if _certificates(found).filter(subject_id=one.pk).exists():
        url = page_url("certificate", request.office, pk, visitor=visitor)
        others.insert(0, Action(_("Certificate (PDF)"), url, icon="download"))
    head = Head(
        one.person.display_name,
        kind=found.title,
        crumbs=_crumbs(request, found),
        others=others,
        lead=_("Write dates only when they differ from the group's."),
    )
    return _form_page(request, form, head, _("Keep the dates"), back)


@require_POST
@office_view
def take_off(request: OfficeRequest, pk: int, visitor: int) -> HttpResponse:
    one = get_object_or_404(
        visit_of(request, pk).visitors.select_related("person", "visit__office"), pk=visitor
    )
    remove_visitor(one, by=request.user, at=timezone.now())
    return redirect(page_url("visit", request.office, pk))


@require_GET
@office_view
def timetable(request: OfficeRequest, pk: int) -> HttpResponse:
    """Weeks side by side; printed, it hangs on the door."""
    found = visit_of(request, pk)
    changes = may_change_visit(request.user, found)
    head = Head(
        _("Timetable"),
        kind=found.title,
        number=found.number,
        crumbs=_crumbs(request, found),
        next=Action(_("Add a session"), page_url("new_session", request.office, pk)) if changes else None,
    )
    weeks = weeks_of(found, list(sessions_of(found)))
    return render(
        request, "visits/timetable.html", {"head": head, "weeks": weeks, "visit": found, "changes": changes}
    )


@office_view
def session(request: OfficeRequest, pk: int, session: int = 0) -> HttpResponse:
    """Add a session, or move one; the group, a room and a teacher are in one place at a time."""
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    one = get_object_or_404(found.sessions.select_related("visit__office"), pk=session) if session else None
    others = []
    if one is not None:
        others.append(
            Action(
                _("Take out of the timetable"),
                page_url("remove_session", request.office, pk, session=session),
                post=True,
                danger=True,
                asks=_("The session is taken out; room and teacher become free."),
            )
        )
    form = SessionForm(
        request.POST or None, initial={"held_on": found.starts_on}, units=units_of(request.office)
    )
    if one is not None:
        form.guard(one, values_of_session)
    back = page_url("timetable", request.office, pk)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            if one is None:
                add_session(found, form.entry(), by=request.user, at=timezone.now())
            else:
                change_session(one, form.entry(), seen=form.mark, by=request.user, at=timezone.now())
            return redirect(back)
    head = Head(
        _("Change the session") if one else _("Add a session"),
        kind=found.title,
        crumbs=_crumbs(request, found),
        others=others,
    )
    return _form_page(request, form, head, _("Keep the session"), back)


@require_POST
@office_view
def take_out(request: OfficeRequest, pk: int, session: int) -> HttpResponse:
    one = get_object_or_404(visit_of(request, pk).sessions.select_related("visit__office"), pk=session)
    remove_session(one, by=request.user, at=timezone.now())
    return redirect(page_url("timetable", request.office, pk))


@office_view
def sheet(request: OfficeRequest, pk: int, session: int) -> HttpResponse:
    """Who is here: made for a phone in the hand."""
    found = visit_of(request, pk)
    require(may_note_attendance, request.user, found)
    one = get_object_or_404(found.sessions.select_related("unit", "visit__office"), pk=session)
    noted = presence_in(one)
    visitors = found.visitors.select_related("person").order_by("person__sort_key", "pk")
    forms = [
        PresenceForm(request.POST or None, visitor=row, initial={"presence": noted.get(row.pk, "")})
        for row in visitors
    ]
    form = SaparForm(request.POST or None)
    form.guard(
        one,
        lambda _session: {},
        parts=noted_in,
        beside=lambda session: presence_differs(forms, presence_in(session)),
    )
    if request.method == "POST" and are_valid(forms) and form.is_valid():
        chosen = {
            form.visitor.pk: Presence(form.cleaned_data["presence"])
            for form in forms
            if form.cleaned_data["presence"]
        }
        with refusals_to(form):
            count = note_attendance(one, chosen, seen=form.mark, by=request.user, at=timezone.now())
            words = ngettext(
                "Attendance of %(count)s person is noted.", "Attendance of %(count)s people is noted.", count
            )
            messages.success(request, words % {"count": count})
            return redirect(page_url("attendance", request.office, pk))
    head = Head(one.topic, kind=session_words(one), crumbs=_crumbs(request, found))
    context = {"head": head, "form": form, "forms": forms, "cancel": page_url("visit", request.office, pk)}
    wrong = bool(form.errors) or any(one.errors for one in forms)
    return render(request, "visits/sheet.html", context, status=422 if wrong else 200)


def presence_in(session: VisitSession) -> dict[int, str]:
    return dict(noted_in(session).values_list("visitor_id", "presence"))


@require_GET
@office_view
def attendance(request: OfficeRequest, pk: int) -> HttpResponse:
    found = visit_of(request, pk)
    sessions = list(sessions_of(found))
    head = Head(_("Attendance"), kind=found.title, number=found.number, crumbs=_crumbs(request, found))
    context = {
        "head": head,
        "visit": found,
        "sessions": sessions,
        "rows": attendance_of(found, sessions),
        "notes": may_note_attendance(request.user, found),
    }
    return render(request, "visits/attendance.html", context)


@require_POST
@office_view
def certificates(request: OfficeRequest, pk: int) -> HttpResponse:
    papers = issue_visit_certificates(visit_of(request, pk), by=request.user, at=timezone.now())
    words = ngettext("%(count)s certificate was issued.", "%(count)s certificates were issued.", len(papers))
    messages.success(request, words % {"count": len(papers)})
    return redirect(page_url("visit", request.office, pk))


def _certificates(visit: GroupVisit) -> Any:
    return Paper.objects.filter(
        office=visit.office,
        kind="visit_certificate",
        state="valid",
        subject_type=Visitor._meta.label_lower,
        subject_id__in=visit.visitors.values("pk"),
    ).select_related("file")


@require_GET
@office_view
def certificate(request: OfficeRequest, pk: int, visitor: int) -> HttpResponse:
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    return download_file(get_object_or_404(_certificates(found), subject_id=visitor).file)


@require_GET
@office_view
def bundle(request: OfficeRequest, pk: int) -> HttpResponse:
    """All valid certificates in one ZIP; PDFs are packed already."""
    found = visit_of(request, pk)
    require(may_change_visit, request.user, found)
    papers = list(_certificates(found).order_by("number"))
    if not papers:
        messages.error(request, _("No certificate was issued yet."))
        return redirect(page_url("visit", request.office, pk))
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for paper in papers:
            archive.writestr(paper.file.name, content_of(paper.file))
    return download(out.getvalue(), f"{found.number}.zip")
