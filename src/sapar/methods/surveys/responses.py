"""Questions with several answers: shares of respondents and of answers.

Each answer is a 0/1 column. The share of respondents who gave an answer is a mean; the share of all answers
given is a ratio of totals. Respondents may name several answers, so the former add up to more than 1.
Source: both are means and ratios as in Särndal, Swensson & Wretman (1992), ch. 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import BoolArray, Column, FloatArray, mask, matrix, places
from sapar.methods.surveys.estimates import Estimates, mean, ratio, total
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign

Empty = Literal["missing", "none"]


@dataclass(frozen=True, eq=False)
class ResponseSet:
    """Answers of one question: `chosen` (rows, answers) of 0 and 1, NaN where it was not asked."""

    answers: tuple[str, ...]
    chosen: FloatArray
    asked: BoolArray

    @property
    def missing(self) -> int:
        return int((~self.asked).sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Responses:
    """Shares of a question with several answers.

    Attributes:
        respondents: share of the respondents who gave each answer.
        responses: share of each answer among all answers given.
        n: respondents who gave each answer, unweighted.
        mean_count: answers per respondent.
    """

    respondents: Estimates
    responses: Estimates
    n: npt.NDArray[np.int64]
    mean_count: Estimates


@checked
def response_set(columns: Mapping[str, Column], *, empty: Empty = "missing") -> ResponseSet:
    """From one 0/1 column for each answer.

    Args:
        empty: someone who ticked nothing is ``missing``, or chose ``none`` of the answers. A row with a gap in
            any of the columns was not asked.

    Raises:
        MethodError: `surveys.bad_option`, `surveys.not_a_proportion`.
    """
    if empty not in get_args(Empty):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(empty))
    names, table = matrix(dict(columns))
    known = ~np.isnan(table).any(axis=1)
    wrong = ~np.isnan(table) & ~np.isin(table, (0.0, 1.0))
    if wrong.any():
        raise MethodError(
            "surveys.not_a_proportion", "The answers must be 0 or 1; see rows {rows} of {columns}.",
            rows=places(wrong.any(axis=1)), columns=tuple(names[at] for at in np.flatnonzero(wrong.any(axis=0))),
        )  # fmt: skip
    asked: BoolArray = known & ((np.nansum(table, axis=1) > 0) | (empty == "none"))
    return ResponseSet(names, np.where(asked[:, None], table, np.nan), asked)


@checked
def split_answers(
    texts: Column, *, separator: str = " ", answers: tuple[str, ...] = (), empty: Empty = "missing"
) -> ResponseSet:
    """From one column in which the answers stand side by side ("bus taxi"), as survey forms store them.

    Without `answers` they are those found, in order. None is always missing; an empty text as `empty` says.

    Raises:
        MethodError: `surveys.bad_option`, `surveys.unknown_level`, `surveys.no_answers`.
    """
    if not separator:
        raise MethodError("surveys.bad_option", "The {option} is empty.", option="separator")
    cells = [
        None if text is None else [part for part in str(text).split(separator) if part] for text in texts
    ]
    found = tuple(sorted({part for cell in cells if cell for part in cell}))
    wanted = answers or found
    if unknown := [part for part in found if part not in wanted]:
        raise MethodError(
            "surveys.unknown_level", "Not among the {count} levels: {unknown}; rows {rows}.",
            value=unknown[0], count=len(wanted), unknown=tuple(unknown),
            rows=places([cell is not None and not set(unknown).isdisjoint(cell) for cell in cells]),
        )  # fmt: skip
    if not wanted:
        raise MethodError("surveys.no_answers", "No row with a weight has an answer.", missing=len(cells))
    table = np.full((len(cells), len(wanted)), np.nan)
    place = {answer: at for at, answer in enumerate(wanted)}
    for row, cell in enumerate(cells):
        if cell is not None:
            table[row] = 0.0
            table[row, [place[part] for part in cell]] = 1.0
    return response_set({answer: table[:, at] for answer, at in place.items()}, empty=empty)


@checked
def multiple_responses(design: AnyDesign, answers: ResponseSet, *, domain: Column | None = None) -> Responses:
    """Shares of respondents and of answers with their joint covariances.

    Raises:
        MethodError: `surveys.no_answers`.
    """
    inside = mask(domain, len(answers.chosen))
    columns: Mapping[str, FloatArray] = dict(zip(answers.answers, answers.chosen.T, strict=True))
    counts = np.where(answers.asked, np.nansum(answers.chosen, axis=1), np.nan)
    used = inside & answers.asked
    given = total(design, counts, domain=domain)
    if not given.values[0] > 0:
        raise MethodError("surveys.no_answers", "No row with a weight has an answer.", missing=given.missing)
    return Responses(
        respondents=mean(design, columns, domain=domain),
        responses=ratio(design, columns, {"all answers": counts}, domain=domain),
        n=answers.chosen[used].sum(axis=0).astype(np.int64),
        mean_count=mean(design, {"answers": counts}, domain=domain),
    )
