"""Certificates of a group visit, one for each visitor, each with its own QR code."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.files.models import Paper
from sapar.files.services import issue_paper, new_code
from sapar.formats.papers.pdf import draw_pdf
from sapar.mobility.errors import VisitNotBegun
from sapar.mobility.models import GroupVisit
from sapar.mobility.papers.visits import visit_certificate
from sapar.mobility.policies import may_change_visit
from sapar.mobility.queries.visits import attendance_of, sessions_of
from sapar.mobility.services.stay_papers import verify_address
from sapar.mobility.states import VisitState


@transaction.atomic
def issue_visit_certificates(visit: GroupVisit, *, by: Actor, at: datetime) -> list[Paper]:
    """For everybody on the list; issued again they replace the ones before, under the same numbers."""
    require(may_change_visit, by, visit)
    visit = GroupVisit.objects.select_for_update().get(pk=visit.pk)
    if visit.state not in (VisitState.RUNNING, VisitState.FINISHED):
        raise VisitNotBegun
    rows = attendance_of(visit, list(sessions_of(visit)))
    place = {pk: at_ for at_, pk in enumerate(sorted(row.visitor.pk for row in rows), start=1)}
    papers = []
    for row in rows:
        code, number = new_code(), f"{visit.number}/{place[row.visitor.pk]:02d}"
        paper = visit_certificate(
            visit, row, number=number, on=local_day(at), verify_url=verify_address(code)
        )
        papers.append(
            issue_paper(
                draw_pdf(paper),
                kind="visit_certificate",
                number=number,
                code=code,
                subject=row.visitor,
                by=by,
                at=at,
            )
        )
    return papers
