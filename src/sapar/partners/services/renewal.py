"""The memo on renewal, written from facts."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.files.models import Paper
from sapar.files.services import issue_paper, new_code
from sapar.formats.papers.pdf import draw_pdf
from sapar.partners.memos import memo_paper
from sapar.partners.models import Agreement
from sapar.partners.policies import may_change_agreement
from sapar.partners.queries.health import RenewalFacts


@transaction.atomic
def issue_memo(
    agreement: Agreement, facts: RenewalFacts, *, language: str, on: date, by: Actor, at: datetime
) -> Paper:
    """Keep the memo of today with the agreement; an earlier one is replaced."""
    require(may_change_agreement, by, agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    code = new_code()
    paper = memo_paper(
        agreement, facts, language=language, on=on, verify_url=f"{settings.BASE_URL.rstrip('/')}/v/{code}/"
    )
    issued = issue_paper(
        draw_pdf(paper), kind="renewal_memo", number=paper.number, code=code, subject=agreement, by=by, at=at
    )
    record("partners.agreement.memo_issued", subject=agreement, by=by, at=at, number=paper.number)
    return issued
