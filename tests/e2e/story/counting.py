"""October after: the year is counted; each figure opens exactly the records that it counts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from sapar.formats.tables import read_table
from sapar.mobility.models import Exchange
from sapar.mobility.states import ExchangeState
from sapar.partners.models import Agreement, Condition, Partnership
from sapar.partners.states import AgreementState, Direction
from sapar.reporting.models import Figure, Report
from sapar.reporting.states import ReportState
from tests.e2e.story.partners import ANKARA
from tests.e2e.story.walk import Walk

# What the story must come to: two went on two places, one came back with half of the courses passed.
EXPECTED = {
    "exchanges.cancelled": 0,
    "exchanges.ended_early": 0,
    "exchanges.in_days": 0,
    "exchanges.out_days": 296,  # two stays of 148 days
    "partners.active": 2,
    "partners.new": 0,
    "agreements.in_force": 1,
    "agreements.signed": 0,
    "agreements.ended": 0,
    "agreements.dormant": 0,
    "places.out": 2,
    "places.in": 2,
    "places.used_out": 100,
    "places.used_in": 0,
    "exchanges.out": 2,
    "exchanges.in": 0,
    "recognition.rate": 100,
    "recognition.complete": 100,
    "recognition.days_to_transcript": 12,
    "recognition.waiting": 1,
}


def records_in_tables() -> dict[str, QuerySet[Any]]:
    """The records of each figure, asked of the tables without the report."""
    agreed = Condition.objects.filter(version__agreement__state=AgreementState.IN_FORCE, academic_year=2026)
    out = Exchange.objects.filter(direction="out", academic_year=2026, arrived_on__isnull=False)
    recognised = out.filter(state=ExchangeState.RECOGNISED)
    return {
        "partners.active": Partnership.objects.filter(state="active"),
        "agreements.in_force": Agreement.objects.filter(state=AgreementState.IN_FORCE),
        "places.out": agreed.filter(direction=Direction.OUTGOING),
        "places.in": agreed.filter(direction=Direction.INCOMING),
        "places.used_out": out.filter(condition__isnull=False),
        "exchanges.out": out,
        "recognition.rate": recognised,
        "recognition.complete": recognised,
        "recognition.days_to_transcript": out.filter(transcripts__isnull=False),
        "recognition.waiting": out.filter(left_on__isnull=False).exclude(state=ExchangeState.RECOGNISED),
    }


def rows_expected(walk: Walk) -> dict[tuple[str, str], int]:
    """The broken-down figures: by country, kind, field, faculty and partner."""
    ankara = Partnership.objects.get(organisation__name=ANKARA).organisation_id
    return {
        ("partners.by_country", "TR"): 1,
        ("partners.by_country", "UZ"): 1,
        ("agreements.by_kind", "exchange"): 1,
        ("places.balance", str(ankara)): -2,
        ("exchanges.out_by_country", "TR"): 2,
        ("exchanges.out_by_field", "09"): 2,
        ("exchanges.out_by_faculty", str(walk.cast.medicine.pk)): 2,
    }


def count_the_year(walk: Walk) -> Report:
    walk.calendar.turn_to(date(2027, 10, 15))
    walk.be(walk.cast.officer, "reports/")
    walk.press("New report")
    walk.put("[name=academic_year]", "2026")
    walk.press("Count the year")
    assert "fill" in walk.work()
    walk.page.reload()
    report = Report.objects.get()
    assert report.state == ReportState.READY
    return report


def look_behind(walk: Walk, report: Report) -> None:
    """Every number of the page against what the story must give, the tables, and the list that it opens."""
    figures = {figure.pk: figure for figure in report.figures.all()}
    assert {one.code: one.value for one in figures.values() if one.row == ""} == EXPECTED
    assert {(one.code, one.row): one.value for one in figures.values() if one.row} == rows_expected(walk)
    for code, records in records_in_tables().items():
        counted = next(one for one in figures.values() if one.code == code)
        assert sorted(counted.record_ids) == sorted(records.values_list("pk", flat=True)), code
    links = {
        int(re.findall(r"/figures/(\d+)/", str(link.get_attribute("href")))[0]): link.inner_text()
        for link in walk.main.locator("a.figure").all()
    }
    assert set(links) == {one.pk for one in figures.values() if one.record_ids}
    for pk, shown in links.items():
        figure = figures[pk]
        assert number_in(shown) == figure.value, figure.code
        walk.go(f"figures/{pk}/")
        rows = walk.main.locator("table tbody tr")
        if figure.code in ("places.out", "places.in"):
            listed = sum(int(text) for text in rows.locator("td:last-child").all_inner_texts())
        else:
            listed = rows.count()
        assert listed == records_counted(figure), figure.code
    walk.go(f"reports/{report.pk}/")


def number_in(shown: str) -> Decimal:
    found = re.search(r"[-−–]?\d+(?:[.,]\d+)?", shown)
    assert found is not None, shown
    return Decimal(re.sub(r"^[−–]", "-", found[0]).replace(",", "."))


def records_counted(figure: Figure) -> int:
    """A count lists what it counts; a share, a median or a balance lists what it is made of."""
    if figure.unit == "count" and figure.code != "places.balance":
        return int(figure.value or 0)
    return len(figure.record_ids)


def release(walk: Walk, report: Report) -> None:
    walk.be(walk.cast.rector, f"reports/{report.pk}/")
    walk.picture("report")
    walk.agree("Release and freeze")
    report.refresh_from_db()
    assert report.state == ReportState.RELEASED
    walk.main.locator(f'a.figure[href$="/figures/{report.figures.get(code="exchanges.out").pk}/"]').click()
    expect(walk.main.locator("tbody tr")).to_have_count(2)
    walk.picture("report-figure")
    for language in ("ru", "ky"):
        walk.speak(language)
        walk.go(f"reports/{report.pk}/")
        expect(walk.page.locator("html")).to_have_attribute("lang", language)
        walk.picture(f"report-{language}")


def download(walk: Walk, report: Report) -> None:
    walk.be(walk.cast.officer, f"reports/{report.pk}/")
    text = "".join(page.extract_text() for page in PdfReader(walk.take("PDF")).pages)
    assert "2026/27" in text
    word = Document(str(walk.take("DOCX", menu=True)))
    assert any(ANKARA in cell.text for table in word.tables for row in table.rows for cell in row.cells)
    walk.page.reload()
    book = read_table(walk.take("XLSX", menu=True).read_bytes())
    assert len(book) == report.figures.count()


def report_of_the_year(walk: Walk) -> Report:
    report = count_the_year(walk)
    look_behind(walk, report)
    release(walk, report)
    download(walk, report)
    return report
