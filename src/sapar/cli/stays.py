"""`sapar stays`: days of a rolling window, deadlines by calendars, terms, durations and overlaps, from files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.stays_due import due
from sapar.cli.stays_files import Person, periods_of, read_calendar, read_people, read_terms
from sapar.cli.tables import heard, load, out, progress_bar, refusals, save, show, writable
from sapar.formats.tables import parse_date
from sapar.methods.errors import MethodError
from sapar.methods.stays import (
    Count,
    DurationRule,
    Limit,
    Part,
    by_academic_year,
    by_term,
    count_days,
    day_reaching,
    duration,
    earliest_entry,
    last_lawful_day,
    overlaps,
    overstays,
)

app = typer.Typer(no_args_is_help=True, help="Days of presence, deadlines, terms: counts, not legal advice.")
app.command()(due)
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
Periods = Annotated[
    Path, typer.Argument(help="CSV, XLSX, XLS or ODS with the days first and last of every row.")
]
Weekend = Annotated[str, typer.Option(help="Weekdays without work.")]
Lines = list[Sequence[object]]
MOST_SHOWN = 40
DAY = timedelta(days=1)


@app.command()
def count(
    file: Annotated[
        Path, typer.Argument(help="CSV, XLSX, XLS or ODS: person, entry, exit (empty: still there).")
    ],
    on: Annotated[str, typer.Option(help="The day of the check.")],
    days: Annotated[int, typer.Option(help="So many days …")] = 90,
    per: Annotated[int, typer.Option(help="… within any so many.")] = 180,
    since: Annotated[str, typer.Option(help="Days before this one do not count.")] = "",
    crossings: Annotated[
        bool, typer.Option("--crossings", help="The file has person, date and way (entry or exit).")
    ] = False,
    exempt: Annotated[
        Path | None, typer.Option(help="Table of person, first and last: days that do not count.")
    ] = None,
    warn: Annotated[
        str, typer.Option(help="When so many days are spent by who stays on, e.g. 60,75,85.")
    ] = "",
    again: Annotated[int, typer.Option(help="Length of the next stay that is asked about.")] = 1,
    to: Out = None,
) -> None:
    """Days spent in the window that ends on a day, days left, the last lawful day, and the next entry."""
    with refusals():
        writable(to)
        day = _day(on, "--on")
        limit = Limit(days=days, per=per, since=_day(since, "--since") if since else None)
        marks = _whole(warn)
        people = read_people(file, crossings, exempt)
        head = ("person", "used", "remaining", "over", "last lawful day", *(f"{mark} days on" for mark in marks),
                f"next entry for {again}")  # fmt: skip
        lines: Lines = []
        spent: Lines = []
        beyond: Lines = []
        with progress_bar("counting") as bar:
            report = heard(bar)
            for at, (who, one) in enumerate(people.items(), start=1):
                found = count_days(one.stays, limit, on=day, exempt=one.exempt)
                lines.append(_line(who, one, found, limit, day, marks, again))
                spent += [(who, part.first, part.last, part.days) for part in found.spent]
                over = overstays(one.stays, limit, on=day, exempt=one.exempt)
                beyond += [(who, part.first, part.last, part.days) for part in over]
                report(at, len(people))
        nearest = sorted(lines, key=lambda line: (-int(str(line[1])), str(line[0])))
        show(f"{days} in {per} days on {day}: {len(people)} people", head, map(_shown, nearest[:MOST_SHOWN]))
        if len(nearest) > MOST_SHOWN:
            out.print(f"  … and {len(nearest) - MOST_SHOWN} more", highlight=False)
        period = ("person", "first", "last", "days")
        if beyond:
            show("Days beyond the limit, each with its own window", period, beyond[:MOST_SHOWN])
        if to:
            save(to, {"counts": (head, lines), "spent": (period, spent), "beyond": (period, beyond)})


def _line(
    who: str, one: Person, found: Count, limit: Limit, day: date, marks: Sequence[int], again: int
) -> Sequence[object]:
    asked = {"on": day, "exempt": one.exempt}
    last = last_lawful_day(one.stays, limit, **asked)  # type: ignore[arg-type]
    reached = [day_reaching(one.stays, limit, mark, **asked) for mark in marks]  # type: ignore[arg-type]
    try:
        # Who is there on the day of the check is taken to leave on it.
        after = day if day == date.max else day + DAY
        entry: object = earliest_entry(one.stays, limit, after=after, days=again, exempt=one.exempt)
    except MethodError as refused:
        if refused.code != "stays.never_enough":
            raise
        entry = "never"
    lawful: object = "none" if last is None else "without end" if last == date.max else last
    return (who, found.used, found.remaining, found.over, lawful, *reached, entry)


def _shown(line: Sequence[object]) -> Sequence[object]:
    return ["" if cell is None else cell for cell in line]


@app.command()
def split(
    file: Periods,
    terms: Annotated[
        Path | None, typer.Option(help="Table of name, first and last; academic years without.")
    ] = None,
    starts: Annotated[str, typer.Option(help="Month and day on which academic years begin.")] = "09-01",
    calendar: Annotated[
        Path | None, typer.Option(help="Table of date, kind and name: counts working days as well.")
    ] = None,
    weekend: Weekend = "saturday,sunday",
    to: Out = None,
) -> None:
    """Periods cut into terms, or academic years; the days of the parts add up to those of the whole."""
    with refusals():
        writable(to)
        table = load(file, "first", "last", filled=True)
        periods = periods_of(table)
        known = None if terms is None else read_terms(terms)
        worked = None if calendar is None else read_calendar(calendar, weekend)
        month, first = _month_day(starts)
        carried = [name for name in table.columns if name not in ("first", "last")]
        head = [*carried, "part", "first", "last", "days", *(["working days"] if worked else [])]
        lines: Lines = []
        sums: dict[str, tuple[int, int]] = {}
        for row, period in periods:
            parts: Sequence[Part] = (
                by_academic_year(period, starts=(month, first)) if known is None else by_term(period, known)
            )
            for part in parts:
                further = [worked.working_days_within(part.period)] if worked else []
                lines.append([*(row[name] for name in carried), part.name or "outside", part.period.first,
                              part.period.last, part.days, *further])  # fmt: skip
                times, total = sums.get(part.name or "outside", (0, 0))
                sums[part.name or "outside"] = (times + 1, total + part.days)
        show(f"{len(periods)} periods in {len(lines)} parts", head, lines[:MOST_SHOWN])
        show("In all", ("part", "periods", "days"), [(name, *sums[name]) for name in sums])
        if to:
            save(to, {"parts": (head, lines)})


class Rule(StrEnum):
    THIRTY = "thirty-day-months"
    MONTHS = "calendar-months"
    DAYS = "days"


RULES = {
    Rule.THIRTY: DurationRule.THIRTY_DAY_MONTHS,
    Rule.MONTHS: DurationRule.CALENDAR_MONTHS,
    Rule.DAYS: DurationRule.DAYS,
}


@app.command("duration")
def duration_of(
    file: Periods,
    rule: Annotated[Rule, typer.Option(help="How months are counted.")] = Rule.THIRTY,
    to: Out = None,
) -> None:
    """How long each period is: months and days by a rule."""
    with refusals():
        writable(to)
        table = load(file, "first", "last", filled=True)
        added = ("months", "days", "total days")
        carried = [name for name in table.columns if name not in added]
        lines: Lines = []
        for row, period in periods_of(table):
            found = duration(period, RULES[rule])
            lines.append([*(row[name] for name in carried), found.months, found.days, found.total_days])
        head = [*carried, *added]
        show(f"{len(lines)} periods by {rule}", head, lines[:MOST_SHOWN])
        if to:
            save(to, {"durations": (head, lines)})


@app.command("overlaps")
def overlaps_of(
    file: Periods,
    person: Annotated[str, typer.Option(help="A column: only periods of the same one are compared.")] = "",
    to: Out = None,
) -> None:
    """Pairs of periods that share a day, by their rows in the file. Ends with 1 if there are any."""
    with refusals():
        writable(to)
        table = load(file, "first", "last", *([person] if person else []), filled=True)
        groups: dict[str, list[int]] = {}
        periods = periods_of(table)
        for at, (row, _period) in enumerate(periods):
            groups.setdefault(row[person] if person else "", []).append(at)
        head = (*([person] if person else []), "row", "other row", "first", "last", "days")
        lines: Lines = []
        for name, places in groups.items():
            for clash in overlaps([periods[at][1] for at in places]):
                one, other = (periods[places[at]][0].number for at in (clash.one, clash.other))
                lines.append([*([name] if person else []), one, other, clash.shared.first, clash.shared.last,
                              clash.shared.days])  # fmt: skip
        if to:
            save(to, {"overlaps": (head, lines)})
        if not lines:
            out.print(f"{len(periods)} periods, none overlap.", highlight=False)
            return
        show(f"{len(periods)} periods, {len(lines)} overlaps", head, lines[:MOST_SHOWN])
        raise typer.Exit(1)


def _day(text: str, option: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text} is not a date like 31.12.2026.") from None


def _whole(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise typer.BadParameter("--warn is whole numbers after commas, such as 60,75,85.") from None


def _month_day(text: str) -> tuple[int, int]:
    month, _dash, day = text.partition("-")
    try:
        return int(month), int(day)
    except ValueError:
        raise typer.BadParameter("--starts is a month and a day, such as 09-01.") from None
