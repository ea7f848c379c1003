"""How much of a rank is the unit, and how much the modeller?

Every choice that could as well have been made otherwise is varied, all together: by exact enumeration when the
combinations are few, else along a scrambled Sobol' sequence. Ranks become intervals.
Sources: Saisana, Saltelli & Tarantola, J. R. Stat. Soc. A 168 (2005) 307–323; OECD/JRC Handbook (2008), step 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.aggregation import Plan, aggregate
from sapar.methods.indices.columns import Floats, Ints
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.model import Model, build
from sapar.methods.indices.tree import Node, Tree
from sapar.methods.progress import Progress, unheard

MOST_RUNS = 100_000
# The sequence has no direction numbers beyond.
MOST_DIMENSIONS = qmc.Sobol.MAXDIM


@dataclass(frozen=True)
class Option:
    """One way to make a choice: a label and the fields of the model that it sets."""

    label: str
    sets: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Choice:
    """A modelling choice whose options are equally likely."""

    name: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        if not self.options:
            raise MethodError("indices.no_options", "The choice {name} has no options.", name=self.name)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(name for option in self.options for name, _ in option.sets)


def choice(name: str, setting: str, options: Mapping[str, object]) -> Choice:
    """A choice among values of one field of `Model`, named by `setting`: label → value.

    Raises MethodError `indices.no_options`; whether values fit the setting is checked by whoever runs the choice.
    """
    return Choice(name, tuple(Option(label, ((setting, value),)) for label, value in options.items()))


def noisy_weights(
    tree: Tree, *, spread: float = 0.25, sets: int = 100, seed: int, levels: Sequence[int] = ()
) -> Choice:
    """Weights varied by up to ±`spread` of themselves, independently; `sets` of them along a Sobol' sequence.

    They vary around the weights of `tree`; a model with weights of its own gives `tree.with_weights(...)`. Only nodes
    of the given levels vary (all below the index when none is given); the others keep their weight.

    Raises MethodError `indices.bad_share` (the spread is above 0 and up to 1), `.bad_sample_size`, `.bad_seed`,
    `.no_options` (no node has such a level), `.too_many_weights`.
    """
    if not 0 < spread <= 1:
        raise MethodError(
            "indices.bad_share", "{name} is {share}; it is from 0 to 1.", name="spread", share=spread
        )
    _check_runs(sets)
    checks.good_seed(seed)
    varied = [
        code for code in tree.codes if code != tree.index and (not levels or tree.levels[code] in levels)
    ]
    if not varied:
        raise MethodError("indices.no_options", "The choice {name} has no options.", name="weights")
    u = sobol_points(sets, len(varied), seed)
    declared = np.array([tree.by_code[code].weight for code in varied])
    drawn = declared * (1 + spread * (2 * u - 1))
    fixed = {node.code: node.weight for node in tree.nodes if node.code != tree.index}
    return Choice(
        "weights",
        tuple(
            Option(
                f"weights {at + 1}",
                (("weights", tuple((fixed | dict(zip(varied, row.tolist(), strict=True))).items())),),
            )
            for at, row in enumerate(drawn)
        ),
    )


def sobol_points(count: int, dimensions: int, seed: int) -> Floats:
    """The first `count` points of a scrambled Sobol' sequence in the unit cube, shape (count, dimensions)."""
    if dimensions > MOST_DIMENSIONS:
        raise MethodError(
            "indices.too_many_weights", "{count} numbers cannot be varied together; {most} is the most.",
            count=dimensions, most=MOST_DIMENSIONS,
        )  # fmt: skip
    sequence = qmc.Sobol(dimensions, rng=np.random.default_rng(seed))
    # Drawn as a whole power of two, the balance for which the sequence is made.
    points = sequence.random_base2(math.ceil(math.log2(max(count, 1))))
    return np.asarray(points[:count], dtype=np.float64)


def _check_runs(runs: int) -> None:
    if not 1 <= runs <= MOST_RUNS:
        raise MethodError(
            "indices.bad_sample_size",
            "A sample has 1 to {most} runs, not {points}.",
            points=runs,
            most=MOST_RUNS,
        )


def combinations(choices: Sequence[Choice]) -> int:
    return math.prod(len(one.options) for one in choices)


