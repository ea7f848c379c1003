"""Alpha, intraclass correlation and kappa equal those of R (package psych); the script lies beside the numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sapar.methods.surveys.agreement import Level, cohen_kappa_of_table, krippendorff_alpha
from sapar.methods.surveys.quality import cronbach_alpha, interviewer_effect
from tests.methods.surveys.test_agreement import COHEN, KRIPPENDORFF, LEVELS
from tests.methods.surveys.test_quality import ATTITUDE, SHROUT_FLEISS

FOUND: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "quality.json").read_text())


@pytest.mark.parametrize(
    ("name", "columns", "confidence"), [("attitude", range(7), 0.95), ("attitude_three", (1, 3, 4), 0.9)]
)
def test_alpha_and_its_items(name: str, columns: Any, confidence: float) -> None:
    ours, theirs = cronbach_alpha(ATTITUDE[:, list(columns)], confidence=confidence), FOUND[name]
    for part in ("alpha", "standardised", "mean_correlation", "low", "high"):
        assert getattr(ours, part) == pytest.approx(theirs[part], rel=1e-9), part
    for part, key in (
        ("rest_correlation", "rest"), ("alpha_without", "without"), ("mean", "mean"), ("sd", "sd")
    ):  # fmt: skip
        assert [getattr(item, part) for item in ours.items] == pytest.approx(theirs[key], rel=1e-9), part


def test_equal_workloads_are_icc_1_1() -> None:
    answers = np.array(SHROUT_FLEISS, dtype=float)
    ours, theirs = interviewer_effect(answers.ravel(), np.repeat(np.arange(6), 4).tolist()), FOUND["shrout"]
    for part in ("icc", "f", "p", "low", "high"):
        assert getattr(ours, part) == pytest.approx(theirs[part], rel=1e-9), part


def test_unequal_workloads() -> None:
    said = [3, 4, 5, 2, 6, 7, 5, 1, 2, 3, 2, 8, 7]
    ours, theirs = interviewer_effect(said, list("aaabbbbccccdd")), FOUND["unequal"]
    for part in ("icc", "f", "p", "workload", "design_effect"):
        assert getattr(ours, part) == pytest.approx(theirs[part], rel=1e-9), part


def test_kappas_and_their_variances() -> None:
    plain, theirs = cohen_kappa_of_table(COHEN), FOUND["cohen"]
    assert [plain.kappa, plain.se**2] == pytest.approx([theirs["plain"], theirs["plain_variance"]], rel=1e-9)
    square = cohen_kappa_of_table(COHEN, weights="quadratic")
    assert square.kappa == pytest.approx(theirs["weighted"], rel=1e-9)
    # For the variance of weighted kappa psych gives .002749 here; Fleiss, Cohen & Everitt print .003248, as we do.
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    credit = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]
    given, theirs = cohen_kappa_of_table(table, weights=credit), FOUND["fleiss_cohen_everitt"]
    assert given.kappa == pytest.approx(theirs["weighted"], rel=1e-9)
    plain = cohen_kappa_of_table(table)
    assert plain.se**2 == pytest.approx(theirs["plain_variance"], rel=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_krippendorffs_example_to_all_digits(level: Level) -> None:
    ours = krippendorff_alpha(KRIPPENDORFF, level=level).alpha
    assert ours == pytest.approx(FOUND["krippendorff"][level], rel=1e-12)
