"""The framework of an index: which indicators exist, what they mean and how they hang together.

A tree whose leaves are indicators and whose root is the index, as in step 1 of the OECD/JRC Handbook on
Constructing Composite Indicators (2008).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.indices.columns import Floats


@dataclass(frozen=True, kw_only=True)
class Node:
    """An indicator (a node without children) or an aggregate of others.

    Attributes:
        code: unique short name; a column of the data when this is an indicator.
        parent: code of the node above; empty for the index itself.
        name, unit, source: what it is called, what it is counted in, and who counts it; for people only.
        weight: weight among its siblings; only their ratio counts.
        direction: +1 when more is better, −1 when less is better; indicators only.
        denominator: name of the column by which an indicator is divided; empty when it is not.
        low, high: fixed goalposts in the units of the indicator (after division by the denominator).
        target: what a distance to the target is measured to, in the same units.
        treat: False exempts the indicator from the treatment of outliers (yes/no items, fixed scales).
        level: checked against the tree when given; indicators directly below have level 1.
    """

    code: str
    parent: str = ""
    name: str = ""
    weight: float = 1.0
    direction: int = 1
    unit: str = ""
    source: str = ""
    denominator: str = ""
    low: float | None = None
    high: float | None = None
    target: float | None = None
    treat: bool = True
    level: int | None = None


@dataclass(frozen=True)
class Tree:
    """A checked tree of nodes.

    Raises MethodError: `indices.no_nodes`, `.blank_code`, `.duplicate_code`, `.unknown_parent`, `.no_single_index`,
    `.cycle`, `.bad_weight`, `.weightless_group`, `.bad_direction`, `.bad_goalposts`, `.wrong_level`.
    """

    nodes: tuple[Node, ...]
    index: str = field(init=False)

    def __init__(self, nodes: Iterable[Node]) -> None:
        object.__setattr__(self, "nodes", tuple(nodes))
        _check_codes(self.nodes)
        roots = [node.code for node in self.nodes if not node.parent]
        if len(roots) != 1:
            raise MethodError(
                "indices.no_single_index",
                "Exactly one node has no parent (the index); here it is {count}: {codes}.",
                count=len(roots),
                codes=tuple(roots),
            )
        object.__setattr__(self, "index", roots[0])
        _check_reachable(self)
        _check_nodes(self)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Codes below each aggregate, in the order given."""
        below: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.parent:
                below.setdefault(node.parent, []).append(node.code)
        return {code: tuple(kids) for code, kids in below.items()}

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The leaves, in the order given; the order of the columns of every table of the model."""
        return tuple(node.code for node in self.nodes if node.code not in self.children)

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """1 for an indicator; an aggregate stands one above the highest of its children."""
        found = dict.fromkeys(self.indicators, 1)

        # Iterative, because a tree from a file may be deeper than Python's stack.
        stack = [self.index]
        while stack:
            code = stack[-1]
            waiting = [kid for kid in self.children.get(code, ()) if kid not in found]
            if waiting:
                stack.extend(waiting)
            else:
                found.setdefault(
                    code, 1 + max((found[kid] for kid in self.children.get(code, ())), default=0)
                )
                stack.pop()
        return found

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        """The aggregates from the lowest level up; the index is the last."""
        order = {node.code: at for at, node in enumerate(self.nodes)}
        return tuple(sorted(self.children, key=lambda code: (self.levels[code], order[code])))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Columns of a table of results: the indicators, then the aggregates, the index last."""
        return self.indicators + self.aggregates

    @cached_property
    def place(self) -> Mapping[str, int]:
        return {code: at for at, code in enumerate(self.codes)}

    @cached_property
    def weights(self) -> Floats:
        """Weights as declared, shape (nodes,), in the order of `codes`."""
        return np.array([self.by_code[code].weight for code in self.codes])

    @cached_property
    def directions(self) -> Floats:
        """+1 or −1 for each indicator, shape (indicators,)."""
        return np.array([float(self.by_code[code].direction) for code in self.indicators])

    def leaves(self, code: str) -> tuple[str, ...]:
        """Indicators below a node, itself when it is one."""
        self.node(code)
        found, stack = set(), [code]
        while stack:
            at = stack.pop()
            kids = self.children.get(at)
            if kids is None:
                found.add(at)
            else:
                stack.extend(kids)
        return tuple(one for one in self.indicators if one in found)

    def node(self, code: str) -> Node:
        if code not in self.by_code:
            raise MethodError("indices.unknown_code", "There is no node {code}.", code=code)
        return self.by_code[code]

    def nominal_weights(self) -> Mapping[str, float]:
        """Share of each node in the index as declared: the product of the shares on its way up."""
        share = {self.index: 1.0}
        for code in reversed(self.aggregates):
            kids = self.children[code]
            total = math.fsum(self.by_code[kid].weight for kid in kids)
            for kid in kids:
                share[kid] = share[code] * self.by_code[kid].weight / total
        return share

    def with_weights(self, weights: Mapping[str, float]) -> Tree:
        """The same tree with other weights for the nodes named."""
        if unknown := tuple(code for code in weights if code not in self.by_code):
            raise MethodError("indices.unknown_code", "There are no nodes {codes}.", codes=unknown)
        return Tree(replace(node, weight=weights.get(node.code, node.weight)) for node in self.nodes)

    def without(self, code: str) -> Tree:
        """The tree without a node and all below it; aggregates left empty go too."""
        if code == self.index:
            raise MethodError("indices.index_removed", "The index {code} cannot be removed.", code=code)
        gone = set(self.leaves(code))
        for above in self.aggregates:
            if all(kid in gone for kid in self.children[above]):
                gone.add(above)
        if self.index in gone:
            raise MethodError("indices.nothing_left", "Without {code} nothing is left.", code=code)
        return Tree(replace(node, level=None) for node in self.nodes if node.code not in gone)


