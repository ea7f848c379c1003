"""A page of a list, built with three queries however many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.accounts.queries import saved_views
from sapar.web.access import OfficeRequest
from sapar.web.components import Action, Empty, Link, Text
from sapar.web.tables.export import EXPORT_LIMIT, export
from sapar.web.tables.filters import Chip, Input, Rows, search
from sapar.web.tables.lean import lean_page
from sapar.web.tables.rows import BodyCell, BodyRow
from sapar.web.tables.spec import Column, ListSpec, R

# Counting stops here, and so does turning pages: whoever looks further wants a filter.
COUNT_LIMIT = 10_000
OWN = ("q", "order", "page", "columns", "export", "panel")
# What is true of one page only and does not survive a change of the list.
PASSING = ("page", "export", "panel")


@dataclass(frozen=True)
class HeaderCell:
    label: Text
    url: str
    sorted: str
    align: str
    key: str


@dataclass(frozen=True)
class ShownChip:
    text: str
    without: str


@dataclass(frozen=True)
class View:
    title: str
    url: str
    current: bool
    pk: int


@dataclass(frozen=True)
class ListPage(Generic[R]):
    """Everything that `components/list.html` draws."""

    spec: ListSpec[R]
    header: Sequence[HeaderCell]
    rows: Sequence[BodyRow]
    count: int
    capped: bool
    page: int
    pages: int
    first: int
    last: int
    previous_url: str
    next_url: str
    chips: Sequence[ShownChip]
    inputs: Sequence[Input]
    filter_url: str
    query: str
    hidden: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, Text, bool]]
    columns_hidden: Sequence[tuple[str, str]]
    kept_filters: Sequence[tuple[str, str]]
    views: Sequence[View]
    current_view: View | None
    all_url: str
    here: str
    querystring: str
    csv_url: str
    xlsx_url: str
    save_url: str
    nothing_url: str
    bulk: Sequence[Action]
    empty: Empty | None
    add: Action | None

    @property
    def searchable(self) -> bool:
        return bool(self.spec.search) or self.spec.searching is not None

    @property
    def narrowed(self) -> bool:
        return bool(self.chips or self.query)

    @property
    def sentence(self) -> str:
        """The filter in words, for the printed page."""
        return " · ".join([chip.text for chip in self.chips] + ([f"“{self.query}”"] if self.query else []))


class Asked(Generic[R]):
    """The address of a list, read once."""

    def __init__(self, request: OfficeRequest, spec: ListSpec[R]) -> None:
        self.request, self.spec, self.data = request, spec, request.GET
        self.text = self.data.get("q", "").strip()[:200]
        by_key = {column.key: column for column in spec.columns}
        wanted = [key for key in self.data.getlist("columns") if key in by_key]
        first = spec.columns[0]
        self.columns: list[Column[R]] = [
            column
            for column in spec.columns
            if column is first or (column.key in wanted if wanted else column.shown)
        ]
        order = self.data.get("order", spec.default_order)
        if order.lstrip("-") not in by_key or not by_key[order.lstrip("-")].order:
            order = spec.default_order
        self.order, self.descending = order.lstrip("-"), order.startswith("-")
        self.order_fields = [
            ("-" if self.descending != field.startswith("-") else "") + field.lstrip("-")
            for field in by_key[self.order].order
        ]

    def narrowed(self, rows: QuerySet[R]) -> QuerySet[R]:
        found: Rows = rows
        for each in self.spec.filters:
            found = each.narrow(found, self.data, self.request.office)
        if self.text:
            if self.spec.searching is not None:
                found = self.spec.searching(found, self.text)
            elif self.spec.search:
                found = search(found, self.spec.search, self.text)
        return self.ordered(found)

    def ordered(self, rows: QuerySet[R]) -> QuerySet[R]:
        return rows.order_by(*self.order_fields, "-pk" if self.descending else "pk")

    def chips(self) -> list[Chip]:
        return [chip for each in self.spec.filters for chip in each.chips(self.data, self.request.office)]

    def panel_is_open(self) -> bool:
        """The filter panel is drawn only when asked for: its choices cost more than the rows of the list."""
        return self.data.get("panel") == "filter" or any(
            each.misread(self.data) for each in self.spec.filters
        )

    def inputs(self) -> list[Input]:
        return [each.draw(self.data, self.request.office) for each in self.spec.filters]

    def page_number(self, pages: int) -> int:
        text = self.data.get("page", "1")
        return min(max(int(text), 1), pages) if text.isdecimal() and len(text) < 6 else 1

    def address(self, *without: str, **changed: str) -> str:
        """This page's address with parameters replaced; the page number never survives a change."""
        data = self.data.copy()
        for key in (*PASSING, *without):
            data.pop(key, None)
        for key, value in changed.items():
            data[key] = value
        return f"{self.request.path}?{data.urlencode()}" if data else self.request.path

    def without(self, drops: Sequence[tuple[str, str]]) -> str:
        data = QueryDict(mutable=True)
        for key, values in self.data.lists():
            if key in PASSING:
                continue
            data.setlist(key, [value for value in values if (key, value) not in drops])
        return f"{self.request.path}?{data.urlencode()}" if data else self.request.path

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """The named parameters as hidden inputs."""
        return [(key, value) for key, values in self.data.lists() if key in names for value in values]


