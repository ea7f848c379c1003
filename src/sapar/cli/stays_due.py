"""`sapar stays due`: the last day, or moment, on which each duty of a file can be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.stays_files import parse_time, parse_zone, read_calendar, read_moment
from sapar.cli.tables import heard, load, progress_bar, refusals, save, show, writable
from sapar.formats.tables import Reader, Row
from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    CountFrom,
    Skip,
    WorkCalendar,
    due_in_days,
    due_in_hours,
    due_in_working_days,
    due_in_working_hours,
)

MOST_SHOWN = 40
ADDED = ("length", "due", "counted from", "passed over")


class Unit(StrEnum):
    DAYS = "days"
    WORKING_DAYS = "working-days"
    HOURS = "hours"
    WORKING_HOURS = "working-hours"


class From(StrEnum):
    SAME_DAY = "same-day"
    NEXT_DAY = "next-day"


FROM = {From.SAME_DAY: CountFrom.SAME_DAY, From.NEXT_DAY: CountFrom.NEXT_DAY}


def due(
    file: Annotated[
        Path, typer.Argument(help="CSV, XLSX, XLS or ODS with a column event: a day, or a day and a time.")
    ],
    unit: Annotated[Unit, typer.Option(help="What is counted.")],
    length: Annotated[
        int | None, typer.Option(help="How many; without, the column length of the file.")
    ] = None,
    start: Annotated[
        From,
        typer.Option(
            "--from", help="Whether the day of the event counts; working hours run on from the event."
        ),
    ] = From.NEXT_DAY,
    calendar: Annotated[
        Path | None,
        typer.Option(help="Table of date, kind (first, last, holiday, worked) and name."),
    ] = None,
    weekend: Annotated[str, typer.Option(help="Weekdays without work.")] = "saturday,sunday",
    opens: Annotated[str, typer.Option(help="When hours begin to count, e.g. 09:00.")] = "00:00",
    closes: Annotated[str, typer.Option(help="When working hours end; the end of the day without.")] = "",
    zone: Annotated[str, typer.Option(help="Time zone of the moments, e.g. Asia/Bishkek.")] = "",
    to: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")
    ] = None,
) -> None:
    """Deadlines in days, working days, hours or working hours; calendar days move off days without work."""
    with refusals():
        writable(to)
        if calendar is None and unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
            raise typer.BadParameter(f"--unit {unit} needs --calendar.")
        worked = None if calendar is None else read_calendar(calendar, weekend)
        table = load(file, "event", *([] if length else ["length"]), filled=True)
        rule = Rule(
            unit,
            FROM[start],
            worked,
            _clock(opens, "--opens"),
            _clock(closes, "--closes") if closes else None,
        )
        reader, place = Reader(table), parse_zone(zone)
        carried = [name for name in table.columns if name not in ADDED]
        lines: list[Sequence[object]] = []
        with progress_bar("deadlines") as bar:
            report = heard(bar)
            for at, row in enumerate(table.rows, start=1):
                event = read_moment(reader, row, "event", place)
                before = len(reader.problems)
                term = length if length is not None else reader.whole(row, "length", least=1)
                if event is not None and len(reader.problems) == before:
                    found = _answer(reader, row, event, term, rule)
                    lines.append([*(row[name] for name in carried), term, *found])
                report(at, len(table))
        reader.finish()
        head = [*carried, *ADDED]
        show(
            f"{len(lines)} deadlines in {unit}, counted from the {start.replace('-', ' ')}",
            head,
            lines[:MOST_SHOWN],
        )
        if to:
            save(to, {"deadlines": (head, lines)})


class Rule:
    """How a deadline is counted."""

    def __init__(
        self, unit: Unit, start: CountFrom, calendar: WorkCalendar | None, opens: time, closes: time | None
    ) -> None:
        self.unit, self.start, self.calendar = unit, start, calendar
        self.opens, self.closes = opens, closes

    def answer(self, event: datetime, length: int) -> tuple[object, object, str]:
        """When it is due, from when it was counted, and what was passed over.

        Raises:
            MethodError: as the functions of `stays.deadlines`.
        """
        if self.unit is Unit.HOURS:
            due_at = due_in_hours(event, length, count_from=self.start, opens=self.opens)
            return _written(due_at), "", ""
        if self.unit is Unit.WORKING_HOURS and self.calendar is not None:
            at = due_in_working_hours(
                event, length, calendar=self.calendar, opens=self.opens, closes=self.closes
            )
            return _written(at.at), _written(at.starts), _skipped(at.skipped)
        if self.unit is Unit.WORKING_DAYS and self.calendar is not None:
            found = due_in_working_days(event.date(), length, count_from=self.start, calendar=self.calendar)
        else:
            found = due_in_days(event.date(), length, count_from=self.start, calendar=self.calendar)
        return found.on, found.first_counted, _skipped(found.skipped)


def _answer(reader: Reader, row: Row, event: datetime, length: int, rule: Rule) -> tuple[object, ...]:
    """The deadline; one that cannot be told is refused at its row."""
    try:
        return rule.answer(event, length)
    except MethodError as refused:
        column = "length" if refused.code == "stays.bad_term" and row["length"] else "event"
        reader.refuse(row, column, str(refused).rstrip("."))
        return ()


def _written(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")


def _skipped(days: Sequence[tuple[object, Skip]]) -> str:
    return ", ".join(f"{day} {why}" for day, why in days)


def _clock(text: str, option: str) -> time:
    try:
        return parse_time(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text} is not a time like 09:00.") from None
