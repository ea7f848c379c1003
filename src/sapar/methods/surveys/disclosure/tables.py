"""Tables with all their totals, and the sums that tie the cells together.

Whoever knows the sums can subtract; so protection is a matter of all cells that are published together: leaves,
subtotals, totals, over every axis.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import floats, places
from sapar.methods.surveys.given import checked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One variable of a table: its leaves, its subtotals and what these add up.

    `sums` holds (place of the sum, places of its parts); a node may be part of several sums, say a university
    of its city and of its kind of ownership.
    """

    name: str
    nodes: tuple[str, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...] = ()

    def __post_init__(self) -> None:
        if not self.nodes or len(set(self.nodes)) < len(self.nodes):
            raise MethodError("surveys.axis_invalid", "{axis} has no nodes or one twice.", axis=self.name)
        self.leaf_matrix()

    @property
    def leaves(self) -> tuple[int, ...]:
        """Places of the nodes that are no sum of others."""
        totals = {total for total, _ in self.sums}
        return tuple(place for place in range(len(self.nodes)) if place not in totals)

    def leaf_matrix(self) -> FloatArray:
        """nodes × leaves: 1 where the leaf is in the node."""
        rows: dict[int, FloatArray] = {
            leaf: np.eye(len(self.leaves))[number] for number, leaf in enumerate(self.leaves)
        }
        waiting = list(self.sums)
        while waiting:
            ready = [(total, parts) for total, parts in waiting if all(part in rows for part in parts)]
            if not ready:
                raise MethodError(
                    "surveys.axis_invalid", "The sums of {axis} run in a circle.", axis=self.name
                )
            for total, parts in ready:
                row = np.sum([rows[part] for part in parts], axis=0)
                if row.max(initial=0.0) != 1.0 or (total in rows and (rows[total] != row).any()):
                    raise MethodError(
                        "surveys.axis_invalid",
                        "{node} of {axis} is empty, holds something twice, or adds up in two ways.",
                        axis=self.name,
                        node=self.nodes[total],
                    )
                rows[total] = row
            waiting = [pair for pair in waiting if pair not in ready]
        return np.array([rows[place] for place in range(len(self.nodes))])


@checked
def axis(
    name: str, leaves: Sequence[str], parents: Mapping[str, str] | None = None, *, total: str | None = "Total"
) -> Axis:
    """An axis from a tree.

    Args:
        leaves: the finest categories.
        parents: the group of each leaf or group that is in one: ``{"Osh": "South", "Jalal-Abad": "South"}``.
        total: name of the sum of everything; None if no such sum is published.

    Raises:
        MethodError: ``surveys.axis_invalid``.
    """
    above = dict(parents or {})
    nodes = list(dict.fromkeys([*leaves, *above, *above.values()]))
    if any(leaf in above.values() for leaf in leaves) or len(set(leaves)) < len(leaves):
        raise MethodError(
            "surveys.axis_invalid", "A leaf of {axis} is a group as well, or named twice.", axis=name
        )
    if total is not None:
        if total in nodes:
            raise MethodError(
                "surveys.axis_invalid", "{axis} has a node called {total}.", axis=name, total=total
            )
        above |= {node: total for node in nodes if node not in above}
        nodes.append(total)
    place = {node: number for number, node in enumerate(nodes)}
    parts: dict[int, list[int]] = {}
    for child, parent in above.items():
        parts.setdefault(place[parent], []).append(place[child])
    built = Axis(name=name, nodes=tuple(nodes), sums=tuple((k, tuple(v)) for k, v in parts.items()))
    if len(built.leaves) != len(leaves):
        raise MethodError("surveys.axis_invalid", "A group of {axis} has no leaves.", axis=name)
    return built


@dataclass(frozen=True, eq=False)
class Table:
    """Values of all cells, the sums included: an array with one dimension per axis."""

    axes: tuple[Axis, ...]
    values: FloatArray

    def labels(self, cell: int) -> tuple[str, ...]:
        """Node names of a cell given by its flat place."""
        places = np.unravel_index(cell, self.values.shape)
        return tuple(one.nodes[int(place)] for one, place in zip(self.axes, places, strict=True))

    def relations(self) -> csr_array:
        """sums × cells: +1 for the sum, -1 for its parts; every row times the flat values is zero."""
        shape = self.values.shape
        places = np.arange(self.values.size).reshape(shape)
        rows, cells, signs, row = [], [], [], 0
        for dimension, one in enumerate(self.axes):
            lines = np.moveaxis(places, dimension, 0).reshape(shape[dimension], -1)
            for total, parts in one.sums:
                count = lines.shape[1]
                numbers = np.arange(row, row + count)
                for node, sign in [(total, 1.0), *[(part, -1.0) for part in parts]]:
                    rows.append(numbers)
                    cells.append(lines[node])
                    signs.append(np.full(count, sign))
                row += count
        if not rows:
            return csr_array((0, self.values.size))
        entries = np.concatenate(signs), (np.concatenate(rows), np.concatenate(cells))
        return csr_array(entries, shape=(row, self.values.size))


@dataclass(frozen=True, eq=False)
class Tabulation:
    """Counts, sums of contributions, and the largest contributions of every cell (in falling order)."""

    counts: Table
    sums: Table
    largest: FloatArray


