"""Design-based t-tests of a mean and of the difference between two groups.

Source: Lumley, Complex Surveys (2010); the second is the slope of a regression on a 0/1 column (Binder 1983).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Missing
from sapar.methods.surveys.columns import Column, Factor, numbers
from sapar.methods.surveys.estimates import critical, mean
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.groups import joint_estimates
from sapar.methods.surveys.replicates import AnyDesign


@dataclass(frozen=True, kw_only=True)
class TTest:
    """`estimate` is the mean, or the second group's mean less the first's; `compared` names the groups."""

    estimate: float
    null: float
    se: float
    t: float
    df: float
    p: float
    low: float
    high: float
    level: float
    n: int
    missing: int
    compared: tuple[str, ...] = ()


@checked
def t_test(
    design: AnyDesign,
    values: Column,
    groups: Factor | None = None,
    *,
    null: float = 0.0,
    level: float = 0.95,
    domain: Column | None = None,
    missing: Missing = "omit",
) -> TTest:
    """Is the mean `null`, or do two groups differ by `null`? For pairs, give the differences as `values`.

    Degrees of freedom: those of the design less one. Two groups are compared as in a linear regression on a
    0/1 column.

    Raises:
        MethodError: ``surveys.two_groups`` unless exactly two groups have answers;
            ``surveys.no_variation``; ``surveys.bad_option`` for a `null` that is not finite.
    """
    if not math.isfinite(null):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option="null")
    column = numbers(values)
    compared: tuple[str, ...] = ()
    if groups is None:
        found = mean(design, column, domain=domain, missing=missing)
        estimate, v = float(found.values[0]), float(found.covariance[0, 0])
    else:
        found, _scores, _group = joint_estimates(design, column, groups, domain=domain, missing=missing)
        if len(found.names) != 2:
            raise MethodError(
                "surveys.two_groups", "A t-test compares two groups; {count} have answers.",
                count=len(found.names),
            )  # fmt: skip
        compared = found.names
        difference = found.contrast(np.array([-1.0, 1.0]))
        estimate, v = float(difference.values[0]), float(difference.covariance[0, 0])
    df = found.df - 1
    half = critical(level, df) * math.sqrt(v)
    if not v > 0:
        raise MethodError("surveys.no_variation", "The answers do not vary between the sampling units.")
    t = (estimate - null) / math.sqrt(v)
    return TTest(
        estimate=estimate,
        null=null,
        se=math.sqrt(v),
        t=t,
        df=df,
        p=float(2 * stats.t.sf(abs(t), df)),
        low=estimate - half,
        high=estimate + half,
        level=level,
        n=found.n,
        missing=found.missing,
        compared=compared,
    )
