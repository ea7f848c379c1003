"""Agreement of coders, over units that the caller chooses."""

from sapar.methods.surveys.agreement.alpha import Alpha, Level, krippendorff_alpha
from sapar.methods.surveys.agreement.fleiss import FleissKappa, fleiss_kappa, fleiss_kappa_of_counts
from sapar.methods.surveys.agreement.kappa import Kappa, cohen_kappa, cohen_kappa_of_table
from sapar.methods.surveys.agreement.ratings import IntArray, Ratings
from sapar.methods.surveys.agreement.units import (
    Coding,
    UnitCodes,
    character_bounds,
    code_presence,
    code_units,
    segment_bounds,
    sentence_bounds,
    turn_bounds,
)

__all__ = [
    "Alpha",
    "Coding",
    "FleissKappa",
    "IntArray",
    "Kappa",
    "Level",
    "Ratings",
    "UnitCodes",
    "character_bounds",
    "code_presence",
    "code_units",
    "cohen_kappa",
    "cohen_kappa_of_table",
    "fleiss_kappa",
    "fleiss_kappa_of_counts",
    "krippendorff_alpha",
    "segment_bounds",
    "sentence_bounds",
    "turn_bounds",
]
