"""The tables of `sapar index`: units, nodes, levers, points, comparisons. Every bad row is listed at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from sapar.cli.tables import err, load
from sapar.formats.tables import Reader, Row, Table, TableError
from sapar.methods.indices import Lever, Node, Tree, UnitData
from sapar.methods.indices.checks import LARGEST
from sapar.methods.indices.denominators import LEAST
from sapar.methods.indices.weights import RECIPROCAL

NODE_COLUMNS = (
    "code", "parent", "name", "weight", "direction", "unit", "source", "denominator", "low", "high", "target",
    "treat", "level",
)  # fmt: skip
LEVER_COLUMNS = ("code", "cost", "limit", "step")


def _load(path: Path, *columns: str, known: Sequence[str] = ()) -> Table:
    """A table with rows; a column that is asked for may not come twice, and one that nobody reads is told."""
    table = load(path, *columns, filled=True)
    read = {*columns, *known}
    if twice := [name for name in read if f"{name} (2)" in table.columns]:
        raise TableError(
            "index.column_twice", "{path}: these columns come twice: {columns}.",
            path=str(path), columns=", ".join(sorted(twice)),
        )  # fmt: skip
    if known and (other := [name for name in table.columns if name not in read]):
        err.print(f"{path.name}: columns not read: {', '.join(other)}", markup=False, highlight=False)
    return table


def _value(reader: Reader, row: Row, column: str, default: float | None = math.nan) -> float:
    return reader.number(row, column, least=-LARGEST, most=LARGEST, default=default)


def _once(reader: Reader, rows: Sequence[Row], column: str) -> None:
    """Refuse every row whose name stood in an earlier one."""
    first: dict[str, int] = {}
    for row in rows:
        if row[column] and first.setdefault(row[column], row.number) != row.number:
            reader.refuse(row, column, f"is in row {first[row[column]]} already")


def read_tree(path: Path) -> Tree:
    """One node a row; `code` and `parent` are needed, the rest has the defaults of `Node`."""
    table = _load(path, "code", "parent", known=NODE_COLUMNS)
    reader = Reader(table)
    nodes = [
        Node(
            code=reader.text(row, "code"),
            parent=row["parent"],
            name=row["name"],
            weight=reader.number(row, "weight", least=0, most=LARGEST, default=1.0),
            direction=_direction(reader, row),
            unit=row["unit"],
            source=row["source"],
            denominator=row["denominator"],
            low=_optional(reader, row, "low"),
            high=_optional(reader, row, "high"),
            target=_optional(reader, row, "target"),
            treat=reader.one_of(row, "treat", ("yes", "no"), required=False) != "no",
        )
        for row in table.rows
    ]
    _once(reader, table.rows, "code")
    _check_parents(reader, table.rows)
    _check_weights(reader, table.rows, nodes)
    for row, node in zip(table.rows, nodes, strict=True):
        if node.low is not None and node.high is not None and not node.low < node.high:
            reader.refuse(row, "high", f"is not above the lower post {row['low']}")
    reader.finish()
    tree = Tree(nodes)
    for row in table.rows:
        if row["level"] and reader.whole(row, "level") != tree.levels[row["code"]]:
            reader.refuse(row, "level", f"is not the level in the tree, {tree.levels[row['code']]}")
    reader.finish()
    return tree


def _direction(reader: Reader, row: Row) -> int:
    direction = reader.whole(row, "direction", default=1)
    if direction not in (1, -1):
        reader.refuse(row, "direction", "is neither 1 nor -1")
    return direction


def _optional(reader: Reader, row: Row, column: str) -> float | None:
    value = _value(reader, row, column)
    return None if math.isnan(value) else value


def _check_parents(reader: Reader, rows: Sequence[Row]) -> None:
    """One row without a parent, the index, from which all others can be reached."""
    below: dict[str, list[str]] = {}
    for row in rows:
        below.setdefault(row["parent"], []).append(row["code"])
    codes = {row["code"] for row in rows}
    for row in rows:
        if row["parent"] and row["parent"] not in codes:
            reader.refuse(row, "parent", "is no code of this file")
    roots = [row for row in rows if not row["parent"]]
    if not roots:
        reader.refuse(rows[0], "parent", "is not empty, and no row has an empty one: which is the index?")
    for row in roots[1:]:
        reader.refuse(row, "parent", f"is empty, as in row {roots[0].number}; only the index has none")
    if len(rows) == 1:
        reader.refuse(rows[0], "", "is the only row; an index needs an indicator")
    reached: set[str] = set()
    stack = [row["code"] for row in roots]
    stack += [kid for parent, kids in below.items() if parent and parent not in codes for kid in kids]
    while stack:
        code = stack.pop()
        reached.add(code)
        stack += [kid for kid in below.get(code, ()) if kid not in reached]
    for row in rows if roots else ():
        if row["code"] and row["code"] not in reached:
            reader.refuse(row, "parent", "leads in a circle, not to the index")


def _check_weights(reader: Reader, rows: Sequence[Row], nodes: Sequence[Node]) -> None:
    """Siblings that all weigh nothing have no mean."""
    total: dict[str, float] = {}
    for node in nodes:
        total[node.parent] = total.get(node.parent, 0.0) + node.weight
    for row, node in zip(rows, nodes, strict=True):
        if node.parent and not total[node.parent] > 0:
            reader.refuse(row, "weight", f"is 0, as are all below {node.parent}")


def read_data(path: Path, tree: Tree, *, divided: bool = True) -> UnitData:
    """One unit a row: `unit`, a column for each indicator and denominator; every other column is a grouping.

    `divided` tells that denominators are used, so that they must be above 0.
    """
    table = _load(path, "unit", *tree.indicators, *_denominators(tree))
    reader = Reader(table)
    cells = _Cells(table.rows, table, tree, reader, divided)
    reader.finish()
    return cells.data(tree)


def read_years(path: Path, tree: Tree, *, divided: bool = True) -> dict[int, UnitData]:
    """Like `read_data` with a column `year`; one row for each unit and year."""
    table = _load(path, "year", "unit", *tree.indicators, *_denominators(tree))
    reader = Reader(table)
    by_year: dict[int, list[Row]] = {}
    for row in table.rows:
        by_year.setdefault(reader.whole(row, "year"), []).append(row)
    cells = {year: _Cells(rows, table, tree, reader, divided) for year, rows in sorted(by_year.items())}
    reader.finish()
    return {year: one.data(tree) for year, one in cells.items()}


def _denominators(tree: Tree) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.denominator for node in tree.nodes if node.denominator))


class _Cells:
    """The cells of some units; what is wrong with them is left with the reader."""

    def __init__(self, rows: Sequence[Row], table: Table, tree: Tree, reader: Reader, divided: bool) -> None:
        below = _denominators(tree)
        known = {"unit", "year", *tree.indicators, *below}
        self.units = [reader.text(row, "unit") for row in rows]
        _once(reader, rows, "unit")
        self.values = [[_value(reader, row, code) for code in tree.indicators] for row in rows]
        self.groups = {name: [row[name] for row in rows] for name in table.columns if name not in known}
        self.denominators = {name: [_size(reader, row, name, divided) for row in rows] for name in below}

    def data(self, tree: Tree) -> UnitData:
        return UnitData(
            self.units, tree.indicators, self.values, groups=self.groups, denominators=self.denominators
        )


def _size(reader: Reader, row: Row, column: str, divided: bool) -> float:
    """A denominator: above 0 when anything is divided by it, or empty."""
    known = len(reader.problems)
    size = _value(reader, row, column)
    if divided and size < LEAST and len(reader.problems) == known:
        reader.refuse(row, column, "is not above 0, and indicators are divided by it")
    return size


def read_levers(path: Path, tree: Tree) -> tuple[Lever, ...]:
    """One lever a row: `code`, `cost` of one raw unit, `limit`, and `step` where only whole steps are possible."""
    table = _load(path, "code", "cost", "limit", known=LEVER_COLUMNS)
    reader = Reader(table)
    levers = tuple(
        Lever(
            reader.one_of(row, "code", tree.indicators),
            _above_zero(reader, row, "cost"),
            _value(reader, row, "limit", None),
            reader.number(row, "step", least=0, most=LARGEST, default=0.0),
        )
        for row in table.rows
    )
    _once(reader, table.rows, "code")
    reader.finish()
    return levers


def _above_zero(reader: Reader, row: Row, column: str) -> float:
    known = len(reader.problems)
    value = _value(reader, row, column, None)
    if not value > 0 and len(reader.problems) == known:
        reader.refuse(row, column, "is not above 0")
    return value


def read_points(path: Path, total: float) -> tuple[tuple[str, ...], list[list[float]]]:
    """Points by judge: the first column names the judge, every other one a node."""
    table = _load(path)
    first, *codes = table.columns
    if not codes:
        raise TableError("index.no_codes", "{path}: a column for each node is missing.", path=str(path))
    reader = Reader(table)
    given = []
    for row in table.rows:
        known = len(reader.problems)
        points = [reader.number(row, code, least=0, most=LARGEST, default=0.0) for code in codes]
        if len(reader.problems) == known and abs(math.fsum(points) - total) > 1e-6:
            reader.refuse(row, first, f"gave {math.fsum(points):g} points instead of {total:g}")
        given.append(points)
    reader.finish()
    return tuple(codes), given


def read_changes(words: Sequence[str]) -> dict[tuple[str, str], float]:
    """Changes written as "unit,indicator,value"; a unit's name may have commas of its own."""
    changes: dict[tuple[str, str], float] = {}
    bad = []
    for word in words:
        unit, code, value = (part.strip() for part in ["", "", *word.rsplit(",", 2)][-3:])
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (unit and code and math.isfinite(number)) or (unit, code) in changes:
            bad.append(word)
        changes[unit, code] = number
    if bad:
        raise TableError(
            "index.bad_change", "--set {words}: write unit,indicator,number, each once.", words="; ".join(bad)
        )
    return changes


