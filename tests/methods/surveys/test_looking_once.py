"""What an argument holds is judged by its types, so that a million values cost no million questions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal

import pytest

from sapar.methods.surveys import given


@pytest.mark.parametrize(
    ("values", "kind", "right"),
    [
        (["a", 1, None, ("b", 2)], Sequence[Hashable], True),
        (["a"] * 9 + [["b"]], Sequence[Hashable], False),
        (["a"] * 9 + [3], Sequence[str], False),
        (["a", None], Sequence[str | None], True),
        ([1.0, 2, True], Sequence[float], False),
        ([1, 10**400], Sequence[float], False),
        (["a", "b"], Sequence[Literal["a", "b"]], True),
    ],
)
def test_one_value_that_does_not_fit_is_enough(values: list[object], kind: Any, right: bool) -> None:
    assert given.fits(values, kind) is right


def test_a_long_column_is_asked_once_for_each_type(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    fits = given.fits

    def counted(value: object, kind: Any) -> bool:
        asked.append(kind)
        return fits(value, kind)

    monkeypatch.setattr(given, "fits", counted)
    assert counted(["Osh", "Naryn"] * 50_000, Sequence[Hashable])
    assert len(asked) == 2
