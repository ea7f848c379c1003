"""The words of `sapar survey` about the agreement of coders, over rows of a table or over units of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from sapar.cli.survey_files import Out, listed, numbers_of
from sapar.cli.tables import load, out, progress_bar, refusals, save, show
from sapar.formats.tables import Reader, RefusedRows, Table, TableError
from sapar.methods.errors import MethodError
from sapar.methods.surveys.agreement import (
    Coding,
    IntArray,
    UnitCodes,
    character_bounds,
    code_presence,
    code_units,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    segment_bounds,
    sentence_bounds,
    turn_bounds,
)

Bootstrap = Annotated[int, typer.Option(help="Samples for the interval of alpha; 0 for none.")]
Seed = Annotated[int, typer.Option(help="Of the bootstrap.")]
HEAD = ("coefficient", "value", "low", "high", "units", "left out", "why not")


class Scale(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Unit(StrEnum):
    SEGMENT = "segment"
    SENTENCE = "sentence"
    TURN = "turn"
    CHARACTER = "character"


class Uncoded(StrEnum):
    COUNT = "count"
    DROP = "drop"
    MISSING = "missing"


def agree(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, XLS or ODS, one row a unit, one column a coder.")],
    coders: Annotated[str, typer.Option(help="Columns of the coders, separated by commas.")],
    scale: Annotated[Scale, typer.Option(help="What the values are.")] = Scale.NOMINAL,
    order: Annotated[
        str, typer.Option(help="Ordinal values that are no numbers, from low to high, separated by commas.")
    ] = "",
    bootstrap: Bootstrap = 1000,
    seed: Seed = 0,
    to: Out = None,
) -> None:
    """Agreement of coders: Krippendorff's alpha, Cohen's or Fleiss' kappa. An empty cell is no value."""
    with refusals():
        names = listed(coders)
        if order and scale is not Scale.ORDINAL:
            raise typer.BadParameter("--order belongs to --scale ordinal.")
        table = load(file, *names, filled=True)
        ratings = _ratings(table, names, scale, listed(order))
        lines = _coefficients(ratings, scale, listed(order), bootstrap, seed)
        show(f"{len(names)} coders", HEAD, lines)
        if to:
            save(to, {"agreement": (HEAD, lines)})


def agree_text(
    file: Annotated[
        Path,
        typer.Argument(help="CSV, XLSX, XLS or ODS of coder, code, start and end, one row a coded span."),
    ],
    text: Annotated[Path, typer.Option(help="The text, UTF-8; places are signs from 0, the end excluded.")],
    unit: Annotated[Unit, typer.Option(help="What is compared.")] = Unit.SEGMENT,
    uncoded: Annotated[
        Uncoded, typer.Option(help="No code is a value, units nobody coded are left out, or it is missing.")
    ] = Uncoded.COUNT,
    code: Annotated[str, typer.Option(help="Whether this code is there; for codes that overlap.")] = "",
    coverage: Annotated[float, typer.Option(help="Least share of a unit that a code must cover.")] = 0.0,
    bootstrap: Bootstrap = 1000,
    seed: Seed = 0,
    to: Out = None,
) -> None:
    """Agreement of coders who marked spans of a text, over the units that you choose."""
    with refusals():
        words = _text(text)
        codings = _codings(load(file, "coder", "code", "start", "end", filled=True), len(words), code)
        coders = sorted({coding.coder for coding in codings})
        bounds = _bounds(unit, words, codings)
        found: UnitCodes
        if code:
            found = code_presence(
                codings, bounds, code, coders=coders, uncoded=uncoded.value, coverage=coverage
            )
        else:
            found = code_units(codings, bounds, coders=coders, uncoded=uncoded.value, coverage=coverage)
        lines = _coefficients([list(row) for row in found.ratings], Scale.NOMINAL, [], bootstrap, seed)
        show(
            f"{len(coders)} coders, {len(found.bounds)} units ({unit.value}), uncoded: {uncoded.value}",
            HEAD,
            lines,
        )
        out.print(f"  left out, since nobody coded them: {found.dropped} units")
        if found.split:
            out.print(
                f"  with several codes of one coder, of which the longest was taken: {found.split} units"
            )
        if to:
            units = [
                [int(start), int(end), words[start:end], *values]
                for (start, end), *values in zip(found.bounds, *found.ratings, strict=True)
            ]
            save(to, {"agreement": (HEAD, lines), "units": (("start", "end", "text", *coders), units)})


