"""`sapar scores`: a questionnaire scored by a key that is data, and the learning gain between two tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.scores_key import read_key
from sapar.cli.tables import RefusedFiles, err, heard, load, out, progress_bar, refusals, save, show, writable
from sapar.formats.tables import CellProblem, Reader, RefusedRows, Table, TableError
from sapar.methods.errors import MethodError
from sapar.methods.scores import (
    Doubt,
    Estimate,
    Gain,
    Interval,
    Key,
    Scores,
    learning_gain,
    match_people,
    score,
)
from sapar.methods.scores.bootstrap import Floats

app = typer.Typer(no_args_is_help=True, help="Scores of questionnaires, and what a course has taught.")
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
KeyFile = Annotated[
    Path, typer.Option("--key", help="TOML: instrument, edition, page, who typed and checked.")
]
Items = Annotated[Path, typer.Option(help="Table of item, weight, reverse, scale, low and high.")]
Values = Annotated[
    Path | None, typer.Option(help="Table of item, answer and value; not needed where answers are numbers.")
]
DOUBTS = {
    "scores.weight_missing": "no weight yet",
    "scores.value_missing": "a value of an answer is not known yet",
    "scores.no_edition": "edition, page or source is not named",
    "scores.unchecked": "nobody has checked the key",
    "scores.checked_by_typist": "the key was checked by who typed it",
}


@app.command("score")
def score_file(
    file: Annotated[
        Path, typer.Argument(help="CSV, XLSX, XLS or ODS: one row a person, one column an item.")
    ],
    key: KeyFile,
    items: Items,
    values: Values = None,
    named: Annotated[
        bool, typer.Option("--named", help="Refuse a draft that may not bear the instrument's name.")
    ] = False,
    to: Out = None,
) -> None:
    """Score everybody; while the key leaves a doubt, the result is a draft without the instrument's name."""
    with refusals():
        writable(to)
        known = read_key(key, items, values)
        answers = load(file, *(item.id for item in known.items), filled=True)
        try:
            found = score(known, {item.id: answers.column(item.id) for item in known.items}, named=named)
        except MethodError as refused:
            raise _by_cell(answers, refused) from None
        title = found.name or f"Draft, not yet {known.instrument}"
        show(f"{title}: {len(answers)} people, {len(known.items)} items", SUMMARY, _summaries(found))
        for doubt in found.doubts:
            out.print(f"  {_said(doubt)}", markup=False, highlight=False)
        if to:
            added = ["score", *(f"score {scale}" for scale in found.by_scale), "answered", "instrument"]
            kept = [name for name in answers.columns if name not in added]
            columns = [found.total, *found.by_scale.values(), found.answered]
            rows = [
                [
                    *(row[name] for name in kept),
                    *(_number(column[at]) for column in columns),
                    found.name or "draft",
                ]
                for at, row in enumerate(answers.rows)
            ]
            save(to, {"scores": ((*kept, *added), rows), "key": _key_sheet(known, found)})


SUMMARY = ("score", "people", "without", "mean", "sd", "least", "most")


def _summaries(found: Scores) -> list[Sequence[object]]:
    lines: list[Sequence[object]] = []
    for name, column in {"all items": found.total, **found.by_scale}.items():
        scored = column[~np.isnan(column)]
        figures: tuple[object, ...] = (None, None, None, None)
        if scored.size:
            spread = float(scored.std(ddof=1)) if scored.size > 1 else None
            figures = (float(scored.mean()), spread, float(scored.min()), float(scored.max()))
        lines.append((name, int(scored.size), int(column.size - scored.size), *figures))
    return lines


def _said(doubt: Doubt) -> str:
    of = f": {', '.join(doubt.items)}" if doubt.items else ""
    return f"{DOUBTS.get(doubt.code, doubt.code)}{of}"


def _key_sheet(key: Key, found: Scores) -> tuple[Sequence[str], list[Sequence[object]]]:
    lines: list[Sequence[object]] = [
        (name, getattr(key, name))
        for name in ("instrument", "edition", "page", "source", "typed_by", "checked_by")
    ]
    lines += [(f"weight of {item}", weight) for item, weight in found.weights.items()]
    lines += [("doubt", _said(doubt)) for doubt in found.doubts]
    return ("what", "value"), lines


