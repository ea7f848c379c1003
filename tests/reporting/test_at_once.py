"""Two people at once: one word of the university for a year, and numbers given once."""

from __future__ import annotations

import pytest

from sapar.files.models import Paper
from sapar.reporting.models import Report
from sapar.reporting.services import make_report, release_report
from sapar.reporting.states import ReportState
from tests.cast import NOW, Cast
from tests.partners.test_concurrency import at_once, real_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
__all__ = ["real_database"]


def test_two_releases_at_once_leave_one_word_for_the_year(cast: Cast) -> None:
    reports = [make_report(cast.office, 2025, by=cast.officer, at=NOW) for _time in range(2)]
    assert [report.number for report in reports] == [1, 2]
    results = at_once(
        [lambda r=report: release_report(r, by=cast.rector, at=NOW) for report in (*reports, reports[0])]  # type: ignore[misc]
    )
    assert sorted(type(one).__name__ for one in results) == ["IllegalMove", "Report", "Report"]
    assert Report.objects.filter(state=ReportState.RELEASED).count() == 1
    assert Paper.objects.filter(kind="annual_report", state="valid").count() == 1


def test_reports_begun_at_once_get_their_own_numbers(cast: Cast) -> None:
    results = at_once([lambda: make_report(cast.office, 2025, by=cast.officer, at=NOW)] * 3)
    assert sorted(one.number for one in results if isinstance(one, Report)) == [1, 2, 3]
