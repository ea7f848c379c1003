"""The worker of the queue: patient with failures, and heir to workers that were killed.

While a worker lives it holds a lock under its name: on PostgreSQL one of the database's session, on SQLite one of
a file. System and database let go of both in the moment the process dies, whatever it died of, and never before:
a worker that computes for an hour is not mistaken for a dead one. Whoever can get the lock takes the task up.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult, get_date_max

from sapar.core.queue import give_up, plan_next_try

logger = logging.getLogger(__name__)

LOOK_FOR_LOST_SECONDS = 10
LOOK_FOR_DUE_SECONDS = 60
# A task that was in the hands of so many killed workers probably killed them.
MOST_LOSSES = 5


class WorkerLost(RuntimeError):
    """The workers that took the task up were killed, each time."""


class Life:
    """The lock of one worker's name, held as long as the process lives."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> Life:
        if connection.vendor == "postgresql":
            # A connection of its own: the worker's other one is closed from time to time.
            self._session = connection.copy()
            lock = "pg_advisory_lock"
            if settings.POOLER == "transaction":
                # Only a transaction keeps its connection there; this one lasts as long as the worker.
                self._session.set_autocommit(False)
                lock = "pg_advisory_xact_lock"
            with self._session.cursor() as cursor:
                cursor.execute(f"SELECT {lock}(%s)", [_number(self.name)])
        else:
            path = _file(self.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._held = path.open("w")
            fcntl.flock(self._held, fcntl.LOCK_EX)
        return self

    def go_on(self) -> None:
        """Raises when the database has forgotten us: another worker may have our task, so this one must end."""
        if connection.vendor == "postgresql":
            with self._session.cursor() as cursor:
                cursor.execute("SELECT 1")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if connection.vendor == "postgresql":
            with suppress(DatabaseError):
                if settings.POOLER == "transaction":
                    self._session.rollback()
                else:
                    with self._session.cursor() as cursor:
                        cursor.execute("SELECT pg_advisory_unlock_all()")
            self._session.close()
        else:
            _file(self.name).unlink(missing_ok=True)
            self._held.close()


def is_dead(name: str) -> bool:
    """Nobody lives under this name; asked within a transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
            return bool(cursor.fetchone()[0])
    with suppress(FileNotFoundError), _file(name).open("r") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _file(name).unlink(missing_ok=True)
    return True


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"sapar-worker:{name}".encode()).digest()[:8], signed=True)


def _file(name: str) -> Path:
    return Path(settings.DATA_DIR) / "workers" / hashlib.sha256(name.encode()).hexdigest()[:32]


def take_up_lost() -> int:
    """Put back what killed workers left in their hands; answers how many tasks that were."""
    found = 0
    for pk in list(DBTaskResult.objects.running().values_list("pk", flat=True)):
        with transaction.atomic():
            row = DBTaskResult.objects.running().select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None or not is_dead(row.worker_ids[-1]):
                continue
            found += 1
            if len(row.worker_ids) >= MOST_LOSSES:
                row.set_failed(WorkerLost())
                give_up(row)
            else:
                _ready_at_once(row)
    return found


def _ready_at_once(row: DBTaskResult[Any, Any]) -> None:
    row.status, row.run_after, row.finished_at = "READY", get_date_max(), None
    row.save(update_fields=["status", "run_after", "finished_at"])


class PatientWorker(Worker):
    """Runs tasks until it is stopped; `once`: until none is ready.

    `each_minute` gives out what is due; any number of workers may do so beside each other.
    """

    def __init__(
        self,
        *,
        once: bool = False,
        interval: float = 1,
        each_minute: Callable[[], object] | None = None,
    ) -> None:
        name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(6)}"
        super().__init__(
            queue_names=["default"], interval=interval, batch=True, backend_name="default",
            startup_delay=False, max_tasks=None, worker_id=name, excluded_queue_names=[],
        )  # fmt: skip
        self.once = once
        self.each_minute = each_minute

    def run(self) -> None:
        with Life(self.worker_id) as life:
            lost_at = due_at = float("-inf")
            while self.running:
                life.go_on()
                if time.monotonic() - lost_at >= LOOK_FOR_LOST_SECONDS:
                    take_up_lost()
                    lost_at = time.monotonic()
                if self.each_minute and time.monotonic() - due_at >= LOOK_FOR_DUE_SECONDS:
                    self._give_out(self.each_minute)
                    due_at = time.monotonic()
                super().run()
                close_old_connections()
                if self.once:
                    return
                if self.running:
                    time.sleep(self.interval)

    @staticmethod
    def _give_out(what_is_due: Callable[[], object]) -> None:
        try:
            what_is_due()
        except OperationalError:
            # A busy database is asked again a minute later; the tasks at hand do not wait for that.
            logger.exception("what is due could not be looked up")

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        super().run_task(db_task_result)
        with transaction.atomic():
            row = DBTaskResult.objects.failed().select_for_update().filter(pk=db_task_result.pk).first()
            if row is None:
                return
            if row.exception_class_path in ("builtins.SystemExit", "builtins.KeyboardInterrupt"):
                _ready_at_once(row)  # we were told to stop; the task did nothing wrong
            else:
                plan_next_try(row, timezone.now())
