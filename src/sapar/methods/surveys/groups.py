"""Means and totals of a number in each group, with the covariances between the groups.

Each group is a domain of the whole sample; groups share sampling units, so their estimates are correlated and
a difference needs the joint covariance.
Source: domains in Särndal, Swensson & Wretman (1992), ch. 10.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.answers import Missing, answered
from sapar.methods.surveys.columns import Column, Factor, FloatArray, IntArray
from sapar.methods.surveys.designs import Design
from sapar.methods.surveys.estimates import Deff, Estimates, mean, total
from sapar.methods.surveys.given import checked
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign


@checked
def group_estimates(
    design: AnyDesign,
    values: Column,
    groups: Factor,
    *,
    statistic: Literal["mean", "total"] = "mean",
    domain: Column | None = None,
    missing: Missing = "omit",
    deff: Deff | None = None,
) -> Estimates:
    """The mean or total of a numeric column in each group that has answers, jointly.

    A row without a group is missing like one without an answer. Each group is a domain, in which a stratum may be
    lonely that is not so in the sample. `deff` as for `mean`, of each group among its own rows.
    """
    found, scores, group = joint_estimates(
        design, values, groups, statistic=statistic, domain=domain, missing=missing
    )
    if deff is not None:
        alike = mean if statistic == "mean" else total
        effects = [
            alike(design, values, domain=group == at, deff=deff).deff for at in range(len(found.names))
        ]
        found = replace(found, deff=np.array([one[0] for one in effects if one is not None]))
    if not isinstance(design, Design) or (design.lonely != "average" and not design.lonely_domains):
        return found
    joint = np.diag(found.covariance)
    alone = [design.covariance(scores[:, [at]], group == at)[0, 0] for at in range(len(joint))]
    # The correlations stay those of the groups together.
    spread = np.sqrt(np.divide(alone, joint, out=np.ones(len(joint)), where=joint > 0))
    return replace(found, covariance=found.covariance * np.outer(spread, spread))


def joint_estimates(
    design: AnyDesign,
    values: Column,
    groups: Factor,
    *,
    statistic: Literal["mean", "total"] = "mean",
    domain: Column | None = None,
    missing: Missing = "omit",
) -> tuple[Estimates, FloatArray, IntArray]:
    """The groups as columns of one domain, their weighted scores (rows, groups), and the group of each row."""
    if len(groups) != design.rows:
        raise MethodError(
            "surveys.lengths_differ", "The columns have {columns} rows, the design {rows}.",
            columns=len(groups), rows=design.rows,
        )  # fmt: skip
    known = np.where(groups.answered, 0.0, np.nan)
    sample = answered(design, {"value": values, "group": known}, domain, missing)
    x = sample.columns[:, 0]
    weighted = design.weights * sample.used
    size = len(groups.levels) + 1
    whole: FloatArray = np.asarray(np.bincount(groups.codes + 1, weighted, minlength=size)[1:], dtype=float)
    sums = np.bincount(groups.codes + 1, weighted * x, minlength=size)[1:]
    kept = np.flatnonzero(whole > 0)
    estimates = sums[kept] / (whole[kept] if statistic == "mean" else 1.0)
    place = np.full(size, -1)
    place[kept + 1] = np.arange(len(kept))
    group = np.where(sample.used, place[groups.codes + 1], -1).astype(np.int64)
    member = np.equal.outer(group, np.arange(len(kept))).astype(float)
    means = statistic == "mean"
    centred = member * (x[:, None] - estimates if means else x[:, None])
    scores = centred * design.weights[:, None] / (whole[kept] if means else 1.0)
    found = Estimates(
        statistic=statistic,
        names=tuple(groups.levels[at] for at in kept),
        values=estimates,
        covariance=design.covariance(scores, sample.used)
        if isinstance(design, Design)
        else _of_replicates(design, centred, member, estimates, means),
        df=float(design.degrees_of_freedom(sample.used)),
        n=sample.n,
        missing=sample.missing,
        population=float(whole.sum()),
    )
    return found, scores, group


def _of_replicates(
    design: ReplicateDesign, centred: FloatArray, member: FloatArray, estimates: FloatArray, means: bool
) -> FloatArray:
    tops = design.totals(centred)
    if not means:
        return design.covariance(tops, estimates)
    with np.errstate(invalid="ignore", divide="ignore"):
        replicates = estimates[:, None] + tops / design.totals(member)
    if np.isfinite(replicates).all():
        return design.covariance(replicates, estimates)
    # A replicate in which one group is empty still tells of the others: each variance is from all that have the
    # group, and the correlations are from those that have them all.
    alone = design.variances(replicates, estimates)
    if not np.isfinite(replicates).all(axis=0).any():
        return np.diag(alone)
    joint = design.covariance(replicates, estimates)
    spread = np.sqrt(np.diag(joint))
    correlation = np.divide(joint, np.outer(spread, spread), out=np.zeros_like(joint), where=joint != 0)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation * np.sqrt(np.outer(alone, alone)))
