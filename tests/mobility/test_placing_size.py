"""Ten thousand applicants: from the click to the stored, explained result, without and with the comparison.

Seconds are those of the processor, which neighbours on the machine do not change; `make bench` takes the clock's.
"""

from __future__ import annotations

import time

import pytest

from sapar.mobility.models import Award
from sapar.mobility.services.placing import start_placing
from sapar.mobility.states import RunState
from tests.cast import NOW, Cast
from tests.mobility.big import big_call
from tests.mobility.draining import drain


@pytest.mark.slow
def test_ten_thousand_applicants_are_placed_within_ten_seconds(cast: Cast) -> None:
    call = big_call(cast, applicants=10_000, hosts=40, seats=50)
    drain()  # letters to partners from before
    for compare in (False, True):
        began = time.process_time()
        run = start_placing(call, seed=7, compare=compare, by=cast.officer, at=NOW)
        assert run.state == RunState.RUNNING
        assert drain() == ["compute_run"]
        seconds = time.process_time() - began
        run.refresh_from_db()
        assert run.state == RunState.TRIAL
        assert Award.objects.filter(run=run).count() == 10_000
        assert len(run.comparison) == 3 * compare
        # The comparison comes after the result is stored and shown.
        assert compare or seconds < 10
