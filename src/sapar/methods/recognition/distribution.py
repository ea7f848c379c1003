"""Conversion of marks by grade distribution tables.

Source: ECTS Users' Guide 2015 (European Commission, doi:10.2766/87592), grade distribution and conversion:
passing grades only, counted per reference group (field of education and cycle) over at least two years, as
shares and cumulative shares; a mark becomes a grade of the other table whose cumulative range overlaps its
own, by a rule chosen beforehand. Groups under 50 are marked as too small at Humboldt-Universität zu Berlin:
https://www.hu-berlin.de/en/studies/pservice-en/conversion/ects-tab_en/final-grades/description-1

All ranges are exact fractions of counts; no share is rounded before it decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate

from sapar.methods.errors import MethodError
from sapar.methods.recognition.conversion import Conversion, Method, Overlap, Reason
from sapar.methods.recognition.rounding import decimal_text
from sapar.methods.recognition.scales import GradeScale, Kind

SMALLEST_GROUP = 50
FEWEST_YEARS = 2


class Rule(StrEnum):
    """Which grade is taken when the range of a mark meets several, decided beforehand.

    MIN the lowest of them, MAX the best, MID the one in which the middle of the range lies (on a border
    between two: the better).
    """

    MIN = "min"
    MID = "mid"
    MAX = "max"


@dataclass(frozen=True, kw_only=True)
class GradeDistribution:
    """How often each passing grade was given in a reference group; `grades` from best to worst.

    Attributes:
        field: ISCED-F code of the group, two to four digits; empty: all fields together.
        cycle: bachelor, master and so on; empty: all together.
        years: the years counted.
        points: numbers of the grades where the scale has them, in the same order.

    Raises:
        MethodError: `recognition.bad_distribution` with the fault.
    """

    id: str
    version: str
    holder: str
    grades: tuple[str, ...]
    counts: tuple[int, ...]
    field: str
    cycle: str
    years: tuple[int, ...]
    source: str = ""
    points: tuple[Decimal | None, ...] = ()

    def __post_init__(self) -> None:
        fault = ""
        if len(self.grades) != len(self.counts):
            fault = "as many counts as grades are needed"
        elif not self.grades or len(set(self.grades)) < len(self.grades):
            fault = "no grades or a grade twice"
        elif any(type(count) is not int or count < 0 for count in self.counts):
            fault = "counts are whole numbers, not percentages, and not negative"
        elif not sum(self.counts):
            fault = "nobody passed"
        elif self.field and not re.fullmatch("[0-9]{2,4}", self.field):
            fault = "a field is two to four digits of ISCED-F"
        elif self.points and len(self.points) != len(self.grades):
            fault = "as many points as grades are needed"
        if fault:
            raise MethodError("recognition.bad_distribution", "The table {table}: {fault}.",
                              table=self.id, fault=fault)  # fmt: skip

    @classmethod
    def of_scale(
        cls,
        scale: GradeScale,
        counts: Mapping[str, int],
        *,
        id: str,
        version: str,
        field: str,
        cycle: str,
        years: tuple[int, ...],
        source: str = "",
    ) -> GradeDistribution:
        """Counts by the labels of a scale; failing grades may be among them and are left out.

        Raises:
            MethodError: `recognition.unknown_mark` for a label that the scale does not have.
        """
        for label in counts:
            scale.band(label, kind=Kind.LABEL)
        return cls(
            id=id, version=version, holder=scale.holder, field=field, cycle=cycle, years=years, source=source,
            grades=tuple(band.label for band in scale.passing),
            counts=tuple(counts.get(band.label, 0) for band in scale.passing),
            points=tuple(band.points for band in scale.passing),
        )  # fmt: skip

    @property
    def total(self) -> int:
        return sum(self.counts)

    def ranges(self) -> tuple[Overlap, ...]:
        """Each grade's share of the group, cumulated from the best grade: 0 at the top, 1 at the bottom."""
        ends = list(accumulate(self.counts))
        return tuple(
            Overlap(grade=grade, start=Fraction(end - count, self.total), end=Fraction(end, self.total))
            for grade, count, end in zip(self.grades, self.counts, ends, strict=True)
        )