@checked
def table_of_leaves(axes: Sequence[Axis], leaves: ArrayLike) -> Table:
    """Add up all sums of an array over the leaves of each axis (in the order of `Axis.leaves`).

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.table_values`` (NaN, infinite, negative).
    """
    array = floats(leaves, what="cells")
    expected = tuple(len(one.leaves) for one in axes)
    if not axes or array.shape != expected:
        raise MethodError(
            "surveys.table_shape",
            "Shape {shape}, but the leaves are {leaves}.",
            shape=array.shape,
            leaves=expected,
        )
    if (wrong := np.argwhere(~(np.isfinite(array) & (array >= 0)))).size:
        raise MethodError(
            "surveys.table_values", "Cells are missing, infinite or negative: {cells}.",
            cells=tuple(
                ", ".join(one.nodes[one.leaves[int(at)]] for one, at in zip(axes, place, strict=True))
                for place in wrong
            ),
        )  # fmt: skip
    for dimension, one in enumerate(axes):
        array = np.moveaxis(np.tensordot(one.leaf_matrix(), array, axes=(1, dimension)), 0, dimension)
    return Table(tuple(axes), array)


@checked
def tabulate(
    axes: Sequence[Axis],
    columns: Sequence[Sequence[str]],
    contributions: Sequence[float] | FloatArray | None = None,
    *,
    contributors: Sequence[Hashable] | None = None,
    keep: int = 3,
) -> Tabulation:
    """Count rows by the leaves of each axis, and find the largest contributions of every cell.

    Args:
        columns: per axis the leaf name of every row.
        contributions: what each row adds to the sums; 1 if not given.
        contributors: who each row belongs to: several rows of one contributor in a cell are one contribution.
            Every row is its own if not given.
        keep: how many of the largest contributions to keep.

    Raises:
        MethodError: ``surveys.table_shape``, ``surveys.category_unknown``, ``surveys.table_values``;
            ``surveys.rule_invalid`` for a `keep` below 0.
    """
    if keep < 0:
        raise MethodError("surveys.rule_invalid", "The {n} largest cannot be kept.", n=keep)
    rows = len(columns[0]) if columns else 0
    if len(columns) != len(axes) or any(len(column) != rows for column in columns):
        raise MethodError("surveys.table_shape", "Columns and axes do not match.", axes=len(axes))
    amounts = np.ones(rows) if contributions is None else floats(contributions, what="contributions")
    if amounts.shape != (rows,) or (contributors is not None and len(contributors) != rows):
        raise MethodError("surveys.table_shape", "Not one contribution for each of {rows} rows.", rows=rows)
    if (bad := ~(np.isfinite(amounts) & (amounts >= 0))).any():
        raise MethodError(
            "surveys.table_values", "Contributions are missing, infinite or negative in rows {rows}.",
            rows=places(bad),
        )  # fmt: skip
    leaves = [_leaf_numbers(one, column) for one, column in zip(axes, columns, strict=True)]
    shape = tuple(len(one.leaves) for one in axes)
    flat = np.ravel_multi_index(tuple(leaves), shape) if rows else np.zeros(0, dtype=np.intp)
    size = int(np.prod(shape))
    counts = table_of_leaves(axes, np.bincount(flat, minlength=size).reshape(shape))
    sums = table_of_leaves(axes, np.bincount(flat, amounts, size).reshape(shape))
    owner = _owners(contributors, rows)
    return Tabulation(counts, sums, _largest(axes, leaves, amounts, owner, keep))


def _leaf_numbers(one: Axis, column: Sequence[str]) -> IntArray:
    place = {one.nodes[leaf]: number for number, leaf in enumerate(one.leaves)}
    numbers = np.fromiter((place.get(value, -1) for value in column), np.intp, len(column))
    if len(numbers) and numbers.min() < 0:
        rows = places(numbers < 0)
        raise MethodError(
            "surveys.category_unknown",
            "No leaves of {margin}: {values}; rows {rows}.",
            values=tuple(dict.fromkeys(str(column[row - 1]) for row in rows)),
            rows=rows,
            margin=one.name,
        )
    return numbers


def _owners(contributors: Sequence[Hashable] | None, rows: int) -> IntArray:
    if contributors is None:
        return np.arange(rows, dtype=np.intp)
    place = {who: number for number, who in enumerate(dict.fromkeys(contributors))}
    return np.array([place[who] for who in contributors], dtype=np.intp)


def _largest(
    axes: Sequence[Axis], leaves: Sequence[IntArray], amounts: FloatArray, owner: IntArray, keep: int
) -> FloatArray:
    """cells … × keep: each row goes to every combination of nodes that its leaves are in."""
    shape = tuple(len(one.nodes) for one in axes)
    nodes = [
        [np.flatnonzero(matrix[:, leaf]) for leaf in range(matrix.shape[1])]
        for matrix in (one.leaf_matrix() for one in axes)
    ]
    found = np.zeros((int(np.prod(shape)), keep))
    combined = np.ravel_multi_index(tuple(leaves), tuple(len(n) for n in nodes)) if len(owner) else leaves[0]
    cells, rows = [], []
    for leaf in np.unique(combined):
        members = np.flatnonzero(combined == leaf)
        places = np.unravel_index(int(leaf), tuple(len(n) for n in nodes))
        for combination in product(*[n[int(place)] for n, place in zip(nodes, places, strict=True)]):
            cells.append(np.full(len(members), np.ravel_multi_index(combination, shape)))
            rows.append(members)
    if not cells:
        return found.reshape(*shape, keep)
    cell, row = np.concatenate(cells), np.concatenate(rows)
    width = int(owner.max()) + 1
    pairs, group = np.unique(cell * width + owner[row], return_inverse=True)
    amount = np.bincount(group, amounts[row])
    cell = pairs // width
    order = np.lexsort((-amount, cell))
    cell, amount = cell[order], amount[order]
    rank = np.arange(len(cell)) - np.searchsorted(cell, cell)
    top = rank < keep
    found[cell[top], rank[top]] = amount[top]
    return found.reshape(*shape, keep)