def options_at(u: Floats, choices: Sequence[Choice]) -> Ints:
    """Which option each point of the unit cube stands for, (points, choices): the cube cut into equal slices."""
    sizes = np.array([len(one.options) for one in choices])
    return np.asarray(np.minimum((u * sizes).astype(np.int64), sizes - 1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Runs:
    """Scores of the index under each row of `design` (runs, choices) of option numbers: (runs, units)."""

    choices: tuple[Choice, ...]
    design: Ints
    scores: Floats


def run(
    model: Model, data: UnitData, choices: Sequence[Choice], design: Ints, *, progress: Progress = unheard
) -> Runs:
    """Build the index for every row of the design.

    Equal rows are built once. Rows that agree in all steps before the weights share these steps, and all their
    weights are applied at once; the numbers are those of `build` on each row.
    """
    _check(model, choices)
    rows, back = np.unique(design, axis=0, return_inverse=True)
    early = [at for at, one in enumerate(choices) if one.fields - {"weights"}]
    keys, group = np.unique(rows[:, early], axis=0, return_inverse=True)
    group = group.ravel()
    scores = np.empty((len(rows), len(data.units)))
    by_option = _weight_arrays(model, choices)
    for number, key in enumerate(keys):
        members = np.nonzero(group == number)[0]
        settings = _settings([choices[at] for at in early], key)
        settings.pop("weights", None)
        variant = replace(model, **settings)
        index = build(variant, data)
        normal = index.scores[:, : len(variant.tree.indicators)]
        weights = by_option(rows[members])
        plan = Plan(variant.tree, variant.aggregation)
        for start in range(0, len(members), 512):
            part = slice(start, start + 512)
            scores[members[part]] = aggregate(normal, weights[part], plan, units=data.units)[..., -1]
        progress(number + 1, len(keys))
    return Runs(tuple(choices), design, scores[back.ravel()])


def _settings(choices: Sequence[Choice], key: NDArray[np.int64]) -> dict[str, Any]:
    return {name: value for one, at in zip(choices, key, strict=True) for name, value in one.options[at].sets}


def _weight_arrays(model: Model, choices: Sequence[Choice]) -> Callable[[Ints], Floats]:
    """Raw weights for rows of a design, (rows, nodes), each option checked once."""
    plain = model.weight_array()
    at = next((number for number, one in enumerate(choices) if "weights" in one.fields), None)
    if at is None:
        return lambda rows: np.broadcast_to(plain, (len(rows), len(plain)))
    arrays = []
    for option in choices[at].options:
        sets = dict(option.sets)
        arrays.append(
            replace(model, weights=tuple(sets["weights"])).weight_array() if "weights" in sets else plain
        )
    table = np.array(arrays)
    return lambda rows: np.asarray(table[rows[:, at]])


def _check(model: Model, choices: Sequence[Choice]) -> None:
    if not choices:
        raise MethodError("indices.no_choices", "There is no choice to vary.")
    known = set(Model.__dataclass_fields__) - {"tree"}
    taken: dict[str, str] = {}
    for one in choices:
        if unknown := one.fields - known:
            raise MethodError(
                "indices.unknown_setting", "{name} sets {setting}, which a model does not have.",
                name=one.name, setting=sorted(unknown)[0],
            )  # fmt: skip
        for setting in sorted(one.fields):
            if setting in taken:
                raise MethodError(
                    "indices.choices_overlap", "{first} and {second} both set {setting}.",
                    first=taken[setting], second=one.name, setting=setting,
                )  # fmt: skip
            taken[setting] = one.name
        if odd := tuple(
            f"{option.label}: {setting}"
            for option in one.options
            for setting, value in option.sets
            if not _fits(setting, value)
        ):
            raise MethodError(
                "indices.bad_option", "{name} has options of another kind than the setting: {options}.",
                name=one.name, options=odd,
            )  # fmt: skip
    checks.unique("code", [one.name for one in choices])


def _fits(setting: str, value: object) -> bool:
    """Whether a value is of the kind that the field of a model has."""
    if setting == "treatment" and value is None:
        return True
    return isinstance(value, type(getattr(_DEFAULTS, setting)))


_DEFAULTS = Model(Tree([Node(code="one", parent="all"), Node(code="all")]))


@dataclass(frozen=True)
class RankInterval:
    """Where a unit stands over all runs. `nominal` is its rank in the model as given; `low` the better end."""

    unit: str
    nominal: float
    low: float
    median: float
    high: float
    best: float
    worst: float
    mean: float


@dataclass(frozen=True, eq=False)
class Robustness:
    """Rank intervals over the modelling choices.

    `exact` tells an enumeration of all `runs` combinations from a sample; `ranks` (runs, units), NaN without a score.
    """

    units: tuple[str, ...]
    choices: tuple[Choice, ...]
    exact: bool
    level: float
    intervals: tuple[RankInterval, ...]
    design: Ints = field(repr=False)
    ranks: Floats = field(repr=False)

    @property
    def runs(self) -> int:
        return len(self.design)

    @cached_property
    def ahead(self) -> Floats:
        """Share of the runs with both in which the row's unit ranks before the column's, (units, units).

        Ties count half; NaN where the two never have a score in the same run.
        """
        before = np.zeros((len(self.units), len(self.units)), dtype=np.int32)
        for ranks in self.ranks.astype(np.float32):
            before += ranks[:, None] < ranks[None, :]
        here = np.isfinite(self.ranks).astype(np.float64)
        together = here.T @ here
        with np.errstate(invalid="ignore"):
            return np.asarray(0.5 + 0.5 * (before - before.T) / np.where(together > 0, together, np.nan))

    def within(self, unit: str, rank: int) -> float:
        """Share of runs in which the unit stands at `rank` or better; a run without a score does not count as one.

        Raises MethodError `indices.unknown_unit`.
        """
        if unit not in self.units:
            raise MethodError("indices.unknown_unit", "There is no unit {unit}.", unit=unit)
        return float((self.ranks[:, self.units.index(unit)] <= rank).mean())


def rank_intervals(
    model: Model,
    data: UnitData,
    choices: Sequence[Choice],
    *,
    level: float = 0.9,
    runs: int = 1024,
    most_exact: int = 20_000,
    seed: int,
    progress: Progress = unheard,
) -> Robustness:
    """Rank every unit under many ways to build the index.

    Args:
        choices: what is varied; each option is equally likely.
        level: share of the runs inside the interval, e.g. 0.9 for the 5th to the 95th percentile.
        runs: size of the sample when there are more than `most_exact` combinations.
        seed: scrambles the Sobol' sequence; without effect on an enumeration.

    A unit without a score in some runs has its interval from the others, and NaN when it never has one.
    Source: Saisana, Saltelli & Tarantola (2005).

    Raises MethodError as `build`, and `indices.bad_share` (the level), `.no_choices`, `.unknown_setting`,
    `.choices_overlap`, `.bad_option`, `.duplicate_code`, `.bad_sample_size`, `.bad_seed`.
    """
    checks.share("level", level, above=True)
    _check(model, choices)
    checks.good_seed(seed)
    _check_runs(runs)
    exact = combinations(choices) <= most_exact
    if exact:
        sizes = [np.arange(len(one.options)) for one in choices]
        design = np.stack([grid.ravel() for grid in np.meshgrid(*sizes, indexing="ij")], axis=1)
    else:
        design = options_at(sobol_points(runs, len(choices), seed), choices)
    done = run(model, data, choices, design, progress=progress)
    ranks = columns.ranks_down(done.scores.T).T
    nominal = build(model, data).ranks[:, -1]
    tail = (1 - level) / 2
    # Inverted distribution function: an interval of ranks that occur.
    bounds, average = np.full((5, len(data.units)), math.nan), columns.mean(ranks)
    seen = np.isfinite(ranks).any(axis=0)
    bounds[:, seen] = np.nanquantile(
        ranks[:, seen], [0, tail, 0.5, 1 - tail, 1], axis=0, method="inverted_cdf"
    )
    intervals = tuple(
        RankInterval(
            unit=unit,
            nominal=float(nominal[at]),
            low=float(bounds[1, at]),
            median=float(bounds[2, at]),
            high=float(bounds[3, at]),
            best=float(bounds[0, at]),
            worst=float(bounds[4, at]),
            mean=float(average[at]),
        )
        for at, unit in enumerate(data.units)
    )
    return Robustness(data.units, tuple(choices), exact, level, intervals, design, ranks)


def mean_rank_shift(model: Model, data: UnitData, choices: Sequence[Choice]) -> Callable[[Floats], Floats]:
    """The output whose variance a sensitivity analysis explains: mean absolute change of rank against the model.

    Returns a function of points in the unit cube, shape (points, choices) → (points,). Units without a score in a run
    or in the model do not count; NaN when none has one.
    Source: Saisana, Saltelli & Tarantola (2005). Raises MethodError as `build`; the function as `rank_intervals`.
    """
    nominal = build(model, data).ranks[:, -1]
    return _of_ranks(model, data, choices, lambda ranks: columns.mean(np.abs(ranks.T - nominal[:, None])))


def rank_of(model: Model, data: UnitData, choices: Sequence[Choice], unit: str) -> Callable[[Floats], Floats]:
    """The rank of one unit as a function of points in the unit cube, shape (points, choices) → (points,).

    NaN where the unit has no score. Raises MethodError `indices.unknown_unit`; the function as `rank_intervals`.
    """
    row = data.row(unit)
    return _of_ranks(model, data, choices, lambda ranks: ranks[:, row])


def _of_ranks(
    model: Model, data: UnitData, choices: Sequence[Choice], what: Callable[[Floats], Floats]
) -> Callable[[Floats], Floats]:
    """A function of the ranks (runs, units) as one of points in the unit cube.

    Equal designs are ranked once, and some thousand at a time, so that the ranks of a large sample need not be held
    together.
    """

    def of(u: Floats) -> Floats:
        rows, back = np.unique(options_at(u, choices), axis=0, return_inverse=True)
        values = np.empty(len(rows))
        for start in range(0, len(rows), 4096):
            part = slice(start, start + 4096)
            values[part] = what(columns.ranks_down(run(model, data, choices, rows[part]).scores.T).T)
        return np.asarray(values[back.ravel()])

    return of