def _ratings(table: Table, names: list[str], scale: Scale, order: list[str]) -> list[list[object]]:
    """The values by coder; those of an ordinal scale are numbers, or words that have an order."""
    columns = [table.column(name) for name in names]
    if scale is Scale.NOMINAL:
        return [[cell or None for cell in column] for column in columns]
    if scale is Scale.ORDINAL and order:
        reader = Reader(table)
        for row in table.rows:
            for name in names:
                reader.one_of(row, name, order, required=False)
        reader.finish()
        return [[cell or None for cell in column] for column in columns]
    try:
        numbers = numbers_of(table, *names, least=0.0 if scale is Scale.RATIO else None)
    except RefusedRows as refused:
        if scale is not Scale.ORDINAL:
            raise
        hint = "is not a number; words need an --order"
        raise RefusedRows([replace(one, reason=hint) for one in refused.problems]) from None
    return [[None if np.isnan(value) else value for value in column] for column in numbers]


def _coefficients(
    ratings: Sequence[Sequence[object]], scale: Scale, order: list[str], bootstrap: int, seed: int
) -> list[tuple[object, ...]]:
    with progress_bar("bootstrap") as bar:
        task = bar.tasks[0].id
        alpha = krippendorff_alpha(
            ratings, level=scale.value, order=order or None, bootstrap=bootstrap, seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    lines: list[tuple[object, ...]] = [
        (f"Krippendorff's alpha ({scale.value})", alpha.alpha, alpha.low, alpha.high, alpha.units,
         alpha.dropped, ""),
    ]  # fmt: skip
    if scale is not Scale.NOMINAL:
        return lines
    # Kappa leaves out what one of the coders did not code, and may then have nothing to compare.
    name = "Cohen's kappa" if len(ratings) == 2 else "Fleiss' kappa"
    try:
        if len(ratings) == 2:
            kappa = cohen_kappa(ratings[0], ratings[1])
            lines.append((name, kappa.kappa, kappa.low, kappa.high, kappa.units, kappa.dropped, ""))
        else:
            fleiss = fleiss_kappa(ratings)
            lines.append((name, fleiss.kappa, None, None, fleiss.units, fleiss.dropped, ""))
    except MethodError as refused:
        lines.append((name, None, None, None, None, None, refused.code))
    return lines


def _text(path: Path) -> str:
    try:
        # As it is: line ends of two signs must not move the places behind them.
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            "tables.encoding", "{path} is no UTF-8 text, at byte {place}.",
            path=str(path), place=error.start + 1,
        ) from error  # fmt: skip


def _codings(table: Table, length: int, code: str) -> list[Coding]:
    """The coded spans; every row whose span is not within the text is listed."""
    reader, found = Reader(table), []
    for row in table.rows:
        before = len(reader.problems)
        start = reader.whole(row, "start", least=0)
        end = reader.whole(row, "end", most=length)
        coder, given = reader.text(row, "coder"), reader.text(row, "code")
        if len(reader.problems) == before and end <= start:
            reader.refuse(row, "end", f"is not after {start}")
        found.append(Coding(coder=coder, code=given, start=start, end=end))
    reader.finish()
    if code and code not in {one.code for one in found}:
        raise TableError("survey.unknown_code", "Nobody gave the code {code}.", code=code)
    return found


def _bounds(unit: Unit, text: str, codings: list[Coding]) -> IntArray:
    if unit is Unit.SENTENCE:
        return sentence_bounds(text)
    if unit is Unit.TURN:
        return turn_bounds(text)
    return segment_bounds(codings, len(text)) if unit is Unit.SEGMENT else character_bounds(len(text))
