"""A report as a workbook, from the same figures as its page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sapar.formats.tables import write_xlsx
from sapar.reporting.definitions import BY_CODE
from sapar.reporting.labels import row_names
from sapar.reporting.models import Report
from sapar.reporting.queries import figures_of


def workbook_of(report: Report) -> bytes:
    """All figures on one sheet with their definitions, and the ids of the records behind each on another."""
    figures = list(figures_of(report))
    names = row_names(figures)
    rows = [
        [
            str(BY_CODE[figure.code].title),
            names.get((figure.code, figure.row), ""),
            None if figure.value is None else float(figure.value),
            figure.unit,
            str(BY_CODE[figure.code].meaning),
        ]
        for figure in figures
    ]
    behind = [
        [figure.code, names.get((figure.code, figure.row), ""), figure.record_type, pk]
        for figure in figures
        for pk in figure.record_ids
    ]
    return write_xlsx(
        {
            _("Figures"): ([_("Figure"), _("Row"), _("Value"), _("Unit"), _("Definition")], rows),
            _("Records"): ([_("Figure"), _("Row"), _("Kind of record"), _("Record")], behind),
        }
    )
