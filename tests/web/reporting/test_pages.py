"""Every figure opens exactly the records it counts, and nobody else's."""

from __future__ import annotations

import pytest

from sapar.accounts.states import Role
from sapar.demo.office import DemoOffice, build_office
from sapar.demo.stages import Stage
from sapar.formats.tables import read_table
from sapar.mobility.models import Exchange
from sapar.reporting.definitions import BY_CODE
from sapar.reporting.models import Figure, Report
from sapar.reporting.queries import digest_of_figures
from sapar.reporting.services import make_report
from sapar.web.reporting.charts import bars
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


def test_charts_have_letters_of_one_size_and_fit_a_phone() -> None:
    rows = (("Kyrgyzstan", 7.0), ("A country with a very long name", 1.0))
    assert 'width="520"' in bars(rows, "people")
    narrow = bars(rows, "people", narrow=True)
    assert 'width="330"' in narrow
    assert all('font-size="12px"' in text for text in narrow.split("<text")[1:])


def test_what_was_counted_otherwise_than_in_the_release_is_told(demo: DemoOffice) -> None:
    release = Report.objects.get()
    client, day = signed_in(demo.officer), demo.at(TODAY)
    same = make_report(demo.office, release.academic_year, by=demo.officer, at=day)
    assert client.get(report_url(same)).context["page"].comparison.changed == []
    stay = Exchange.objects.filter(
        direction="out", academic_year=release.academic_year, arrived_on__isnull=False
    ).first()
    assert stay is not None
    before = {(figure.code, figure.row): figure.value for figure in release.figures.all()}
    digest = release.digest
    Exchange.objects.filter(pk=stay.pk).update(state="accepted", arrived_on=None, left_on=None)

    later = make_report(demo.office, release.academic_year, by=demo.officer, at=day)
    told = {one.title: one for one in client.get(report_url(later)).context["page"].comparison.changed}
    out = told[BY_CODE["exchanges.out"].title]
    went = before["exchanges.out", ""]
    assert went is not None
    assert (out.before.value, out.now.value, out.records) == (went, went - 1, "+0 −1")
    assert BY_CODE["partners.active"].title not in told
    # The release itself is what it was.
    release.refresh_from_db()
    assert {(figure.code, figure.row): figure.value for figure in release.figures.all()} == before
    assert (release.digest, digest_of_figures(release)) == (digest, digest)
    assert client.get(report_url(release)).context["page"].comparison is None
