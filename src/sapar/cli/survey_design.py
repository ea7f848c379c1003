"""How the rows of a survey file were drawn: the options that every estimating word of `sapar survey` has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import numpy as np
import typer

from sapar.cli.survey_files import listed, single
from sapar.cli.survey_targets import auxiliaries_of, margins_of, read_cells, read_margins, read_totals
from sapar.cli.tables import MANY_ROWS, at_work, load, refusals, writable
from sapar.formats.tables import Reader, RefusedRows, Table, TableError
from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Missing
from sapar.methods.surveys.columns import BoolArray, FloatArray
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.replicates import AnyDesign, replicate_design
from sapar.methods.surveys.resampling import Bootstrap, Refit, balanced_replicates, bootstrap, jackknife
from sapar.methods.surveys.reweighting import calibrated, post_stratified, raked, trimmed
from sapar.methods.surveys.sampling import sampling_design

DRAWN, REPLICATES, FITTED, SHOWN = (
    "How the rows were drawn",
    "Replicate weights",
    "Weights fitted to the population",
    "What is shown",
)


class LonelyUnits(StrEnum):
    FAIL = "fail"
    REMOVE = "remove"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"


class Kinds(StrEnum):
    JK1 = "JK1"
    JKN = "JKn"
    JK2 = "JK2"
    BRR = "BRR"
    FAY = "Fay"
    BOOTSTRAP = "bootstrap"
    ACS = "ACS"
    SUCCESSIVE = "successive-difference"
    OTHER = "other"


class Resample(StrEnum):
    JACKKNIFE = "jackknife"
    BALANCED = "balanced"
    CANTY_DAVISON = "canty-davison"
    RAO_WU = "rao-wu"
    PRESTON = "preston"


BOOTSTRAPS: dict[Resample, Bootstrap] = {
    Resample.CANTY_DAVISON: "canty-davison",
    Resample.RAO_WU: "rao-wu",
    Resample.PRESTON: "preston",
}


class Distances(StrEnum):
    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


class Gaps(StrEnum):
    OMIT = "omit"
    REFUSE = "refuse"


def _option(panel: str, *names: str, text: str) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The options, as typed."""

    weights: Annotated[
        str, _option(DRAWN, "--weights", "-w", text="Column of weights; every row counts 1 without.")
    ] = ""
    chances: Annotated[
        str,
        _option(
            DRAWN, "--probabilities", text="Instead: columns of the chance of selection, one for each stage."
        ),
    ] = ""
    strata: Annotated[
        str, _option(DRAWN, text="Columns of strata, one for each stage, separated by commas.")
    ] = ""
    clusters: Annotated[str, _option(DRAWN, text="Columns of sampling units, from the first stage down.")] = (
        ""
    )
    fpc: Annotated[
        str, _option(DRAWN, text="Columns of population sizes (or fractions), one for each stage.")
    ] = ""
    nest: Annotated[bool, _option(DRAWN, "--nest", text="Cluster numbers start anew in each stratum.")] = (
        False
    )
    lonely: Annotated[LonelyUnits, _option(DRAWN, text="What a stratum of one unit counts.")] = (
        LonelyUnits.FAIL
    )
    lonely_domains: Annotated[
        bool,
        _option(DRAWN, "--lonely-domains", text="Strata with one unit in a domain count as lonely too."),
    ] = False
    replicate_weights: Annotated[
        str, _option(REPLICATES, text="Columns of replicate weights, by name or pattern such as 'rw*'.")
    ] = ""
    kind: Annotated[Kinds | None, _option(REPLICATES, text="How they were made.")] = None
    factors: Annotated[
        bool,
        _option(REPLICATES, "--factors", text="The sampling weight is not multiplied in."),
    ] = False
    rho: Annotated[float | None, _option(REPLICATES, text="Fay's rho, of --kind Fay or balanced.")] = None
    scale: Annotated[float | None, _option(REPLICATES, text="Factor of all squared deviations.")] = None
    rscales: Annotated[
        str,
        _option(REPLICATES, text="Factors of each: numbers after commas, or a file with a column rscale."),
    ] = ""
    mse: Annotated[
        bool, _option(REPLICATES, "--mse", text="Deviations from the full sample, not from their mean.")
    ] = False
    resample: Annotated[
        Resample | None, _option(REPLICATES, text="Make replicates of the sample described above.")
    ] = None
    draws: Annotated[int, _option(REPLICATES, text="Bootstrap samples.")] = 200
    seed: Annotated[int, _option(REPLICATES, text="Of the bootstrap.")] = 0
    keep: Annotated[
        bool,
        _option(REPLICATES, "--keep", text="Replicates of fitted weights are not fitted anew."),
    ] = False
    rake: Annotated[
        Path | None, _option(FITTED, text="Table of variable, category and count of the population.")
    ] = None
    post_stratify: Annotated[
        Path | None, _option(FITTED, text="Table of crossed variables and their count.")
    ] = None
    calibrate: Annotated[
        Path | None, _option(FITTED, text="Table of variable, category and total; without category a sum.")
    ] = None
    distance: Annotated[Distances, _option(FITTED, text="Of --calibrate.")] = Distances.LINEAR
    least: Annotated[float | None, _option(FITTED, text="Smallest factor of a weight (--calibrate).")] = None
    most: Annotated[float | None, _option(FITTED, text="Largest factor of a weight (--calibrate).")] = None
    trim_below: Annotated[float, _option(FITTED, text="Smallest weight.")] = 0.0
    trim_above: Annotated[float | None, _option(FITTED, text="Largest weight.")] = None
    strict: Annotated[bool, _option(FITTED, "--strict", text="No trimmed weight may end outside.")] = False
    where: Annotated[
        str,
        _option(SHOWN, text="Only these people, e.g. country=India,Pakistan; the design stays whole."),
    ] = ""
    missing: Annotated[Gaps, _option(SHOWN, text="Rows without an answer: left out, or refused.")] = Gaps.OMIT
    level: Annotated[float, _option(SHOWN, text="Confidence of intervals.")] = 0.95
    df: Annotated[
        float | None, _option(SHOWN, text="Degrees of freedom of intervals; inf for the normal.")
    ] = None
    to: Annotated[Path | None, _option(SHOWN, "--out", "-o", text="Write .csv, .xlsx or .json as well.")] = (
        None
    )

    def names(self) -> list[str]:
        return [
            *single(self.weights),
            *listed(self.chances),
            *listed(self.strata),
            *listed(self.clusters),
            *listed(self.fpc),
        ]

    @property
    def gaps(self) -> Missing:
        return self.missing.value

    def refuse_contradictions(self) -> None:
        """Options that mean nothing together."""
        drawn = self.chances or self.strata or self.clusters or self.fpc or self.nest
        if self.replicate_weights and (drawn or self.resample):
            raise typer.BadParameter(
                "Replicate weights already tell how the rows were drawn: leave the columns of the design out."
            )
        if bool(self.replicate_weights) != (self.kind is not None):
            raise typer.BadParameter("--replicate-weights and --kind belong together.")
        if self.replicate_weights and not self.weights:
            raise typer.BadParameter("--replicate-weights needs --weights, the weights of the full sample.")
        if not self.replicate_weights and (self.factors or self.scale is not None or self.rscales):
            raise typer.BadParameter("--factors, --scale and --rscales belong to --replicate-weights.")
        if self.rho is not None and self.kind is not Kinds.FAY and self.resample is not Resample.BALANCED:
            raise typer.BadParameter("--rho belongs to --kind Fay or --resample balanced.")
        if not self.replicate_weights and self.resample is None and (self.mse or self.keep):
            raise typer.BadParameter("--mse and --keep belong to replicate weights or --resample.")
        if (self.least is not None or self.most is not None) and self.calibrate is None:
            raise typer.BadParameter("--least and --most belong to --calibrate.")


