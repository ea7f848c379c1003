"""Every act that services write into the trail has words in the activity log."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from sapar.audit.models import Entry
from sapar.web.accounts.trail import KINDS, WORD_BOOKS, act, kind_of

SOURCE = Path(__file__).parents[3] / "src" / "sapar"


def recorded() -> set[str]:
    """The names of acts in calls of `record`."""
    return {
        call.args[0].value
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "record"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_act_has_words() -> None:
    acts = recorded()
    assert len(acts) > 100
    assert {act for act in acts if not any(act in book for book in WORD_BOOKS)} == set()


@pytest.mark.parametrize(
    ("move", "words"),
    [
        ("confirm", "confirmed the visit"),
        ("finish", "noted that the visit ended"),
        ("no_such_move", "moved the visit on"),
    ],
)
def test_moves_of_a_visit_are_told_apart(move: str, words: str) -> None:
    assert act(Entry(action="mobility.visit.moved", data={"move": move})) == words


def test_kinds_are_records_and_speak_the_language_of_the_reader() -> None:
    assert all(apps.get_model(kind) for kind in KINDS)
    with translation.override("ky"):
        assert kind_of("mobility.application") == "арыз"
