"""The office's own grade scales, counts of marks, and its rules of recognition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.errors import BadInput
from sapar.core.policy import require
from sapar.directory.models import Organisation
from sapar.methods.errors import MethodError
from sapar.methods.recognition import Rule, shipped_scales
from sapar.mobility.errors import BadScale, ScaleInUse
from sapar.mobility.models import GradeCounts, OfficeScale, RecognitionRules, Transcript
from sapar.mobility.policies import may_nominate
from sapar.mobility.queries.grades import distribution_of, scale_by_code, scale_of_row
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
    office: Office, entry: ScaleEntry, *, instead_of: OfficeScale | None = None, by: Actor, at: datetime
) -> OfficeScale:
    """Add a scale of the office's own, or correct one.

    The bands of a scale by which transcripts were read stay as they are: what was decided must stay
    explicable. Bands that do change raise the version.
    """
    require(may_nominate, by, office)
    taken = OfficeScale.objects.select_for_update().filter(office=office, code=entry.code)
    if instead_of is None and (taken.exists() or entry.code in {scale.id for scale in shipped_scales()}):
        raise BadInput(field="code", reason=_("There is a scale “%(code)s” already.") % {"code": entry.code})
    row = OfficeScale(office=office, code=entry.code)
    bands = [dict(band) for band in entry.bands]
    if instead_of is not None:
        row = taken.get(pk=instead_of.pk)
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
    rule: str,
    smallest_group: int,
    fewest_years: int,
    equivalence_years: int,
    by: Actor,
    at: datetime,
) -> RecognitionRules:
    """Decide beforehand how this office converts; what was converted before stays as it was."""
    require(may_nominate, by, office)
    scale_by_code(office, home_scale)
    new = {
        "home_scale": home_scale,
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
