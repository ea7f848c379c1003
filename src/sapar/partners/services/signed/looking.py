"""Looking through a list of signed agreements: which can be taken now, and why the others cannot."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sapar.accounts.models import Office
from sapar.core.days import local_day
from sapar.directory.said import folded, units_by_name
from sapar.formats.tables import Table
from sapar.partners.models import Agreement, AgreementImport
from sapar.partners.signed.agreements import Meant, plain_of
from sapar.partners.signed.columns import SignedField
from sapar.partners.signed.reading import RowProblem, SignedAgreement, read_agreements, with_their_rows
from sapar.partners.states import AgreementState

_F = SignedField
NOT_SIGNED = (
    AgreementState.DRAFT,
    AgreementState.IN_APPROVAL,
    AgreementState.WITH_PARTNER,
    AgreementState.APPROVED,
)


def look(batch: AgreementImport, table: Table, *, at: datetime) -> list[SignedAgreement]:
    """Read all rows again; what can be taken and what not, with reasons, is noted on the list."""
    today = local_day(at)
    agreements, problems = read_agreements(
        table, batch.mapping, meant_by(batch), office=batch.office, today=today
    )
    known = _Known.of(batch.office)
    ready = []
    for agreement in agreements:
        if problem := known.refusal(agreement, batch):
            problems += with_their_rows(agreement, problem)
        else:
            known.add(agreement)
            ready.append(agreement)
    batch.refused = [one.plain() for one in sorted(problems, key=lambda one: one.row)]
    batch.ready = [_plain(agreement, known) for agreement in ready]
    return ready


def meant_by(batch: AgreementImport) -> Meant:
    chosen = {folded(name): pk for name, pk in batch.faculties.items() if pk}
    return Meant(
        partners=batch.partners,
        kinds=batch.kinds,
        units=units_by_name(batch.office) | chosen,
        **batch.settings,
    )


def number_key(number: str) -> str:
    """Numbers that differ in case and signs only are one: "12/2021" is "12-2021"."""
    return re.sub(r"\W+", "-", folded(number)).strip("-")


@dataclass
class _Known:
    """The agreements on record: by number, and those without one by partner, kind and day."""

    numbers: dict[str, tuple[int, str, bool]] = field(default_factory=dict)
    days: set[tuple[int, str, date]] = field(default_factory=set)
    drafts: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office) -> _Known:
        known = cls()
        rows = Agreement.objects.filter(office=office).values_list(
            "pk", "number", "kind", "state", "signed_on", "partnership__organisation_id"
        )
        for pk, number, kind, state, signed_on, partner in rows.order_by("pk").iterator():
            if number:
                known.numbers[number_key(number)] = (partner, kind, state in NOT_SIGNED)
            if signed_on:
                known.days.add((partner, kind, signed_on))
            if state in NOT_SIGNED:
                known.drafts.setdefault((partner, kind), []).append(pk)
        return known

    def refusal(self, agreement: SignedAgreement, batch: AgreementImport) -> RowProblem | None:
        number, row = agreement.head.number, agreement.rows[0]
        partner, kind, _day = agreement.key
        if not number:
            if agreement.key in self.days:
                column = batch.mapping[_F.PARTNER]
                return RowProblem(row, column, agreement.head.name[:300], "known")
            return None
        owner = self.numbers.get(number_key(number))
        if owner is None:
            return None
        reason = "number_taken" if owner[:2] != (partner, kind) else "draft_exists" if owner[2] else "known"
        return RowProblem(row, batch.mapping.get(_F.NUMBER, ""), number, reason)

    def add(self, agreement: SignedAgreement) -> None:
        partner, kind, _day = agreement.key
        if agreement.head.number:
            self.numbers[number_key(agreement.head.number)] = (partner, kind, False)
        self.days.add(agreement.key)


def _plain(agreement: SignedAgreement, known: _Known) -> dict[str, Any]:
    return {
        **plain_of(agreement.head),
        "rows": agreement.rows,
        "places": sum(one.places for one in agreement.conditions),
        "years": _years(agreement),
        "drafts": known.drafts.get(agreement.key[:2], []),
    }


def _years(agreement: SignedAgreement) -> Sequence[int]:
    return sorted({one.academic_year for one in agreement.conditions})
