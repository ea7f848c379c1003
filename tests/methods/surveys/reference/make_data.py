"""Invented samples for the comparison with R; `python make_data.py` writes them anew, the same each time."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
COLUMNS = ("stratum", "psu", "ssu", "n1", "n2", "w", "lonely", "y", "z", "x", "b", "q", "country", "ym", "qm")


def answers(chance: np.random.Generator, level: np.ndarray) -> dict[str, np.ndarray]:
    """Numbers (y, z, x), a yes or no (b), coded answers (q, g) and two columns with gaps (ym, qm)."""
    n = len(level)
    x = np.round(chance.gamma(3.0, 20.0, n) + 5, 1)
    y = np.round(50 + 8 * level + 0.2 * x + chance.normal(0, 10, n), 2)
    z = np.round(0.6 * y + chance.normal(10, 6, n), 0)
    odds = 1 / (1 + np.exp(-(0.4 * level + 0.02 * (y - 60))))
    b = (chance.random(n) < odds).astype(int)
    lift = np.clip(0.15 * level, -0.2, 0.2)
    q = np.array([chance.choice(["agree", "neither", "oppose"], p=[0.4 + u, 0.3, 0.3 - u]) for u in lift])
    g = np.array(
        [chance.choice(["IN", "KG", "PK", "UZ"], p=[0.3, 0.35, 0.15 - u / 4, 0.2 + u / 4]) for u in lift]
    )
    ym = np.where(chance.random(n) < 0.12, "", y.astype(str))
    qm = np.where(chance.random(n) < 0.1, "", q)
    return {"y": y, "z": z, "x": x, "b": b, "q": q, "country": g, "ym": ym, "qm": qm}


def write(name: str, columns: dict[str, np.ndarray], kept: tuple[str, ...] = COLUMNS) -> None:
    with (HERE / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(kept)
        lines.writerows(zip(*(columns[name].tolist() for name in kept), strict=True))


def elements() -> dict[str, np.ndarray]:
    """240 people in four strata, each drawn alone; `lonely` has two strata of one person."""
    chance = np.random.default_rng(11)
    sizes = {"north": (90, 1200), "south": (70, 2100), "east": (50, 400), "west": (30, 95)}
    stratum = np.repeat(list(sizes), [n for n, _ in sizes.values()])
    population = np.array([sizes[name][1] for name in stratum])
    drawn = np.array([sizes[name][0] for name in stratum])
    level = np.array([{"north": 0.0, "south": 1.0, "east": -1.0, "west": 0.5}[name] for name in stratum])
    w = np.round(population / drawn * chance.uniform(0.7, 1.3, len(stratum)), 4)
    lonely = stratum.astype(object)
    lonely[3], lonely[100] = "islet", "hamlet"
    base = {"stratum": stratum, "psu": np.arange(len(stratum)) + 1, "ssu": np.arange(len(stratum)) + 1}
    return base | {"n1": population, "n2": population, "w": w, "lonely": lonely} | answers(chance, level)


def stages(seed: int, per_stratum: list[int], repeat: bool) -> dict[str, np.ndarray]:
    """Strata of primary units of unequal numbers of secondary units of one to three people.

    With `repeat` the numbers of primary units start anew in each stratum.
    """
    chance = np.random.default_rng(seed)
    rows: list[tuple[str, int, int, int, int, float, float]] = []
    number = 0
    for at, units in enumerate(per_stratum):
        population = units * int(chance.integers(3, 8)) + int(chance.integers(0, 5))
        for unit in range(units):
            number += 1
            level = float(chance.normal(0, 1))
            second = int(chance.integers(2, 6))
            whole = second + int(chance.integers(1, 20))
            for sub in range(second):
                for _ in range(int(chance.integers(1, 4))):
                    weight = population / units * whole / second * float(chance.uniform(0.8, 1.25))
                    rows.append(
                        (
                            f"s{at + 1}",
                            unit + 1 if repeat else number,
                            sub + 1,
                            population,
                            whole,
                            weight,
                            level,
                        )
                    )
    stratum, psu, ssu, n1, n2, w, level_ = (np.array(column) for column in zip(*rows, strict=True))
    lonely = np.where((stratum == "s1") & (psu == 1), "single", stratum)
    base = {"stratum": stratum, "psu": psu, "ssu": ssu, "n1": n1, "n2": n2, "w": np.round(w, 4)}
    return base | {"lonely": lonely} | answers(chance, level_)


LEVELS = ("stratum", "psu", "zone", "ssu", "tsu", "n1", "n2", "n3", "w", "w0", *COLUMNS[7:])


def levels() -> dict[str, np.ndarray]:
    """Three stages, the second drawn in zones of its own; many equal answers; `w0` has weights of nought."""
    chance = np.random.default_rng(51)
    rows: list[tuple[str, int, str, int, int, int, int, int, float, float]] = []
    for at, first in enumerate((14, 22, 9)):
        for psu in range(4):
            level = float(chance.normal(0, 1))
            for zone, second in (("inner", 5), ("outer", 7)):
                for ssu in range(2):
                    third = int(chance.integers(2, 4))
                    whole = third + int(chance.integers(1, 9))
                    for tsu in range(third):
                        weight = first / 4 * second / 2 * whole / third * float(chance.uniform(0.8, 1.25))
                        place = (f"s{at + 1}", psu + 1, zone, ssu + 1, tsu + 1)
                        rows.append((*place, first, second, whole, weight, level))
    names = ("stratum", "psu", "zone", "ssu", "tsu", "n1", "n2", "n3", "w", "level")
    base = dict(zip(names, (np.array(column) for column in zip(*rows, strict=True)), strict=True))
    said = answers(chance, base["level"])
    y = 5 * np.round(said["y"] / 5)
    gaps = said["ym"] == ""
    base["w"] = np.round(base["w"], 4)
    base["w0"] = np.where(chance.random(len(y)) < 0.1, 0.0, base["w"])
    return base | said | {"y": y, "ym": np.where(gaps, "", y.astype(str))}


IRREGULAR = (
    "design",
    "stages",
    "known",
    "lonely",
    "mse",
    "stratum",
    "psu",
    "ssu",
    "tsu",
    "n1",
    "n2",
    "n3",
    "w",
    "y",
    "x",
    "g",
    "ym",
)


def irregular() -> dict[str, np.ndarray]:
    """Sixty small designs of whatever shape chance gives: lonely units, strata drawn whole, weights of nought."""
    chance = np.random.default_rng(61)
    rows: list[tuple[object, ...]] = []
    kinds = ("remove", "certainty", "adjust", "average", "fail")
    for design in range(60):
        stages, known, lonely = int(chance.integers(1, 4)), bool(chance.integers(2)), kinds[design % 5]
        strata = int(chance.integers(1, 6))
        for stratum in range(strata):
            first = 1 if strata > 2 and stratum == 1 and lonely != "fail" else int(chance.integers(2, 6))
            # What is drawn whole is no lonely unit to average.
            n1 = first + int(chance.integers(lonely == "average" or first == 1, 9))
            for psu in range(first):
                second = int(chance.integers(2, 4)) if stages > 1 else 1
                n2 = second + int(chance.integers(0, 5))
                for ssu in range(second):
                    third = (
                        int(chance.integers(2, 4))
                        if stages > 2
                        else int(chance.integers(1, 5))
                        if stages == 1
                        else 1
                    )
                    n3 = third + int(chance.integers(0, 5))
                    for tsu in range(third):
                        w = (
                            0.0
                            if design % 3 == 0 and chance.random() < 0.1
                            else round(float(chance.gamma(2, 5)) + 1, 3)
                        )
                        x = round(float(chance.gamma(2, 10)) + 1, 2)
                        y = round(3 + 0.5 * x + float(chance.normal(0, 6)), 2)
                        given = "" if design % 2 and chance.random() < 0.1 else y
                        place = (
                            stratum,
                            psu,
                            ssu,
                            tsu,
                            n1,
                            n2,
                            n3,
                            w,
                            y,
                            x,
                            "abc"[int(chance.integers(3))],
                            given,
                        )
                        rows.append((design, stages, int(known), lonely, design % 4 // 2, *place))
    return dict(
        zip(IRREGULAR, (np.array(column, dtype=object) for column in zip(*rows, strict=True)), strict=True)
    )


def main() -> None:
    write("irregular", irregular(), IRREGULAR)
    write("levels", levels(), LEVELS)
    write("elements", elements())
    write("stages", stages(21, [6, 4, 9, 5], repeat=True))
    write("clusters", stages(31, [18], repeat=False))
    write("pairs", stages(41, [2] * 9, repeat=False))


if __name__ == "__main__":
    main()
