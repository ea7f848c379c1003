"""Papers of agreements: a draft to negotiate, the PDF to sign."""

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
from sapar.partners.errors import NotFrozen, SignedOutside, Tampered
from sapar.partners.models import Agreement
from sapar.partners.papers import agreement_paper, live_signers
from sapar.partners.policies import may_sign
from sapar.partners.queries import current_version, is_intact
from sapar.partners.services.approval import number_for
from sapar.partners.states import AgreementState


@transaction.atomic
def issue_agreement(agreement: Agreement, *, on: date, by: Actor, at: datetime) -> Paper:
    """The PDF to sign, with QR code and digest, drawn from the snapshot that all approved.

    The agreement gets its number here, since the number stands on the paper.
    """
    require(may_sign, by, agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.state not in (AgreementState.APPROVED, AgreementState.IN_FORCE):
        raise NotFrozen
    if agreement.imported_by_id is not None:
        raise SignedOutside(title=agreement.title)
    version = current_version(agreement)
    if version.snapshot is None or not is_intact(version):
        raise Tampered(number=version.number)
    agreement.number = number_for(agreement, "", year=on.year)
    agreement.save(update_fields=["number"])
    code = new_code()
    paper = agreement_paper(
        version.snapshot,
        on=on,
        number=agreement.number,
        digest=version.digest,
        verify_url=f"{settings.BASE_URL.rstrip('/')}/v/{code}/",
        signers=live_signers(agreement),
    )
    issued = issue_paper(
        draw_pdf(paper), kind="agreement", number=agreement.number, code=code, subject=agreement, by=by, at=at
    )
    record("partners.agreement.paper_issued", subject=agreement, by=by, at=at, number=agreement.number)
    return issued
