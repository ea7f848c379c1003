"""`sapar dedupe`: who or what occurs twice, in one list or between two, and what a messy list means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from sapar.cli.tables import (
    RefusedFiles,
    err,
    hidden,
    load,
    progress_bar,
    refusals,
    save,
    show,
    visible,
    writable,
)
from sapar.formats.tables import Reader, Row, Table
from sapar.methods import names
from sapar.methods.progress import Progress, unheard

app = typer.Typer(no_args_is_help=True, help="Find duplicates; nothing is ever merged.")
File = Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or ODS.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
MOST_SHOWN = 40
# Above so many rows a run may take a second and shows its progress.
LONG = 5_000


@app.command()
def people(
    file: File,
    against: Annotated[
        Path | None, typer.Option("--against", help="A second list; else within the first.")
    ] = None,
    threshold: Annotated[float, typer.Option(help="Least score of a pair that is shown.")] = 0.9,
    out: Out = None,
) -> None:
    """Pairs of records that may be one person.

    Columns: `family`, `given` and perhaps `patronymic`, or `name`; besides, what there is of `key`, `born_on`,
    `citizenship`, `passport`.
    """
    with refusals():
        writable(out)
        left = _people(file)
        right = left if against is None else _people(against)
        with progress_bar("comparing") as bar:
            heard = _heard(bar) if len(left) + len(right) > LONG else unheard
            if against is None:
                found = names.find_duplicates(left, threshold=threshold, progress=heard)
            else:
                found = names.link_people(left, right, threshold=threshold, progress=heard)
        name_left = {person.key: _shown(person) for person in left}
        name_right = {person.key: _shown(person) for person in right}
        columns = ("left", "name", "right", "other name", "score", "decision", "because")
        rows = [
            (m.left, name_left[m.left], m.right, name_right[m.right], m.score, m.decision, because(m.reasons))
            for m in found.matches
        ]
        title = f"{len(rows)} pairs of {len(left)} and {len(right)} people ({found.compared} compared)"
        if against is None:
            title = f"{len(rows)} pairs among {len(left)} people ({found.compared} compared)"
        show(title, columns, rows[:MOST_SHOWN])
        for key in found.left_out[:MOST_SHOWN]:
            err.print(
                f"Not compared: {key.left} × {key.right} different records with one and the same {key.blocking}.",
                style="yellow",
            )
        if len(found.left_out) > MOST_SHOWN:
            err.print(f"… and {len(found.left_out) - MOST_SHOWN} more such groups.", style="yellow")
        _tell_identical(found.identical, within=against is None)
        if out is not None:
            same = [(one.side, one.keys[0], len(one.keys), "; ".join(one.keys)) for one in found.identical]
            save(
                out,
                {"duplicates": (columns, rows), "identical": (("list", "first", "records", "keys"), same)},
                beside=True,
            )


@app.command()
def institutions(
    file: File,
    directory: Annotated[
        Path | None,
        typer.Option("--directory", "-d", help="The institutions that are known; else within the list."),
    ] = None,
    out: Out = None,
) -> None:
    """Which institution of the directory each row of a list means; without one, which rows may be one institution.

    The list: `name`, perhaps `country`, `city`, `domains`. The directory: `key`, `name`, perhaps `other_names`,
    `acronyms`, `country`, `city`, `domains`; several values in a cell are separated by semicolons.
    """
    with refusals():
        writable(out)
        if directory is None:
            _within(file, out)
            return
        known = load(directory, "key", "name", filled=True)
        records = _institutions(directory, known)
        table = load(file, "name", filled=True)
        index = names.InstitutionIndex(records)
        queries = [_query(row) for row in table.rows]
        with progress_bar("matching") as bar:
            answers = index.match_all(
                queries, limit=3, progress=_heard(bar) if len(queries) > LONG else unheard
            )
        titles = {row["key"]: row["name"] for row in known.rows}
        columns = ("row", "name", "decision", "key", "institution", "score", "because", "other candidates")
        rows = [_answer(row, candidates, titles) for row, candidates in zip(table.rows, answers, strict=True)]
        counted = Counter(str(row[2]) for row in rows)
        parts = ", ".join(f"{counted[word]} {word}" for word in ("same", "perhaps", "different"))
        show(f"{len(rows)} rows against {len(known)} institutions: {parts}", columns[:-1],
             [row[:-1] for row in rows[:MOST_SHOWN]])  # fmt: skip
        if out is not None:
            save(out, {"matches": (columns, rows)})


def _within(file: Path, out: Path | None) -> None:
    """Pairs of one list; without a key the row's number is one."""
    table = load(file, "name", filled=True)
    records = _institutions(file, table)
    with progress_bar("comparing") as bar:
        found = names.find_duplicate_institutions(
            records, progress=_heard(bar) if len(records) > LONG // 10 else unheard
        )
    titles = {record.key: record.names[0] for record in records}
    columns = ("left", "name", "right", "other name", "score", "decision", "because")
    rows = [
        (
            one.left,
            titles[one.left],
            one.right,
            titles[one.right],
            one.score,
            one.decision,
            because(one.reasons),
        )
        for one in found
    ]
    show(f"{len(rows)} pairs among {len(records)} institutions", columns, rows[:MOST_SHOWN])
    if out is not None:
        save(out, {"duplicates": (columns, rows)})


