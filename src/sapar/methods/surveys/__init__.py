"""Survey methods: design-based estimation, weights, quality, agreement and disclosure control.

A Python type that a function cannot use is refused as ``surveys.wrong_type`` with the argument's name, what is due
and what was found; what a column holds is refused by its rows. The subpackages `weights`, `quality`, `agreement` and
`disclosure` export their own names.
"""

from sapar.methods.surveys.association import Association, AssociationTest, association
from sapar.methods.surveys.cells import Banner, Share
from sapar.methods.surveys.columns import Factor, factor
from sapar.methods.surveys.comparisons import Adjustment, Differences, adjusted, compare_groups
from sapar.methods.surveys.contrasts import contrasts
from sapar.methods.surveys.designs import Design, Lonely, Reweighting
from sapar.methods.surveys.estimates import Estimates, mean, ratio, total, variance
from sapar.methods.surveys.groups import group_estimates
from sapar.methods.surveys.proportions import IntervalMethod, Proportion, proportion
from sapar.methods.surveys.quantile import Quantile, QuantileInterval, Rule, quantiles
from sapar.methods.surveys.regression import Regression, WaldTest, regression
from sapar.methods.surveys.replicates import AnyDesign, ReplicateDesign, replicate_design
from sapar.methods.surveys.resampling import balanced_replicates, bootstrap, jackknife
from sapar.methods.surveys.responses import (
    Responses,
    ResponseSet,
    multiple_responses,
    response_set,
    split_answers,
)
from sapar.methods.surveys.reweighting import calibrated, post_stratified, raked, trimmed
from sapar.methods.surveys.sampling import sampling_design
from sapar.methods.surveys.t_tests import TTest, t_test
from sapar.methods.surveys.tables import Shares, SurveyTable, crosstab, crosstabs

__all__ = [
    "Adjustment",
    "AnyDesign",
    "Association",
    "AssociationTest",
    "Banner",
    "Design",
    "Differences",
    "Estimates",
    "Factor",
    "IntervalMethod",
    "Lonely",
    "Proportion",
    "Quantile",
    "QuantileInterval",
    "Regression",
    "ReplicateDesign",
    "ResponseSet",
    "Responses",
    "Reweighting",
    "Rule",
    "Share",
    "Shares",
    "SurveyTable",
    "TTest",
    "WaldTest",
    "adjusted",
    "association",
    "balanced_replicates",
    "bootstrap",
    "calibrated",
    "compare_groups",
    "contrasts",
    "crosstab",
    "crosstabs",
    "factor",
    "group_estimates",
    "jackknife",
    "mean",
    "multiple_responses",
    "post_stratified",
    "proportion",
    "quantiles",
    "raked",
    "ratio",
    "regression",
    "replicate_design",
    "response_set",
    "sampling_design",
    "split_answers",
    "t_test",
    "total",
    "trimmed",
    "variance",
]