def _by_cell(answers: Table, refused: MethodError) -> Exception:
    """Answers that the key does not know as cells of the file, in the order of its lines; else the refusal itself."""
    rows, items = refused.facts.get("rows"), refused.facts.get("items")
    reasons = {
        "scores.unknown_answer": "is no answer of this item",
        "scores.value_missing": "has no value in the key yet",
    }
    if refused.code not in reasons or not isinstance(rows, tuple) or not isinstance(items, tuple):
        return refused
    cells = [(answers.rows[int(row or 0)], str(item)) for row, item in zip(rows, items, strict=True)]
    return RefusedRows(
        [
            CellProblem(row=row.number, column=item, value=row[item], reason=reasons[refused.code])
            for row, item in cells
        ]
    )


@app.command()
def gain(
    file: Annotated[
        Path, typer.Argument(help="CSV, XLSX, XLS or ODS of scores before the course, and perhaps after.")
    ],
    later: Annotated[
        Path | None, typer.Argument(help="The file of scores after, if they stand in one of their own.")
    ] = None,
    before: Annotated[str, typer.Option(help="The column of scores before.")] = "before",
    after: Annotated[str, typer.Option(help="The column of scores after.")] = "after",
    person: Annotated[str, typer.Option(help="The column that tells who is who in two files.")] = "id",
    best: Annotated[float, typer.Option(help="The best score one can have.")] = 100.0,
    repeats: Annotated[int, typer.Option(help="Samples drawn for the intervals.")] = 9_999,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Of the samples.")] = 0,
    to: Out = None,
) -> None:
    """Normalised learning gain of the same people, with bootstrap intervals."""
    with refusals():
        writable(to)
        if later is None:
            table = load(file, before, after, filled=True)
            first, last = _columns(table, before, after, best=best)
            alone = 0
        else:
            first, last, alone = _matched((file, before), (later, after), person, best)
        with progress_bar("resampling") as bar:
            found = learning_gain(
                first, last, best=best, seed=seed, repeats=repeats, level=level, progress=heard(bar)
            )
        lines = _gain_lines(found)
        show(
            f"{found.matched} with both tests, mean {found.mean_before:.6g} before and {found.mean_after:.6g} after",
            GAIN, lines,
        )  # fmt: skip
        out.print(
            f"  {found.unmatched + alone} with one test only; {found.at_ceiling} at the best score before; "
            f"{found.fell} fell", highlight=False,
        )  # fmt: skip
        err.print(f"{repeats} samples, seed {seed}")
        if to:
            facts = [(name, getattr(found, name)) for name in FACTS]
            facts.append(("unmatched", found.unmatched + alone))
            save(to, {"gains": (GAIN, lines), "facts": (("what", "value"), facts)})


FACTS = ("matched", "at_ceiling", "fell", "mean_before", "mean_after", "level", "repeats", "seed")
GAIN = ("gain", "value", "people", "low", "high", "percentile low", "percentile high")


def _gain_lines(found: Gain) -> list[Sequence[object]]:
    named: dict[str, Estimate | None] = {
        "of the class (Hake)": found.of_class,
        "mean of single gains": found.of_people,
        "normalised change (Marx & Cummings)": found.change,
    }
    return [
        (name, _number(one.value), one.people, *_ends(one.bca), *_ends(one.percentile))
        for name, one in named.items()
        if one is not None
    ]


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _columns(table: Table, *names: str, best: float) -> tuple[Floats, ...]:
    """Columns of scores with gaps; every cell that is no number, or outside 0 to `best`, is listed."""
    reader = Reader(table)
    found = tuple(_scores(reader, name, best) for name in names)
    reader.finish()
    return found


def _scores(reader: Reader, name: str, best: float) -> Floats:
    return np.array(
        [reader.number(row, name, least=0, most=best) if row[name] else np.nan for row in reader.table.rows]
    )


def _matched(
    one: tuple[Path, str], other: tuple[Path, str], person: str, best: float
) -> tuple[Floats, Floats, int]:
    """Scores of those in both files, and how many are in one only; faults of both files are listed together."""
    by_file: dict[str, Sequence[CellProblem]] = {}
    people: list[Mapping[str, float]] = []
    for path, name in (one, other):
        table = load(path, person, name, filled=True)
        reader, seen = Reader(table), dict[str, int]()
        scores = _scores(reader, name, best)
        for row in table.rows:
            if reader.text(row, person) and seen.setdefault(row[person], row.number) != row.number:
                reader.refuse(row, person, f"stands in row {seen[row[person]]} already")
        if reader.problems:
            by_file[str(path)] = reader.problems
        people.append(dict(zip(table.column(person), scores.tolist(), strict=True)))
    if by_file:
        raise RefusedFiles(by_file)
    first, last, alone = match_people(*people)
    if not first.size:
        raise TableError("scores.nobody_twice", "Nobody stands in both files under {person}.", person=person)
    return first, last, len(alone)
