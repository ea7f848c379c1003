"""What the holder of a signed link is told about a stay's state."""

from __future__ import annotations

import pytest

from sapar.mobility.models import Exchange
from sapar.web.mobility.exchanges.words import stay_state, stay_state_for_guest


@pytest.mark.parametrize(
    ("direction", "state"),
    [("out", "accepted"), ("out", "transcript"), ("in", "nominated"), ("in", "returned")],
)
def test_task_of_the_office_is_none_of_the_guest(direction: str, state: str) -> None:
    exchange = Exchange(direction=direction, state=state)
    assert stay_state(exchange).tone == "needs"
    assert stay_state_for_guest(exchange).tone != "needs"
    assert stay_state_for_guest(exchange, asked=True).tone == "needs"
    assert stay_state_for_guest(exchange).word == stay_state(exchange).word