def convert_by_distribution(
    mark: str,
    source: GradeDistribution,
    target: GradeDistribution,
    *,
    rule: Rule,
    smallest_group: int = SMALLEST_GROUP,
    fewest_years: int = FEWEST_YEARS,
    other_group: bool = False,
) -> Conversion:
    """The grade of `target` for a passing `mark` counted in `source`.

    A grade that nobody received in the reference group has no width: it is placed at its border and meets the
    grades on both sides, and the reasons say so.

    Args:
        other_group: convert although field or cycle of the two groups differ; the reasons say so.

    Raises:
        MethodError: `recognition.group_too_small`, `recognition.too_few_years`, `recognition.groups_differ`,
            `recognition.mark_not_in_distribution` (failing marks are never converted by distribution).
    """
    _comparable(source, target, smallest_group, fewest_years, other_group)
    return _convert(mark, source, target, rule, differing=other_group)


def conversion_table(
    source: GradeDistribution,
    target: GradeDistribution,
    *,
    rule: Rule,
    smallest_group: int = SMALLEST_GROUP,
    fewest_years: int = FEWEST_YEARS,
    other_group: bool = False,
) -> dict[str, Conversion]:
    """What every passing grade of `source` becomes; see `convert_by_distribution`."""
    _comparable(source, target, smallest_group, fewest_years, other_group)
    return {grade: _convert(grade, source, target, rule, differing=other_group) for grade in source.grades}


def _comparable(
    source: GradeDistribution,
    target: GradeDistribution,
    smallest_group: int,
    fewest_years: int,
    other_group: bool,
) -> None:
    for table in (source, target):
        if table.total < smallest_group:
            raise MethodError(
                "recognition.group_too_small", "{table} counts {counted} passing grades of {needed} needed.",
                table=table.id, counted=table.total, needed=smallest_group,
            )  # fmt: skip
        if len(set(table.years)) < fewest_years:
            raise MethodError(
                "recognition.too_few_years", "{table} covers {counted} years; {needed} are needed.",
                table=table.id, counted=len(set(table.years)), needed=fewest_years,
            )  # fmt: skip
    if not other_group and not _same_group(source, target):
        raise MethodError(
            "recognition.groups_differ", "{source} is about {source_group}, {target} about {target_group}.",
            source=source.id, source_group=f"{source.field} {source.cycle}",
            target=target.id, target_group=f"{target.field} {target.cycle}",
        )  # fmt: skip


def _same_group(one: GradeDistribution, other: GradeDistribution) -> bool:
    """The same cycle, and a detailed ISCED-F field agrees with the narrow and broad field it belongs to.

    All fields together are another group than one of them.
    """
    shorter, longer = sorted((one.field, other.field), key=len)
    return one.cycle == other.cycle and longer.startswith(shorter) and bool(shorter) == bool(longer)


def _convert(
    mark: str, source: GradeDistribution, target: GradeDistribution, rule: Rule, *, differing: bool
) -> Conversion:
    own = next((part for part in source.ranges() if part.grade == mark.strip()), None)
    if own is None:
        raise MethodError(
            "recognition.mark_not_in_distribution", "“{mark}” is not a passing grade of {table}.",
            mark=mark[:80], table=source.id,
        )  # fmt: skip
    met = _overlaps(own, target.ranges())
    match rule:
        case Rule.MAX:
            chosen = met[0]
        case Rule.MIN:
            chosen = met[-1]
        case Rule.MID:
            middle = (own.start + own.end) / 2
            chosen = next(part for part in met if part.end >= middle)
    reasons = [
        Reason(
            "recognition.range",
            {"from": decimal_text(own.start * 100), "to": decimal_text(own.end * 100),
             "counted": str(source.total), "counted_target": str(target.total)},
        ),
        Reason("recognition.rule", {"rule": str(rule), "of": str(len(met))}),
    ]  # fmt: skip
    if not own.share:
        reasons.append(Reason("recognition.unseen_grade", {"grade": own.grade}))
    if differing and not _same_group(source, target):
        reasons.append(Reason("recognition.other_group", {"source": source.field, "target": target.field}))
    at = target.grades.index(chosen.grade)
    return Conversion(
        mark=mark, result=chosen.grade, passing=True, method=Method.DISTRIBUTION,
        table=f"{source.id}->{target.id}", version=f"{source.version}->{target.version}",
        source=" ".join(part for part in (source.source, target.source) if part), rule=str(rule),
        points=target.points[at] if target.points else None, overlaps=tuple(met), reasons=tuple(reasons),
    )  # fmt: skip


def _overlaps(own: Overlap, others: tuple[Overlap, ...]) -> list[Overlap]:
    """The grades whose range shares more than a border with `own`; a range without width may meet at one."""
    met = []
    for other in others:
        start, end = max(own.start, other.start), min(own.end, other.end)
        if other.share and (start < end or (start == end and not own.share)):
            met.append(Overlap(grade=other.grade, start=start, end=end))
    return met
