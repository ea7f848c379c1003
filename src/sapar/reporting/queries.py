"""Questions about reports."""

from __future__ import annotations

import hashlib
import json

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.reporting.models import Figure, Report
from sapar.reporting.states import ReportState


def reports_of(office: Office) -> QuerySet[Report]:
    return Report.objects.filter(office=office).order_by("-academic_year", "-number")


def released_report(office: Office, academic_year: int) -> Report | None:
    return reports_of(office).filter(academic_year=academic_year, state=ReportState.RELEASED).first()


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
