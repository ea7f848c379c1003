"""The office's own grade scales, counts of marks, and its rules of recognition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.errors import BadInput
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.models import Organisation
from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    CreditFactor,
    Rule,
    factors_between,
    shipped_factors,
    shipped_scales,
)
from sapar.methods.recognition.rounding import decimal_text
from sapar.mobility.errors import BadScale, ScaleInUse
from sapar.mobility.models import GradeCounts, OfficeFactor, OfficeScale, RecognitionRules, Transcript
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.credits import factor_of_row
from sapar.mobility.queries.grades import distribution_of, rules_of, scale_by_code, scale_of_row
from sapar.mobility.states import CreditUnit
from sapar.mobility.wording.grades import scale_fault


@dataclass(frozen=True, kw_only=True)
class ScaleEntry:
    """`bands` from best to worst: {"label", "passing", "points", "low", "high", "words"} as text."""

    code: str
    title: str
    holder: str
    source: str
    bands: Sequence[Mapping[str, Any]]
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def save_scale(
    office: Office,
    entry: ScaleEntry,
    *,
    instead_of: OfficeScale | None = None,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> OfficeScale:
    """Add a scale of the office's own, or correct one.

    The bands of a scale by which transcripts were read stay as they are: what was decided must stay
    explicable. Bands that do change raise the version.

    Args:
        seen: mark of the scale as the page showed it.

    Raises:
        BadInput, BadScale, ScaleInUse, ChangedMeanwhile
    """
    require(may_nominate, by, office)
    taken = OfficeScale.objects.select_for_update().filter(office=office, code=entry.code)
    if instead_of is None and (taken.exists() or entry.code in {scale.id for scale in shipped_scales()}):
        raise BadInput(field="code", reason=_("There is a scale “%(code)s” already.") % {"code": entry.code})
    row = OfficeScale(office=office, code=entry.code)
    bands = [dict(band) for band in entry.bands]
    if instead_of is not None:
        row = taken.get(pk=instead_of.pk)
        refuse_changed(row, seen)
        if row.bands != bands:
            if used := Transcript.objects.filter(office=office, scale=row.code).count():
                raise ScaleInUse(code=row.code, count=used)
            row.version = str(int(row.version) + 1) if row.version.isdecimal() else f"{row.version}.1"
    row.title, row.holder, row.source = entry.title.strip(), entry.holder.strip(), entry.source.strip()
    row.bands, row.valid_from, row.valid_to = bands, entry.valid_from, entry.valid_to
    try:
        scale_of_row(row)
    except MethodError as refused:
        raise BadScale(fault=scale_fault(refused)) from refused
    row.save()
    record("mobility.scale.saved", subject=row, by=by, at=at, code=row.code, version=row.version)
    return row


@dataclass(frozen=True, kw_only=True)
class CountsEntry:
    organisation: Organisation
    scale: str
    years: Sequence[int]
    counts: Mapping[str, int]
    isced_f: str = ""
    level: str = ""
    source: str = ""


@transaction.atomic
def note_counts(office: Office, entry: CountsEntry, *, by: Actor, at: datetime) -> GradeCounts:
    """Keep how often each mark was given; noted again for the same group, it is the next version."""
    require(may_nominate, by, office)
    scale = scale_by_code(office, entry.scale)
    before = GradeCounts.objects.select_for_update().filter(
        office=office,
        organisation=entry.organisation,
        scale=entry.scale,
        isced_f=entry.isced_f,
        level=entry.level,
    )
    row = GradeCounts(
        office=office,
        organisation=entry.organisation,
        scale=entry.scale,
        isced_f=entry.isced_f,
        level=entry.level,
        years=sorted(set(entry.years)),
        counts=dict(entry.counts),
        source=entry.source.strip(),
        version=str(len(before) + 1),
        noted_at=at,
    )
    try:
        distribution_of(row, scale)
    except MethodError as refused:
        raise BadInput(field="counts", reason=scale_fault(refused)) from refused
    row.save(force_insert=True)
    record("mobility.grade_counts.noted", subject=row, by=by, at=at, scale=row.scale, version=row.version)
    return row


@transaction.atomic
def set_rules(
    office: Office,
    *,
    home_scale: str,
    credit_unit: str = CreditUnit.ECTS,
    rule: str,
    smallest_group: int,
    fewest_years: int,
    equivalence_years: int,
    seen: str = "",
    by: Actor,
    at: datetime,
) -> RecognitionRules:
    """Decide beforehand how this office converts; what was converted before stays as it was.

    The office is locked, since there may be no row of its own yet.

    Args:
        seen: mark of the rules as the page showed them.

    Raises:
        ChangedMeanwhile
    """
    require(may_nominate, by, office)
    office = Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    refuse_changed(rules_of(office), seen)
    scale_by_code(office, home_scale)
    new = {
        "home_scale": home_scale,
        "credit_unit": str(CreditUnit(credit_unit)),
        "rule": str(Rule(rule)),
        "smallest_group": smallest_group,
        "fewest_years": fewest_years,
        "equivalence_years": equivalence_years,
    }
    before = RecognitionRules.objects.select_for_update().filter(office=office).first()
    changes = {name: [getattr(before, name) if before else None, value] for name, value in new.items()
               if before is None or getattr(before, name) != value}  # fmt: skip
    rules, _made = RecognitionRules.objects.update_or_create(office=office, defaults=new)
    record("mobility.recognition_rules.set", subject=rules, by=by, at=at, changes=changes)
    return rules


@dataclass(frozen=True, kw_only=True)
class FactorEntry:
    """One credit of `from_unit` is `factor` of `to_unit` from a day on."""

    from_unit: str
    to_unit: str
    factor: Decimal
    source: str
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@transaction.atomic
def decide_factor(office: Office, entry: FactorEntry, *, by: Actor, at: datetime) -> OfficeFactor:
    """Choose the factor between two units; where pages publish a range it must lie within one of them.

    The one that held before for the same units and level ends the day before: what it converted stays explicable.
    """
    require(may_nominate, by, office)
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    row = OfficeFactor(
        office=office,
        from_unit=entry.from_unit,
        to_unit=entry.to_unit,
        level=entry.level,
        factor=entry.factor,
        source=entry.source.strip(),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        decided_by=label_of(by),
        decided_at=at,
    )
    if row.from_unit == row.to_unit:
        raise BadInput(field="to_unit", reason=_("Choose two different units."))
    try:
        factor = factor_of_row(row)
    except MethodError as refused:
        field = "source" if refused.facts.get("fault") == "no public source" else "factor"
        raise BadInput(field=field, reason=scale_fault(refused)) from refused
    _check_published(factor, entry)
    for before in OfficeFactor.objects.filter(
        office=office, from_unit=row.from_unit, to_unit=row.to_unit, level=row.level
    ):
        if before.valid_to is not None and (
            entry.valid_from is not None and before.valid_to < entry.valid_from
        ):
            continue
        if entry.valid_from is None or (before.valid_from and before.valid_from >= entry.valid_from):
            raise BadInput(
                field="valid_from",
                reason=_(
                    "A factor for these units holds already. Say from which later day the new one holds."
                ),
            )
        before.valid_to = entry.valid_from - timedelta(days=1)
        before.save(update_fields=["valid_to"])
    row.save(force_insert=True)
    record(
        "mobility.credit_factor.decided",
        subject=row,
        by=by,
        at=at,
        units=f"{row.from_unit} → {row.to_unit}",
        factor=row.factor,
    )
    return row


def _check_published(factor: CreditFactor, entry: FactorEntry) -> None:
    """A factor outside every published range for the same units is a slip of the pen more often than a decision."""
    published = factors_between(
        shipped_factors(),
        from_unit=factor.from_unit,
        to_unit=factor.to_unit,
        on=entry.valid_from or date.max,
        level=entry.level,
    )
    ranges = [
        (1 / known.high, 1 / known.low) if back else (known.low, known.high) for known, back in published
    ]
    ranges = [ends for ends in ranges if ends[0] != ends[1]]
    near = Decimal("0.0001")
    if ranges and not any(low - near <= factor.low <= high + near for low, high in ranges):
        reason = _("Published pages give %(low)s to %(high)s.") % {
            "low": decimal_text(min(low for low, _high in ranges)),
            "high": decimal_text(max(high for _low, high in ranges)),
        }
        raise BadInput(field="factor", reason=reason)
