"""Writing the trail; deciding what becomes of background work that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction

from sapar.accounts.actors import Actor, label_of, link_of, user_of
from sapar.accounts.models import Office
from sapar.accounts.policies import may_administer
from sapar.audit.errors import NoLongerFailed
from sapar.audit.models import Chain, Entry
from sapar.audit.queries import Facts, hash_of
from sapar.core import queue
from sapar.core.policy import require


@transaction.atomic
def record(action: str, *, subject: models.Model, by: Actor, at: datetime, **data: object) -> Entry:
    """Append an act on `subject`, a row that belongs to an office, to that office's chain.

    Values in `data` are plain data; secrets and the content of sensitive fields do not belong there.
    The chain's end stays locked until the transaction ends: record last.
    """
    chain = _locked_chain(_office_of(subject))
    entry = _appended(chain, action, subject, by, at, data)
    entry.save(force_insert=True)
    chain.save(update_fields=["length", "last_hash"])
    return entry


@transaction.atomic
def record_each(
    action: str, *, subjects: Sequence[models.Model], by: Actor, at: datetime, **data: object
) -> list[Entry]:
    """The same act on several rows of one office, each with an entry of its own, in this order.

    As `record`, with four queries however many they are.
    """
    return record_acts(action, [(subject, data) for subject in subjects], by=by, at=at)


@transaction.atomic
def record_acts(
    action: str, acts: Sequence[tuple[models.Model, Mapping[str, object]]], *, by: Actor, at: datetime
) -> list[Entry]:
    """As `record_each`, where each entry says something of its own about its row."""
    if not acts:
        return []
    office_ids = {_office_of(subject) for subject, _data in acts}
    if len(office_ids) > 1:
        raise ValueError("the entries of one chain belong to one office")
    chain = _locked_chain(office_ids.pop())
    entries = [_appended(chain, action, subject, by, at, data) for subject, data in acts]
    Entry.objects.bulk_create(entries, batch_size=500)
    chain.save(update_fields=["length", "last_hash"])
    return entries


def _office_of(subject: models.Model) -> int:
    return int(subject.office_id if hasattr(subject, "office_id") else subject.pk)


def _locked_chain(office_id: int) -> Chain:
    Chain.objects.get_or_create(office_id=office_id)
    return Chain.objects.select_for_update().get(office_id=office_id)


def _appended(
    chain: Chain, action: str, subject: models.Model, by: Actor, at: datetime, data: Mapping[str, object]
) -> Entry:
    """The next entry of the chain, which now ends with it; both are still to be saved."""
    user, link = user_of(by), link_of(by)
    entry = Entry(
        office_id=chain.office_id,
        position=chain.length + 1,
        at=at,
        action=action,
        user=user,
        link_id=link.pk if link else None,
        actor=label_of(by),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        data=Facts(data).plain(),
        previous_hash=chain.last_hash,
    )
    entry.entry_hash = hash_of(entry)
    chain.length, chain.last_hash = entry.position, entry.entry_hash
    return entry


@transaction.atomic
def try_task_again(task_id: str, office: Office, *, by: Actor, at: datetime) -> None:
    """Give a failed task back to the workers.

    Raises:
        NoLongerFailed
    """
    failed = _failed(task_id, office, by)
    queue.put_back(failed.id)
    record("audit.task.tried_again", subject=office, by=by, at=at, task=failed.name, code=failed.code)


@transaction.atomic
def leave_task(task_id: str, office: Office, *, by: Actor, at: datetime) -> None:
    """Accept that a task failed: it stays on record and nobody is asked about it again.

    Raises:
        NoLongerFailed
    """
    failed = _failed(task_id, office, by)
    queue.set_aside(failed.id)
    record("audit.task.left", subject=office, by=by, at=at, task=failed.name, code=failed.code)


def _failed(task_id: str, office: Office, by: Actor) -> queue.Failed:
    require(may_administer, by, office)
    failed = queue.failed_task(task_id, office.pk)
    if failed is None:
        raise NoLongerFailed
    return failed
