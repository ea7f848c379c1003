"""Which scale a mark belongs to and what it becomes at home."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sapar.accounts.models import Office
from sapar.methods.errors import MethodError
from sapar.methods.recognition import (
    Band,
    Conversion,
    GradeDistribution,
    GradeScale,
    Rule,
    convert_by_distribution,
    pass_or_fail,
    shipped_scales,
    shipped_tables,
)
from sapar.mobility.errors import UnknownScale
from sapar.mobility.models import Exchange, GradeCounts, OfficeScale, RecognitionRules


def rules_of(office: Office) -> RecognitionRules:
    """The office's rules; a sensible start while it has none of its own."""
    return RecognitionRules.objects.filter(office=office).first() or RecognitionRules(
        office=office, home_scale=scale_codes(office)[0]
    )


def scale_codes(office: Office) -> list[str]:
    """Codes of all scales the office may name: its own first, then the shipped ones."""
    own = OfficeScale.objects.filter(office=office).order_by("code").values_list("code", flat=True)
    return [*own, *(scale.id for scale in shipped_scales())]


def scale_by_code(office: Office, code: str) -> GradeScale:
    """A scale of the office, or a shipped one.

    Raises:
        UnknownScale
    """
    own = OfficeScale.objects.filter(office=office, code=code).first()
    if own is not None:
        return scale_of_row(own)
    for scale in shipped_scales():
        if scale.id == code:
            return scale
    raise UnknownScale(code=code)


def own_scale_title(office: Office, code: str) -> str:
    """How the office calls a scale of its own; empty for the shipped ones."""
    return OfficeScale.objects.filter(office=office, code=code).values_list("title", flat=True).first() or ""


def scale_of_row(own: OfficeScale) -> GradeScale:
    """The office's row as the methods read it.

    Raises:
        MethodError: the bands contradict each other.
    """
    return GradeScale(
        id=own.code,
        version=own.version,
        title=own.title,
        holder=own.holder,
        source=own.source,
        valid_from=own.valid_from,
        valid_to=own.valid_to,
        bands=tuple(
            Band(
                label=band["label"],
                passing=band["passing"],
                points=_decimal(band.get("points")),
                low=_decimal(band.get("low")),
                high=_decimal(band.get("high")),
                words=band.get("words", ""),
            )
            for band in own.bands
        ),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)


def distribution_of(counts: GradeCounts, scale: GradeScale) -> GradeDistribution:
    return GradeDistribution.of_scale(
        scale,
        counts.counts,
        id=f"{scale.id}:{counts.organisation_id}:{counts.isced_f or 'all'}:{counts.level or 'all'}",
        version=counts.version,
        field=counts.isced_f,
        cycle=counts.level,
        years=tuple(counts.years),
        source=counts.source,
    )


def counts_for(
    office: Office, organisation_id: int, scale: str, isced_f: str, level: str
) -> GradeCounts | None:
    """The narrowest reference group that was counted: four digits of the field, then three, two, none."""
    known = {
        (row.isced_f, row.level): row
        for row in GradeCounts.objects.filter(
            office=office, organisation_id=organisation_id, scale=scale
        ).order_by("noted_at")
    }
    for digits in (4, 3, 2, 0):
        for cycle in (level, ""):
            if row := known.get((isced_f[:digits], cycle)):
                return row
    return None


def convert_mark(
    exchange: Exchange, mark: str, scale_code: str, *, home_id: int, on: date | None
) -> Conversion:
    """What a host's mark becomes at home, by the best founded way there is.

    First the distributions of both institutions, then a published table between the scales, then the same
    scale taken over as it is, and last only passed or failed. What was tried and refused is in the reasons
    of the way that was taken.

    Raises:
        UnknownScale; MethodError when the mark is not on its scale.
    """
    rules = rules_of(exchange.office)
    scale, home_scale = (
        scale_by_code(exchange.office, scale_code),
        scale_by_code(exchange.office, rules.home_scale),
    )
    theirs = counts_for(exchange.office, exchange.partner_id, scale.id, exchange.isced_f, exchange.level)
    ours = counts_for(exchange.office, home_id, home_scale.id, exchange.isced_f, exchange.level)
    if theirs is not None and ours is not None and scale.band(mark).passing:
        try:
            return convert_by_distribution(
                scale.band(mark).label,
                distribution_of(theirs, scale),
                distribution_of(ours, home_scale),
                rule=Rule(rules.rule),
                smallest_group=rules.smallest_group,
                fewest_years=rules.fewest_years,
                other_group=(theirs.isced_f, theirs.level) != (ours.isced_f, ours.level),
            )
        except MethodError as refused:
            if refused.code not in ("recognition.group_too_small", "recognition.too_few_years"):
                raise
    for table in shipped_tables():
        if table.target_scale == home_scale.id and mark.strip() in {row.mark for row in table.rows}:
            return table.convert(mark)
    if scale.id == home_scale.id:
        band = scale.band(mark)
        return pass_or_fail(mark, scale, passed=band.label, failed=band.label)
    return pass_or_fail(mark, scale)
