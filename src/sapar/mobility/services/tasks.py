"""Putting down what a stay needs, and that it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.audit.services import record
from sapar.core.days import refuse_future
from sapar.core.errors import BadInput
from sapar.core.policy import require
from sapar.mobility.errors import TaskDone
from sapar.mobility.models import Exchange, StayTask
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.states import Need, Whose
from sapar.partners.states import Direction

# Direction → need → who does it, and how many days after the planned beginning it is due (before it: negative).
USUAL: Mapping[str, Mapping[Need, tuple[Whose, int]]] = {
    Direction.OUTGOING: {
        Need.PASSPORT: (Whose.STUDENT, -60),
        Need.VISA: (Whose.STUDENT, -21),
        Need.INSURANCE: (Whose.STUDENT, -14),
        Need.HOUSING: (Whose.STUDENT, -21),
        Need.TICKET: (Whose.STUDENT, -10),
        Need.ORDER: (Whose.OFFICE, -14),
        Need.REGISTRATION: (Whose.STUDENT, 5),
    },
    Direction.INCOMING: {
        Need.INVITATION: (Whose.OFFICE, -60),
        Need.PASSPORT: (Whose.STUDENT, -60),
        Need.VISA: (Whose.STUDENT, -21),
        Need.INSURANCE: (Whose.STUDENT, -14),
        Need.HOUSING: (Whose.OFFICE, -21),
        Need.MEETING: (Whose.OFFICE, -3),
        Need.REGISTRATION: (Whose.OFFICE, 3),
    },
}


@transaction.atomic
def add_usual_tasks(exchange: Exchange, needs: Sequence[Need], *, by: Actor, at: datetime) -> list[StayTask]:
    """Put down what stays of this direction usually need; what is there already is left as it is.

    Raises:
        BadInput: nothing that such a stay usually needs.
    """
    require(may_change_exchange, by, exchange)
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    usual = USUAL[exchange.direction]
    wanted = [need for need in usual if need in needs]
    if not wanted:
        raise BadInput(field="usual", reason=_("Say what has to be done."))
    known = set(exchange.tasks.values_list("need", flat=True))
    made = StayTask.objects.bulk_create(
        StayTask(
            office_id=exchange.office_id,
            exchange=exchange,
            need=need,
            whose=usual[need][0],
            due_on=exchange.planned_from + timedelta(days=usual[need][1]),
        )
        for need in wanted
        if need not in known
    )
    if made:
        needs_put = [task.need for task in made]
        record("mobility.stay_task.added", subject=exchange, by=by, at=at, needs=needs_put)
    return made


@transaction.atomic
def add_task(
    exchange: Exchange, *, text: str, whose: Whose, due_on: date, by: Actor, at: datetime
) -> StayTask:
    """Put down something of the office's own."""
    require(may_change_exchange, by, exchange)
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if not text.strip():
        raise BadInput(field="text", reason=_("Say what has to be done."))
    task = StayTask.objects.create(
        office_id=exchange.office_id, exchange=exchange, text=text.strip(), whose=whose, due_on=due_on
    )
    record("mobility.stay_task.added", subject=exchange, by=by, at=at, text=task.text)
    return task


@transaction.atomic
def finish_task(
    task: StayTask,
    *,
    done_on: date,
    valid_until: date | None = None,
    remark: str = "",
    by: Actor,
    at: datetime,
) -> StayTask:
    """Say that it was done, and until when what was got is valid.

    Raises:
        TaskDone, BadInput: a day to come, or validity that ended before.
    """
    require(may_change_exchange, by, task.exchange)
    task = StayTask.objects.select_for_update(of=("self",)).select_related("exchange").get(pk=task.pk)
    if task.done_on is not None:
        raise TaskDone(day=f"{task.done_on:%d.%m.%Y}")
    refuse_future("done_on", done_on, at=at)
    if valid_until is not None and valid_until < done_on:
        reason = _("%(day)s is before the day on which it was done.") % {"day": f"{valid_until:%d.%m.%Y}"}
        raise BadInput(field="valid_until", reason=reason)
    task.done_on, task.valid_until, task.remark = done_on, valid_until, remark.strip()
    task.save(update_fields=["done_on", "valid_until", "remark"])
    record(
        "mobility.stay_task.done", subject=task.exchange, by=by, at=at,
        task=task.pk, need=task.need, text=task.text, valid_until=valid_until,
    )  # fmt: skip
    return task


@transaction.atomic
def remove_task(task: StayTask, *, by: Actor, at: datetime) -> None:
    """What this stay does not need, such as a visa between neighbours."""
    require(may_change_exchange, by, task.exchange)
    exchange = Exchange.objects.select_for_update().get(pk=task.exchange_id)
    record("mobility.stay_task.removed", subject=exchange, by=by, at=at, need=task.need, text=task.text)
    StayTask.objects.filter(pk=task.pk).delete()
