"""Keeping what was decided before: until when it counts and what it rests on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.audit.services import record
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.files.services import store
from sapar.mobility.models import Equivalence
from sapar.mobility.policies import may_nominate


@transaction.atomic
def keep_equivalence(
    equivalence: Equivalence,
    *,
    valid_until: date,
    evidence: bytes = b"",
    evidence_name: str = "",
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Equivalence:
    """Let it end earlier or later, and add the paper that was compared; the paper before stays readable.

    Args:
        seen: mark of the equivalence as the page showed it.

    Raises:
        ChangedMeanwhile, and what `store` refuses
    """
    require(may_nominate, by, equivalence.office)
    equivalence = Equivalence.objects.select_for_update().get(pk=equivalence.pk)
    refuse_changed(equivalence, seen)
    changes = {}
    if valid_until != equivalence.valid_until:
        changes["valid_until"] = [equivalence.valid_until, valid_until]
    equivalence.valid_until = valid_until
    if evidence:
        equivalence.evidence = store(
            evidence,
            evidence_name,
            office=equivalence.office,
            subject=equivalence,
            purpose="evidence",
            replaces=equivalence.evidence,
            by=by,
            at=at,
        )
    equivalence.save(update_fields=["valid_until", "evidence"])
    record(
        "mobility.equivalence.kept",
        subject=equivalence,
        by=by,
        at=at,
        changes=changes,
        evidence=equivalence.evidence_id,
    )
    return equivalence
