"""Every act that services write into the trail has words in the activity log."""

from __future__ import annotations

import ast
from pathlib import Path

from sapar.web.accounts.trail import WORD_BOOKS

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
