"""Marks and stays in bulk: a column of marks, means of many students, stays of many people, deadlines.

There is no published library to stand beside: the peer of each line is the same work done row by row with the
exact functions of the library, on a part of the data, and its answers are compared with the bulk ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from bench.measure import Measurement, median_seconds
from sapar.methods.recognition import (
    Conversion,
    GradeDistribution,
    Rule,
    conversion_table,
    convert_by_distribution,
    convert_column,
    modified_bavarian,
    shipped_scale,
    weighted_mean,
    weighted_means,
)
from sapar.methods.stays import (
    CountFrom,
    Limit,
    Period,
    Stay,
    WorkCalendar,
    count_days,
    count_many,
    due_in_working_days,
    due_many,
)

MARKS = 1_000_000
STUDENTS = 20_000
PEOPLE = 100_000
TODAY = date(2026, 3, 1)


def measure() -> Iterator[Measurement]:
    rng = np.random.default_rng(20261122)
    yield _distribution(rng)
    yield _bavarian(rng)
    yield _means(rng)
    yield _stays(rng)
    yield _deadlines(rng)


def _line(
    work: str, size: str, target: float, seconds: float, part: int, whole: int, peer: float
) -> Measurement:
    return Measurement(
        work=work, size=size, target=f"≤ {target:g} s", seconds=seconds, runs=5, met=seconds <= target,
        peer="row by row", peer_seconds=peer * whole / part,
        checked=f"{part:,} rows equal", note=f" peer timed on {part:,}, scaled",
    )  # fmt: skip


def _distribution(rng: np.random.Generator) -> Measurement:
    scale = shipped_scale("kz-12")
    here = GradeDistribution.of_scale(
        scale, {band.label: 40 + 7 * at for at, band in enumerate(scale.passing)},
        id="host", version="1", field="0311", cycle="bachelor", years=(2024, 2025),
    )  # fmt: skip
    there = GradeDistribution(
        id="home", version="1", holder="home", grades=("5", "4", "3"), counts=(210, 480, 310),
        field="0311", cycle="bachelor", years=(2024, 2025),
    )  # fmt: skip
    marks = rng.choice(here.grades, MARKS).tolist()
    table = conversion_table(here, there, rule=Rule.MID)
    column = convert_column(marks, table.__getitem__)

    def one_by_one() -> list[str]:
        return [convert_by_distribution(mark, here, there, rule=Rule.MID).result for mark in marks[:5_000]]

    assert one_by_one() == column.results()[:5_000].tolist()
    seconds = median_seconds(lambda: convert_column(marks, table.__getitem__).results())
    peer = median_seconds(one_by_one, runs=1, warm_up=0)
    return _line("marks by distribution tables", f"{MARKS:,} marks", 1, seconds, 5_000, MARKS, peer)


def _bavarian(rng: np.random.Generator) -> Measurement:
    marks = [f"{mark:.1f}" for mark in rng.uniform(50, 100, MARKS)]

    def german(mark: str) -> Conversion:
        return modified_bavarian(mark, best="100", lowest_pass="50")

    column = convert_column(marks, german)

    def one_by_one() -> list[str]:
        return [german(mark).result for mark in marks[:20_000]]

    assert one_by_one() == column.results()[:20_000].tolist()
    seconds = median_seconds(lambda: convert_column(marks, german).results())
    peer = median_seconds(one_by_one, runs=1, warm_up=0)
    return _line("modified Bavarian formula", f"{MARKS:,} marks, one digit", 1, seconds, 20_000, MARKS, peer)


def _means(rng: np.random.Generator) -> Measurement:
    who = rng.integers(0, STUDENTS, MARKS)
    points = rng.choice([400, 367, 333, 300, 267, 233, 200, 167, 133, 100], MARKS)
    credits = rng.integers(2, 9, MARKS)
    means, _ = weighted_means(who, points, credits, people=STUDENTS)
    order = np.argsort(who, kind="stable")
    borders = np.searchsorted(who[order], np.arange(STUDENTS + 1))
    some = 400

    def one_by_one() -> list[int]:
        found = []
        for student in range(some):
            rows = order[borders[student] : borders[student + 1]]
            marks = [(Decimal(int(points[at])) / 100, int(credits[at])) for at in rows]
            found.append(int(weighted_mean(marks).value * 100))
        return found

    assert one_by_one() == means[:some].tolist()
    seconds = median_seconds(lambda: weighted_means(who, points, credits, people=STUDENTS))
    peer = median_seconds(one_by_one, runs=1, warm_up=0)
    return _line("means weighted by credits", f"{MARKS:,} marks of {STUDENTS:,} students", 0.5, seconds, some,
                 STUDENTS, peer)  # fmt: skip


def _stays(rng: np.random.Generator) -> Measurement:
    rows = 10 * PEOPLE
    person = rng.integers(0, PEOPLE, rows)
    entry = np.datetime64(TODAY, "D") - rng.integers(0, 700, rows).astype("timedelta64[D]")
    exit = entry + rng.integers(0, 40, rows).astype("timedelta64[D]")
    limit = Limit(days=90, per=180)
    used = count_many(person, entry, exit, limit, on=TODAY, people=PEOPLE)
    order = np.argsort(person, kind="stable")
    borders = np.searchsorted(person[order], np.arange(PEOPLE + 1))
    some = 1_000

    def one_by_one() -> list[int]:
        found = []
        for who in range(some):
            own = order[borders[who] : borders[who + 1]]
            stays = [
                Stay(first, last) for first, last in zip(entry[own].tolist(), exit[own].tolist(), strict=True)
            ]
            found.append(count_days(stays, limit, on=TODAY).used)
        return found

    assert one_by_one() == used[:some].tolist()
    seconds = median_seconds(lambda: count_many(person, entry, exit, limit, on=TODAY, people=PEOPLE))
    peer = median_seconds(one_by_one, runs=1, warm_up=0)
    return _line(
        "days used of 90 in 180", f"{rows:,} stays of {PEOPLE:,} people", 1, seconds, some, PEOPLE, peer
    )


def _deadlines(rng: np.random.Generator) -> Measurement:
    known = Period(date(2025, 1, 1), date(2026, 12, 31))
    holidays = {known.first + timedelta(days=37 * at): "holiday" for at in range(15)}
    calendar = WorkCalendar(id="invented", known=known, holidays=holidays)
    events = np.datetime64("2025-01-01") + rng.integers(0, 650, MARKS).astype("timedelta64[D]")
    due = due_many(events, 5, count_from=CountFrom.NEXT_DAY, calendar=calendar)
    some = 20_000

    def one_by_one() -> list[date]:
        return [
            due_in_working_days(event, 5, count_from=CountFrom.NEXT_DAY, calendar=calendar).on
            for event in events[:some].tolist()
        ]

    assert one_by_one() == due[:some].tolist()
    seconds = median_seconds(lambda: due_many(events, 5, count_from=CountFrom.NEXT_DAY, calendar=calendar))
    peer = median_seconds(one_by_one, runs=1, warm_up=0)
    return _line("fifth working day", f"{MARKS:,} events", 0.5, seconds, some, MARKS, peer)
