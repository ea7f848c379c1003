"""The files of `sapar stays`: presences, crossings, exemptions, calendars, terms; dates as offices write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sapar.cli.tables import RefusedFiles, load
from sapar.formats.tables import CellProblem, Reader, Row, Table, TableError, parse_date
from sapar.methods.errors import MethodError
from sapar.methods.stays import Crossing, Period, Stay, Term, Way, WorkCalendar, overlaps, stays_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass
class Person:
    """Presences and exempt periods of one person."""

    stays: list[Stay] = field(default_factory=list)
    exempt: list[Period] = field(default_factory=list)


def read_people(file: Path, crossings: bool, exempt: Path | None) -> dict[str, Person]:
    """Everybody's stays; every bad row of both files is listed."""
    table = load(file, "person", *(("date", "way") if crossings else ("entry", "exit")), filled=True)
    reader, people = Reader(table), dict[str, Person]()
    if crossings:
        _crossings(reader, people)
    else:
        for row in table.rows:
            who, entry, exit_ = reader.text(row, "person"), reader.date(row, "entry"), _until(reader, row)
            if entry and exit_ and exit_ < entry:
                reader.refuse(row, "exit", f"is before the entry, {row['entry']}")
            elif entry:
                people.setdefault(who, Person()).stays.append(Stay(entry, exit_))
    problems = {str(file): reader.problems}
    if exempt is not None:
        other = Reader(load(exempt, "person", "first", "last"))
        for row in other.table.rows:
            who, period = other.text(row, "person"), read_period(other, row)
            if who and who not in people and not reader.problems:
                other.refuse(row, "person", f"is nobody in {file}")
            elif period:
                people.setdefault(who, Person()).exempt.append(period)
        problems[str(exempt)] = other.problems
    _finish(problems)
    return people


def _until(reader: Reader, row: Row) -> date | None:
    return reader.date(row, "exit", required=False)


def _crossings(reader: Reader, people: dict[str, Person]) -> None:
    """Entries and exits of each person in the order of the file; a missing one is refused at its row."""
    found: dict[str, list[tuple[Row, Crossing]]] = {}
    for row in reader.table.rows:
        who, on = reader.text(row, "person"), reader.date(row, "date")
        way = reader.one_of(row, "way", tuple(Way))
        if who and on and way in list(Way):
            found.setdefault(who, []).append((row, Crossing(on, Way(way))))
    if reader.problems:
        return
    reasons = {
        "stays.crossings_unordered": ("date", "stands after a later day of the same person"),
        "stays.crossing_missing": ("way", "the crossing before it is missing"),
    }
    for who, listed in found.items():
        try:
            people[who] = Person(list(stays_of([crossing for _, crossing in listed])))
        except MethodError as refused:
            column, why = reasons[refused.code]
            rows = refused.facts["rows"]
            for at in rows if isinstance(rows, tuple) else ():
                reader.refuse(listed[int(at or 0)][0], column, why)


def read_period(reader: Reader, row: Row) -> Period | None:
    """From `first` to `last`; None where the row was refused."""
    first, last = reader.date(row, "first"), reader.date(row, "last")
    if first and last and last < first:
        reader.refuse(row, "last", f"is before the first day, {row['first']}")
        return None
    return Period(first, last) if first and last else None


def read_calendar(path: Path, weekend: str) -> WorkCalendar:
    """Rows of date, kind and name: `first` and `last` day that is known, `holiday`, `worked`."""
    table = load(path, "date", "kind", filled=True)
    reader = Reader(table)
    days: dict[str, dict[date, tuple[Row, str]]] = {
        kind: {} for kind in ("first", "last", "holiday", "worked")
    }
    for row in table.rows:
        on, kind = reader.date(row, "date"), reader.one_of(row, "kind", days)
        if on and kind in days:
            if on in days[kind] or (kind in ("first", "last") and days[kind]):
                reader.refuse(
                    row, "date", f"is a second {kind} day" if kind in ("first", "last") else "stands twice"
                )
            days[kind].setdefault(on, (row, row["name"]))
    _finish({str(path): reader.problems})
    if not days["first"] or not days["last"]:
        raise TableError(
            "stays.no_bounds",
            "{path} does not say from which (first) to which day (last) it is known.",
            path=str(path),
        )
    first, last = next(iter(days["first"])), next(iter(days["last"]))
    for kind in ("holiday", "worked"):
        for on, (row, _name) in days[kind].items():
            if not first <= on <= last:
                reader.refuse(row, "date", f"is outside {first.isoformat()} to {last.isoformat()}")
            elif kind == "worked" and on in days["holiday"]:
                reader.refuse(row, "kind", "the day is a holiday too")
    _finish({str(path): reader.problems})
    return WorkCalendar(
        id=path.stem, known=Period(first, last), source=str(path),
        holidays={on: name for on, (_row, name) in days["holiday"].items()},
        worked=frozenset(days["worked"]), weekend=_weekend(weekend),
    )  # fmt: skip


def _weekend(text: str) -> frozenset[int]:
    names = [part.strip().lower() for part in text.split(",") if part.strip()]
    if unknown := [name for name in names if name not in WEEKDAYS]:
        raise TableError("stays.no_weekday", "{names}: no day of the week.", names=", ".join(unknown))
    return frozenset(WEEKDAYS.index(name) for name in names)


def read_terms(path: Path) -> tuple[Term, ...]:
    """Rows of name, first and last; those that overlap are refused at the later one."""
    table = load(path, "name", "first", "last", filled=True)
    reader = Reader(table)
    found = [(row, reader.text(row, "name"), read_period(reader, row)) for row in table.rows]
    _finish({str(path): reader.problems})
    terms = [(row, Term(period, name)) for row, name, period in found if period]
    for clash in overlaps([term.period for _row, term in terms]):
        reader.refuse(terms[clash.other][0], "first", f"overlaps with {terms[clash.one][1].name}")
    _finish({str(path): reader.problems})
    return tuple(term for _row, term in terms)


def read_moment(reader: Reader, row: Row, column: str, zone: ZoneInfo | None) -> datetime | None:
    """A day and a time, `31.12.2026 09:30` or ISO; a day alone is its beginning."""
    text = reader.text(row, column)
    day, clock = [*text.replace("T", " ").split(), "", ""][:2]
    try:
        return datetime.combine(parse_date(day), parse_time(clock or "00:00"), tzinfo=zone) if text else None
    except ValueError:
        reader.refuse(row, column, "is not a day and time like 31.12.2026 09:30")
        return None


def parse_time(text: str) -> time:
    """Hours and minutes.

    Raises:
        ValueError: for anything else.
    """
    if not re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
        raise ValueError(text)
    hours, minutes, seconds = (int(part) for part in [*text.split(":"), "0"][:3])
    return time(hours, minutes, seconds)


def parse_zone(text: str) -> ZoneInfo | None:
    if not text:
        return None
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TableError("stays.no_zone", "There is no time zone {name}.", name=text) from error


def periods_of(table: Table) -> list[tuple[Row, Period]]:
    """First and last day of every row; the bad ones are all listed."""
    reader = Reader(table)
    found = [(row, read_period(reader, row)) for row in table.rows]
    reader.finish()
    return [(row, period) for row, period in found if period]


def _finish(problems: Mapping[str, list[CellProblem]]) -> None:
    if faults := {name: found for name, found in problems.items() if found}:
        raise RefusedFiles(faults)
