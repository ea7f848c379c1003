"""Leximin, maximin and Nash chances by counts, and panels that realise them.

Source: B. Flanigan, P. Gölz, A. Gupta, B. Hennig and A. D. Procaccia, "Fair algorithms for selecting
citizens' assemblies", Nature 596 (2021) 548–552. The optimum is theirs; the way to it uses kinds:

1. *Relaxation.* Expected counts of any lottery lie in the polytope of fractional panels. Its leximin point
   is found by a short chain of linear programs: raise the least chance, fix those kinds whose row has a
   positive dual (they cannot rise in any optimum), and go on with the rest.
2. *Splitting.* The point is written as a lottery over whole panels: take a panel on the smallest face that
   holds the point, walk away from it until a new bound is met, repeat (Carathéodory). If this succeeds, the
   point is optimal among lotteries too, because it was optimal in a larger set.
3. *Column generation.* Otherwise the paper's own way is gone, with the panels found so far as its start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack

from sapar.methods.errors import MethodError
from sapar.methods.progress import Progress
from sapar.methods.sortition.columns import columns_optimum
from sapar.methods.sortition.nash import nash_columns, nash_point
from sapar.methods.sortition.pool import Counts, Floats, Kinds
from sapar.methods.sortition.solver import INFINITY, Panels, Program, solved, values
from sapar.methods.sortition.splitting import NEAR, PLACED, Relaxation, split

NEGLIGIBLE = 1e-7
SATURATED = 1e-6
Rule = Literal["leximin", "maximin", "nash"]


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


def relaxed_optimum(relaxation: Relaxation, *, all_levels: bool, hair: float) -> tuple[Floats, Floats] | None:
    """The leximin counts over the relaxation, and the duals of its least chance by member.

    With `all_levels` False only the least chance is made greatest. None when rounding left no point: levels
    that are reached are held at `hair` below their value.
    """
    kinds = relaxation.kinds
    count = len(kinds)
    sizes = kinds.sizes.astype(np.float64)
    rows = kinds.rows
    above = hstack([diags(1 / sizes), csr_matrix(-np.ones((count, 1)))])
    first = rows.shape[0]
    highs = Program(
        np.concatenate([np.zeros(count), [1.0]]),
        np.concatenate([relaxation.lower, [0.0]]),
        np.concatenate([relaxation.upper, [1.0]]),
        csr_matrix(vstack([hstack([rows, csr_matrix((first, 1))]), above])),
        np.concatenate([kinds.row_lower, np.zeros(count)]),
        np.concatenate([kinds.row_upper, np.full(count, INFINITY)]),
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
    heard = _Heard(progress)
    while True:
        if rule == "nash":
            point = nash_point(relaxation, heard.share)
            proof = _inverse(point, relaxation)
        else:
            point, proof = _point(relaxation, rule)
        if _closes(oracle, relaxation, point):
            continue
        mixed = split(relaxation, point, heard.mass)
        shares, panels = np.array(mixed.weights), mixed.panels
        if mixed.mass <= PLACED:
            break
        panels += [start, *_covering(oracle, relaxation, panels)]
        if not np.any(point[relaxation.closed] > 0):
            if rule == "nash":
                shares, panels = nash_columns(oracle, panels, relaxation.closed, heard.share)
            else:
                shares, panels, proof = columns_optimum(
                    oracle, panels, relaxation.closed, heard.share, all_levels=rule == "leximin"
                )
            point = np.asarray(shares @ np.array(panels), dtype=np.float64)
            if rule == "nash":
                proof = _inverse(point, relaxation)
            break
    progress(heard.total, heard.total)
    shares = np.maximum(shares, 0.0)
    return Mixture(
        shares[shares > 0] / shares.sum(),
        np.array(panels)[shares > 0],
        point / kinds.sizes,
        _normalised(proof, kinds),
        relaxation.closed,
    )


def _inverse(point: Floats, relaxation: Relaxation) -> Floats:
    """1 / chance: the weights that prove a greatest geometric mean."""
    proof = np.zeros(len(point))
    held = ~relaxation.closed
    proof[held] = relaxation.kinds.sizes[held] / point[held]
    return proof


class _Heard:
    """Progress out of what splitting and column generation know of their end; it never falls."""

    total = 1000

    def __init__(self, progress: Progress) -> None:
        self._progress, self._furthest = progress, 0
        progress(0, self.total)

    def mass(self, left: float) -> None:
        self.share(1 - np.log10(max(left, 1e-9)) / -9)

    def share(self, left: float) -> None:
        self._furthest = max(self._furthest, min(self.total - 1, int(self.total * (1 - left))))
        self._progress(self._furthest, self.total)


def _point(relaxation: Relaxation, rule: Rule) -> tuple[Floats, Floats]:
    # A level is held a hair below its value, or rounding may leave the next program without a point.
    for hair in (1e-10, 1e-9, 1e-8, 1e-7):
        found = relaxed_optimum(relaxation, all_levels=rule == "leximin", hair=hair)
        if found is not None:
            return found
    raise MethodError("sortition.not_solved", "The solver stopped: {status}.", status="infeasible")


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