def _check_codes(nodes: tuple[Node, ...]) -> None:
    if not nodes:
        raise MethodError("indices.no_nodes", "A tree needs an index and at least one indicator.")
    if nameless := tuple(node.name for node in nodes if not node.code.strip()):
        raise MethodError("indices.blank_code", "Nodes without a code; their names: {names}.", names=nameless)
    times = Counter(node.code for node in nodes)
    if twice := tuple(code for code, count in times.items() if count > 1):
        raise MethodError("indices.duplicate_code", "These codes occur more than once: {codes}.", codes=twice)
    if lost := tuple(
        f"{node.code} below {node.parent}" for node in nodes if node.parent and node.parent not in times
    ):
        raise MethodError(
            "indices.unknown_parent", "These hang below nodes that do not exist: {nodes}.", nodes=lost
        )


def _check_reachable(tree: Tree) -> None:
    reached, stack = {tree.index}, [tree.index]
    while stack:
        for kid in tree.children.get(stack.pop(), ()):
            reached.add(kid)
            stack.append(kid)
    if lost := [node.code for node in tree.nodes if node.code not in reached]:
        raise MethodError("indices.cycle", "{codes} hang below each other in a circle.", codes=tuple(lost))
    if len(tree.nodes) == 1:
        raise MethodError("indices.no_nodes", "A tree needs an index and at least one indicator.")


def _check_nodes(tree: Tree) -> None:
    """Refuse the first kind of fault that there is, with all nodes that have it."""
    _refuse(
        "indices.bad_weight", "A weight is a number from 0; not so {nodes}.",
        (f"{node.code}: {node.weight}" for node in tree.nodes if not (math.isfinite(node.weight) and node.weight >= 0)),
    )  # fmt: skip
    _refuse(
        "indices.weightless_group", "All weights below these are zero: {nodes}.",
        (code for code, kids in tree.children.items() if not math.fsum(tree.by_code[kid].weight for kid in kids) > 0),
    )  # fmt: skip
    _refuse(
        "indices.bad_direction", "A direction is 1 or -1; not so {nodes}.",
        (f"{node.code}: {node.direction}" for node in tree.nodes if node.direction not in (1, -1)),
    )  # fmt: skip
    _refuse(
        "indices.bad_goalposts", "Goalposts are numbers, the lower below the upper; not so {nodes}.",
        (f"{one.code}: {one.low} to {one.high}, target {one.target}" for one in tree.nodes if not _good_posts(one)),
    )  # fmt: skip
    _refuse(
        "indices.wrong_level", "These are on another level than they say: {nodes}.",
        (
            f"{node.code}: {node.level}, in the tree {tree.levels[node.code]}"
            for node in tree.nodes
            if node.level is not None and node.level != tree.levels[node.code]
        ),
    )  # fmt: skip


def _refuse(code: str, message: str, nodes: Iterable[str]) -> None:
    if found := tuple(nodes):
        raise MethodError(code, message, nodes=found)


def _good_posts(node: Node) -> bool:
    posts = (node.low, node.high, node.target)
    known = all(post is None or math.isfinite(post) for post in posts)
    return known and (node.low is None or node.high is None or node.low < node.high)
