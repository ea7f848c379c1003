"""What a list declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

from django.db.models import Model
from django.urls import reverse

from sapar.accounts.models import Office
from sapar.web.components import Cell, Empty, Text
from sapar.web.tables.filters import Filter, Rows

R = TypeVar("R", bound=Model)


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column.

    Args:
        key: its name in the address and in saved views; never changes.
        cell: what stands in it; must not ask the database (prefetch in the view's query).
        order: database fields that sort it; none means it cannot be sorted.
        link: name of a page that takes the office and the row's `pk` (or `link_pk`).
        shown: part of the list unless somebody chose otherwise.
        align: figures and dates stand right or left; "end" for figures.
        export: what a spreadsheet gets when that differs from the cell.
        phone: shown on the card of a phone; the first column always is.
    """

    key: str
    label: Text
    cell: Callable[[R], Cell]
    order: Sequence[str] = ()
    link: str = ""
    link_pk: str = "pk"
    shown: bool = True
    align: Literal["start", "end"] = "start"
    export: Callable[[R], object] | None = None
    phone: bool = True

    def address(self, row: R, office: Office) -> str:
        if not self.link:
            return ""
        pk: Any = row
        for part in self.link_pk.split("__"):
            pk = getattr(pk, part)
            if pk is None:
                return ""
        before, after = _around_pk(self.link, office.slug)
        return f"{before}{pk}{after}"


# Longer than any key of a row, so that it stands for itself in an address.
_SOME_PK = 9_007_199_254_740_993


@lru_cache(maxsize=1024)
def _around_pk(link: str, slug: str) -> tuple[str, str]:
    """The address of a page of records, cut where the record's key stands: the rest is the same for all rows."""
    before, _pk, after = reverse(link, kwargs={"office": slug, "pk": _SOME_PK}).partition(str(_SOME_PK))
    return before, after


@dataclass(frozen=True)
class BulkAction:
    """A button for the ticked rows: posts their `row` ids to a page of the office."""

    label: Text
    url_name: str
    danger: bool = False


@dataclass(frozen=True)
class ListSpec(Generic[R]):
    """A list of records of one office.

    Args:
        name: stable name; saved views belong to it.
        title: heading of the page and name of the export.
        default_order: as in the address: "-ends" or "name".
        search: fields in which the search box looks; `search` columns hold folded text. Without any
            there is no box.
        reads: the fields that the cells read, as for `QuerySet.only`; none means all. What is forgotten here is
            asked for row by row.
        empty: what a list without a single row says and offers.
    """

    name: str
    title: Text
    columns: Sequence[Column[R]]
    default_order: str
    empty: Empty
    filters: Sequence[Filter] = ()
    search: Sequence[str] = ()
    search_hint: Text = ""
    bulk: Sequence[BulkAction] = ()
    searching: Callable[[Rows, str], Rows] | None = None
    page_size: int = 50
    reads: Sequence[str] = ()
