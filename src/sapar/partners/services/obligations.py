"""What an agreement obliges somebody to, with a date: the work plan."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sapar.accounts.actors import Actor
from sapar.accounts.models import User
from sapar.audit.services import record
from sapar.core.policy import require
from sapar.partners.errors import ObligationDone
from sapar.partners.models import Agreement, Obligation
from sapar.partners.policies import may_change_agreement


@transaction.atomic
def add_obligation(
    agreement: Agreement, *, text: str, due_on: date, responsible: User | None = None, by: Actor, at: datetime
) -> Obligation:
    require(may_change_agreement, by, agreement)
    obligation = Obligation.objects.create(
        office=agreement.office,
        agreement=agreement,
        text=text.strip(),
        due_on=due_on,
        responsible=responsible,
    )
    record(
        "partners.obligation.added",
        subject=agreement,
        by=by,
        at=at,
        obligation=obligation.pk,
        text=text.strip(),
    )
    return obligation


@transaction.atomic
def finish_obligation(
    obligation: Obligation, *, done_on: date, result: str = "", by: Actor, at: datetime
) -> Obligation:
    """Say that it was done, and what came of it."""
    require(may_change_agreement, by, obligation.agreement)
    obligation = Obligation.objects.select_for_update().get(pk=obligation.pk)
    if obligation.done_on is not None:
        raise ObligationDone(text=obligation.text, day=f"{obligation.done_on:%d.%m.%Y}")
    obligation.done_on, obligation.result = done_on, result.strip()
    obligation.save(update_fields=["done_on", "result"])
    record(
        "partners.obligation.done",
        subject=obligation.agreement,
        by=by,
        at=at,
        obligation=obligation.pk,
        text=obligation.text,
        result=obligation.result,
    )
    return obligation