def _tell_identical(groups: Sequence[names.Identical], *, within: bool) -> None:
    """Which records stand for others; two in one list are a pair like any other."""
    told = [one for one in groups if len(one.keys) > 2 or not within]
    for one in told[:MOST_SHOWN]:
        where = "" if within else f" of the {'first' if one.side == 'left' else 'second'} list"
        err.print(
            visible(f"{len(one.keys)} records{where} are alike in everything; {one.keys[0]} stands for all of them."),
            style="yellow", markup=False,
        )  # fmt: skip
    if len(told) > MOST_SHOWN:
        err.print(f"… and {len(told) - MOST_SHOWN} more such groups.", style="yellow")


def because(reasons: Sequence[names.Reason]) -> str:
    """Reasons in one cell: codes without their prefix, with the facts."""
    return "; ".join(
        " ".join(
            [reason.code.removeprefix("names.").replace("_", " "), *map(str, reason.facts.values())]
        ).rstrip()
        for reason in reasons
    )


def _heard(bar: Bar) -> Progress:
    def heard(done: int, total: int, /) -> None:
        bar.update(bar.task_ids[0], completed=done, total=total)

    return heard


def _shown(person: names.Person) -> str:
    name = person.name
    return " ".join(filter(None, (name.family, name.given, name.patronymic)))


def _people(path: Path) -> list[names.Person]:
    """Every row as a person; all bad rows are refused together. Without a key the row's number is one."""
    table = load(path, filled=True)
    if "name" not in table.columns:
        table.require("family", "given")
    reader = Reader(table)
    seen: dict[str, int] = {}
    found = []
    for row in table.rows:
        key = row["key"] or str(row.number)
        if key in seen:
            reader.refuse(row, "key", f"is the key of row {seen[key]} already")
        if hidden(key):
            reader.refuse(row, "key", "has signs that cannot be seen")
        seen.setdefault(key, row.number)
        parts = names.PersonName(family=row["family"], given=row["given"], patronymic=row["patronymic"])
        written = row["name"]
        if not names.search_key(written + parts.family + parts.given):
            reader.refuse(row, "name" if "name" in table.columns else "family", "is no name")
            continue
        found.append(
            names.Person(
                key=key,
                name=names.parse_person_name(written) if names.search_key(written) else parts,
                born_on=reader.date(row, "born_on", required=False),
                citizenship=row["citizenship"],
                passport=row["passport"],
            )
        )
    if reader.problems:
        raise RefusedFiles({path.name: reader.problems})
    return found


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _institutions(path: Path, table: Table) -> list[names.InstitutionRecord]:
    reader = Reader(table)
    seen: dict[str, int] = {}
    found = []
    for row in table.rows:
        key = reader.text(row, "key") if "key" in table.columns else str(row.number)
        if key and seen.setdefault(key, row.number) != row.number:
            reader.refuse(row, "key", f"is the key of row {seen[key]} already")
        if hidden(key):
            reader.refuse(row, "key", "has signs that cannot be seen")
        if not names.search_key(row["name"]):
            reader.refuse(row, "name", "is no name")
        found.append(
            names.InstitutionRecord(
                key=key,
                names=(row["name"], *filter(names.search_key, _several(row["other_names"]))),
                acronyms=_several(row["acronyms"]),
                country=row["country"],
                city=row["city"],
                domains=_several(row["domains"]),
            )
        )
    if reader.problems:
        raise RefusedFiles({path.name: reader.problems})
    return found


def _query(row: Row) -> names.InstitutionQuery:
    return names.InstitutionQuery(
        name=row["name"], country=row["country"], city=row["city"], domains=_several(row["domains"])
    )


def _answer(row: Row, candidates: Sequence[names.Candidate], titles: dict[str, str]) -> list[object]:
    if not candidates:
        return [row.number, row["name"], "different", "", "", None, "", ""]
    best, *others = candidates
    rest = "; ".join(f"{other.key} {titles[other.key]} ({other.score:.2f})" for other in others)
    return [
        row.number, row["name"], best.decision, best.key, titles[best.key], best.score, because(best.reasons), rest
    ]  # fmt: skip
