"""The solver ends."""

from __future__ import annotations

from time import monotonic

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from sapar.methods.errors import MethodError
from sapar.methods.sortition import solver
from sapar.methods.sortition.solver import Program, solved


def test_a_search_for_what_is_not_there_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five rows of sixty large numbers, each to be halved at once: hopeless, and hard to prove so."""
    monkeypatch.setattr(solver, "MOST_SECONDS", 0.5)
    rows = np.random.default_rng(0).integers(1_000, 9_999, (5, 60)).astype(np.float64)
    halves = np.floor(rows.sum(axis=1) / 2)
    highs = Program(np.zeros(60), np.zeros(60), np.ones(60), csr_matrix(rows), halves, halves).loaded(
        whole=True
    )
    begun = monotonic()
    with pytest.raises(MethodError) as refused:
        solved(highs)
    assert (refused.value.code, refused.value.facts) == ("sortition.not_solved", {"status": "kTimeLimit"})
    assert monotonic() - begun < 20
