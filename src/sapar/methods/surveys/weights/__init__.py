"""Survey weights: post-stratification, raking, calibration, trimming and the price of unequal weights."""

from sapar.methods.surveys.weights.calibration import (
    Distance,
    calibrate,
    calibration_residuals,
    indicator_columns,
)
from sapar.methods.surveys.weights.margins import Margin, margin
from sapar.methods.surveys.weights.raking import post_stratify, rake
from sapar.methods.surveys.weights.trimming import Trimming, median_iqr_cap, trim
from sapar.methods.surveys.weights.weighting import KishEffect, Weighting, kish_effect

__all__ = [
    "Distance",
    "KishEffect",
    "Margin",
    "Trimming",
    "Weighting",
    "calibrate",
    "calibration_residuals",
    "indicator_columns",
    "kish_effect",
    "margin",
    "median_iqr_cap",
    "post_stratify",
    "rake",
    "trim",
]
