"""Making and releasing reports."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.files.bilingual import languages_of
from sapar.files.models import Paper as IssuedPaper
from sapar.files.queries import papers_of
from sapar.files.services import issue_paper, new_code, revoke_paper
from sapar.files.states import PaperState, Visibility
from sapar.formats.papers.pdf import draw_pdf
from sapar.methods.progress import Progress, unheard
from sapar.reporting.counting import values_of
from sapar.reporting.definitions import BY_CODE, DEFINITIONS
from sapar.reporting.errors import NotReleased, ReportTampered, WithdrawalUnexplained
from sapar.reporting.facts import ReportReady, ReportReleased, ReportWithdrawn
from sapar.reporting.models import Figure, Report
from sapar.reporting.papers import number_of, report_paper
from sapar.reporting.policies import may_make_reports, may_release_reports
from sapar.reporting.queries import digest_of_figures
from sapar.reporting.states import REPORT_FLOW, ReportState


@transaction.atomic
def begin_report(office: Office, academic_year: int, *, by: Actor, at: datetime) -> Report:
    """Take the next number of the year; `fill_report` computes the figures."""
    require(may_make_reports, by, office)
    # Not the key: acts that end now check that the office exists while they hold the trail this one waits for.
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    last = Report.objects.filter(office=office, academic_year=academic_year).order_by("-number").first()
    report = Report.objects.create(
        office=office,
        academic_year=academic_year,
        number=last.number + 1 if last else 1,
        as_of=at,
        made_by=label_of(by),
    )
    record("reporting.report.begun", subject=report, by=by, at=at, year=academic_year)
    return report


@transaction.atomic
def fill_report(report: Report, *, by: Actor, at: datetime, progress: Progress = unheard) -> Report:
    """Compute all figures at once: either all of them are there or none."""
    require(may_make_reports, by, report.office)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.state = REPORT_FLOW.after("finish", report.state)
    places = {definition.code: order for order, definition in enumerate(DEFINITIONS)}
    figures = []
    for order, value in enumerate(values_of(report.office, report.academic_year, today=local_day(at))):
        definition = BY_CODE[value.code]
        progress(places[value.code] + 1, len(DEFINITIONS))
        figures.append(
            Figure(
                office_id=report.office_id,
                report=report,
                section=definition.section,
                code=value.code,
                row=value.row,
                order=places[value.code] * 10_000 + order,
                value=value.value,
                unit=definition.unit,
                record_type=definition.records,
                record_ids=list(value.ids),
                out_of_ids=list(value.out_of),
            )
        )
    Figure.objects.bulk_create(figures, batch_size=500)
    report.as_of, report.progress = at, 100
    report.save(update_fields=["state", "as_of", "progress"])
    progress(len(DEFINITIONS), len(DEFINITIONS))
    record("reporting.report.filled", subject=report, by=by, at=at, figures=len(figures))
    announce(ReportReady(office_id=report.office_id, report_id=report.pk))
    return report


def make_report(office: Office, academic_year: int, *, by: Actor, at: datetime) -> Report:
    """Begin and fill in one go."""
    return fill_report(begin_report(office, academic_year, by=by, at=at), by=by, at=at)


@transaction.atomic
def mark_failed(report: Report, reason: str, *, by: Actor, at: datetime) -> Report:
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.state = REPORT_FLOW.after("fail", report.state)
    report.failure = reason[:300]
    report.save(update_fields=["state", "failure"])
    record("reporting.report.failed", subject=report, by=by, at=at, reason=report.failure)
    return report


@transaction.atomic
def release_report(report: Report, *, summary: str = "", by: Actor, at: datetime) -> Report:
    """Freeze a report as the university's word for the year and issue it as a numbered paper with a QR code.

    An earlier release of the year is thereby replaced, and so is its paper.
    """
    require(may_release_reports, by, report.office)
    # Two releases of one year meet here, and the later one replaces the earlier.
    Office.objects.select_for_update(no_key=True).get(pk=report.office_id)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.state = REPORT_FLOW.after("release", report.state)
    earlier = Report.objects.select_for_update().filter(
        office_id=report.office_id, academic_year=report.academic_year, state=ReportState.RELEASED
    )
    for before in earlier:
        before.state = REPORT_FLOW.after("replace", before.state)
        before.save(update_fields=["state"])
    report.digest, report.summary = digest_of_figures(report), summary.strip()
    report.released_at, report.released_by = at, label_of(by)
    report.save()
    issue_report_paper(report, by=by, at=at)
    record("reporting.report.released", subject=report, by=by, at=at, digest=report.digest)
    announce(ReportReleased(office_id=report.office_id, report_id=report.pk))
    return report


@transaction.atomic
def issue_report_paper(report: Report, *, by: Actor, at: datetime) -> IssuedPaper:
    """The released report as PDF with number, digest and QR code; asked again it answers the paper that is there."""
    require(may_release_reports, by, report.office)
    report = Report.objects.select_for_update().select_related("office").get(pk=report.pk)
    if report.state != ReportState.RELEASED:
        raise NotReleased
    check_release(report)
    if (known := papers_of(report).filter(state=PaperState.VALID).first()) is not None:
        return known
    code = new_code()
    drawing = report_paper(report, report.office, languages_of(report.office), code=code)
    others = Report.objects.filter(office_id=report.office_id, academic_year=report.academic_year)
    return issue_paper(
        draw_pdf(drawing),
        kind="annual_report",
        number=number_of(report),
        code=code,
        subject=report,
        visibility=Visibility.OFFICE,
        replaces=others.exclude(pk=report.pk).values_list("pk", flat=True),
        by=by,
        at=at,
    )


@transaction.atomic
def withdraw_report(report: Report, *, reason: str, by: Actor, at: datetime) -> Report:
    """The university takes its word for the year back: the page behind the QR code says revoked."""
    require(may_release_reports, by, report.office)
    report = Report.objects.select_for_update().get(pk=report.pk)
    report.state = REPORT_FLOW.after("withdraw", report.state)
    report.withdrawn_reason = reason.strip()[:300]
    if not report.withdrawn_reason:
        raise WithdrawalUnexplained
    report.save(update_fields=["state", "withdrawn_reason"])
    for paper in papers_of(report).filter(state=PaperState.VALID):
        revoke_paper(paper, reason=report.withdrawn_reason, by=by, at=at)
    record("reporting.report.withdrawn", subject=report, by=by, at=at, reason=report.withdrawn_reason)
    announce(ReportWithdrawn(office_id=report.office_id, report_id=report.pk))
    return report


def check_release(report: Report) -> None:
    """Raises:
    ReportTampered: the figures are not those that were released.
    """
    if report.digest and report.digest != digest_of_figures(report):
        raise ReportTampered