def build(
    request: OfficeRequest,
    spec: ListSpec[R],
    rows: QuerySet[R],
    *,
    add: Action | None = None,
    first: Action | None = None,
) -> ListPage[R]:
    """The page that the address asks for: one query counts, one reads the rows, one the saved views.

    Where no row is yet, the first step stands below the words that say why: `first`, or else what the list adds.

    The filter panel asks what it offers, when it is open.
    """
    asked = Asked(request, spec)
    office = request.office
    found = asked.narrowed(rows)
    capped, count, shown, page, pages = _read(asked, rows, found)
    start = (page - 1) * spec.page_size
    chips = asked.chips()
    step = first or add
    if step and not (first and add):  # the head shows no other button that stands out
        step = replace(step, primary=True)
    empty = None if shown else _empty(asked, bool(chips or asked.text), step)
    filter_keys = [key for key in request.GET if key not in OWN]
    querystring = asked.address().partition("?")[2]
    views = [
        View(view.title, f"{request.path}?{view.query}", view.query == querystring, view.pk)
        for view in saved_views(request.user, office, spec.name)
    ]
    return ListPage(
        spec=spec,
        header=[_header(asked, column) for column in asked.columns],
        rows=[_row(asked, row) for row in shown],
        count=count,
        capped=capped,
        page=page,
        pages=pages,
        first=start + 1 if shown else 0,
        last=start + len(shown),
        previous_url=asked.address(page=str(page - 1)) if page > 1 else "",
        next_url=asked.address(page=str(page + 1)) if page < pages else "",
        chips=[ShownChip(chip.text, asked.without(chip.drops)) for chip in chips],
        inputs=asked.inputs() if asked.panel_is_open() else (),
        filter_url=asked.address(panel="filter") if spec.filters else "",
        query=asked.text,
        hidden=asked.kept("order", "columns"),
        columns=[(column.key, column.label, column in asked.columns) for column in spec.columns[1:]],
        columns_hidden=asked.kept("q", "order", *filter_keys),
        kept_filters=asked.kept(*filter_keys),
        views=views,
        current_view=next((view for view in views if view.current), None),
        all_url=request.path,
        here=request.get_full_path(),
        querystring=querystring,
        csv_url=asked.address(export="csv"),
        xlsx_url=asked.address(export="xlsx"),
        save_url=reverse("home:save_view", kwargs={"office": office.slug}),
        nothing_url=reverse("home:nothing_chosen", kwargs={"office": office.slug}),
        bulk=[
            Action(
                bulk.label,
                reverse(bulk.url_name, kwargs={"office": office.slug}),
                post=True,
                danger=bulk.danger,
            )
            for bulk in spec.bulk
        ],
        empty=empty,
        add=None if empty and empty.action is step and not first else add,
    )


