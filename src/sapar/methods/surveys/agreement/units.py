"""From coded spans of a text to values of units: segments, sentences, turns or characters.

Positions are code points from 0, the end excluded (as in REFI-QDA). The choice of unit decides what agreement
means: over characters a long quotation weighs much, and the uncoded text in between counts as agreement unless it is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.given import check_array, check_fields, checked, fits, wrong_type

IntArray = NDArray[np.intp]
FloatArray = NDArray[np.float64]
Uncoded = Literal["count", "drop", "missing"]

# Full stops of the scripts in which interviews are held: Latin and Cyrillic, Arabic and Urdu, Hindi, Chinese.
SENTENCE_END = re.compile(r"[.!?…؟۔।。！？]+[\"'»”’)\]]*(?=\s|$)|\n+")
SPEAKER = re.compile(r"^[ \t]*[^\s:][^\n:]{0,59}:(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Coding:
    """A coder gave a code to text[start:end]."""

    coder: str
    code: str
    start: int
    end: int

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitCodes:
    """Values for `krippendorff_alpha` and its like.

    Attributes:
        ratings: one list of values per coder, over `bounds`; None is missing.
        bounds: units × 2, the units that are left.
        dropped: units left out because nobody coded them.
        split: units in which a coder had several codes and the one covering most was taken.
    """

    coders: tuple[str, ...]
    ratings: tuple[tuple[str | None, ...], ...]
    bounds: IntArray
    dropped: int
    split: int


@checked
def character_bounds(length: int) -> IntArray:
    """Every character a unit."""
    starts = np.arange(length, dtype=np.intp)
    return np.column_stack([starts, starts + 1])


@checked
def segment_bounds(codings: Iterable[Coding], length: int) -> IntArray:
    """The stretches between neighbouring boundaries that any coder set, the uncoded ones among them."""
    marks = {0, length}
    listed = list(codings)
    if not all(fits(one, Coding) for one in listed):
        raise wrong_type("codings", "a list of Coding", listed)
    for coding in listed:
        marks |= {coding.start, coding.end}
    edges = np.array(sorted(mark for mark in marks if 0 <= mark <= length), dtype=np.intp)
    return np.column_stack([edges[:-1], edges[1:]])


@checked
def sentence_bounds(text: str) -> IntArray:
    """Sentences by their final punctuation or a line break, without the blanks around them.

    No dictionary of abbreviations: "т. е." ends a sentence here.
    """
    return _stretches(text, [found.end() for found in SENTENCE_END.finditer(text)])


@checked
def turn_bounds(text: str) -> IntArray:
    """Turns of speech: each begins with a line "Name:" and lasts until the next one."""
    return _stretches(text, [found.start() for found in SPEAKER.finditer(text)])


@checked
def code_units(
    codings: Sequence[Coding],
    bounds: IntArray,
    *,
    coders: Sequence[str],
    uncoded: Uncoded = "count",
    coverage: float = 0.0,
) -> UnitCodes:
    """One code per unit and coder, for codes that exclude each other.

    Where a coder has several, the one covering most of the unit is taken, then the first by name.

    Args:
        bounds: units × 2, in order and without overlap.
        coders: all of them, also one who coded nothing.
        uncoded: ``"count"`` makes no code a value of its own (``""``); ``"drop"`` does too, but leaves out
            the units that nobody coded; ``"missing"`` compares only what both coded.
        coverage: smallest share of a unit that a code must cover to count there.

    Raises:
        MethodError: ``surveys.bounds_invalid``, ``surveys.span_invalid``, ``surveys.coder_unknown``,
            ``surveys.code_empty``, ``surveys.coverage_invalid``. All spans at fault are named.
    """
    covered = _covered(codings, bounds, coders, coverage)
    codes = [*sorted({coding.code for coding in codings})]
    best = np.full((len(coders), len(bounds)), -1, dtype=np.intp)
    longest = np.zeros((len(coders), len(bounds)), dtype=np.intp)
    several = np.zeros((len(coders), len(bounds)), dtype=np.intp)
    for number, code in enumerate(codes):
        length = covered[code]
        several += length > 0
        better = length > longest
        best[better], longest[better] = number, length[better]
    return _unit_codes(
        best, ["", *codes], bounds, coders, uncoded, best >= 0, int((several > 1).any(axis=0).sum())
    )


@checked
def code_presence(
    codings: Sequence[Coding],
    bounds: IntArray,
    code: str,
    *,
    coders: Sequence[str],
    uncoded: Uncoded = "count",
    coverage: float = 0.0,
) -> UnitCodes:
    """Whether each coder gave one code to a unit: ``"yes"`` or ``"no"``, for codes that may overlap.

    Arguments and refusals as in `code_units`; uncoded are units to which a coder gave no code at all.
    """
    covered = _covered(codings, bounds, coders, coverage)
    nothing = np.zeros((len(coders), len(bounds)), dtype=np.intp)
    anything = np.any([nothing > 0, *[length > 0 for length in covered.values()]], axis=0)
    given = (covered.get(code, nothing) > 0).astype(np.intp)
    return _unit_codes(given - 1, ["no", "yes"], bounds, coders, uncoded, anything, 0)


def _unit_codes(
    numbers: IntArray,
    values: Sequence[str],
    bounds: IntArray,
    coders: Sequence[str],
    uncoded: Uncoded,
    anything: NDArray[np.bool_],
    split: int,
) -> UnitCodes:
    """`numbers` count from -1, so that values[0] is what an uncoded unit has."""
    if uncoded not in ("count", "drop", "missing"):
        raise MethodError("surveys.uncoded_unknown", "Uncoded text cannot be {word}.", word=uncoded)
    kept = np.ones(len(bounds), dtype=bool) if uncoded == "count" else anything.any(axis=0)
    names = np.array(values, dtype=object)
    ratings = names[numbers + 1]
    if uncoded == "missing":
        ratings[~anything] = None
    return UnitCodes(
        coders=tuple(coders),
        ratings=tuple(tuple(row[kept].tolist()) for row in ratings),
        bounds=bounds[kept],
        dropped=int((~kept).sum()),
        split=split,
    )


def _covered(
    codings: Sequence[Coding], bounds: IntArray, coders: Sequence[str], coverage: float
) -> dict[str, IntArray]:
    """For every code the covered length of each unit (coders × units), 0 under the asked coverage."""
    _check(codings, bounds, coders, coverage)
    starts, ends = bounds[:, 0], bounds[:, 1]
    place = {coder: number for number, coder in enumerate(coders)}
    covered: dict[str, IntArray] = {}
    for coder, code, start, end in _merged(codings):
        length = covered.setdefault(code, np.zeros((len(coders), len(bounds)), dtype=np.intp))
        first, last = np.searchsorted(ends, start, "right"), np.searchsorted(starts, end, "left")
        part = slice(int(first), int(last))
        length[place[coder], part] += np.minimum(end, ends[part]) - np.maximum(start, starts[part])
    for length in covered.values():
        length[length < coverage * (ends - starts)] = 0
    return covered


def _merged(codings: Sequence[Coding]) -> list[tuple[str, str, int, int]]:
    """Spans of one coder and code that overlap or touch made one, so that nothing is counted twice."""
    merged: list[tuple[str, str, int, int]] = []
    for coding in sorted(codings, key=lambda c: (c.coder, c.code, c.start, c.end)):
        if merged:
            coder, code, start, end = merged[-1]
            if (coder, code) == (coding.coder, coding.code) and coding.start <= end:
                merged[-1] = coder, code, start, max(end, coding.end)
                continue
        merged.append((coding.coder, coding.code, coding.start, coding.end))
    return merged


def _check(codings: Sequence[Coding], bounds: IntArray, coders: Sequence[str], coverage: float) -> None:
    check_array("bounds", bounds, "iu", "an array of whole numbers, as sentence_bounds gives it")
    if bounds.ndim != 2 or bounds.shape[1:] != (2,) or len(bounds) == 0:
        raise MethodError("surveys.bounds_invalid", "There are no units.")
    if (bounds[:, 0] >= bounds[:, 1]).any() or (bounds[1:, 0] < bounds[:-1, 1]).any():
        raise MethodError("surveys.bounds_invalid", "Units are empty, overlap or are out of order.")
    if len(set(coders)) != len(coders) or len(coders) < 2:
        raise MethodError("surveys.ratings_shape", "Agreement needs two or more coders.", coders=len(coders))
    if not 0 <= coverage <= 1:
        raise MethodError("surveys.coverage_invalid", "{coverage} is no share.", coverage=coverage)
    last = int(bounds[-1, 1])
    wrong = [one for one in codings if not 0 <= one.start < one.end or one.start >= last]
    if wrong:
        raise MethodError(
            "surveys.span_invalid",
            "{count} spans are empty or outside a text of {last} characters: {coders}, from {starts} to {ends}.",
            count=len(wrong),
            last=last,
            coders=tuple(one.coder for one in wrong),
            codes=tuple(one.code for one in wrong),
            starts=tuple(one.start for one in wrong),
            ends=tuple(one.end for one in wrong),
        )
    if nameless := [one for one in codings if not one.code]:
        raise MethodError(
            "surveys.code_empty", "{count} spans have no code: {coders} from {starts}.",
            count=len(nameless), coders=tuple(one.coder for one in nameless),
            starts=tuple(one.start for one in nameless),
        )  # fmt: skip
    known = set(coders)
    if strangers := tuple(dict.fromkeys(one.coder for one in codings if one.coder not in known)):
        raise MethodError("surveys.coder_unknown", "No coders: {coders}.", coders=strangers)


def _stretches(text: str, cuts: Sequence[int]) -> IntArray:
    """Pieces of a text between the cuts, without blanks at either end and without empty pieces."""
    edges = [0, *cuts, len(text)]
    pieces = []
    for start, end in pairwise(edges):
        piece = text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        stop = begin + len(piece.strip())
        if stop > begin:
            pieces.append((begin, stop))
    return np.array(pieces, dtype=np.intp).reshape(-1, 2)
