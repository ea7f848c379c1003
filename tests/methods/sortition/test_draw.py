"""The public draw can be done by hand."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from sapar.methods.errors import MethodError
from sapar.methods.sortition import Panel, draw, panels_hash

PANELS = (Panel(1, ("a", "b")), Panel(2, ("a", "c")), Panel(5, ("b", "c")))


def test_draw_follows_its_description() -> None:
    listed = '[[1,["a","b"]],[2,["a","c"]],[5,["b","c"]]]'
    own = hashlib.sha256(listed.encode()).hexdigest()
    assert panels_hash(PANELS) == own
    for seed in ("7 14 23 31", "x", "ү"):
        ticket = int(hashlib.sha256(f"cafe\n{own}\n{seed}".encode()).hexdigest(), 16) % 8
        place = 1 if ticket < 1 else 2 if ticket < 3 else 3
        drawn = draw(PANELS, "cafe", seed)
        assert (drawn.ticket, drawn.tickets, drawn.number) == (ticket, 8, place)
        assert drawn.members == PANELS[place - 1].members


def test_draw_is_the_same_for_a_number_and_its_text_and_differs_by_pool() -> None:
    assert draw(PANELS, "cafe", 42) == draw(PANELS, "cafe", " 42 ")
    assert draw(PANELS, "cafe", 42).digest != draw(PANELS, "cafd", 42).digest


def test_tickets_are_drawn_as_often_as_they_say() -> None:
    drawn = Counter(draw(PANELS, "cafe", seed).number for seed in range(8_000))
    # Binomial standard deviations are below 44; five of them.
    assert abs(drawn[1] - 1_000) < 220
    assert abs(drawn[2] - 2_000) < 220
    assert abs(drawn[3] - 5_000) < 220


def test_draw_without_seed_or_panels_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        draw(PANELS, "cafe", "  ")
    assert refused.value.code == "sortition.no_seed"
    with pytest.raises(MethodError) as refused:
        draw((), "cafe", 1)
    assert refused.value.code == "sortition.no_panels"
    with pytest.raises(MethodError) as refused:
        draw(PANELS, "cafe", "4 8\n15")
    assert refused.value.code == "sortition.bad_seed"
    with pytest.raises(MethodError) as refused:
        draw((*PANELS, Panel(0, ("a", "b")), Panel(-2, ("b", "c"))), "cafe", 1)
    assert refused.value.facts["numbers"] == (4, 5)