def _read(asked: Asked[R], rows: QuerySet[R], found: QuerySet[R]) -> tuple[bool, int, list[R], int, int]:
    """Whether counting stopped, how many there are, the rows of the page, its number and how many pages.

    Always two queries. What was searched for is looked for once: the keys come in order, the page is cut from
    them. Otherwise counting is cheap, and a page further down, or sorted by what stands in another table, is found by
    its keys before its rows are joined: only what is shown is read whole.
    """
    most, size = COUNT_LIMIT, asked.spec.page_size
    keys = list(found.values_list("pk", flat=True)[: most + 1]) if asked.text else None
    counted = found.order_by().values("pk")[: most + 1].count() if keys is None else len(keys)
    capped, count = counted > most, min(counted, most)
    pages = max(1, -(-count // size))
    page = asked.page_number(pages)
    start = (page - 1) * size
    if keys is not None:
        found = asked.ordered(rows.filter(pk__in=keys[start : start + size]))
    elif start or any("__" in field for field in asked.order_fields):
        found = asked.ordered(rows.filter(pk__in=found.values("pk")[start : start + size]))
    reads = asked.spec.reads
    shown = (lean_page(found[:size], reads) if reads else list(found[:size])) if count else []
    return capped, count, shown, page, pages


def answer_list(
    request: OfficeRequest,
    spec: ListSpec[R],
    rows: QuerySet[R],
    *,
    template: str = "components/list_page.html",
    add: Action | None = None,
    first: Action | None = None,
    **context: object,
) -> HttpResponse:
    """The whole answer of a list page: HTML, or the file when `?export=` asks for one."""
    kind = request.GET.get("export", "")
    if kind in ("csv", "xlsx"):
        asked = Asked(request, spec)
        found = asked.narrowed(rows)
        if found.order_by()[: EXPORT_LIMIT + 1].count() > EXPORT_LIMIT:
            messages.error(
                request,
                _("More than %(most)d rows do not fit into one file. Narrow the list first.")
                % {"most": EXPORT_LIMIT},
            )
            return HttpResponseRedirect(asked.address())
        return export(kind, spec, asked.columns, found)
    if request.htmx and request.GET.get("panel") == "filter":
        asked = Asked(request, spec)
        panel = {"inputs": asked.inputs(), "hidden": asked.kept("order", "columns"), "query": asked.text}
        return render(request, "components/filter_panel.html", {"list": panel})
    return render(request, template, {"list": build(request, spec, rows, add=add, first=first), **context})


def _header(asked: Asked[R], column: Column[R]) -> HeaderCell:
    is_sorted = asked.order == column.key
    direction = ("descending" if asked.descending else "ascending") if is_sorted else ""
    url = ""
    if column.order:
        url = asked.address(order=f"-{column.key}" if is_sorted and not asked.descending else column.key)
    return HeaderCell(column.label, url, direction, column.align, column.key)


def _row(asked: Asked[R], row: R) -> BodyRow:
    office = asked.request.office
    cells = [
        BodyCell(column.cell(row), column.address(row, office) if column.link else "", column)
        for column in asked.columns
    ]
    name = cells[0].value
    return BodyRow(row.pk, str(name.text if isinstance(name, Link) else name), cells)


def _empty(asked: Asked[R], narrowed: bool, first: Action | None) -> Empty:
    if not narrowed:
        return replace(asked.spec.empty, action=first) if first else asked.spec.empty
    return Empty(
        _("Nothing matches."),
        _("Take a condition away, or look for another spelling."),
        Action(_("Show all"), asked.request.path),
    )
