"""Outcome rates of the American Association for Public Opinion Research.

AAPOR, Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys (10th ed. 2023).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import Column
from sapar.methods.surveys.given import check_fields, checked
from sapar.methods.surveys.weights.weighting import checked_weights

# First digits of AAPOR's codes; the longest match counts.
CODES = {
    "1.1": "complete",
    "1.2": "partial",
    "2.1": "refusal",
    "2.2": "non_contact",
    "2.3": "other",
    "3.1": "unknown_household",
    "3.2": "unknown_other",
    "3.3": "unknown_other",
    "3.9": "unknown_other",
    "4": "not_eligible",
}


@dataclass(frozen=True, kw_only=True)
class Dispositions:
    """How many cases ended how; counts, or sums of base weights for weighted rates.

    Attributes:
        complete, partial: interviews I and P.
        refusal: refusal and break-off R; non_contact: NC; other: eligible, other non-interview O.
        unknown_household: not known whether there is an eligible household UH.
        unknown_other: eligibility unknown for another reason UO.
        not_eligible: NE; enters only the estimate of e.
    """

    complete: float = 0.0
    partial: float = 0.0
    refusal: float = 0.0
    non_contact: float = 0.0
    other: float = 0.0
    unknown_household: float = 0.0
    unknown_other: float = 0.0
    not_eligible: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self)
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise MethodError(
                    "surveys.disposition_invalid",
                    "The count of {disposition} is {value}.",
                    disposition=field.name,
                    value=float(value),
                )

    @property
    def eligible(self) -> float:
        return self.complete + self.partial + self.refusal + self.non_contact + self.other

    @property
    def unknown(self) -> float:
        return self.unknown_household + self.unknown_other


@dataclass(frozen=True, kw_only=True)
class OutcomeRates:
    """Response, cooperation, refusal and contact rates as shares; None where nothing is divided by.

    `e` is the share of the unknown cases that is taken to be eligible; `e_estimated` tells whether it came
    from the cases whose eligibility is known.
    """

    e: float
    e_estimated: bool
    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    coop2: float | None
    coop3: float | None
    coop4: float | None
    ref1: float | None
    ref2: float | None
    ref3: float | None
    con1: float | None
    con2: float | None
    con3: float | None


@checked
def count_dispositions(codes: Iterable[str], weights: Column | None = None) -> Dispositions:
    """Add up AAPOR final disposition codes such as ``"1.1"``, ``"2.112"`` or ``"4.10"``.

    Raises:
        MethodError: ``surveys.disposition_unknown`` for codes outside 1.1, 1.2, 2.1-2.3, 3.1-3.3, 3.9, 4;
            ``surveys.weights_shape`` unless there is a weight for each code; ``surveys.weights_invalid``. All rows at
            fault are named, counted from 1.
    """
    listed = [str(code).strip() for code in codes]
    if weights is not None and len(weights) != len(listed):
        raise MethodError(
            "surveys.weights_shape",
            "There are {codes} codes but {weights} weights.",
            codes=len(listed),
            weights=len(weights),
        )
    names = [disposition(code) for code in listed]
    if wrong := [row for row, name in enumerate(names) if not name]:
        raise MethodError(
            "surveys.disposition_unknown",
            "None of AAPOR's dispositions: {dispositions}, in rows {rows}.",
            rows=tuple(row + 1 for row in wrong),
            dispositions=tuple(listed[row] for row in wrong),
        )
    counted = np.ones(len(listed)) if weights is None else checked_weights(weights, len(listed))
    return Dispositions(
        **{
            field.name: math.fsum(counted[[at for at, name in enumerate(names) if name == field.name]])
            for field in fields(Dispositions)
        }
    )


@checked
def disposition(code: str) -> str:
    """The name of one of AAPOR's final codes, as the fields of `Dispositions`; empty for any other text."""
    text = code.strip()
    if not re.fullmatch(r"[1-4](\.[0-9]{1,4})?", text):
        return ""
    return CODES.get(text[:3]) or (CODES["4"] if text[0] == "4" else "")


@checked
def outcome_rates(cases: Dispositions, *, e: float | None = None) -> OutcomeRates:
    """RR1-6, COOP1-4, REF1-3 and CON1-3.

    Args:
        cases: how the cases ended.
        e: share of the unknown cases taken to be eligible; by default the share of the eligible among the
            cases whose eligibility is known (proportional allocation).

    Raises:
        MethodError: ``surveys.e_invalid`` outside 0 … 1; ``surveys.e_unknown`` if there are unknown cases
            and nothing to estimate e from; ``surveys.no_cases``.
    """
    if cases.eligible + cases.unknown == 0:
        raise MethodError("surveys.no_cases", "There are no cases that are, or may be, eligible.")
    estimated = e is None
    if e is None:
        known = cases.eligible + cases.not_eligible
        if known == 0:
            raise MethodError(
                "surveys.e_unknown", "No case has a known eligibility from which e could be estimated."
            )
        e = cases.eligible / known
    elif not 0 <= e <= 1:
        raise MethodError("surveys.e_invalid", "e is {e}; it is a share of 0 to 1.", e=float(e))
    complete, interviews = cases.complete, cases.complete + cases.partial
    everyone = cases.eligible + cases.unknown
    likely = cases.eligible + e * cases.unknown
    reached = interviews + cases.refusal + cases.other
    able = interviews + cases.refusal
    return OutcomeRates(
        e=e,
        e_estimated=estimated,
        rr1=_share(complete, everyone),
        rr2=_share(interviews, everyone),
        rr3=_share(complete, likely),
        rr4=_share(interviews, likely),
        rr5=_share(complete, cases.eligible),
        rr6=_share(interviews, cases.eligible),
        coop1=_share(complete, reached),
        coop2=_share(interviews, reached),
        coop3=_share(complete, able),
        coop4=_share(interviews, able),
        ref1=_share(cases.refusal, everyone),
        ref2=_share(cases.refusal, likely),
        ref3=_share(cases.refusal, cases.eligible),
        con1=_share(reached, everyone),
        con2=_share(reached, likely),
        con3=_share(reached, cases.eligible),
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
