"""Lists of signed agreements: bring, choose columns and names, look, take, undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.directory.queries import units_of
from sapar.partners.models import AgreementImport
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries import partners_to_choose
from sapar.partners.queries.signed import (
    agreement_lists_of,
    faculties_of_list,
    kinds_to_choose,
    list_before,
    partners_named_in,
    words_to_choose,
)
from sapar.partners.services.signed.bringing import (
    bring_agreements,
    choose_agreement_columns,
    choose_meanings,
    discard_agreements,
    table_of,
)
from sapar.partners.services.signed.taking import take_agreements, undo_agreements
from sapar.partners.signed.wording import WORDS
from sapar.partners.states import AgreementListState
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.brought import bring_page, list_form
from sapar.web.columns import beside_the_table, columns_page
from sapar.web.components import Action, Empty, Head
from sapar.web.partners.signed.forms import (
    AgreementListForm,
    MeaningsForm,
    SignedColumnsForm,
    fields_of_words,
    values_of_meanings,
    values_of_signed_columns,
)
from sapar.web.partners.signed.pages import crumbs, list_page, signed_url, state_of, work_of
from sapar.web.refusals import refusals_to
from sapar.web.rejected import refused_rows
from sapar.web.tables import Choice, Column, ListSpec, answer_list
from sapar.web.work import work_page

LISTS: ListSpec[AgreementImport] = ListSpec(
    name="agreement-lists",
    title=_l("Lists of signed agreements"),
    default_order="-made",
    columns=[
        Column("file", _l("List"), lambda row: row.file.name, order=["file__name"], link="signed:list"),
        Column("state", _l("State"), state_of, order=["state"]),
        Column("rows", _l("Rows"), lambda row: row.rows_total, order=["rows_total"], align="end"),
        Column("made", _l("Brought"), lambda row: row.made_at, order=["made_at"]),
        Column("by", _l("By"), lambda row: row.made_by.name, order=["made_by__name"]),
    ],
    filters=[Choice("state", _l("State"), AgreementListState.choices)],
    reads=["office", "state", "rows_total", "made_at", "file__name", "made_by__name"],
    empty=Empty(
        _l("No list yet"),
        _l("Bring the sheet in which you keep your signed agreements: they are in force at once, warn before they "
           "end, and their places can be given in a call."),
    ),
)  # fmt: skip


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    may(may_draft_agreement, request)
    add = Action(_("Bring a list"), signed_url("new", request.office), primary=True)
    return answer_list(request, LISTS, agreement_lists_of(request.office), add=add)


@office_view
def bring(request: OfficeRequest) -> HttpResponse:
    may(may_draft_agreement, request)
    head = Head(
        _("Bring the agreements that are signed already"),
        lead=_("You see what becomes of each row before anything is on record, and you can undo the import."),
        crumbs=crumbs(request.office),
    )
    return bring_page(request, AgreementListForm, bring_agreements, head, names="signed")


@office_view
def columns(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    table = table_of(found)
    form = SignedColumnsForm(
        request.POST or None,
        columns=found.columns,
        mapping=found.mapping,
        rows=[row.cells for row in table.rows],
    )
    form.guard(found, values_of_signed_columns)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            found = choose_agreement_columns(
                found, form.mapping(), form.usual(), seen=form.mark, by=request.user, at=timezone.now()
            )
            ready = found.state == AgreementListState.PREVIEWED
            return redirect("signed:names" if ready and words_to_choose(found) else "signed:list",
                            request.office.slug, pk)  # fmt: skip
    known = list_before(found.office, found.columns) is not None
    head = Head(
        _("What do the columns mean?"),
        kind=found.file.name,
        lead=_("As your office read a list with these columns the last time. Please check.")
        if known
        else _("Guessed from the names of the columns. Please check."),
        crumbs=crumbs(found.office),
    )
    context = columns_page(
        form,
        head,
        beside_the_table(table.notes),
        submit=_("Read the rows"),
        cancel=signed_url("home", request.office),
    )
    return render(request, "partners/signed_columns.html", context, status=422 if form.errors else 200)


@office_view
def names(request: OfficeRequest, pk: int) -> HttpResponse:
    """The words that were not found for sure; with `?all` those that were, too."""
    found = _found(request, pk)
    everything = bool(request.GET.get("all"))
    named, kinds, faculties = (
        # Sent words are read though somebody else has chosen for them meanwhile: the later one is told.
        [word for word in fields if everything or word in open_words or fields[word] in request.POST]
        for fields, open_words in zip(
            fields_of_words(found),
            (partners_named_in(found), kinds_to_choose(found), faculties_of_list(found)),
            strict=True,
        )
    )
    also = [
        one for name in named for one in (*found.candidates.get(name, ()), found.partners[name] or 0) if one
    ]
    form = MeaningsForm(
        request.POST or None,
        batch=found,
        names=named,
        partners=partners_to_choose(request.office, also),
        kinds=kinds,
        faculties=faculties,
        units=list(units_of(request.office)),
    )
    form.guard(found, values_of_meanings)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            choose_meanings(
                found, form.chosen_partners(), form.chosen_kinds(), form.chosen_faculties(),
                seen=form.mark, by=request.user, at=timezone.now(),
            )  # fmt: skip
            return _to(request, found)
    head = Head(
        _("What do these words stand for?"),
        kind=found.file.name,
        lead=_(
            "So they stand in your list. A university that is missing here is added under Partners first."
        ),
        crumbs=crumbs(request.office),
    )
    cancel = signed_url("list", request.office, pk=found.pk)
    return list_form(request, form, head, submit=_("Keep the choice"), cancel=cancel)


@require_GET
@office_view
def batch(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    if found.state == AgreementListState.MAPPED and not found.problem:
        return redirect("signed:columns", request.office.slug, pk)
    page = list_page(found, everything=bool(request.GET.get("all")))
    return render(request, "partners/signed_list.html", {"page": page})


@require_GET
@office_view
def progress(request: OfficeRequest, pk: int) -> HttpResponse:
    return work_page(request, work_of(_found(request, pk)))


@require_POST
@office_view
def take(request: OfficeRequest, pk: int) -> HttpResponse:
    found = take_agreements(_found(request, pk), by=request.user, at=timezone.now())
    if found.state == AgreementListState.TAKEN:
        count = len(found.ready)
        said = ngettext("%(count)d agreement is on record.", "%(count)d agreements are on record.", count)
        messages.success(request, said % {"count": count})
    return _to(request, found)


@require_POST
@office_view
def undo(request: OfficeRequest, pk: int) -> HttpResponse:
    return _to(request, undo_agreements(_found(request, pk), by=request.user, at=timezone.now()))


@require_POST
@office_view
def discard(request: OfficeRequest, pk: int) -> HttpResponse:
    discard_agreements(_found(request, pk), by=request.user, at=timezone.now())
    return redirect("signed:home", request.office.slug)


@require_GET
@office_view
def rejected(request: OfficeRequest, pk: int) -> HttpResponse:
    """The rows that cannot be taken as they came, to be corrected and brought again, and why."""
    found = _found(request, pk)
    return refused_rows(found, table_of(found), WORDS)


def _found(request: OfficeRequest, pk: int) -> AgreementImport:
    may(may_draft_agreement, request)
    return get_object_or_404(agreement_lists_of(request.office), pk=pk)


def _to(request: OfficeRequest, found: AgreementImport) -> HttpResponse:
    return redirect("signed:list", request.office.slug, found.pk)
