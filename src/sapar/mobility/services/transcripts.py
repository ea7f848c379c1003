"""Receiving transcripts of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.services import revoke_links
from sapar.accounts.states import LinkPurpose
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.errors import BadRows, RowFault
from sapar.core.policy import require
from sapar.files.services import store
from sapar.methods.errors import MethodError
from sapar.methods.recognition import GradeScale
from sapar.mobility.errors import NothingReceived
from sapar.mobility.facts import TranscriptReceived
from sapar.mobility.models import Exchange, RecognitionCase, Transcript, TranscriptLine
from sapar.mobility.policies import may_give_transcript
from sapar.mobility.queries.exchanges import transcript_of
from sapar.mobility.queries.grades import scale_by_code
from sapar.mobility.states import EXCHANGE_FLOW, CaseState, ExchangeState, TranscriptSource
from sapar.mobility.wording.grades import mark_refusal
from sapar.partners.queries import digest_of


@dataclass(frozen=True, kw_only=True)
class LineEntry:
    """One course as the host certified it; `mark` is kept to the letter."""

    title: str
    credits: Decimal
    mark: str
    code: str = ""
    credit_unit: str = "ECTS"
    examined_on: date | None = None


@transaction.atomic
def receive_transcript(
    exchange: Exchange,
    lines: Sequence[LineEntry],
    *,
    scale: str,
    source: TranscriptSource,
    issued_on: date | None = None,
    file: bytes = b"",
    file_name: str = "",
    by: Actor,
    at: datetime,
) -> Transcript:
    """Keep a transcript. A further one corrects the one before, which stays readable.

    Each mark must stand on the named scale: whether it is a pass is read there and nowhere else.
    """
    require(may_give_transcript, by, exchange)
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    correcting = exchange.state == ExchangeState.TRANSCRIPT
    if correcting:
        # What was decided on the old transcript is decided anew; the trail keeps what it was.
        RecognitionCase.objects.filter(exchange=exchange, state=CaseState.OPEN).delete()
    else:
        exchange.state = EXCHANGE_FLOW.after("receive_transcript", exchange.state)
    if not lines:
        raise NothingReceived
    graded = scale_by_code(exchange.office, scale)
    rows = _rows_of(exchange, lines, graded)
    before = transcript_of(exchange)
    stored = (
        store(file, file_name, office=exchange.office, subject=exchange, purpose="transcript", by=by, at=at)
        if file
        else None
    )
    transcript = Transcript.objects.create(
        office=exchange.office,
        exchange=exchange,
        source=source,
        scale=scale,
        issued_on=issued_on,
        received_at=at,
        given_by=label_of(by),
        file=stored,
        digest=digest_of(
            {
                "scale": scale,
                "lines": [[r.code, r.title, str(r.credits), r.credit_unit, r.mark] for r in rows],
            }
        ),
    )
    for row in rows:
        row.transcript = transcript
    TranscriptLine.objects.bulk_create(rows)
    if before is not None:
        before.replaced_by = transcript
        before.save(update_fields=["replaced_by"])
    exchange.save(update_fields=["state"])
    revoke_links(LinkPurpose.GIVE_TRANSCRIPT, exchange.pk, at=at)
    record(
        "mobility.transcript.received",
        subject=exchange,
        by=by,
        at=at,
        transcript=transcript.pk,
        lines=len(rows),
        corrects=before.pk if before else None,
    )
    announce(TranscriptReceived(office_id=exchange.office_id, transcript_id=transcript.pk))
    return transcript


def _rows_of(exchange: Exchange, lines: Sequence[LineEntry], graded: GradeScale) -> list[TranscriptLine]:
    """The lines as rows, each mark read on its scale; raises BadRows with all that cannot be taken."""
    rows, faults = [], []
    for order, line in enumerate(lines, start=1):
        named = line.title.strip() or line.code
        if line.credits <= 0:
            faults.append(RowFault(order, named, str(line.credits), _("more than 0 credits are needed")))
        if not line.title.strip():
            faults.append(RowFault(order, _("Title"), line.title, _("a title is needed")))
        try:
            passed = graded.band(line.mark).passing
        except MethodError as refused:
            faults.append(RowFault(order, named, line.mark, mark_refusal(line.mark, refused, graded)))
            continue
        rows.append(
            TranscriptLine(
                office_id=exchange.office_id,
                order=order,
                code=line.code,
                title=line.title.strip(),
                credits=line.credits,
                credit_unit=line.credit_unit,
                mark=line.mark,
                passed=passed,
                examined_on=line.examined_on,
            )
        )
    if faults:
        raise BadRows(faults)
    return rows
