"""Numbers as a person reads them."""

from __future__ import annotations

import doctest

import pytest

from sapar.formats import numbers
from sapar.formats.numbers import signed, year_words


def test_examples_are_true() -> None:
    failed, tried = doctest.testmod(numbers)
    assert (failed, tried) == (0, 3)


@pytest.mark.parametrize(("balance", "words"), [(3, "+3"), (0, "0"), (-12, "\u221212")])
def test_a_balance_has_a_sign_and_nothing_has_none(balance: int, words: str) -> None:
    assert signed(balance) == words


@pytest.mark.parametrize(("year", "words"), [(2026, "2026/27"), (1999, "1999/00"), (2008, "2008/09")])
def test_an_academic_year_names_both_its_years(year: int, words: str) -> None:
    assert year_words(year) == words
