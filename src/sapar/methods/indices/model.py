"""An index from its raw numbers to its ranks, one table at a time or a thousand side by side.

The steps are those of the OECD/JRC Handbook: divide by denominators, screen units, fill holes, treat outliers,
normalise, weigh and aggregate. `build` keeps every stage and every reason; `regenerate` returns the scores of many
tables of the same units and computes all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.aggregation import Aggregation, Gap, Plan, aggregate, gaps
from sapar.methods.indices.checks import LARGEST
from sapar.methods.indices.columns import Bools, Floats
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.denominators import divisors
from sapar.methods.indices.imputation import Imputation, Imputed, fill, impute
from sapar.methods.indices.normalisation import (
    BY_RANK,
    FittedNormalisation,
    Normalisation,
    Posts,
    normalise,
    posts,
)
from sapar.methods.indices.screening import ScreenedUnit, Screening, screen, staying
from sapar.methods.indices.treatment import (
    FittedTreatment,
    TreatedColumn,
    Treatment,
    record,
    treat,
    untreated,
)
from sapar.methods.indices.tree import Tree
from sapar.methods.progress import Progress, unheard


@dataclass(frozen=True)
class Model:
    """A tree and the choices of every step.

    `treatment` None leaves outliers as they are; `divided` False ignores denominators; `weights` replace those of
    the tree for the nodes named.
    """

    tree: Tree
    divided: bool = True
    screening: Screening = field(default_factory=Screening)
    imputation: Imputation = field(default_factory=Imputation)
    treatment: Treatment | None = field(default_factory=Treatment)
    normalisation: Normalisation = field(default_factory=Normalisation)
    aggregation: Aggregation = field(default_factory=Aggregation)
    weights: tuple[tuple[str, float], ...] = ()

    def weight_array(self) -> Floats:
        """Raw weights in the order of `tree.codes`, checked."""
        tree = self.tree.with_weights(dict(self.weights)) if self.weights else self.tree
        return tree.weights


@dataclass(frozen=True, eq=False)
class Fitted:
    """How a raw value becomes a normalised one, fixed on one set of data.

    `divisors` belong to the units of that data; `treatment` and `line` apply to any.
    """

    treatment: FittedTreatment
    line: FittedNormalisation

    def apply(self, divided: Floats) -> Floats:
        """Normalised scores of values that are already divided by their denominators, (..., indicators)."""
        return self.line.apply(self.treatment.apply(divided))


@dataclass(frozen=True, eq=False)
class Index:
    """A built index.

    Stages have the shape (units, indicators); `scores` and `ranks` (units, nodes) in the order of `tree.codes`, the
    index last. Units screened out have NaN. `fitted` is None when the normalisation goes by rank.
    """

    model: Model
    data: UnitData
    screened: tuple[ScreenedUnit, ...]
    imputed: tuple[Imputed, ...]
    treated: tuple[TreatedColumn, ...]
    gaps: tuple[Gap, ...]
    divided: Floats
    filled: Floats
    treated_values: Floats
    scores: Floats
    ranks: Floats
    fitted: Fitted | None

    @property
    def tree(self) -> Tree:
        return self.model.tree

    def score(self, unit: str, code: str = "") -> float:
        """Score of a unit on a node; the index when none is named."""
        return float(self.scores[self.data.row(unit), self._place(code)])

    def rank(self, unit: str, code: str = "") -> float:
        """Rank of a unit on a node, 1 for the best, NaN without a score."""
        return float(self.ranks[self.data.row(unit), self._place(code)])

    def of(self, code: str = "") -> Mapping[str, float]:
        """Scores of all units on a node; the index when none is named."""
        return dict(zip(self.data.units, self.scores[:, self._place(code)].tolist(), strict=True))

    def ranks_within(self, group: str, code: str = "") -> Mapping[str, float]:
        """Rank of every unit among those with its label of a grouping; NaN without a score or a label.

        Raises MethodError `indices.unknown_group`, `.unknown_code`.
        """
        labels = np.array(self.data.labels(group))
        scores = self.scores[:, self._place(code)]
        found = np.full(len(labels), np.nan)
        for label in dict.fromkeys(filter(str.strip, labels.tolist())):
            rows = labels == label
            found[rows] = columns.ranks_down(scores[rows][:, None])[:, 0]
        return dict(zip(self.data.units, found.tolist(), strict=True))

    def order(self) -> tuple[str, ...]:
        """Units with a score from the best to the last; equal ones in the order of the data."""
        ranked = self.ranks[:, -1]
        return tuple(
            self.data.units[at] for at in np.argsort(ranked, kind="stable") if np.isfinite(ranked[at])
        )

    def _place(self, code: str) -> int:
        return self.tree.place[self.tree.node(code or self.tree.index).code]


def build(model: Model, data: UnitData) -> Index:
    """Build the index, keeping all stages and reasons.

    `data` holds raw values, each in the unit of its indicator; extra columns are left alone. Arrays of the result have
    the shape (units, indicators) or (units, nodes). Source: OECD/JRC Handbook (2008).

    Raises MethodError with the facts of every unit, node or value concerned: `indices.missing_columns`,
    `.unknown_denominator`, `.bad_denominator`, `.unknown_unit`, `.nobody_stays`, `.unknown_group`, `.em_constant`,
    `.em_too_few_units`, `.em_not_converged`, `.transformation_impossible`, `.posts_missing`, `.no_values`,
    `.constant_indicator`, `.bad_target`, `.reference_missing`, `.not_positive`, `.unknown_code`, `.unknown_level`,
    `.bad_weight`, `.weightless_group`, `.copeland_missing`, `.too_many_units`.
    """
    tree = model.tree
    plan = Plan(tree, model.aggregation)
    raw = data.columns(tree.indicators)
    divided = raw / divisors(tree, data) if model.divided else raw
    screened = screen(tree, data, model.screening, divided)
    stays = np.array([one.stays for one in screened])
    if not stays.any():
        raise MethodError("indices.nobody_stays", "No unit has enough data.")
    divided = np.where(stays[:, None], divided, np.nan)
    filled, imputed = impute(tree, data, model.imputation, divided)
    filled = np.where(stays[:, None], filled, np.nan)
    imputed = tuple(one for one in imputed if stays[data.row(one.unit)]) if not stays.all() else imputed
    treated_values, treatment, notes = _treated(filled, model, data)
    given = posts(tree, model.normalisation, data.units)
    normal, line = normalise(treated_values, model.normalisation, given)
    weights = model.weight_array()
    scores = aggregate(normal, weights, plan, units=data.units)[0]
    return Index(
        model=model,
        data=data,
        screened=screened,
        imputed=imputed,
        treated=notes,
        gaps=gaps(scores, weights, plan, data.units, stays),
        divided=divided,
        filled=filled,
        treated_values=treated_values,
        scores=scores,
        ranks=columns.ranks_down(scores),
        fitted=None if line is None else Fitted(treatment, line),
    )


def _exempt(model: Model) -> Bools:
    return np.array([not model.tree.by_code[code].treat for code in model.tree.indicators])


def _treated(
    x: Floats, model: Model, data: UnitData
) -> tuple[Floats, FittedTreatment, tuple[TreatedColumn, ...]]:
    if model.treatment is None:
        return x, untreated(model.tree.indicators, x.shape[1]), ()
    result = treat(x, model.treatment, model.tree.indicators, _exempt(model))
    notes = record(result, x, model.tree.indicators, data.units, model.treatment)
    return result.values, result.fitted, notes


def normalised(model: Model, data: UnitData, tables: Floats, below: Floats, given: Posts) -> Floats:
    """Normalised scores of many raw tables, shape (tables, units, indicators), all computed side by side."""
    count, n, p = tables.shape
    x = tables / below if model.divided else tables
    stays = staying(x, model.screening, data.units)
    if not stays.any(axis=1).all():
        raise MethodError("indices.nobody_stays", "No unit has enough data.")
    if not stays.all():
        x = np.where(stays[..., None], x, np.nan)
    wide = x.transpose(1, 0, 2).reshape(n, count * p)
    wide = fill(wide, model.imputation, model.tree, data)
    if not stays.all():
        wide = np.where(np.repeat(stays.T, p, axis=1), wide, np.nan)
    if model.treatment is not None:
        wide = treat(wide, model.treatment, model.tree.indicators, np.tile(_exempt(model), count)).values
    scores, _ = normalise(wide, model.normalisation, given.tiled(count))
    return scores.reshape(n, count, p).transpose(1, 0, 2)


def regenerate(
    model: Model,
    data: UnitData,
    tables: Floats,
    *,
    weights: Floats | None = None,
    at_once: int = 25,
    progress: Progress = unheard,
) -> Floats:
    """The scores of the index for many alternative tables of raw values.

    Every table goes through every step of the model again; nothing is reused from one to the next. Scores are those of
    `build`; progress counts tables.

    Args:
        tables: shape (tables, units, indicators) in the order of `data.units` and `tree.indicators`.
        weights: raw weights in the order of `tree.codes`, shape (tables, nodes); the model's when None.
        at_once: tables computed side by side; more need more memory.

    Returns:
        Scores of the index, shape (tables, units), NaN for units screened out or with gaps.

    Raises MethodError as `build`, and `indices.wrong_shape`, `.infinite_value` (naming the tables), `.bad_weight`,
    `.bad_sample_size` (of `at_once`).
    """
    tree = model.tree
    tables = checks.numbers("tables", tables)
    checks.same_shape("tables", tables.shape, (-1, len(data.units), len(tree.indicators)))
    if at_once < 1:
        raise MethodError(
            "indices.bad_sample_size", "At least one table at once, not {points}.", points=at_once
        )
    if (wild := (np.abs(tables) > LARGEST).any(axis=(1, 2))).any():
        raise MethodError(
            "indices.infinite_value", "Tables {tables} have values that are infinite or beyond ±{most:g}.",
            tables=tuple(np.flatnonzero(wild).tolist()), most=LARGEST,
        )  # fmt: skip
    plan = Plan(tree, model.aggregation)
    below = divisors(tree, data) if model.divided else np.ones(tables.shape[1:])
    given = posts(tree, model.normalisation, data.units)
    used = model.weight_array() if weights is None else checks.plain_weights(weights, tree.codes)
    if used.ndim == 2:
        checks.same_shape("weights", used.shape, (len(tables), len(tree.codes)))
    used = np.broadcast_to(used, (len(tables), len(tree.codes)))
    scores = np.empty(tables.shape[:2])
    for part in _parts(len(tables), at_once):
        normal = normalised(model, data, tables[part], below, given)
        scores[part] = aggregate(normal, used[part], plan, units=data.units)[..., -1]
        progress(part.stop, len(tables))
    return scores


def _parts(total: int, size: int) -> Iterator[slice]:
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))


def with_tree(model: Model, tree: Tree) -> Model:
    """The same choices on another tree; what speaks of nodes that are gone is left out."""
    rule = model.aggregation
    return replace(
        model,
        tree=tree,
        aggregation=replace(
            rule,
            by_level=tuple(
                pair for pair in rule.by_level if pair[0] in {tree.levels[one] for one in tree.aggregates}
            ),
            by_code=tuple(pair for pair in rule.by_code if pair[0] in tree.children),
        ),
        weights=tuple(pair for pair in model.weights if pair[0] in tree.by_code),
    )


def refuse_pairwise(model: Model) -> None:
    """Refuse pairwise wins, which no frozen scale can keep: they count the other units, not the unit."""
    if any(mean == "copeland" for _, _, mean in Plan(model.tree, model.aggregation).steps):
        raise MethodError(
            "indices.ranks_cannot_be_frozen",
            "{method} depends on all units and cannot be frozen.",
            method="copeland",
        )


def frozen(index: Index) -> Fitted:
    """The fixed scale of an index; refused when its scores depend on the other units by rank."""
    refuse_pairwise(index.model)
    if index.fitted is None:
        raise MethodError(
            "indices.ranks_cannot_be_frozen",
            "{method} depends on all units and cannot be frozen.",
            method=next(rule.method for rule in index.model.normalisation.rules if rule.method in BY_RANK),
        )
    return index.fitted


__all__ = [
    "BY_RANK",
    "Fitted",
    "Index",
    "Model",
    "build",
    "frozen",
    "normalised",
    "refuse_pairwise",
    "regenerate",
    "with_tree",
]
