"""The rows of a list of signed agreements as agreements; several rows may be one with several rows of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sapar.accounts.models import Office
from sapar.directory.said import folded
from sapar.formats.tables import Row, Table
from sapar.methods.names import search_key
from sapar.partners.rows import Problem, RowReader
from sapar.partners.services.agreements import ConditionEntry
from sapar.partners.signed.agreements import Head, Meant, read_head
from sapar.partners.signed.columns import HEAD, SignedField
from sapar.partners.signed.places import Calendar, has_places, read_places
from sapar.partners.signed.said import kind_said
from sapar.partners.states import AgreementKind

_F = SignedField
# What belongs to a row of places and may differ from row to row of one agreement.
_OF_PLACES = frozenset(
    (
        _F.YEAR,
        _F.DIRECTION,
        _F.MOBILITY,
        _F.PLACES,
        _F.PLACES_OUT,
        _F.PLACES_IN,
        _F.MONTHS,
        _F.LEVEL,
        _F.FIELD,
        _F.LANGUAGE,
    )
)


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row; `reason` is a code that the door puts into words."""

    row: int
    column: str
    value: str
    reason: str

    def plain(self) -> dict[str, str | int]:
        return {"row": self.row, "column": self.column, "value": self.value, "reason": self.reason}


@dataclass
class SignedAgreement:
    rows: list[int]
    head: Head
    conditions: list[ConditionEntry]

    @property
    def key(self) -> tuple[int, AgreementKind, date]:
        """Partner, kind and day of signing, without which nothing is read."""
        partner, kind, day = self.head.partner, self.head.kind, self.head.signed_on
        assert partner is not None
        assert kind is not None
        assert day is not None
        return partner, kind, day


@dataclass
class _Group:
    """Rows of one agreement: the first filled cell of each column of its head, and where it stands."""

    rows: list[Row] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    origin: dict[str, int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def add(self, row: Row, cells: Mapping[str, str], columns: Sequence[str]) -> None:
        self.rows.append(row)
        for column in columns:
            text = cells.get(column, "").strip()
            known = self.cells.get(column, "")
            if text and known and folded(text) != folded(known):
                self.problems.append(RowProblem(row.number, column, text[:300], "differs"))
            elif text and not known:
                self.cells[column], self.origin[column] = text, row.number


def read_agreements(
    table: Table, mapping: Mapping[str, str], meant: Meant, *, office: Office, today: date
) -> tuple[list[SignedAgreement], list[RowProblem]]:
    """The agreements that can be read, and what is wrong with the rows of the others.

    An agreement is read as a whole: where one of its rows is refused, the others name that row.
    """
    calendar = Calendar(office.year_starts_month, today)
    found, problems = [], []
    for group in _groups(table, mapping, meant):
        agreement, wrong = _read(group, mapping, meant, calendar)
        if agreement is not None and not wrong:
            found.append(agreement)
        problems += _with_their_rows(group, wrong)
    return found, problems


def with_their_rows(agreement: SignedAgreement, problem: RowProblem) -> list[RowProblem]:
    """A problem of the whole agreement, said of each of its rows."""
    others = [
        RowProblem(row, "", str(problem.row), "with_row") for row in agreement.rows if row != problem.row
    ]
    return [problem, *others]


def _with_their_rows(group: _Group, wrong: Sequence[RowProblem]) -> list[RowProblem]:
    if not wrong:
        return []
    told = {problem.row for problem in wrong}
    first = str(min(told))
    silent = [row.number for row in group.rows if row.number not in told]
    return [*wrong, *(RowProblem(number, "", first, "with_row") for number in silent)]


def _groups(table: Table, mapping: Mapping[str, str], meant: Meant) -> list[_Group]:
    columns = [column for name, column in mapping.items() if SignedField(name) not in _OF_PLACES]
    groups: dict[tuple[str, ...], _Group] = {}
    current: _Group | None = None
    for row in table.rows:
        cells = _filled_down(row.cells, mapping, meant, current)
        if current is None or not _goes_on(cells, mapping, current):
            key = _key(cells, mapping, meant) or (str(row.number),)
            current = groups.setdefault(key, _Group())
        current.add(row, cells, columns)
    return list(groups.values())


def _filled_down(
    cells: Mapping[str, str], mapping: Mapping[str, str], meant: Meant, current: _Group | None
) -> Mapping[str, str]:
    """Cells joined downwards come with their first row only; the office says whether an empty one means that."""
    column = mapping[_F.PARTNER]
    if not meant.empty_is_above or current is None or cells.get(column, "").strip():
        return cells
    return {**cells, column: current.cells.get(column, "")}


def _text(cells: Mapping[str, str], mapping: Mapping[str, str], each: SignedField) -> str:
    return cells.get(mapping.get(each.value, ""), "").strip()


def _goes_on(cells: Mapping[str, str], mapping: Mapping[str, str], current: _Group) -> bool:
    """The row has places and says nothing of an agreement but what the one above it says."""
    said = {each: text for each in HEAD if (text := _text(cells, mapping, each))}
    if _F.NUMBER in said or _F.SIGNED in said or not has_places(RowReader(cells, mapping)):
        return False
    return all(folded(text) == folded(_text(current.cells, mapping, each)) for each, text in said.items())


def _key(cells: Mapping[str, str], mapping: Mapping[str, str], meant: Meant) -> tuple[str, ...]:
    """What tells agreements apart: partner, kind and number, or without a number its day and title."""
    name = " ".join(_text(cells, mapping, _F.PARTNER).split())
    number = folded(_text(cells, mapping, _F.NUMBER))
    if not name:
        return ()
    kind = _text(cells, mapping, _F.KIND)
    chosen = kind_said(kind) or meant.kinds.get(" ".join(kind.split())) if kind else meant.usual_kind
    partner = str(meant.partners.get(name) or search_key(name))
    if number and any(letter.isdigit() for letter in number):
        return partner, str(chosen or folded(kind)), number
    day, title = _text(cells, mapping, _F.SIGNED), folded(_text(cells, mapping, _F.TITLE))
    return partner, str(chosen or folded(kind)), "", day or _text(cells, mapping, _F.STARTS), title


def _read(
    group: _Group, mapping: Mapping[str, str], meant: Meant, calendar: Calendar
) -> tuple[SignedAgreement | None, list[RowProblem]]:
    first = group.rows[0].number
    read = RowReader(group.cells, mapping)
    head = read_head(read, meant, today=calendar.today)
    wrong = [
        *group.problems,
        *(_at(problem, group.origin.get(problem.column, first)) for problem in read.problems),
    ]
    conditions: list[ConditionEntry] = []
    for row in group.rows:
        of_row = RowReader(row.cells, mapping)
        conditions += read_places(of_row, head, meant, calendar) if has_places(of_row) else []
        wrong += [_at(problem, row.number) for problem in of_row.problems]
    return SignedAgreement([row.number for row in group.rows], head, conditions), wrong


def _at(problem: Problem, row: int) -> RowProblem:
    return RowProblem(row, problem.column, problem.value, problem.reason)