def read_bounds(words: Sequence[str]) -> dict[str | tuple[str, ...], tuple[float, float]]:
    """Bounds written as "code=low:high", or "code+code=low:high" for several together."""
    bounds: dict[str | tuple[str, ...], tuple[float, float]] = {}
    bad = []
    for word in words:
        codes, _, limits = word.partition("=")
        low, _, high = limits.partition(":")
        try:
            bounds[tuple(part.strip() for part in codes.split("+"))] = (float(low), float(high))
        except ValueError:
            bad.append(word)
    if bad:
        raise TableError("index.bad_share", "--share {words}: write code=0.1:0.5.", words="; ".join(bad))
    return bounds


def read_targets(words: Sequence[str]) -> dict[str, float]:
    """Influences written as "code=number"."""
    targets: dict[str, float] = {}
    bad = []
    for word in words:
        code, _, share = word.partition("=")
        try:
            number = float(share)
        except ValueError:
            number = math.nan
        if not (code.strip() and math.isfinite(number)) or code.strip() in targets:
            bad.append(word)
        targets[code.strip()] = number
    if bad:
        raise TableError(
            "index.bad_target", "--target {words}: write code=0.4, each once.", words="; ".join(bad)
        )
    return targets


def read_square(path: Path) -> tuple[tuple[str, ...], list[list[float]]]:
    """A square table of comparisons: the first column names the rows, in the order of the other columns."""
    table = _load(path)
    first, *codes = table.columns
    if [row[first] for row in table.rows] != codes:
        raise TableError(
            "index.not_square",
            "{path}: rows and columns must have the same names in one order, not {rows} and {columns}.",
            path=str(path), rows=", ".join(row[first] for row in table.rows), columns=", ".join(codes),
        )  # fmt: skip
    reader = Reader(table)
    square = [[_ratio(reader, row, code) for code in codes] for row in table.rows]
    for i, row in enumerate(table.rows):
        for j, code in enumerate(codes[: i + 1]):
            there, back = square[j][i], square[i][j]
            if there > 0 and back > 0 and abs(there * back - 1) > RECIPROCAL:
                what = (
                    "1, being a comparison with itself"
                    if i == j
                    else f"1/{there:g}, what {code} says of {codes[i]}"
                )
                reader.refuse(row, code, f"is not {what}")
    reader.finish()
    return tuple(codes), square


def _ratio(reader: Reader, row: Row, column: str) -> float:
    """A number above 0, or a fraction such as 1/3."""
    top, slash, below = row[column].partition("/")
    if slash and top.strip().isdecimal() and below.strip().isdecimal() and int(top) and int(below):
        return int(top) / int(below)
    return _above_zero(reader, row, column)
