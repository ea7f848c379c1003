"""Comparing a list with the directory: what each row is, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from rapidfuzz import fuzz, process

from sapar.accounts.actors import System
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.directory.matching import index_of, records_seen_by
from sapar.directory.models import OrganisationIdentifier
from sapar.directory.queries import heir_of, organisations_seen_by
from sapar.directory.states import Scheme
from sapar.methods.names import InstitutionIndex, InstitutionQuery, search_key
from sapar.methods.names.institutions import Candidate
from sapar.partners.columns import ListField
from sapar.partners.models import PartnerImport, PartnerImportRow, Partnership
from sapar.partners.rows import domains_of, read_row
from sapar.partners.states import IMPORT_FLOW, ImportState, RowDecision

SYSTEM = System("import")
SHOWN = 5
STEP = 20
# Percent of letters in which two rows that the directory lacks agree when a person is asked whether they are one.
ALIKE = 90
_F = ListField


@dataclass
class Compared:
    """What was found for one row. `found` is the organisation when nobody needs to be asked."""

    decision: RowDecision
    found: int | None = None
    score: float | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)


def compare_rows(batch: PartnerImport, *, at: datetime) -> PartnerImport:
    """Compare all rows and store the outcome, whole or not at all.

    The long part runs outside the transaction; if somebody chose other columns or gave the list up
    meanwhile, its outcome is dropped.
    """
    rows = list(PartnerImportRow.objects.filter(batch=batch).order_by("number"))
    compare = Comparison(batch.office)
    for done, row in enumerate(rows):
        if done % STEP == 0:
            PartnerImport.objects.filter(pk=batch.pk).update(rows_done=done)
        row.fields, problems = read_row(row.cells, batch.mapping)
        row.problems = [problem.plain() for problem in problems]
        row.same_as, row.decided_by = None, None
        _note(row, Compared(RowDecision.REJECT) if problems else compare.row(row.fields))
    _join_new(rows)
    _name_duplicates(rows, batch.office)
    return _store(batch, rows, at=at)


def _note(row: PartnerImportRow, outcome: Compared) -> None:
    row.decision, row.organisation_id, row.score = outcome.decision, outcome.found, outcome.score
    row.reasons, row.candidates = outcome.reasons, outcome.candidates


@transaction.atomic
def _store(batch: PartnerImport, rows: Sequence[PartnerImportRow], *, at: datetime) -> PartnerImport:
    current = PartnerImport.objects.select_for_update().get(pk=batch.pk)
    if current.state != ImportState.MATCHING or current.mapping != batch.mapping:
        return current
    PartnerImportRow.objects.bulk_update(
        rows,
        [
            "fields",
            "problems",
            "decision",
            "organisation",
            "score",
            "reasons",
            "candidates",
            "same_as",
            "decided_by",
        ],
        batch_size=100,
    )
    current.state, current.rows_done = IMPORT_FLOW.after("preview", current.state), len(rows)
    current.save(update_fields=["state", "rows_done"])
    record("partners.import.compared", subject=current, by=SYSTEM, at=at, rows=len(rows))
    return current


@transaction.atomic
def stop_comparing(batch: PartnerImport, *, at: datetime) -> None:
    """Note that the comparison failed, so that a person can begin it again."""
    batch = PartnerImport.objects.select_for_update().get(pk=batch.pk)
    if IMPORT_FLOW.allows("stop", batch.state):
        batch.state, batch.problem = IMPORT_FLOW.after("stop", batch.state), "stopped"
        batch.save(update_fields=["state", "problem"])
        record("partners.import.stopped", subject=batch, by=SYSTEM, at=at)


class Comparison:
    """The directory of one office, ready to be asked about rows."""

    def __init__(self, office: Office) -> None:
        self.index: InstitutionIndex | None = index_of(records_seen_by(office))
        self.seen = set(organisations_seen_by(office).values_list("pk", flat=True))

    def row(self, values: Mapping[str, Any]) -> Compared:
        candidates = self._candidates(values)
        by_code = self._by_identifier(values)
        if by_code is not None:
            return self._identified(by_code, candidates)
        best = candidates[0] if candidates else None
        shown = [_shown(candidate) for candidate in candidates if candidate.decision != "different"]
        if best is not None and best.decision == "same":
            return Compared(RowDecision.MATCH, int(best.key), best.score, _reasons(best), shown)
        if shown:
            assert best is not None  # something is shown
            return Compared(RowDecision.ASK, None, best.score, [], shown)
        if not values.get(_F.COUNTRY):
            return Compared(RowDecision.ASK, reasons=[{"code": "imports.country_missing", "facts": {}}])
        return Compared(RowDecision.NEW, reasons=[{"code": "imports.not_in_directory", "facts": {}}])

    def _by_identifier(self, values: Mapping[str, Any]) -> tuple[int, str] | None:
        for scheme, name in ((Scheme.ERASMUS, _F.ERASMUS), (Scheme.ROR, _F.ROR)):
            value = str(values.get(name, ""))
            known = (
                OrganisationIdentifier.objects.select_related("organisation__merged_into")
                .filter(scheme=scheme, value=value)
                .first()
                if value
                else None
            )
            if known is not None and (found := heir_of(known.organisation).pk) in self.seen:
                return found, value
        return None

    def _identified(self, found: tuple[int, str], candidates: Sequence[Candidate]) -> Compared:
        """An identifier decides unless the name says somebody else."""
        pk, value = found
        reason = {"code": "imports.identifier_agrees", "facts": {"value": value}}
        named = next((candidate for candidate in candidates if candidate.key == str(pk)), None)
        shown = [_shown(candidate) for candidate in candidates]
        if named is None or (candidates[0].decision == "same" and candidates[0].key != str(pk)):
            contradiction = {"code": "imports.name_of_another", "facts": {}}
            own = {"organisation": pk, "score": None, "name": "", "reasons": [reason, contradiction]}
            return Compared(
                RowDecision.ASK, candidates=[own, *(one for one in shown if one["organisation"] != pk)]
            )
        return Compared(RowDecision.MATCH, pk, named.score, [reason, *_reasons(named)], shown)

    def _candidates(self, values: Mapping[str, Any]) -> list[Candidate]:
        """Candidates by the name; the name in another language is asked when the first one does not decide."""
        first = self._ask(values, str(values[_F.NAME]))
        other = str(values.get(_F.OTHER_NAME, ""))
        if not other:
            return first
        second = self._ask(values, other)
        ranked = sorted((first, second), key=lambda found: -_strength(found))
        if _contradict(first, second):
            return [_doubted(candidate) for candidate in _merged(*ranked)]
        return _merged(*ranked)

    def _ask(self, values: Mapping[str, Any], name: str) -> list[Candidate]:
        if self.index is None:
            return []
        acronym = str(values.get(_F.ACRONYM, ""))
        return self.index.match(
            InstitutionQuery(
                name=f"{name} ({acronym})" if acronym and acronym.casefold() not in name.casefold() else name,
                country=str(values.get(_F.COUNTRY, "")),
                city=str(values.get(_F.CITY, "")),
                domains=domains_of(values),
            ),
            limit=SHOWN,
        )


def _strength(found: Sequence[Candidate]) -> float:
    return (found[0].decision == "same") + found[0].score if found else 0.0


def _contradict(first: Sequence[Candidate], second: Sequence[Candidate]) -> bool:
    """The two names are surely two different institutions."""
    return bool(
        first
        and second
        and first[0].decision == second[0].decision == "same"
        and first[0].key != second[0].key
    )


def _doubted(candidate: Candidate) -> Candidate:
    decision = "perhaps" if candidate.decision == "same" else candidate.decision
    return Candidate(
        key=candidate.key,
        score=candidate.score,
        decision=decision,
        matched_name=candidate.matched_name,
        reasons=candidate.reasons,
    )


def _merged(first: Sequence[Candidate], second: Sequence[Candidate]) -> list[Candidate]:
    known = {candidate.key for candidate in first}
    return [*first, *(candidate for candidate in second if candidate.key not in known)][:SHOWN]


def _reasons(candidate: Candidate) -> list[dict[str, Any]]:
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in candidate.reasons]


def _shown(candidate: Candidate) -> dict[str, Any]:
    return {
        "organisation": int(candidate.key),
        "score": candidate.score,
        "name": candidate.matched_name,
        "reasons": _reasons(candidate),
    }


def _join_new(rows: Sequence[PartnerImportRow]) -> None:
    """Rows that the directory lacks and that name one and the same organisation add it once.

    Equal words in one country join; rows that are merely alike are left to a person.
    """
    first_of: dict[tuple[str, str, str], PartnerImportRow] = {}
    fresh: list[PartnerImportRow] = []
    for row in rows:
        if row.decision != RowDecision.NEW:
            continue
        words = " ".join(sorted(search_key(row.fields[_F.NAME]).split()))
        key = (words, row.fields[_F.COUNTRY], search_key(row.fields.get(_F.CITY, "")))
        first = first_of.setdefault(key, row)
        if first is row:
            fresh.append(row)
        else:
            row.same_as = first
            row.reasons = [{"code": "imports.same_as_row", "facts": {"row": first.number}}]
    if len(fresh) > 1:
        _ask_about_alike(fresh)


def _ask_about_alike(fresh: Sequence[PartnerImportRow]) -> None:
    """Ask about rows whose letters are nearly those of an earlier row in the same country."""
    earlier: dict[str, dict[int, str]] = defaultdict(dict)
    by_number = {row.number: row for row in fresh}
    for row in fresh:
        key, beside = search_key(row.fields[_F.NAME]), earlier[row.fields[_F.COUNTRY]]
        found = process.extractOne(key, beside, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        beside[row.number] = key
        if found is not None:
            first = by_number[found[2]]
            name = first.fields[_F.NAME]
            reason = {"code": "imports.resembles_row", "facts": {"row": first.number, "name": name}}
            row.decision, row.reasons = RowDecision.ASK, [reason]
            row.candidates = [
                {"row": first.number, "score": round(found[1] / 100, 4), "name": name, "reasons": []}
            ]


def _name_duplicates(rows: Sequence[PartnerImportRow], office: Office) -> None:
    """Say of matched rows whether an earlier row or the office has that partner already."""
    partnerships = Partnership.objects.filter(office=office).select_related("organisation__merged_into")
    partners = {heir_of(partnership.organisation).pk for partnership in partnerships}
    first_of: dict[int, int] = {}
    for row in rows:
        if row.decision != RowDecision.MATCH or row.organisation_id is None:
            continue
        first = first_of.setdefault(row.organisation_id, row.number)
        if first != row.number:
            row.reasons = [{"code": "imports.same_as_row", "facts": {"row": first}}, *row.reasons]
        if row.organisation_id in partners:
            row.reasons = [{"code": "imports.partner_already", "facts": {}}, *row.reasons]
