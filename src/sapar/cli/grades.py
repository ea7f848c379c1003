"""`sapar grades`: marks and credits of a file converted, averaged and balanced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.grade_files import (
    Cells,
    components,
    distribution,
    each,
    linked,
    not_negative,
    points_of,
    problem_of,
    some_text,
)
from sapar.cli.tables import err, load, refusals, save, show, writable
from sapar.formats.tables import RefusedRows
from sapar.methods import recognition as rec
from sapar.methods.errors import MethodError

app = typer.Typer(no_args_is_help=True, help="Convert marks and credits; the original is never altered.")
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
File = Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or ODS.")]
MOST_SHOWN = 40


class How(StrEnum):
    DISTRIBUTION = "distribution"
    BAVARIAN = "bavarian"
    LINEAR = "linear"
    TABLE = "table"
    PASS = "pass"  # noqa: S105


@dataclass(frozen=True)
class Numbers:
    """The numbers of the formulas, as typed."""

    best: str
    lowest_pass: str
    to_best: str
    to_lowest_pass: str
    step: str
    ties: rec.Ties

    @property
    def rounding(self) -> rec.Rounding | None:
        return rec.Rounding(step=rec.number(self.step, what="step"), ties=self.ties) if self.step else None


@app.command()
def scales() -> None:
    """List the scales, tables and credit factors that come with the library, with their sources."""
    known = rec.shipped_scales()
    columns = ("scale", "of", "from", "to", "mark", "points", "percent", "pass", "words")
    rows = [
        (scale.id, scale.holder, scale.valid_from, scale.valid_to, band.label, band.points,
         "" if band.low is None else f"{band.low}–{band.high}", "yes" if band.passing else "no", band.words)
        for scale in known for band in scale.bands
    ]  # fmt: skip
    show("Scales", columns, rows)
    tables = [
        (table.id, table.holder, row.mark, row.result) for table in rec.shipped_tables() for row in table.rows
    ]
    show("Tables", ("table", "of", "mark", "becomes"), tables)
    factors = [
        (factor.id, factor.from_unit, factor.to_unit, f"{factor.low}–{factor.high}")
        for factor in rec.shipped_factors()
    ]
    show("Credit factors", ("factor", "from", "to", "factor of"), factors)
    sourced = {item.id: item.source for item in known}
    sourced |= {item.id: item.source for item in rec.shipped_tables()}
    sourced |= {item.holder: item.source for item in rec.shipped_factors()}
    show("Sources", ("what", "page"), sourced.items())


@app.command()
def convert(
    file: File,
    how: Annotated[How, typer.Option("--how", help="The method.")],
    host: Annotated[
        Path | None, typer.Option("--from", help="Counts of grades where the mark is from.")
    ] = None,
    home: Annotated[Path | None, typer.Option("--to", help="Counts of grades at home.")] = None,
    rule: Annotated[rec.Rule, typer.Option(help="Which of several overlapping grades.")] = rec.Rule.MID,
    smallest: Annotated[int, typer.Option(min=1, help="Passing grades that a group must count.")] = 50,
    best: Annotated[str, typer.Option(help="Best mark of the foreign scale.")] = "",
    lowest_pass: Annotated[str, typer.Option(help="Lowest passing mark of the foreign scale.")] = "",
    to_best: Annotated[str, typer.Option(help="Best mark at home (linear).")] = "",
    to_lowest_pass: Annotated[str, typer.Option(help="Lowest passing mark at home (linear).")] = "",
    step: Annotated[str, typer.Option(help="Round to this step; empty keeps all digits.")] = "0.1",
    ties: Annotated[rec.Ties, typer.Option(help="How to round.")] = rec.Ties.DOWN,
    table: Annotated[str, typer.Option(help="A table of `sapar grades scales`.")] = "",
    scale: Annotated[str, typer.Option(help="A scale of `sapar grades scales`.")] = "",
    failing: Annotated[str, typer.Option(help="Marks that are fails and stay as they are, e.g. FX,F.")] = "",
    out: Out = None,
) -> None:
    """Convert the column `mark` of a file; other columns are carried along."""
    with refusals():
        writable(out)
        marks = load(file, "mark", filled=True)
        numbers = Numbers(best, lowest_pass, to_best, to_lowest_pass, step, ties)
        one = _method(how, host, home, rule, smallest, numbers, table, scale)
        fails = {mark.strip() for mark in failing.split(",") if mark.strip()}
        column = rec.convert_column(
            marks.column("mark"), lambda mark: _kept(mark) if mark in fails else one(mark)
        )
        problems = [
            problem_of(row, "mark", outcome)
            for at, row in enumerate(marks.rows)
            if isinstance(outcome := column[at], MethodError)
        ]
        if problems:
            raise RefusedRows(problems)
        done = [outcome for outcome in column.outcomes if isinstance(outcome, rec.Conversion)]
        counted = column.counts().tolist()
        summary = [
            (c.mark, c.result, "yes" if c.passing else "no", times, _deciding(c))
            for c, times in zip(done, counted, strict=True)
        ]
        show(f"{len(marks)} marks by {how}", ("mark", "result", "pass", "times", "decided by"),
             summary[:MOST_SHOWN])  # fmt: skip
        if out:
            carried = [name for name in marks.columns if name not in ADDED]
            rows = [
                [*(row[name] for name in carried), *_added(done[int(column.index[at])])]
                for at, row in enumerate(marks.rows)
            ]
            save(out, {"marks": ((*carried, *ADDED), rows)})


@app.command()
def credits(
    file: File,
    factor: Annotated[str, typer.Option(help="A factor of `sapar grades scales`.")],
    chosen: Annotated[str, typer.Option(help="The factor chosen within the published range.")] = "",
    step: Annotated[str, typer.Option(help="Round to this step.")] = "1",
    ties: Annotated[rec.Ties, typer.Option(help="How to round.")] = rec.Ties.HALF_UP,
    back: Annotated[bool, typer.Option("--back", help="Divide instead of multiply.")] = False,
    out: Out = None,
) -> None:
    """Convert the column `credits` of a file by a dated factor."""
    with refusals():
        writable(out)
        table = load(file, "credits", filled=True)
        known = {item.id: item for item in rec.shipped_factors()}
        if factor not in known:
            raise MethodError("recognition.no_factor", "There is no factor {factor}.", factor=factor)
        rounding = rec.Rounding(step=rec.number(step, what="step"), ties=ties)
        choice = rec.number(chosen, what="factor") if chosen else None

        def converted(credits: str) -> rec.CreditConversion:
            return rec.convert_credits(credits, known[factor], rounding=rounding, chosen=choice, back=back)

        # A wrong factor is refused once and not for every row.
        converted("1")
        done = each(table, "credits", converted)
        shown = [(str(one.credits), str(one.result), str(one.exact)) for one in done]
        show(f"{len(done)} rows by {factor}", ("credits", "result", "exact"), shown[:MOST_SHOWN])
        err.print(f"credits {sum(one.credits for one in done)}, result {sum(one.result for one in done)}")
        if out:
            added = ("converted credits", "exact", "factor", "rounding", "source")
            rows = [
                [
                    *row.cells.values(),
                    str(one.result),
                    str(one.exact),
                    str(one.factor),
                    one.rounding,
                    one.source,
                ]
                for row, one in zip(table.rows, done, strict=True)
            ]
            save(out, {"credits": ((*table.columns, *added), rows)})


@app.command()
def mean(
    file: File,
    scale: Annotated[str, typer.Option(help="Read points from the column `mark` on this scale.")] = "",
    step: Annotated[str, typer.Option(help="Round to this step.")] = "0.01",
    ties: Annotated[rec.Ties, typer.Option(help="How to round.")] = rec.Ties.HALF_UP,
    out: Out = None,
) -> None:
    """Means weighted by credits for each `student`, from `points` and `credits`."""
    with refusals():
        writable(out)
        table = load(file, "student", "mark" if scale else "points", "credits", filled=True)
        rounding = rec.Rounding(step=rec.number(step, what="step"), ties=ties)
        cells = Cells(table)
        if scale:
            chosen = rec.shipped_scale(scale)
            points = cells.read("mark", lambda mark: points_of(chosen, mark))
        else:
            points = cells.read("points", lambda text: not_negative(text, "points"))
        weights = cells.read("credits", lambda text: not_negative(text, "number of credits"))
        students = cells.read("student", some_text)
        cells.finish()
        people: dict[str, list[tuple[Decimal, Decimal]]] = {}
        for student, value, weight in zip(students, points, weights, strict=True):
            people.setdefault(student, []).append((value, weight))
        weightless = {student for student, taken in people.items() if not any(weight for _, weight in taken)}
        for row in table.rows:
            if row["student"] in weightless:
                cells.refuse(row, "credits", "no mark of this student has credits")
        cells.finish()
        rows: list[tuple[object, ...]] = []
        for student, marks in people.items():
            average = rec.weighted_mean(marks, rounding=rounding)
            rows.append(
                (student, str(average.value), str(average.exact), str(average.credits), average.count)
            )
        columns = ("student", "mean", "exact", "credits", "marks")
        show(f"{len(rows)} students", columns, rows[:MOST_SHOWN])
        if out:
            save(out, {"means": (columns, rows)})


@app.command()
def balance(
    studied: Annotated[Path, typer.Argument(help="id, credits, passed (yes/no), link")],
    required: Annotated[Path, typer.Argument(help="id, credits, link")],
    out: Out = None,
) -> None:
    """Set what was studied against what is required: rows with the same `link` stand for each other."""
    with refusals():
        writable(out)
        here = load(studied, "id", "credits", "passed", "link", filled=True)
        home = load(required, "id", "credits", "link", filled=True)
        brought, needed = components(here, home, (studied.name, required.name))
        names = list(dict.fromkeys(row["link"] for row in (*here.rows, *home.rows) if row["link"]))
        links = [rec.Link(studied=linked(here, name), required=linked(home, name)) for name in names]
        found = rec.component_balance(brought, needed, links)
        columns = ("link", "studied", "required", "recognised", "difference")
        rows = [
            (name, str(link.studied), str(link.required), str(link.recognised), str(link.difference))
            for name, link in zip(names, found.links, strict=True)
        ]
        totals = (
            "all",
            str(found.studied),
            str(found.required),
            str(found.recognised),
            str(found.difference),
        )
        show("Credits", columns, [*rows, totals])
        for what, left in (("not used", found.unlinked_studied), ("to be made up", found.unlinked_required)):
            if left:
                err.print(f"{what}: {', '.join(left)}", markup=False)
        if out:
            save(out, {"credits": (columns, [*rows, totals])})


ADDED = ("result", "passing", "method", "rule", "table", "version", "source", "decided by")


def _added(done: rec.Conversion) -> list[str]:
    passing = "yes" if done.passing else "no"
    return [done.result, passing, str(done.method), done.rule, done.table, done.version, done.source,
            _deciding(done)]  # fmt: skip


def _deciding(done: rec.Conversion) -> str:
    if done.overlaps:
        return ", ".join(
            f"{part.grade} {float(part.start):.2%}–{float(part.end):.2%}" for part in done.overlaps
        )
    return "" if done.exact is None else f"exactly {done.exact}"


def _kept(mark: str) -> rec.Conversion:
    """A fail stays what it is."""
    return rec.Conversion(mark=mark, result="", passing=False, method=rec.Method.PASS_FAIL, table="",
                          version="", source="", rule="fail, not converted")  # fmt: skip


def _method(
    how: How, host: Path | None, home: Path | None, rule: rec.Rule, smallest: int, numbers: Numbers,
    table: str, scale: str,
) -> Callable[[str], rec.Conversion]:  # fmt: skip
    """What to do with one mark; what the call lacks is refused before the first row."""
    match how:
        case How.DISTRIBUTION:
            if host is None or home is None:
                raise _lacks("--from and --to")
            made = rec.conversion_table(
                distribution(host), distribution(home), rule=rule, smallest_group=smallest
            )
            return lambda mark: _from_table(made, mark)
        case How.TABLE:
            tables = {item.id: item for item in rec.shipped_tables()}
            if table not in tables:
                raise _lacks("--table, one of " + ", ".join(tables))
            return tables[table].convert
        case How.PASS:
            chosen = rec.shipped_scale(scale)
            return lambda mark: rec.pass_or_fail(mark, chosen)
        case How.BAVARIAN:
            if not (numbers.best and numbers.lowest_pass):
                raise _lacks("--best and --lowest-pass")
            # What is wrong with the call is told once and not for every row.
            rec.modified_bavarian(
                numbers.best, best=numbers.best, lowest_pass=numbers.lowest_pass, rounding=numbers.rounding
            )
            return lambda mark: rec.modified_bavarian(
                mark, best=numbers.best, lowest_pass=numbers.lowest_pass, rounding=numbers.rounding
            )
        case How.LINEAR:
            if not (numbers.best and numbers.lowest_pass and numbers.to_best and numbers.to_lowest_pass):
                raise _lacks("--best, --lowest-pass, --to-best and --to-lowest-pass")
            for bound in (numbers.best, numbers.lowest_pass):
                rec.linear(
                    bound, best=numbers.best, lowest_pass=numbers.lowest_pass, to_best=numbers.to_best,
                    to_lowest_pass=numbers.to_lowest_pass, rounding=numbers.rounding,
                )  # fmt: skip
            return lambda mark: rec.linear(
                mark, best=numbers.best, lowest_pass=numbers.lowest_pass, to_best=numbers.to_best,
                to_lowest_pass=numbers.to_lowest_pass, rounding=numbers.rounding,
            )  # fmt: skip


def _lacks(what: str) -> typer.BadParameter:
    return typer.BadParameter(f"This method needs {what}.")


def _from_table(made: dict[str, rec.Conversion], mark: str) -> rec.Conversion:
    if mark not in made:
        raise MethodError("recognition.mark_not_in_distribution", "is not a passing grade of the counts")
    return made[mark]
