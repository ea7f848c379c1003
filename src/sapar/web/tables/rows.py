"""The rows of a page of a list, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sapar.web.components import Cell
from sapar.web.tables.spec import Column


class BodyCell(NamedTuple):
    """A page has hundreds of them; the column says how it stands."""

    value: Cell
    url: str
    column: Column[Any]


class BodyRow(NamedTuple):
    pk: Any
    name: str
    cells: Sequence[BodyCell]