def drawn_sample(command: Callable[..., None]) -> Callable[..., None]:
    """Give a word that takes `sample` the options of `Sample` in its place, and show what it refuses."""
    hints = get_type_hints(command, include_extras=True)
    own = [one for one in inspect.signature(command).parameters.values() if one.name != "sample"]
    types = get_type_hints(Sample, include_extras=True)

    @wraps(command)
    def run(**given: Any) -> None:
        options = {one.name: given.pop(one.name) for one in fields(Sample)}
        with refusals():
            sample = Sample(**options)
            sample.refuse_contradictions()
            writable(sample.to)
            command(**given, sample=sample)

    added = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default)
        for one in fields(Sample)
    ]
    listed_ = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *added]
    run.__annotations__ = {**{one.name: hints[one.name] for one in own}, **types, "return": None}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [one.replace(annotation=run.__annotations__[one.name]) for one in listed_]
    )
    return run


def read(path: Path, sample: Sample, columns: Sequence[str]) -> tuple[Table, AnyDesign]:
    """The table and its design; all bad cells of the design are listed before anything is refused."""
    table = load(path, *sample.names(), *columns, filled=True)
    with at_work("the design", len(table) > MANY_ROWS):
        return table, _design(table, sample)


def _design(table: Table, sample: Sample) -> AnyDesign:
    drawn = _replicated(table, sample) if sample.replicate_weights else _drawn(table, sample)
    fitted = _fitted(table, drawn, sample)
    if sample.resample is None or not isinstance(fitted, Design):
        return fitted
    how: Refit = "keep" if sample.keep else "refit"
    if sample.resample is Resample.JACKKNIFE:
        return jackknife(fitted, mse=sample.mse, reweighting=how)
    if sample.resample is Resample.BALANCED:
        return balanced_replicates(fitted, fay=sample.rho or 0.0, mse=sample.mse, reweighting=how)
    return bootstrap(
        fitted, method=BOOTSTRAPS[sample.resample], replicates=sample.draws, seed=sample.seed, mse=sample.mse,
        reweighting=how,
    )  # fmt: skip


