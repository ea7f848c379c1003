"""Every figure opens exactly the records it counts, and nobody else's."""

from __future__ import annotations

import pytest

from sapar.accounts.states import Role
from sapar.demo.office import DemoOffice, build_office
from sapar.demo.stages import Stage
from sapar.formats.tables import read_table
from sapar.reporting.models import Figure, Report
from tests.cast import grant, make_office, make_user, signed_in
from tests.demo.test_office import TODAY, silent


@pytest.fixture
def demo(db: None) -> DemoOffice:
    return build_office(Stage.REPORTED, today=TODAY, students=12, say=silent)


def report_url(report: Report, tail: str = "") -> str:
    return f"/o/{report.office.slug}/reports/{report.pk}/{tail}"


def test_report_shows_each_figure_as_a_link_to_its_records(demo: DemoOffice) -> None:
    report = Report.objects.get()
    page = signed_in(demo.users["rector"]).get(report_url(report)).content.decode()
    for figure in report.figures.exclude(record_ids=[]):
        assert f"/figures/{figure.pk}/" in page


def test_figure_lists_as_many_records_as_it_counts(demo: DemoOffice) -> None:
    client = signed_in(demo.officer)
    for figure in (
        Figure.objects.filter(unit="count").exclude(code__startswith="places").exclude(record_ids=[])
    ):
        listed = client.get(f"/o/{demo.office.slug}/figures/{figure.pk}/").context["list"]
        assert listed.count == figure.value, figure.code


def test_other_office_sees_neither_report_nor_figure(demo: DemoOffice) -> None:
    stranger = make_user("Stranger")
    other = make_office("other", "Other Demo University")
    grant(stranger, other, Role.OFFICER)
    client, report = signed_in(stranger), Report.objects.get()
    figure = report.figures.exclude(record_ids=[]).first()
    assert figure is not None
    assert client.get(report_url(report)).status_code == 404
    assert client.get(f"/o/other/reports/{report.pk}/").status_code == 404
    assert client.get(f"/o/other/figures/{figure.pk}/").status_code == 404


def test_workbook_holds_every_figure(demo: DemoOffice) -> None:
    report = Report.objects.get()
    answer = signed_in(demo.officer).get(report_url(report, "report.xlsx"))
    assert len(read_table(answer.content)) == report.figures.count()


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_report_is_drawn_in_two_languages(demo: DemoOffice, kind: str, start: bytes) -> None:
    answer = signed_in(demo.officer).get(
        report_url(Report.objects.get(), f"report.{kind}?language=ky&language=ru")
    )
    assert answer.content.startswith(start)


def test_chart_is_drawn_on_the_server(demo: DemoOffice) -> None:
    answer = signed_in(demo.officer).get(
        report_url(Report.objects.get(), "chart/exchanges-out_by_country.svg")
    )
    assert (answer["Content-Type"], b"<svg" in answer.content[:200]) == ("image/svg+xml", True)
