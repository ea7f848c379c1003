"""From a lottery over counts to a published list of panels with names.

Chances are kept in whole *tickets*, so that everyone can add them up: a panel with 37 of 1,000 tickets is
drawn with chance 37/1000, and a person's chance is the sum of the tickets of their panels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sapar.methods.sortition.leximin import Mixture
from sapar.methods.sortition.pool import Counts, Floats, Kinds

TICKETS = 10**12


@dataclass(frozen=True)
class Panel:
    """A panel and the tickets on which it is drawn; members in alphabetical order of their ids."""

    tickets: int
    members: tuple[str, ...]


Shares = list[tuple[str, int]]


def weighted_panels(mixture: Mixture, kinds: Kinds) -> tuple[Panel, ...]:
    """Panels on 10¹² tickets; members of one kind differ by at most one ticket."""
    tickets = whole_shares(mixture.weights, TICKETS)
    held: list[list[Shares]] = [[] for _ in tickets]
    for kind in range(len(kinds)):
        panels = np.flatnonzero((mixture.panels[:, kind] > 0) & (tickets > 0))
        if len(panels):
            shares = _dealt(kinds.members[kind], mixture.panels[panels, kind], tickets[panels])
            for panel, share in zip(panels, shares, strict=True):
                held[panel].append(share)
    merged: dict[tuple[str, ...], int] = defaultdict(int)
    for shares, length in zip(held, tickets, strict=True):
        for members, part in _sliced(shares, int(length)):
            merged[members] += part
    return tuple(Panel(part, members) for members, part in sorted(merged.items()))


def whole_shares(weights: Floats, total: int) -> Counts:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders)."""
    exact = weights / weights.sum() * total
    shares: Counts = np.floor(exact).astype(np.int64)
    rest = total - int(shares.sum())
    if rest < 0:
        # Floats of 10¹² may round up by a hair; the largest share bears it.
        shares[int(np.argmax(shares))] += rest
        return shares
    order = np.argsort(shares - exact, kind="stable")
    for step in range(rest):
        shares[order[step % len(order)]] += 1
    return shares


def _dealt(members: Sequence[str], counts: Counts, tickets: Counts) -> list[Shares]:
    """Deal seats of one kind to its members, panel by panel, in equal sums of tickets.

    A panel of w tickets with c seats for the kind has c·w to deal and at most w for one member. Whoever is
    next takes what the later ones could no longer take, then fills up from panel to panel. That never fails:
    what must be taken is at most, and what can be taken at least, an equal part of what is left.
    """
    left_over = counts * tickets
    shares: list[Shares] = [[] for _ in tickets]
    for at, member in enumerate(members):
        left = len(members) - at
        part = int(left_over.sum()) // left
        taken = np.maximum(0, left_over - (left - 1) * tickets)
        room = np.minimum(left_over, tickets) - taken
        before = np.cumsum(room) - room
        taken += np.clip(part - int(taken.sum()) - before, 0, room)
        left_over = left_over - taken
        for panel in np.flatnonzero(taken):
            shares[panel].append((member, int(taken[panel])))
    return shares


def _sliced(held: list[Shares], length: int) -> list[tuple[tuple[str, ...], int]]:
    """Cut a panel of `length` tickets where its members change (McNaughton's wrap-around rule, 1959)."""
    always: list[str] = []
    pieces: list[tuple[int, int, str]] = []
    for shares in held:
        start = 0
        for member, part in sorted(shares, key=lambda share: (share[1] < length, share[0])):
            begin, end = start % length, start % length + part
            start += part
            if part == length:
                always.append(member)
            elif end <= length:
                pieces.append((begin, end, member))
            else:
                pieces += [(begin, length, member), (0, end - length, member)]
    marks = sorted({0, length, *(piece[0] for piece in pieces), *(piece[1] for piece in pieces)})
    return [
        (
            tuple(sorted([*always, *(member for start, stop, member in pieces if start <= begin < stop)])),
            end - begin,
        )
        for begin, end in pairwise(marks)
    ]


def equal_panels(mixture: Mixture, kinds: Kinds, number: int) -> tuple[Panel, ...]:
    """`number` panels with one ticket each, whose chances come near those of the mixture.

    Each next panel is the one that the kinds behind their due ask for most (herding); within a kind the
    seats go round, so that its members differ by at most one panel.
    """
    panels = mixture.panels.astype(np.float64)
    due = mixture.weights @ panels
    scale = 1 / np.maximum(kinds.sizes.astype(np.float64), 1)
    behind = np.zeros(len(kinds))
    turn = np.zeros(len(kinds), dtype=np.int64)
    chosen: list[Panel] = []
    norms = 0.5 * (panels**2) @ scale
    for _ in range(number):
        behind += due
        best = int(np.argmax(panels @ (behind * scale) - norms))
        behind -= panels[best]
        names: list[str] = []
        for kind in np.flatnonzero(mixture.panels[best]):
            seats, ids = int(mixture.panels[best, kind]), kinds.members[kind]
            names += [ids[(int(turn[kind]) + seat) % len(ids)] for seat in range(seats)]
            turn[kind] += seats
        chosen.append(Panel(1, tuple(sorted(names))))
    return tuple(chosen)
