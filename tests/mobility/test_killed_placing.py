"""Workers killed while they give places and while they tell the applicants: everything once, nothing half."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.machine import Machine, machine

PEOPLE = 420  # more than are placed at once, so that a worker does it
RUN = "SELECT state FROM mobility_placingrun ORDER BY id LIMIT 1"
LETTERS = "SELECT count(*) FROM mobility_award WHERE told_at IS NOT NULL"


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("machine")) as found:
        yield found


def kill_one_at(here: Machine, status: str) -> None:
    worker = here.worker()
    here.wait_for(
        "SELECT count(*) FROM django_tasks_database_dbtaskresult "
        f"WHERE status = '{status}' AND task_path LIKE 'sapar.mobility.tasks.placing.%'",
        lambda count: count > 0,
    )
    worker.kill()
    worker.wait(timeout=20)


@pytest.mark.slow
def test_places_are_given_once_however_often_workers_are_killed(here: Machine) -> None:
    here.python(
        "from tests.cast import NOW, build_cast; from tests.mobility.big import big_call\n"
        "from sapar.mobility.services.placing import start_placing\n"
        f"cast = build_cast(); call = big_call(cast, applicants={PEOPLE}, hosts=6, seats=20)\n"
        "print(start_placing(call, seed=7, compare=False, by=cast.officer, at=NOW).state)"
    )
    for _kill in range(2):
        kill_one_at(here, "RUNNING")
        assert here.rows("SELECT count(*) FROM mobility_award") == [(0,)]
        assert here.rows(RUN) == [("running",)]
    here.worker()
    here.wait_for(RUN, lambda state: state != "running")
    assert here.rows(RUN) == [("trial",)]
    counted = "SELECT count(*), count(DISTINCT application_id) FROM mobility_award"
    assert here.rows(counted) == [(PEOPLE, PEOPLE)]
    checked = here.python(
        "from tests.cast import NOW; from sapar.accounts.models import User\n"
        "from sapar.mobility.models import PlacingRun\n"
        "from sapar.mobility.services.placing import adopt_run, verify_run\n"
        "run = PlacingRun.objects.get(); found = verify_run(run)\n"
        "adopt_run(run, by=User.objects.get(name='Aigul'), at=NOW)\n"
        "print(found.reproduced, found.envy_free, found.violations)"
    )
    assert checked == "True True ()"
    told = here.wait_for(LETTERS, lambda count: count >= 25)
    here.running[-1].kill()
    here.running[-1].wait(timeout=20)
    assert told < PEOPLE
    here.worker()
    here.wait_for(LETTERS, lambda count: count == PEOPLE, seconds=300)
    papers = "SELECT count(*), count(DISTINCT number) FROM files_paper WHERE kind = 'placing_letter'"
    assert here.rows(papers) == [(PEOPLE, PEOPLE)]
