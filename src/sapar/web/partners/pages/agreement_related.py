"""What stands beside an agreement: its papers and files, the exchanges under it, what continues it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sapar.accounts.models import User
from sapar.core.days import local_day
from sapar.files.models import Paper, StoredFile
from sapar.files.queries import files_of
from sapar.files.states import PaperState
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.partners.models import Agreement
from sapar.partners.states import Direction
from sapar.web import components as c
from sapar.web.mobility.exchanges.words import stay_state
from sapar.web.papers.kinds import kind_words
from sapar.web.partners.words import page_url, record_url, state_of

SHOWN = 8


def related(agreement: Agreement, user: User, papers: Sequence[Paper], works: bool) -> list[c.Related]:
    office = agreement.office
    in_papers = {paper.file_id for paper in papers}
    rows = [_paper_row(agreement, paper) for paper in papers]
    rows += [_file_row(agreement, one) for one in files_of(agreement) if one.pk not in in_papers]
    add = (
        c.Action(_("Add a scan"), page_url("scan", office, agreement.pk))
        if works and agreement.signed_on
        else None
    )
    found = [
        c.Related(
            _("Papers and files"), rows, len(rows), empty=_("Nothing was made or brought yet."), add=add
        )
    ]
    exchanges = exchanges_visible_to(user, office).filter(agreement=agreement)
    reads = ("number", "direction", "state", "person__display_name", "partner__name", "unit__name")
    count = exchanges.count()
    if count or agreement.signed_on:
        found.append(
            c.Related(
                _("Exchanges under it"),
                [
                    c.RelatedRow(
                        one.person.display_name,
                        record_url("exchanges:exchange", office, one.pk),
                        f"{one.number} · {Direction(one.direction).label}",
                        stay_state(one),
                    )
                    for one in exchanges.only(*reads).order_by("-planned_from", "-pk")[:SHOWN]
                ],
                count,
                empty=_("Nobody went or came under this agreement yet."),
            )
        )
    successors = list(agreement.successors.order_by("pk"))
    if successors:
        found.append(
            c.Related(
                _("Continued by"),
                [
                    c.RelatedRow(one.title, page_url("agreement", office, one.pk), one.number, state_of(one))
                    for one in successors
                ],
                len(successors),
            )
        )
    return found


def _paper_state(paper: Paper) -> c.State:
    words = {
        PaperState.VALID: c.State(_("valid"), "done"),
        PaperState.REPLACED: c.State(_("replaced"), "ended"),
        PaperState.REVOKED: c.State(_("revoked"), "danger"),
    }
    return words[PaperState(paper.state)]


def _paper_row(agreement: Agreement, paper: Paper) -> c.RelatedRow:
    return c.RelatedRow(
        f"{kind_words(paper.kind)} {paper.number} (PDF)",
        page_url("file", agreement.office, agreement.pk, file=paper.file_id),
        f"{local_day(paper.issued_at):%d.%m.%Y} · {paper.issued_by}",
        _paper_state(paper),
    )


def _file_row(agreement: Agreement, one: StoredFile) -> c.RelatedRow:
    return c.RelatedRow(
        one.name,
        page_url("file", agreement.office, agreement.pk, file=one.pk),
        f"{local_day(one.stored_at):%d.%m.%Y} · {one.stored_by}",
        c.State(_("scan")) if one.purpose == "agreement_scan" else None,
    )
