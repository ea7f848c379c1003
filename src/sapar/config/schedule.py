"""What Sapar does by itself, and how often. An explicit list: read it to know.

Each entry is a task of the durable queue that may run twice without harm. The queue remembers when it was last
given out, so any number of machines may ask at any time; a failure is seen where failures of tasks are seen.
What is still waiting is not given out again: where no worker runs, or a task is being tried again, nothing piles up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from sapar.accounts import tasks as accounts
from sapar.core.queue import is_waiting
from sapar.files import tasks as files
from sapar.interop import tasks as interop
from sapar.mobility.tasks import exchanges
from sapar.partners import tasks as partners


@dataclass(frozen=True)
class Due:
    """A task without arguments. `every` is a day or less for what depends on the date."""

    name: str
    task: Task[..., Any]
    every: timedelta


# Each app adds its own line.
DUE: list[Due] = [
    Due("end of agreements: expiry and automatic renewal", partners.end_agreements, timedelta(hours=6)),
    Due("end of agreements: warnings", partners.warn_of_ends, timedelta(hours=6)),
    Due("weekly reminders to partners", exchanges.remind_partners, timedelta(days=1)),
    Due("messages to other systems", interop.deliver, timedelta(seconds=50)),
    Due("tidying: done tasks and ended sessions", accounts.tidy, timedelta(days=1)),
    Due("tidying: content of refused files", files.tidy, timedelta(days=1)),
]


# One at a time looks what is due. SQLite lets one write at a time anyway.
LOOKING = 0x5A9A12


@transaction.atomic
def give_out(at: datetime, due: list[Due] | None = None) -> list[Due]:
    """Put into the queue what is due at the moment; answers what that was."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOOKING])
    given = []
    for each in DUE if due is None else due:
        since = at - each.every
        path = each.task.module_path
        lately = DBTaskResult.objects.filter(task_path=path, enqueued_at__gt=since)
        if not lately.exists() and not is_waiting(path):
            each.task.enqueue()
            given.append(each)
    return given