def _drawn(table: Table, sample: Sample) -> Design:
    reader = Reader(table)
    weights = _column(reader, sample.weights, least=0) if sample.weights else None
    chances = [_column(reader, name, least=0) for name in listed(sample.chances)]
    sizes = [_column(reader, name, least=0) for name in listed(sample.fpc)]
    for name in [*listed(sample.strata), *listed(sample.clusters)]:
        for row in table.rows:
            reader.text(row, name)
    reader.finish()
    try:
        return sampling_design(
            weights=weights,
            probabilities=chances,
            strata=[table.column(name) for name in listed(sample.strata)],
            clusters=[table.column(name) for name in listed(sample.clusters)],
            fpc=sizes,
            nest=sample.nest,
            lonely=sample.lonely.value,
            lonely_domains=sample.lonely_domains,
            rows=len(table),
        )
    except MethodError as refused:
        _list_rows(reader, sample, refused)
        raise


def _replicated(table: Table, sample: Sample) -> AnyDesign:
    """A design from columns of replicate weights; every cell of them that is no number is listed."""
    names = _matching(table, listed(sample.replicate_weights))
    reader = Reader(table)
    weights = _column(reader, sample.weights, least=0)
    replicates = [_column(reader, name) for name in names]
    reader.finish()
    return replicate_design(
        weights=weights,
        replicate_weights=np.column_stack(replicates),
        kind=(sample.kind or Kinds.OTHER).value,
        combined=not sample.factors,
        rho=sample.rho,
        scale=sample.scale,
        rscales=_rscales(sample.rscales),
        mse=sample.mse,
    )


def _matching(table: Table, patterns: Sequence[str]) -> list[str]:
    """The columns that are named or fit a pattern, each once, in the order of the patterns and the file."""
    found: list[str] = []
    for pattern in patterns:
        fitting = [pattern] if pattern in table.columns else []
        fitting = fitting or [name for name in table.columns if fnmatchcase(name, pattern)]
        if not fitting:
            raise TableError(
                "survey.no_replicates", "No column is called {pattern}; the file has {found}.",
                pattern=pattern, found=", ".join(table.columns),
            )  # fmt: skip
        found += [name for name in fitting if name not in found]
    return found


def _rscales(text: str) -> float | FloatArray | None:
    """One number for all, one for each, or those of the column `rscale` of a file."""
    if not text:
        return None
    if text.lower().endswith((".csv", ".xlsx")):
        table = load(Path(text), "rscale")
        reader = Reader(table)
        column = _column(reader, "rscale", least=0)
        reader.finish()
        return column
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter("--rscales is a number, numbers after commas, or a file.") from None
    return numbers[0] if len(numbers) == 1 else np.array(numbers)


def _fitted(table: Table, design: AnyDesign, sample: Sample) -> AnyDesign:
    """The design with its weights post-stratified, raked, calibrated and trimmed, in this order."""
    if sample.post_stratify:
        known = read_cells(sample.post_stratify)
        table.require(*known.names)
        design = post_stratified(design, known.margin(table))
    if sample.rake:
        targets = read_margins(sample.rake)
        table.require(*targets)
        design = raked(design, margins_of(table, targets))
    if sample.calibrate:
        counted = read_totals(sample.calibrate)
        table.require(*counted)
        columns, sums = auxiliaries_of(table, counted)
        bounds = (
            -np.inf if sample.least is None else sample.least,
            np.inf if sample.most is None else sample.most,
        )
        design = calibrated(design, columns, sums, distance=sample.distance.value, bounds=bounds)
    if sample.trim_below or sample.trim_above is not None:
        upper = np.inf if sample.trim_above is None else sample.trim_above
        design = trimmed(design, lower=sample.trim_below, upper=upper, strict=sample.strict)
    return design


def _list_rows(reader: Reader, sample: Sample, refused: MethodError) -> None:
    """The lines of the file that a refusal of the design is about."""
    rows, stage = refused.facts.get("rows"), refused.facts.get("stage")
    kinds = {
        "surveys.fpc_varies": (sample.fpc, "is not that of the others of its stratum"),
        "surveys.fpc_too_small": (sample.fpc, "is less than the units of its stratum in the file"),
        "surveys.bad_fpc": (sample.fpc, "is neither a size of 1 or more nor, like the others, a fraction"),
        "surveys.cluster_in_two_strata": (
            sample.clusters,
            "lies in another stratum too; is --nest missing?",
        ),
    }
    if refused.code not in kinds or not isinstance(rows, tuple):
        return
    names, reason = kinds[refused.code]
    column = listed(names)[stage - 1 if isinstance(stage, int) else 0]
    for row in rows:
        reader.refuse(reader.table.rows[int(row or 1) - 1], column, reason)
    reader.finish()


def _column(reader: Reader, name: str, *, least: float | None = None) -> FloatArray:
    return np.array([reader.number(row, name, least=least) for row in reader.table.rows])


def refuse_gaps(table: Table, names: Sequence[str], sample: Sample, inside: BoolArray | None) -> None:
    """With ``--missing refuse``, the rows of the domain that lack an answer, by line and column."""
    if sample.missing is not Gaps.REFUSE:
        return
    reader = Reader(table)
    for at, row in enumerate(table.rows):
        if inside is None or inside[at]:
            for name in names:
                reader.text(row, name)
    if reader.problems:
        raise RefusedRows(reader.problems)
