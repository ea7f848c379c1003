"""A released report is a numbered paper whose public page says what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sapar.core.errors import IllegalMove, NotAllowed
from sapar.files.bilingual import languages_of
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.formats.papers.pdf import draw_pdf
from sapar.reporting.errors import NotReleased, WithdrawalUnexplained
from sapar.reporting.models import Report
from sapar.reporting.papers import report_paper
from sapar.reporting.services import issue_report_paper, make_report, release_report, withdraw_report
from sapar.reporting.states import ReportState
from tests.cast import NOW, Cast, signed_in


def released(cast: Cast, year: int = 2025) -> Report:
    report = make_report(cast.office, year, by=cast.officer, at=NOW)
    return release_report(report, by=cast.vice_rector, at=NOW)


def verify(paper: Paper) -> str:
    return Client().get(f"/v/{paper.code}/").content.decode()


def test_release_issues_a_paper_with_number_digest_and_code(cast: Cast) -> None:
    report = released(cast)
    paper = papers_of(report).get()
    assert (paper.kind, paper.number, paper.state) == ("annual_report", "2025-1", "valid")
    page = verify(paper)
    assert ("valid" in page, "2025-1" in page, paper.file.sha256 in page) == (True, True, True)
    drawn = report_paper(report, cast.office, languages_of(cast.office), code=paper.code)
    assert (drawn.number, drawn.digest, drawn.draft_words) == ("2025-1", report.digest, {})
    assert drawn.verify_url.endswith(f"/v/{paper.code}/")
    with paper.file.content.open("rb") as content:
        stored = content.read()
    assert stored.startswith(b"%PDF-")
    # The code is drawn into the PDF: the same paper without it is another file.
    assert len(stored) != len(draw_pdf(report_paper(report, cast.office, languages_of(cast.office))))


def test_download_is_the_issued_file_to_the_byte(cast: Cast) -> None:
    report = released(cast)
    paper = papers_of(report).get()
    answer = signed_in(cast.officer).get(f"/o/alatoo/reports/{report.pk}/report.pdf")
    with paper.file.content.open("rb") as content:
        assert answer.content == content.read()


def test_newer_release_replaces_the_older_paper_of_the_same_year_only(cast: Cast) -> None:
    first, other_year = released(cast), released(cast, 2024)
    second = make_report(cast.office, 2025, by=cast.officer, at=NOW + timedelta(days=1))
    assert papers_of(second).count() == 0
    second = release_report(second, by=cast.rector, at=NOW + timedelta(days=1))
    first.refresh_from_db()
    other_year.refresh_from_db()
    assert (first.state, second.state, other_year.state) == ("replaced", "released", "released")
    older = papers_of(first).get()
    assert (older.state, older.replaced_by) == ("replaced", papers_of(second).get())
    assert "A later paper replaced this one." in verify(older)
    assert "is valid" in verify(papers_of(other_year).get())


def test_withdrawn_report_is_revoked_and_says_why_inside_only(cast: Cast) -> None:
    report = released(cast)
    with pytest.raises(WithdrawalUnexplained):
        withdraw_report(report, reason=" ", by=cast.rector, at=NOW)
    with pytest.raises(NotAllowed):
        withdraw_report(report, reason="x", by=cast.reader, at=NOW)
    client = signed_in(cast.officer)
    client.post(f"/o/alatoo/reports/{report.pk}/withdraw/", {"reason": "Counted twice"})
    report.refresh_from_db()
    assert (report.state, report.withdrawn_reason) == (ReportState.WITHDRAWN, "Counted twice")
    page = verify(papers_of(report).get())
    assert ("void" in page, "Counted twice" in page) == (True, False)
    assert "Counted twice" in client.get(f"/o/alatoo/reports/{report.pk}/").content.decode()
    with pytest.raises(IllegalMove):
        withdraw_report(report, reason="again", by=cast.rector, at=NOW)


def test_only_a_released_report_becomes_a_paper_and_only_once(cast: Cast) -> None:
    draft = make_report(cast.office, 2025, by=cast.officer, at=NOW)
    with pytest.raises(NotReleased):
        issue_report_paper(draft, by=cast.officer, at=NOW)
    report = release_report(draft, by=cast.officer, at=NOW)
    assert issue_report_paper(report, by=cast.officer, at=NOW) == papers_of(report).get()


def test_report_of_another_office_cannot_be_withdrawn(cast: Cast) -> None:
    report = released(cast)
    client = signed_in(cast.other_officer)
    for address in (f"/o/alatoo/reports/{report.pk}/", f"/o/tianshan/reports/{report.pk}/"):
        for tail in ("withdraw/", "issue/"):
            assert client.post(f"{address}{tail}", {"reason": "x"}).status_code == 404, tail
