"""What the pages of an import show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office
from sapar.audit.queries import timeline
from sapar.directory.models import Organisation
from sapar.formats.tables import Note
from sapar.partners.columns import ListField
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.queries.imports import ImportCounts, columns_remembered, counts_of, undecided_rows
from sapar.partners.states import ImportState, RowDecision
from sapar.reporting.labels import country_name
from sapar.web import components as c
from sapar.web.columns import beside_the_table
from sapar.web.columns import columns_page as asked_columns
from sapar.web.directory.reasons import Told, percent, told
from sapar.web.moments import moments
from sapar.web.partners.imports.forms import ColumnsForm
from sapar.web.partners.imports.lists import name_in_list
from sapar.web.partners.imports.words import ACTIONS, DECISIONS, WORDS, decision_of, state_of


@dataclass(frozen=True)
class ImportPage:
    head: c.Head
    notices: Sequence[c.Notice]
    tabs: Sequence[c.Tab]
    work: c.Work | None
    moments: Sequence[c.Moment]


def import_url(name: str, office: Office, **more: object) -> str:
    return reverse(f"imports:{name}", kwargs={"office": office.slug, **more})


def import_page(batch: PartnerImport, *, decision: str, may_change: bool) -> ImportPage:
    counts = counts_of(batch)
    return ImportPage(
        head=_head(batch, counts, may_change=may_change),
        notices=list(_notices(batch, counts)),
        tabs=_tabs(batch, counts, decision),
        work=work_of(batch),
        moments=moments(timeline(batch)[:12], ACTIONS),
    )


def work_of(batch: PartnerImport) -> c.Work | None:
    if batch.state != ImportState.MATCHING:
        return None
    return c.Work(
        title=_("Your list is being compared with the directory"),
        done=batch.rows_done,
        total=batch.rows_total,
        sentence=_("Nothing is imported before you have looked at it."),
        poll_url=import_url("progress", batch.office, pk=batch.pk),
    )


def _head(batch: PartnerImport, counts: ImportCounts, *, may_change: bool) -> c.Head:
    office, pk = batch.office, batch.pk
    following, others = None, []
    if may_change and batch.state == ImportState.PREVIEWED:
        following = _next(batch, counts)
        others.append(c.Action(_("Choose the columns again"), import_url("columns", office, pk=pk)))
    if may_change and batch.state == ImportState.MATCHING:
        others.append(c.Action(_("Begin again with the columns"), import_url("columns", office, pk=pk)))
    if may_change and batch.state in (ImportState.MAPPED, ImportState.MATCHING, ImportState.PREVIEWED):
        others.append(
            c.Action(_("Throw the list away"), import_url("discard", office, pk=pk), post=True, danger=True,
                     asks=_("The rows and your decisions are forgotten. Nothing was imported yet."))
        )  # fmt: skip
    if may_change and batch.state == ImportState.TAKEN:
        others.append(
            c.Action(_("Undo the import"), import_url("undo", office, pk=pk), post=True, danger=True,
                     asks=_("Partners, contacts and organisations that this import made are removed. "
                            "If one of them was used since, nothing is undone and you are told which."))
        )  # fmt: skip
    if counts.reject:
        others.append(
            c.Action(_("Rejected rows as a file"), import_url("rejected", office, pk=pk), icon="download")
        )
    return c.Head(
        title=batch.file.name,
        kind=_("Partner list"),
        state=c.State(_("to be decided"), "needs") if _undecided(batch, counts) else state_of(batch),
        lead=_sentence(batch, counts),
        crumbs=[c.Crumb(_("Imported lists"), import_url("home", office))],
        next=following,
        others=others,
    )


def _undecided(batch: PartnerImport, counts: ImportCounts) -> bool:
    return batch.state == ImportState.PREVIEWED and counts.ask > 0


def _next(batch: PartnerImport, counts: ImportCounts) -> c.Action | None:
    if counts.ask:
        first = undecided_rows(batch).first()
        assert first is not None  # it was counted
        label = ngettext("Decide %(count)d row", "Decide %(count)d rows", counts.ask) % {"count": counts.ask}
        return c.Action(label, import_url("row", batch.office, pk=first.pk))
    if not counts.partners:
        return None
    label = ngettext("Import %(count)d partner", "Import %(count)d partners", counts.partners)
    return c.Action(
        label % {"count": counts.partners},
        import_url("take", batch.office, pk=batch.pk),
        post=True,
        asks=_("%(new)d of them are added to your office's directory. You can undo the import as long as nobody "
               "has worked with what it made.") % {"new": counts.new},
    )  # fmt: skip


def columns_page(batch: PartnerImport, form: ColumnsForm) -> dict[str, object]:
    notices = []
    if not form.is_bound and ListField.NAME not in batch.mapping:
        notices.append(
            c.Notice(_("We did not find the column with the partner's name. Please choose it; all else may stay open."),
                     "needs")
        )  # fmt: skip
    notices += beside_the_table([Note(row, tuple(cells)) for row, *cells in batch.notes])
    head = c.Head(
        _("What do the columns mean?"),
        kind=batch.file.name,
        lead=_known_from(batch) if batch.mapping else "",
        crumbs=[c.Crumb(_("Imported lists"), import_url("home", batch.office))],
    )
    return asked_columns(
        form,
        head,
        notices,
        submit=_("Compare with the directory"),
        cancel=import_url("home", batch.office),
        after=_(
            "Columns of the agreement are kept word for word in the partner's note. An agreement comes into "
            "force with its signed paper."
        ),
    )


def _known_from(batch: PartnerImport) -> str:
    if columns_remembered(batch.office, batch.columns):
        return _("As your office read a list with these columns the last time. Please check.")
    return _("Guessed from the names of the columns. Please check.")


def _sentence(batch: PartnerImport, counts: ImportCounts) -> str:
    if batch.state in (ImportState.MAPPED, ImportState.MATCHING, ImportState.DISCARDED):
        return ngettext("%(count)d row", "%(count)d rows", batch.rows_total) % {"count": batch.rows_total}
    sentences = [
        ngettext("%(count)d row is in the directory.", "%(count)d rows are in the directory.", counts.match)
        % {"count": counts.match},
        ngettext("%(count)d is new.", "%(count)d are new.", counts.new) % {"count": counts.new},
        ngettext("%(count)d waits for you.", "%(count)d wait for you.", counts.ask) % {"count": counts.ask},
        ngettext("%(count)d is left out.", "%(count)d are left out.", counts.skip) % {"count": counts.skip},
        ngettext("%(count)d cannot be taken.", "%(count)d cannot be taken.", counts.reject)
        % {"count": counts.reject},
        ngettext(
            "%(count)d names a partner that an earlier row names too.",
            "%(count)d name partners that earlier rows name too.",
            counts.joined,
        )
        % {"count": counts.joined},
    ]
    said = (counts.match, counts.new, counts.ask, counts.skip, counts.reject, counts.joined)
    return " ".join(sentence for sentence, count in zip(sentences, said, strict=True) if count)


def _notices(batch: PartnerImport, counts: ImportCounts) -> list[c.Notice]:
    if batch.problem:
        return [
            c.Notice(
                _(
                    "The comparison stopped before its end. Nothing is lost: choose the columns and begin again."
                ),
                "danger",
            )
        ]
    if batch.state == ImportState.PREVIEWED and counts.reject:
        return [
            c.Notice(
                _("Take the rejected rows as a file, correct them there and bring it as a list of its own. "
                  "What you import now is not added twice."),
                "needs",
                action=c.Action(_("Rejected rows as a file"), import_url("rejected", batch.office, pk=batch.pk)),
            )
        ]  # fmt: skip
    return []


def _tabs(batch: PartnerImport, counts: ImportCounts, decision: str) -> list[c.Tab]:
    url = import_url("import", batch.office, pk=batch.pk)
    number = {
        RowDecision.MATCH: counts.match,
        RowDecision.NEW: counts.new,
        RowDecision.ASK: counts.ask,
        RowDecision.SKIP: counts.skip,
        RowDecision.REJECT: counts.reject,
    }
    tabs = [c.Tab(_("All rows"), url, current=not decision, count=counts.total)]
    tabs += [
        c.Tab(DECISIONS[each][0], f"{url}?decision={each}", current=decision == each, count=count)
        for each, count in number.items()
        if count
    ]
    return tabs


@dataclass(frozen=True)
class CandidateShown:
    """One organisation, or an earlier row, that a row may be."""

    name: str
    also: str
    place: str
    alike: str
    reasons: Sequence[Told]
    fields: Mapping[str, str]
    chosen: bool


@dataclass(frozen=True)
class RowPage:
    head: c.Head
    facts: Sequence[c.FactGroup]
    problems: Sequence[str]
    rejected_url: str
    columns_url: str
    told: Sequence[Told]
    candidates: Sequence[CandidateShown]
    open: bool
    needs_country: bool
    previous_url: str
    next_url: str


def row_page(row: PartnerImportRow, *, may_change: bool, found: Sequence[Organisation] = ()) -> RowPage:
    """`found` are organisations that the person looked for, shown after the candidates."""
    batch, office = row.batch, row.office
    may_choose = may_change and batch.state == ImportState.PREVIEWED
    is_open = may_choose and row.decision != RowDecision.REJECT
    beside = PartnerImportRow.objects.filter(batch=batch).order_by("number")
    before = beside.filter(number__lt=row.number).last()
    after = beside.filter(number__gt=row.number).first()
    used = {column: field for field, column in batch.mapping.items()}
    return RowPage(
        head=c.Head(
            title=name_in_list(row),
            kind=_("Row %(row)s of the list") % {"row": row.number},
            state=decision_of(row),
            lead=_stands_for(row),
            crumbs=[
                c.Crumb(_("Imported lists"), import_url("home", office)),
                c.Crumb(batch.file.name, import_url("import", office, pk=batch.pk)),
            ],
        ),
        facts=[
            c.FactGroup(
                _("As it stands in your list"),
                [
                    c.Fact(column, row.cells.get(column) or None, _read_as(column, used.get(column)))
                    for column in batch.columns
                    if row.cells.get(column)
                ],
            )
        ],
        problems=[WORDS.both(problem) for problem in row.problems],
        rejected_url=import_url("rejected", office, pk=batch.pk) if row.problems else "",
        columns_url=import_url("columns", office, pk=batch.pk) if row.problems and may_choose else "",
        told=told(row.reasons),
        candidates=_candidates(row, found),
        open=is_open,
        needs_country=not row.fields.get(ListField.COUNTRY),
        previous_url=import_url("row", office, pk=before.pk) if before else "",
        next_url=import_url("row", office, pk=after.pk) if after else "",
    )


def _read_as(column: str, field: str | None) -> str:
    """What a column was taken for, where its own name does not say so."""
    meaning = ListField(field).label if field else ""
    return "" if str(meaning).casefold() == column.strip().casefold() else str(meaning)


def _stands_for(row: PartnerImportRow) -> str:
    if row.organisation is not None:
        return _("This is %(name)s.") % {"name": row.organisation.name}
    if row.same_as is not None:
        return _("It is added to the directory together with row %(row)s.") % {"row": row.same_as.number}
    if row.decision == RowDecision.NEW:
        return _("It is added to your office's directory.")
    return ""


def _candidates(row: PartnerImportRow, found: Sequence[Organisation]) -> list[CandidateShown]:
    ids = [one["organisation"] for one in row.candidates if one.get("organisation")]
    known = Organisation.objects.in_bulk(ids)
    shown = [one for each in row.candidates if (one := _candidate(row, each, known)) is not None]
    listed = {int(one.fields.get("organisation", 0)) for one in shown}
    for organisation in found:
        if organisation.pk not in listed:
            shown.append(_organisation(row, organisation, {}))
    return shown


def _candidate(
    row: PartnerImportRow, candidate: Mapping[str, Any], known: Mapping[int, Organisation]
) -> CandidateShown | None:
    if candidate.get("row"):
        return CandidateShown(
            name=candidate["name"],
            also=_("row %(row)s of this list, which is new") % {"row": candidate["row"]},
            place="",
            alike=percent(candidate.get("score")),
            reasons=told(candidate["reasons"]),
            fields={"row": str(candidate["row"])},
            chosen=row.same_as is not None and row.same_as.number == candidate["row"],
        )
    organisation = known.get(candidate["organisation"])
    return _organisation(row, organisation, candidate) if organisation is not None else None


def _organisation(
    row: PartnerImportRow, organisation: Organisation, candidate: Mapping[str, Any]
) -> CandidateShown:
    matched = str(candidate.get("name", ""))
    return CandidateShown(
        name=organisation.name,
        also=matched if matched and matched != organisation.name else "",
        place=", ".join(filter(None, (organisation.city, country_name(organisation.country_code)))),
        alike=percent(candidate.get("score")),
        reasons=told(candidate.get("reasons", ())),
        fields={"organisation": str(organisation.pk)},
        chosen=row.organisation_id == organisation.pk,
    )
