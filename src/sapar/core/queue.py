"""The durable queue, named by name.

A task calls a service, and a service gives work to a task: as imports that would be a circle. The queue keeps
names anyway, so a service names the task, and the name is looked up when the work is given.

What fails is tried again after a while; what fails to the end stays in the queue until a person decides.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task

if TYPE_CHECKING:
    from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# Minutes until the next try; after the last one the task is given up, and administrators see it.
PATIENCE = (1, 5, 15, 60, 240)
# The record itself says at once that it failed, and the person before the progress bar begins anew.
AT_ONCE: tuple[int, ...] = ()
LEFT = "left"
# Takes the id of what the task was about and the name of the error.
GivenUp = Callable[[int, str], object]


@dataclass(frozen=True)
class Job:
    """What the queue knows of a task beyond its function."""

    failure: str | Promise
    about: type[models.Model] | None
    patience: Sequence[int]
    given_up: GivenUp | None = None

    def office_ids(self, ids: Iterable[object]) -> dict[object, int]:
        """Whose the records of these ids are; the table of offices itself has no `office`."""
        assert self.about is not None
        owner = "office_id" if any(field.name == "office" for field in self.about._meta.fields) else "pk"
        return dict(self.about._default_manager.filter(pk__in=list(ids)).values_list("pk", owner))


_jobs: dict[str, Job] = {}


def background(
    *,
    failure: str | Promise,
    about: type[models.Model] | None,
    patience: Sequence[int] = PATIENCE,
    priority: int = 0,
    given_up: GivenUp | None = None,
) -> Callable[[Callable[P, T]], Task[P, T]]:
    """Make a function a task of the queue.

    Args:
        failure: a whole sentence that says what is missing when the task is given up.
        about: what the first argument is the id of, by which the task belongs to an office; None: to all.
        given_up: notes on that record that nothing more will happen, also when each worker was killed.
    """

    def register(function: Callable[P, T]) -> Task[P, T]:
        made = task(priority=priority)(function)
        _jobs[made.module_path] = Job(failure, about, tuple(patience), given_up)
        return made

    return register


def job_of(task_path: str) -> Job | None:
    """None when the program no longer has the task."""
    try:
        import_string(task_path)
    except ImportError:
        return None
    return _jobs.get(task_path)


@dataclass(frozen=True)
class Later:
    """A task of the queue, such as `Later("sapar.partners.tasks.invite")`; tests resolve every name."""

    name: str

    def enqueue(self, *args: Any, run_after: datetime | None = None, **named: Any) -> None:
        """Give the work out within the transaction: it is done if that is committed, and only then."""
        task = import_string(self.name)
        (task.using(run_after=run_after) if run_after else task).enqueue(*args, **named)


@dataclass(frozen=True)
class Failed:
    """A task that was given up. `code` is stable: the name of the error; `sentence` says what is missing."""

    id: str
    name: str
    sentence: str | Promise
    code: str
    tries: int
    failed_at: datetime
    is_left: bool


def failed_tasks(office_id: int, *, most: int = 200) -> list[Failed]:
    """What was given up of the office's own work and of the work for all offices, newest first."""
    from django_tasks_db.models import DBTaskResult  # its table is known once the apps are loaded

    rows = list(DBTaskResult.objects.failed().order_by("-finished_at")[: most * 10])
    owners = _owners(rows)
    own = [row for row in rows if owners.get(row.pk) in (None, office_id)]
    return [_failed(row) for row in own[:most]]


def _owners(rows: Sequence[DBTaskResult[Any, Any]]) -> dict[object, int | None]:
    """Task → office; None for the work of all. What is about a record that is gone belongs to nobody: -1."""
    jobs = {path: job_of(path) for path in {row.task_path for row in rows}}
    wanted: defaultdict[type[models.Model], set[object]] = defaultdict(set)
    about: dict[object, tuple[Job, object] | None] = {}
    for row in rows:
        job = jobs[row.task_path]
        about[row.pk] = (job, _subject_of(row)) if job and job.about else None
        if job and job.about:
            wanted[job.about].add(_subject_of(row))
    found = {
        model: next(job for job in jobs.values() if job and job.about is model).office_ids(ids)
        for model, ids in wanted.items()
    }
    return {
        pk: None if one is None or one[0].about is None else found[one[0].about].get(one[1], -1)
        for pk, one in about.items()
    }


