"""Real workers, killed in the middle of their task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from sapar.core.queue import failed_tasks
from sapar.core.worker import MOST_LOSSES, Life, PatientWorker, is_dead, take_up_lost
from tests.cast import Cast
from tests.core.work import fail, fail_and_note
from tests.machine import Machine, machine

STATUS = (
    "SELECT status FROM django_tasks_database_dbtaskresult WHERE task_path LIKE 'tests.%' "
    "ORDER BY enqueued_at DESC LIMIT 1"
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.python("from tests.cast import build_cast; build_cast()")
        yield found


@pytest.mark.slow
def test_task_of_a_killed_worker_is_undone_and_done_by_the_next(here: Machine, tmp_path: Path) -> None:
    still = tmp_path / "stand-still"
    still.touch()
    here.python(
        "from sapar.accounts.models import Office; from tests.core.work import count_up\n"
        f"count_up.enqueue(Office.objects.get(slug='alatoo').pk, {str(tmp_path)!r})"
    )
    first = here.worker()
    here.wait_for("SELECT 1", lambda _one: (tmp_path / "in-the-middle").exists())
    first.kill()
    first.wait(timeout=20)
    still.unlink()
    assert here.rows("SELECT series FROM accounts_numberseries") == []
    assert here.rows(STATUS) == [("RUNNING",)]
    here.worker()
    here.wait_for(STATUS, lambda status: status == "SUCCESSFUL")
    series = here.rows("SELECT series FROM accounts_numberseries ORDER BY series")
    assert series == [("first",), ("second",)]


@pytest.mark.slow
def test_living_worker_keeps_its_task_while_others_look_for_lost_ones(here: Machine, tmp_path: Path) -> None:
    here.stop()
    here.python(
        "from sapar.accounts.models import Office; from tests.core.work import wait_for_word\n"
        f"wait_for_word.enqueue(Office.objects.get(slug='alatoo').pk, {str(tmp_path)!r})"
    )
    here.worker()
    here.wait_for(STATUS, lambda status: status == "RUNNING")
    lost = here.python("from sapar.core.worker import take_up_lost; print(take_up_lost())")
    second = here.worker()
    here.python("import time; time.sleep(1)")
    assert (lost, here.rows(STATUS)) == ("0", [("RUNNING",)])
    (tmp_path / "go-on").touch()
    here.wait_for(STATUS, lambda status: status == "SUCCESSFUL")
    assert second.poll() is None
    assert (tmp_path / "done").read_text() == "once\n"


@pytest.mark.slow
def test_worker_told_to_stop_finishes_its_task_first(here: Machine, tmp_path: Path) -> None:
    here.stop()
    here.python(
        "from sapar.accounts.models import Office; from tests.core.work import wait_for_word\n"
        f"wait_for_word.enqueue(Office.objects.get(slug='alatoo').pk, {str(tmp_path)!r})"
    )
    worker = here.worker()
    here.wait_for(STATUS, lambda status: status == "RUNNING")
    worker.terminate()
    (tmp_path / "go-on").touch()
    assert worker.wait(timeout=60) == 0
    assert here.rows(STATUS) == [("SUCCESSFUL",)]


def test_name_is_alive_exactly_as_long_as_its_lock(db: None) -> None:
    with Life("somebody") as life:
        life.go_on()
        assert not is_dead("somebody")
        assert is_dead("somebody else")
    assert is_dead("somebody")


def test_task_that_kills_its_workers_is_given_up_and_seen(cast: Cast) -> None:
    fail_and_note.enqueue(cast.office.pk)
    dead = [f"dead-{number}" for number in range(MOST_LOSSES)]
    for number in range(1, MOST_LOSSES + 1):
        DBTaskResult.objects.update(status="RUNNING", worker_ids=dead[:number])
        assert take_up_lost() == 1
    assert [(one.code, one.tries) for one in failed_tasks(cast.office.pk)] == [("WorkerLost", MOST_LOSSES)]
    cast.office.refresh_from_db()
    assert cast.office.name == "WorkerLost"


def test_worker_does_not_take_up_its_own_task(cast: Cast) -> None:
    fail.enqueue(cast.office.pk)
    worker = PatientWorker(once=True)
    with Life(worker.worker_id):
        DBTaskResult.objects.update(status="RUNNING", worker_ids=[worker.worker_id])
        assert take_up_lost() == 0
    assert take_up_lost() == 1
