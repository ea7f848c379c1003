"""Raking a million rows on four margins, beside a plain loop over the rows and beside R's survey."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.measure import Measurement, median_seconds
from sapar.methods.surveys.weights import Margin, calibrate, indicator_columns, margin, rake
from sapar.methods.surveys.weights.weighting import FloatArray

ROWS, PART = 1_000_000, 100_000
LEVELS = {"country": 30, "university": 12, "sex": 2, "year": 6}
R_SCRIPT = """
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]
rows <- read.csv(file.path(folder, "rows.csv"))
targets <- read.csv(file.path(folder, "targets.csv"))
design <- svydesign(ids = ~1, weights = ~w, data = rows)
names <- c("country", "university", "sex", "year")
margins <- lapply(names, function(n) setNames(targets[targets$margin == n, c("level", "Freq")], c(n, "Freq")))
formulas <- lapply(names, function(n) as.formula(paste0("~", n)))
seconds <- system.time(
  raked <- rake(design, formulas, margins, control = list(maxit = 100, epsilon = 1e-9))
)[["elapsed"]]
write(sprintf("%.17g", weights(raked, "sampling")), file.path(folder, "weights.txt"))
cat(seconds)
"""


def measure() -> Iterator[Measurement]:
    codes, base, targets = drawn(ROWS)
    coded = margins_of(codes, targets)
    ours = rake(coded, base).weights
    plain = plain_raking(codes, base, targets)
    checked = f"largest relative difference {np.abs(ours / plain - 1).max():.1e}"
    np.testing.assert_allclose(ours, plain, rtol=1e-8)
    peer = median_seconds(lambda: plain_raking(codes, base, targets), runs=3, warm_up=0)
    seconds = median_seconds(lambda: rake(coded, base))
    yield Measurement(
        work="raking on 4 margins, coded columns",
        size=f"{ROWS:,} rows",
        target="≤ 1 s",
        seconds=seconds,
        runs=5,
        met=seconds <= 1.0,
        peer="plain numpy loop over the rows, to the same tolerance",
        peer_seconds=peer,
        checked=checked,
    )
    yield from from_labels(codes, base, targets, ours)
    yield from calibration(coded, base, ours)
    yield from beside_r()


def from_labels(
    codes: dict[str, FloatArray], base: FloatArray, targets: dict[str, FloatArray], ours: FloatArray
) -> Iterator[Measurement]:
    """The same from columns of words, coding included."""
    words = {name: np.array([f"{name} {k}" for k in range(n)]) for name, n in LEVELS.items()}
    columns = {name: words[name][codes[name].astype(int)].tolist() for name in LEVELS}

    def work() -> FloatArray:
        named = [
            margin(name, columns[name], dict(zip(words[name].tolist(), targets[name], strict=True)))
            for name in LEVELS
        ]
        return rake(named, base).weights

    np.testing.assert_array_equal(work(), ours)
    seconds = median_seconds(work, runs=3)
    yield Measurement(
        work="raking on 4 margins, columns of words",
        size=f"{ROWS:,} rows",
        target="≤ 1 s",
        seconds=seconds,
        runs=3,
        met=seconds <= 1.0,
        checked="equal to the coded run",
    )


def calibration(coded: list[Margin], base: FloatArray, ours: FloatArray) -> Iterator[Measurement]:
    """The same weights from the general calibration, which has no cells to collapse to."""
    columns, totals = indicator_columns(coded)
    found = calibrate(columns, totals, base, distance="raking").weights
    np.testing.assert_allclose(found, ours, rtol=1e-7)
    seconds = median_seconds(lambda: calibrate(columns, totals, base, distance="raking"), runs=3, warm_up=0)
    yield Measurement(
        work="raking distance of the general calibration, 50 columns",
        size=f"{ROWS:,} rows",
        target="none",
        seconds=seconds,
        runs=3,
        met=None,
        checked=f"equal to raking: {np.abs(found / ours - 1).max():.1e}",
    )


def beside_r() -> Iterator[Measurement]:
    """R on a tenth of the rows; both sides are timed on that part."""
    codes, base, targets = drawn(PART)
    coded = margins_of(codes, targets)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = np.column_stack([*[codes[one] for one in LEVELS], base])
        header = ",".join([*LEVELS, "w"])
        np.savetxt(folder / "rows.csv", table, delimiter=",", header=header, comments="", fmt="%.17g")
        lines = [f"{one},{k},{value:.17g}" for one in LEVELS for k, value in enumerate(targets[one])]
        (folder / "targets.csv").write_text("\n".join(["margin,level,Freq", *lines]) + "\n")
        (folder / "rake.R").write_text(R_SCRIPT)
        try:
            run = subprocess.run(
                ["Rscript", str(folder / "rake.R"), str(folder)], capture_output=True, text=True, check=True
            )
        except FileNotFoundError:
            return
        theirs = np.loadtxt(folder / "weights.txt")
    ours = rake(coded, base).weights
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)
    yield Measurement(
        work="raking on 4 margins, beside R",
        size=f"{PART:,} rows",
        target="none",
        seconds=median_seconds(lambda: rake(coded, base)),
        runs=5,
        met=None,
        peer="R survey::rake, one run",
        peer_seconds=float(json.loads(run.stdout)),
        checked=f"largest relative difference {np.abs(ours / theirs - 1).max():.1e}",
    )


def drawn(rows: int) -> tuple[dict[str, FloatArray], FloatArray, dict[str, FloatArray]]:
    """Invented rows; the targets are the margins of other weights of the same rows."""
    chance = np.random.default_rng(7)
    codes = {
        name: np.minimum(chance.geometric(2.5 / n, rows) - 1, n - 1).astype(float)
        for name, n in LEVELS.items()
        if n > 2
    }
    codes["sex"] = chance.integers(0, 2, rows).astype(float)
    base = chance.uniform(0.5, 3.0, rows)
    truth = base * chance.uniform(0.5, 2.0, rows) * (1 + 0.05 * codes["year"] + 0.3 * codes["sex"])
    targets = {
        name: np.bincount(codes[name].astype(np.intp), truth, n).astype(float) for name, n in LEVELS.items()
    }
    return codes, base, targets


def margins_of(codes: dict[str, FloatArray], targets: dict[str, FloatArray]) -> list[Margin]:
    return [
        Margin(name=name, levels=tuple(range(n)), codes=codes[name].astype(np.intp), targets=targets[name])
        for name, n in LEVELS.items()
    ]


def plain_raking(
    codes: dict[str, FloatArray], base: FloatArray, targets: dict[str, FloatArray]
) -> FloatArray:
    """Every pass over every row, as most programs do it."""
    whole = {name: code.astype(np.intp) for name, code in codes.items()}
    weights = base.copy()
    for _ in range(1000):
        worst = 0.0
        for name, n in LEVELS.items():
            reached = np.bincount(whole[name], weights, n)
            worst = max(worst, float(np.abs(reached / targets[name] - 1).max()))
            weights *= (targets[name] / reached)[whole[name]]
        if worst <= 1e-10:
            break
    return weights