def _subject_of(row: DBTaskResult[Any, Any]) -> Any:
    args, named = row.args_kwargs["args"], row.args_kwargs["kwargs"]
    return args[0] if args else next(iter(named.values()), None)


def _failed(row: DBTaskResult[Any, Any]) -> Failed:
    job = job_of(row.task_path)
    return Failed(
        id=str(row.pk),
        name=row.task_path,
        sentence=job.failure if job else row.task_path,
        code=row.exception_class_path.rsplit(".", 1)[-1],
        tries=len(row.worker_ids),
        failed_at=row.finished_at,
        is_left=row.queue_name == LEFT,
    )


def failed_task(task_id: str, office_id: int) -> Failed | None:
    """The given-up task, if it is the office's to decide; locked until the transaction ends."""
    from django_tasks_db.models import DBTaskResult

    row = DBTaskResult.objects.failed().select_for_update().filter(pk=task_id).first()
    if row is None or _owners([row])[row.pk] not in (None, office_id):
        return None
    return _failed(row)


def put_back(task_id: str) -> None:
    """Let the next free worker take the task up, with all its patience."""
    from django_tasks_db.models import DBTaskResult, get_date_max

    DBTaskResult.objects.failed().filter(pk=task_id).update(
        status="READY", run_after=get_date_max(), worker_ids=[], queue_name="default", finished_at=None
    )


def set_aside(task_id: str) -> None:
    """Keep the failure on record without asking anybody about it again."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.objects.failed().filter(pk=task_id).update(queue_name=LEFT)


def forget(texts: Sequence[str]) -> int:
    """Remove tasks, done, given up or waiting, that have one of the texts as an argument; answers how many.

    A text inside a longer one is no match: "ali@uni.example" stands in "vali@uni.example", too. Upper and lower case
    are the same.
    """
    from django_tasks_db.models import DBTaskResult

    def words(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                yield from words(one)
        elif isinstance(value, str):
            yield value

    wanted = {text.strip().casefold() for text in texts} - {""}
    rows = DBTaskResult.objects.exclude(status="RUNNING").values_list("pk", "args_kwargs")
    found = [
        pk
        for pk, given in rows.iterator(2000)
        if any(word.strip().casefold() in wanted for word in words(given))
    ]
    for start in range(0, len(found), 500):
        DBTaskResult.objects.filter(pk__in=found[start : start + 500]).delete()
    return len(found)


def plan_next_try(row: DBTaskResult[Any, Any], at: datetime) -> None:
    """After a failure: when it is tried again, or what happens once patience has ended."""
    job = job_of(row.task_path)
    patience = job.patience if job else AT_ONCE
    tries = len(row.worker_ids)
    if tries > len(patience):
        give_up(row)
        return
    row.status, row.finished_at = "READY", None
    row.run_after = at + timedelta(minutes=patience[tries - 1])
    row.save(update_fields=["status", "finished_at", "run_after"])


def give_up(row: DBTaskResult[Any, Any]) -> None:
    """Tell the record of a task that failed to the end, so that nobody waits before it."""
    job = job_of(row.task_path)
    if job is None or job.given_up is None:
        return
    try:
        with transaction.atomic():
            job.given_up(_subject_of(row), row.exception_class_path.rsplit(".", 1)[-1])
    except Exception:
        # The failure itself is on record and shown to administrators; the worker has other tasks to do.
        logger.exception("giving up %s could not be noted on its record", row.task_path)


def is_waiting(task_path: str) -> bool:
    """The task is in the queue already, or in somebody's hands."""
    from django_tasks_db.models import DBTaskResult

    return bool(DBTaskResult.objects.filter(task_path=task_path, status__in=["READY", "RUNNING"]).exists())


def forget_done(before: datetime) -> int:
    """Remove what ended well long ago; failures stay."""
    from django_tasks_db.models import DBTaskResult

    with transaction.atomic():
        count, _by_model = DBTaskResult.objects.successful().filter(finished_at__lt=before).delete()
    return int(count)
