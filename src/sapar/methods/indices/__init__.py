"""Composite indicators: from raw numbers to ranks, with every choice open to question.

Follows the ten steps of the Handbook on Constructing Composite Indicators (OECD/JRC 2008). A `Tree` says what the
index is made of, `UnitData` holds the numbers, a `Model` the choices; `build` gives an `Index` with every stage and
reason. The other modules ask questions of it.
"""

from sapar.methods.indices.aggregation import Aggregation, Gap, outranking
from sapar.methods.indices.change import Move, Route, Standing, WhatIf, cheapest_change, what_if
from sapar.methods.indices.coherence import (
    Alpha,
    Correlation,
    Influence,
    Pair,
    Point,
    correlations,
    cronbach,
    denominator_correlations,
    effective_weights,
    flagged_pairs,
    profile,
    strengths,
    weaknesses,
)
from sapar.methods.indices.comparison import Removal, Shift, compare, removals
from sapar.methods.indices.data import UnitData
from sapar.methods.indices.envelopment import Doubt, benefit_of_the_doubt
from sapar.methods.indices.imputation import FilledYear, Imputation, Imputed, impute_years, normal_em
from sapar.methods.indices.influence import Optimised, influence, optimised_weights
from sapar.methods.indices.levers import Lever
from sapar.methods.indices.model import Fitted, Index, Model, build, regenerate
from sapar.methods.indices.normalisation import Normalisation
from sapar.methods.indices.robustness import (
    Choice,
    Option,
    RankInterval,
    Robustness,
    choice,
    mean_rank_shift,
    noisy_weights,
    rank_intervals,
    rank_of,
)
from sapar.methods.indices.screening import Column, ScreenedUnit, Screening, screen, statistics
from sapar.methods.indices.sensitivity import (
    Effect,
    Sensitivity,
    choice_sensitivity,
    exact_indices,
    sobol_indices,
)
from sapar.methods.indices.treatment import TreatedColumn, Treatment
from sapar.methods.indices.tree import Node, Tree
from sapar.methods.indices.weights import (
    Budget,
    Comparison,
    Components,
    ahp_weights,
    budget_weights,
    equal_weights,
    level_weights,
    pca_weights,
)
from sapar.methods.indices.years import Drift, Trend, Year, Years, build_years, on_goalposts

__all__ = [
    "Aggregation",
    "Alpha",
    "Budget",
    "Choice",
    "Column",
    "Comparison",
    "Components",
    "Correlation",
    "Doubt",
    "Drift",
    "Effect",
    "FilledYear",
    "Fitted",
    "Gap",
    "Imputation",
    "Imputed",
    "Index",
    "Influence",
    "Lever",
    "Model",
    "Move",
    "Node",
    "Normalisation",
    "Optimised",
    "Option",
    "Pair",
    "Point",
    "RankInterval",
    "Removal",
    "Robustness",
    "Route",
    "ScreenedUnit",
    "Screening",
    "Sensitivity",
    "Shift",
    "Standing",
    "TreatedColumn",
    "Treatment",
    "Tree",
    "Trend",
    "UnitData",
    "WhatIf",
    "Year",
    "Years",
    "ahp_weights",
    "benefit_of_the_doubt",
    "budget_weights",
    "build",
    "build_years",
    "cheapest_change",
    "choice",
    "choice_sensitivity",
    "compare",
    "correlations",
    "cronbach",
    "denominator_correlations",
    "effective_weights",
    "equal_weights",
    "exact_indices",
    "flagged_pairs",
    "impute_years",
    "influence",
    "level_weights",
    "mean_rank_shift",
    "noisy_weights",
    "normal_em",
    "on_goalposts",
    "optimised_weights",
    "outranking",
    "pca_weights",
    "profile",
    "rank_intervals",
    "rank_of",
    "regenerate",
    "removals",
    "screen",
    "sobol_indices",
    "statistics",
    "strengths",
    "weaknesses",
    "what_if",
]  # fmt: skip
