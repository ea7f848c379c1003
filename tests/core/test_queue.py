"""What fails in the background is tried again, then seen, then decided about."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

import sapar
from sapar.accounts.models import Office
from sapar.audit.errors import NoLongerFailed
from sapar.audit.models import Entry
from sapar.audit.services import leave_task, try_task_again
from sapar.core.errors import NotAllowed
from sapar.core.queue import PATIENCE, Job, failed_tasks, forget_done, job_of
from tests.cast import NOW, Cast
from tests.core.work import do_what_is_ready, fail, fail_and_note, fail_at_once, fail_for_all

SOURCES = Path(sapar.__file__).parent


def row() -> DBTaskResult[Any, Any]:
    return DBTaskResult.objects.get()


def wait_over() -> None:
    """The moment of the next try has come."""
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))


def given_up(cast: Cast) -> str:
    fail_at_once.enqueue(cast.office.pk)
    do_what_is_ready()
    return failed_tasks(cast.office.pk)[0].id


def test_failed_task_is_tried_again_after_longer_and_longer_waits(cast: Cast) -> None:
    fail.enqueue(cast.office.pk)
    waits = []
    for _try in PATIENCE:
        do_what_is_ready()
        assert row().status == "READY"
        waits.append(round((row().run_after - timezone.now()).total_seconds() / 60))
        wait_over()
    assert tuple(waits) == PATIENCE == (1, 5, 15, 60, 240)
    assert failed_tasks(cast.office.pk) == []
    do_what_is_ready()
    failed = failed_tasks(cast.office.pk)
    assert [(one.sentence, one.code, one.tries, one.is_left) for one in failed] == [
        ("The office was not told.", "ConnectionRefusedError", 6, False)
    ]


def test_task_is_not_tried_before_its_time(cast: Cast) -> None:
    fail.enqueue(cast.office.pk)
    do_what_is_ready()
    do_what_is_ready()
    assert len(row().worker_ids) == 1


def test_task_that_a_person_waits_for_fails_at_once(cast: Cast) -> None:
    given_up(cast)
    assert [(one.code, one.tries) for one in failed_tasks(cast.office.pk)] == [("LookupError", 1)]


def test_record_of_a_task_that_is_given_up_is_told_and_not_before(cast: Cast) -> None:
    fail_and_note.enqueue(cast.office.pk)
    do_what_is_ready()
    cast.office.refresh_from_db()
    assert cast.office.name != "LookupError"
    wait_over()
    do_what_is_ready()
    cast.office.refresh_from_db()
    assert cast.office.name == "LookupError"


def test_failure_belongs_to_its_office_and_work_for_all_offices_to_everybody(cast: Cast) -> None:
    fail_at_once.enqueue(cast.office.pk)
    fail_for_all.enqueue()
    do_what_is_ready()
    DBTaskResult.objects.filter(status="READY").update(status="FAILED", finished_at=NOW)
    assert {one.name.rsplit(".", 1)[-1] for one in failed_tasks(cast.office.pk)} == {
        "fail_at_once",
        "fail_for_all",
    }
    assert [one.name.rsplit(".", 1)[-1] for one in failed_tasks(cast.other_office.pk)] == ["fail_for_all"]


def test_failure_about_a_record_that_is_gone_is_shown_to_nobody_else(cast: Cast) -> None:
    fail_at_once.enqueue(999_999)
    do_what_is_ready()
    assert failed_tasks(cast.office.pk) == failed_tasks(cast.other_office.pk) == []


def test_trying_again_begins_with_all_patience_and_is_on_record(cast: Cast) -> None:
    task_id = given_up(cast)
    try_task_again(task_id, cast.office, by=cast.administrator, at=NOW)
    assert (row().status, row().worker_ids) == ("READY", [])
    do_what_is_ready()
    assert [one.tries for one in failed_tasks(cast.office.pk)] == [1]
    entry = Entry.objects.get(action="audit.task.tried_again")
    assert (entry.data["code"], entry.actor) == ("LookupError", "Bakyt")


def test_failure_that_is_left_stays_on_record_and_can_still_be_tried(cast: Cast) -> None:
    task_id = given_up(cast)
    leave_task(task_id, cast.office, by=cast.administrator, at=NOW)
    do_what_is_ready()
    assert [one.is_left for one in failed_tasks(cast.office.pk)] == [True]
    try_task_again(task_id, cast.office, by=cast.administrator, at=NOW)
    do_what_is_ready()
    assert [(one.is_left, one.tries) for one in failed_tasks(cast.office.pk)] == [(False, 1)]


def test_only_the_office_s_administrator_decides_and_only_about_what_failed(cast: Cast) -> None:
    task_id = given_up(cast)
    for decide in (try_task_again, leave_task):
        with pytest.raises(NotAllowed):
            decide(task_id, cast.office, by=cast.officer, at=NOW)
        with pytest.raises(NotAllowed):
            decide(task_id, cast.office, by=cast.other_officer, at=NOW)
    try_task_again(task_id, cast.office, by=cast.administrator, at=NOW)
    with pytest.raises(NoLongerFailed):
        leave_task(task_id, cast.office, by=cast.administrator, at=NOW)


def test_what_ended_well_is_forgotten_and_failures_are_not(cast: Cast) -> None:
    given_up(cast)
    fail.enqueue(cast.office.pk)
    DBTaskResult.objects.filter(status="READY").update(status="SUCCESSFUL", finished_at=NOW)
    assert forget_done(NOW) == 0
    assert forget_done(NOW + timedelta(days=1)) == 1
    assert [one.code for one in failed_tasks(cast.office.pk)] == ["LookupError"]


def jobs() -> Sequence[tuple[str, Task[..., object], Job | None]]:
    """Every task of the program."""
    found = {}
    for module in pkgutil.walk_packages([str(SOURCES)], "sapar."):
        if "tasks" in module.name.rsplit(".", 1)[-1] or ".tasks." in module.name:
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Task):
                    found[value.module_path] = value
    return [(path, task, job_of(path)) for path, task in sorted(found.items())]


def test_every_task_says_what_is_missing_when_it_fails_and_whose_it_is() -> None:
    assert len(jobs()) > 12
    for path, task, job in jobs():
        assert job is not None, path
        assert isinstance(job.failure, Promise), path
        assert str(job.failure).endswith("."), path
        names = task.func.__code__.co_varnames[: task.func.__code__.co_argcount]
        if job.about is None:
            assert names == (), path
        else:
            assert issubclass(job.about, models.Model)
            assert names[0].endswith("_id"), path
            assert job.about is Office or hasattr(job.about, "office"), path


def test_tasks_are_made_in_one_way() -> None:
    makers = [path for path in SOURCES.rglob("*.py") if re.search(r"import .*\btask\b", path.read_text())]
    assert [path.name for path in makers if "django_tasks" in path.read_text()] == ["queue.py"]
