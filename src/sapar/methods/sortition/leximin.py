"""Leximin and maximin chances by counts, and panels that realise them.

Source: B. Flanigan, P. Gölz, A. Gupta, B. Hennig and A. D. Procaccia, "Fair algorithms for selecting
citizens' assemblies", Nature 596 (2021) 548–552. The optimum is theirs; the way to it uses kinds:

1. *Relaxation.* Expected counts of any lottery lie in the polytope of fractional panels. Its leximin point
   is found by a short chain of linear programs: raise the least chance, fix those kinds whose row has a
   positive dual (they cannot rise in any optimum), and go on with the rest.
2. *Splitting.* The point is written as a lottery over whole panels: take a panel on the smallest face that
   holds the point, walk away from it until a new bound is met, repeat (Carathéodory). If this succeeds, the
   point is optimal among lotteries too, because it was optimal in a larger set.
3. *Column generation.* Otherwise a master program mixes the panels at hand as near to the point as it can,
   and its duals ask an integer program for a better panel. Where even the best panel weighs less than the
   point, the point lies outside the hull of panels; that inequality joins the relaxation, and 1 starts anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress
from sapar.methods.sortition.pool import Counts, Floats, Kinds
from sapar.methods.sortition.solver import INFINITY, Panels, Program, solved, values
from sapar.methods.sortition.splitting import NEAR, Relaxation, split

NEGLIGIBLE = 1e-7
PLACED = 1e-6
SATURATED = 1e-6
MOST_PRICINGS = 20_000


@dataclass(frozen=True)
class Mixture:
    """A lottery over count vectors.

    Attributes:
        weights: float64[panels], summing to 1.
        panels: int64[panels, kinds].
        chances: float64[kinds], the optimal chance of a member of each kind.
        proof: float64[kinds], weights per member, summing to 1 over all members: no panel weighs more than
            the least chance, hence no lottery can give a greater one.
        closed: bool[kinds], kinds that no panel can hold.
    """

    weights: Floats
    panels: Counts
    chances: Floats
    proof: Floats
    closed: NDArray[np.bool_]


Point = tuple[Floats, Floats]
Rule = Callable[[Relaxation], Point | None]


def leximin_point(relaxation: Relaxation) -> Point | None:
    """The leximin counts over the relaxation, and the dual weights of its first level; None when empty."""
    # A level is held a hair below its value, or rounding may leave the next program without a point.
    for hair in (1e-10, 1e-9, 1e-8):
        point = _raised(relaxation, all_levels=True, hair=hair)
        if point is not None:
            return point
    return None


def maximin_point(relaxation: Relaxation) -> Point | None:
    """Counts over the relaxation whose least chance is greatest; the others as the solver leaves them."""
    return _raised(relaxation, all_levels=False, hair=0.0)


def _raised(relaxation: Relaxation, *, all_levels: bool, hair: float) -> Point | None:
    kinds = relaxation.kinds
    count = len(kinds)
    sizes = kinds.sizes.astype(np.float64)
    rows = relaxation.rows
    above = hstack([diags(1 / sizes), csr_matrix(-np.ones((count, 1)))])
    first = len(rows)
    highs = Program(
        np.concatenate([np.zeros(count), [1.0]]),
        np.concatenate([relaxation.lower, [0.0]]),
        np.concatenate([relaxation.upper, [1.0]]),
        csr_matrix(vstack([hstack([csr_matrix(rows), csr_matrix((first, 1))]), above])),
        np.concatenate([relaxation.row_lower, np.zeros(count)]),
        np.concatenate([relaxation.row_upper, np.full(count, INFINITY)]),
    ).loaded(maximise=True)
    waiting = (kinds.lower == 0) & ~relaxation.closed
    for kind in np.flatnonzero(~waiting):
        highs.changeRowBounds(first + int(kind), -INFINITY, INFINITY)
    proof: Floats | None = None
    while True:
        if not solved(highs):
            return None
        found = values(highs)
        level = found[-1]
        duals = np.abs(np.array(highs.getSolution().row_dual)[first:]) * waiting
        if proof is None:
            proof = duals / sizes
        # The duals of one stage sum to 1, so that there is always one to fix.
        fixed = np.flatnonzero(waiting & (duals >= min(SATURATED, duals.max())))
        waiting[fixed] = False
        if not all_levels or level > 1 - NEGLIGIBLE or not waiting.any():
            return np.clip(found[:-1], relaxation.lower, relaxation.upper), proof
        for kind in fixed:
            highs.changeRowBounds(first + int(kind), -INFINITY, INFINITY)
            highs.changeColBounds(
                int(kind),
                max(relaxation.lower[kind], sizes[kind] * level - hair),
                float(relaxation.upper[kind]),
            )


class _Master:
    """The mixture of known panels that comes nearest to a point from below, measured in seats."""

    def __init__(self, kinds: Kinds) -> None:
        count = len(kinds)
        self.count = count
        self.panels: list[Counts] = []
        self._highs = Program(
            np.ones(count),
            np.zeros(count),
            np.full(count, INFINITY),
            csr_matrix(vstack([diags(np.ones(count)), csr_matrix((1, count))])),
            np.zeros(count + 1),
            np.concatenate([np.full(count, INFINITY), [1.0]]),
        ).loaded()

    def add(self, panel: Counts) -> None:
        held = np.flatnonzero(panel)
        self._highs.addCol(
            0.0, 0.0, INFINITY, len(held) + 1,
            np.append(held, self.count).astype(np.int32), np.append(panel[held], 1).astype(np.float64),
        )  # fmt: skip
        self.panels.append(panel)

    def aim(self, point: Floats) -> None:
        for kind in range(self.count):
            self._highs.changeRowBounds(kind, float(point[kind]), INFINITY)

    def missing(self) -> tuple[float, Floats]:
        """Seats that the mixture lacks, and the duals by kind."""
        solved(self._highs)
        duals = np.maximum(np.array(self._highs.getSolution().row_dual)[: self.count], 0.0)
        return float(self._highs.getInfo().objective_function_value), duals

    def mixture(self) -> tuple[list[float], list[Counts]]:
        weights = values(self._highs)[self.count :]
        return [float(weight) for weight in weights], list(self.panels)


def optimal_mixture(kinds: Kinds, rule: Rule, progress: Progress) -> Mixture | None:
    """The lottery over panels that is best by the rule; None when there is no panel.

    Raises:
        MethodError: ``sortition.not_converged`` after 20,000 integer programs.
    """
    oracle = Panels(kinds)
    start = oracle.best(np.zeros(len(kinds)))
    if start is None:
        return None
    relaxation = Relaxation(kinds, np.zeros(len(kinds), dtype=np.bool_))
    master: _Master | None = None
    pricings = 0
    progress(0, 1000)
    furthest = 0

    def heard(mass: float) -> None:
        nonlocal furthest
        furthest = max(furthest, min(990, int(990 * np.log10(max(mass, 1e-9)) / -9)))
        progress(furthest, 1000)

    while True:
        target = rule(relaxation)
        if target is None:
            raise MethodError("sortition.not_converged", "No optimum after {rounds} cuts.", rounds=pricings)
        point, proof = target
        if _closes(oracle, relaxation, point):
            continue
        weights, panels, mass = split(relaxation, point, heard)
        if mass <= PLACED:
            break
        if master is None:
            master = _Master(kinds)
            panels = [*panels, start, *_covering(oracle, relaxation, panels)]
        for panel in panels:
            master.add(panel)
        if np.any(point[relaxation.closed] > 0):
            continue
        master.aim(point)
        found, pricings = _priced(oracle, master, relaxation, point, pricings)
        if found:
            weights, panels = master.mixture()
            break
    progress(1000, 1000)
    kept = np.array(weights) > 0
    shares = np.array(weights)[kept]
    return Mixture(
        shares / shares.sum(),
        np.array(panels)[kept],
        point / kinds.sizes,
        _normalised(proof, kinds),
        relaxation.closed,
    )


def _priced(
    oracle: Panels, master: _Master, relaxation: Relaxation, point: Floats, pricings: int
) -> tuple[bool, int]:
    """Add panels until the master holds the point (True) or a cut shows that no lottery does (False)."""
    while True:
        missing, duals = master.missing()
        if missing <= NEGLIGIBLE:
            return True, pricings
        panel = oracle.best(duals)
        pricings += 1
        if panel is None or pricings > MOST_PRICINGS:
            raise MethodError(
                "sortition.not_converged", "No optimum after {rounds} integer programs.", rounds=pricings
            )
        weight = float(duals @ panel)
        if weight < float(duals @ point) - NEGLIGIBLE:
            relaxation.cuts.append((duals, weight))
            return False, pricings
        master.add(panel)


def _closes(oracle: Panels, relaxation: Relaxation, point: Floats) -> bool:
    """Whether a kind without a chance turned out to fit no panel; the least chance is of the others."""
    before = int(relaxation.closed.sum())
    for kind in np.flatnonzero((point <= NEAR) & ~relaxation.closed):
        panel = oracle.best(np.arange(len(point)) == kind)
        relaxation.closed[kind] = panel is None or not panel[kind]
    return int(relaxation.closed.sum()) > before


def _covering(oracle: Panels, relaxation: Relaxation, panels: list[Counts]) -> list[Counts]:
    """Panels for the kinds that no panel holds yet; a kind that none can hold is closed."""
    covered = np.zeros(len(oracle.kinds), dtype=np.bool_)
    for panel in panels:
        covered |= panel > 0
    added = []
    for kind in range(len(covered)):
        if covered[kind]:
            continue
        fitting = oracle.best(np.arange(len(covered)) == kind)
        if fitting is None or not fitting[kind]:
            relaxation.closed[kind] = True
        else:
            covered |= fitting > 0
            added.append(fitting)
    return added


def _normalised(proof: Floats, kinds: Kinds) -> Floats:
    total = float(proof @ kinds.sizes)
    return proof / total if total > 0 else proof
