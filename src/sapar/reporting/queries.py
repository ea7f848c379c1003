"""Questions about reports."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.reporting.models import Figure, Report
from sapar.reporting.states import ReportState


def reports_of(office: Office) -> QuerySet[Report]:
    return Report.objects.filter(office=office).order_by("-academic_year", "-number")


def figures_of(report: Report) -> QuerySet[Figure]:
    return report.figures.order_by("order")


def digest_of_figures(report: Report) -> str:
    """SHA-256 over all figures with the records behind them."""
    rows = [
        [
            figure.code,
            figure.row,
            None if figure.value is None else f"{figure.value:.3f}",
            figure.unit,
            figure.record_type,
            figure.record_ids,
            figure.out_of_ids,
        ]
        for figure in figures_of(report).iterator(chunk_size=500)
    ]
    canonical = json.dumps([report.academic_year, rows], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """A figure that was counted otherwise before; one of the two is None where its row is new or gone."""

    before: Figure | None
    now: Figure | None

    @property
    def came(self) -> int:
        """How many records stand behind the figure now and did not before."""
        return len(_records(self.now) - _records(self.before))

    @property
    def went(self) -> int:
        return len(_records(self.before) - _records(self.now))


def _records(figure: Figure | None) -> set[int]:
    return set(figure.record_ids) if figure is not None else set()


def release_before(report: Report) -> Report | None:
    """The latest earlier report of the year that was released, whatever became of it since."""
    released = [ReportState.RELEASED, ReportState.REPLACED, ReportState.WITHDRAWN]
    return (
        reports_of(report.office)
        .filter(academic_year=report.academic_year, number__lt=report.number, state__in=released)
        .first()
    )


def differences(before: Report, report: Report) -> list[Difference]:
    """Figures whose value or whose records are not those of `before`, in the order of the report."""
    old = {(figure.code, figure.row): figure for figure in figures_of(before)}
    found = []
    for figure in figures_of(report):
        was = old.pop((figure.code, figure.row), None)
        if was is None or (was.value, was.record_ids, was.out_of_ids) != (
            figure.value,
            figure.record_ids,
            figure.out_of_ids,
        ):
            found.append(Difference(was, figure))
    return found + [Difference(figure, None) for figure in old.values()]
