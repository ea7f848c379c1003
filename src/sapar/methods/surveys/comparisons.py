"""P-values of several comparisons at once: Holm 1979, Benjamini & Hochberg 1995, Bonferroni."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import Column, FloatArray

Adjustment = Literal["none", "holm", "fdr", "bonferroni"]


def adjusted(p: Column, method: Adjustment) -> FloatArray:
    """Adjusted p-values in the order given.

    ``holm`` bounds the chance of any false difference, ``fdr`` the expected share of false ones among those
    found, ``bonferroni`` multiplies by their number.
    """
    if method not in get_args(Adjustment):
        raise MethodError("surveys.bad_option", "There is no option {option}.", option=str(method))
    values = np.asarray(p, dtype=float)
    if not ((values >= 0) & (values <= 1)).all():
        raise MethodError("surveys.bad_probability", "A p-value must lie between 0 and 1.")
    count = len(values)
    if method == "none" or count == 0:
        return np.array(values)
    if method == "bonferroni":
        return np.asarray(np.minimum(values * count, 1.0))
    order = np.argsort(values, kind="stable")
    rank = np.arange(count)
    result = np.empty(count)
    if method == "holm":
        result[order] = np.maximum.accumulate(values[order] * (count - rank))
    else:
        result[order] = np.minimum.accumulate((values[order] * count / (rank + 1))[::-1])[::-1]
    return np.minimum(result, 1.0)
