"""Tables of a large survey beside R's `survey`: 50 questions by 30 groups with standard errors and Rao–Scott."""

from __future__ import annotations

import os

# One thread: the matrices are small and the machine may be shared.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.measure import Measurement, median_seconds, peak_memory_mb
from sapar.methods.surveys.columns import Factor, FloatArray, IntArray
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.tables import SurveyTable, crosstabs

ROWS, QUESTIONS, GROUPS, STRATA, UNITS, LEVELS = 1_000_000, 50, 30, 20, 2_000, 5


def survey() -> tuple[FloatArray, IntArray, IntArray, Factor, dict[str, Factor]]:
    """Weights, strata, primary units, groups and answers; 2 % of the answers are missing."""
    chance = np.random.default_rng(2026)
    unit = chance.integers(0, UNITS, ROWS)
    weights = np.round(chance.uniform(0.5, 3.0, ROWS), 6)
    groups = Factor(
        chance.integers(0, GROUPS, ROWS).astype(np.int8), tuple(f"{at:02}" for at in range(GROUPS))
    )
    level = chance.normal(0, 0.3, UNITS)[unit] + 0.02 * groups.codes
    questions = {}
    for at in range(QUESTIONS):
        answer = np.clip(1.2 * chance.normal(level, 1.0) + 2.2, 0, LEVELS - 0.01).astype(np.int8)
        answer[chance.random(ROWS) < 0.02] = -1
        questions[f"q{at + 1}"] = Factor(answer, tuple("12345"))
    return weights, unit // (UNITS // STRATA), unit, groups, questions


def measure() -> Iterator[Measurement]:
    weights, strata, unit, groups, questions = survey()

    def tables() -> dict[str, SurveyTable]:
        design = sampling_design(weights=weights, strata=strata, clusters=unit)
        return crosstabs(design, questions, groups, shares=("column",), test="F")

    found = tables()["q1"]
    peer_seconds, checked = beside_r(weights, strata, unit, groups, questions["q1"], found)
    seconds = median_seconds(tables)
    memory = peak_memory_mb()
    yield Measurement(
        work="survey tables with SE and Rao–Scott",
        size="1,000,000 × 50 questions × 30 groups, 20 strata, 2,000 PSUs",
        target="≤ 2 s, < 2 GB, ≥ 200 × R survey",
        seconds=seconds,
        runs=5,
        met=seconds <= 2
        and memory < 2000
        and (peer_seconds is None or peer_seconds * QUESTIONS / seconds >= 200),
        peer="R survey (one question at full size, times 50)" if peer_seconds else "",
        peer_seconds=None if peer_seconds is None else peer_seconds * QUESTIONS,
        checked=checked,
        note=f"design included, one thread, peak {memory:.0f} MB",
    )

    def compared() -> dict[str, SurveyTable]:
        design = sampling_design(weights=weights, strata=strata, clusters=unit)
        return crosstabs(design, questions, groups, shares=("column",), test="F", compare="holm")

    yield Measurement(
        work="the same with all 435 column differences and letters (Holm)",
        size="1,000,000 × 50 questions × 30 groups",
        target="–",
        seconds=median_seconds(compared, runs=3),
        runs=3,
        met=None,
    )
    persons = sampling_design(weights=weights, strata=strata)
    yield Measurement(
        work="survey tables of persons drawn directly",
        size="1,000,000 × 50 questions × 30 groups, 20 strata, no clusters",
        target="–",
        seconds=median_seconds(lambda: crosstabs(persons, questions, groups), runs=3),
        runs=3,
        met=None,
    )


def beside_r(
    weights: FloatArray,
    strata: IntArray,
    unit: IntArray,
    groups: Factor,
    answers: Factor,
    ours: SurveyTable,
) -> tuple[float | None, str]:
    """R's seconds for one question, after its answer was compared with ours; None without R."""
    if shutil.which("Rscript") is None:
        return None, "R is not installed"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        kept = answers.answered
        columns = [weights, strata, unit, groups.codes, answers.codes + 1]
        lines = np.column_stack([column[kept] for column in columns])
        np.savetxt(
            path,
            lines,
            delimiter=",",
            fmt=["%.17g", "%d", "%d", "%d", "%d"],
            header="w,stratum,psu,g,q",
            comments="",
        )
        script = Path(__file__).parent / "surveys_peer.R"
        said = subprocess.run(
            ["Rscript", str(script), str(path)], check=True, capture_output=True, text=True
        ).stdout
    theirs = np.array([float(line) for line in said.split()])
    assert ours.test is not None
    column = ours.shares["column"]
    np.testing.assert_allclose([ours.test.statistic, ours.test.p], theirs[2:4], rtol=1e-9)
    cells = column.values.size
    np.testing.assert_allclose(column.values.ravel(), theirs[4 : 4 + cells], rtol=1e-9)
    np.testing.assert_allclose(column.se.ravel(), theirs[4 + cells :], rtol=1e-9)
    return float(theirs[0] + theirs[1]), "150 shares, their SEs, F and p equal R's to 1e-9"
