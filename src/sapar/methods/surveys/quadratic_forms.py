"""The upper tail of a weighted sum of chi-squares, or of its F-like ratio.

P(Σ λ_i χ²_1 > x) and, with `ddf`, P(Σ λ_i χ²_1 > x χ²_ddf / ddf): exact by inverting the characteristic
function along a path through its saddlepoint (Imhof 1961 in the complex plane), or by Kuonen's
approximation at that point (1999).
"""

from __future__ import annotations

import cmath
import math
from itertools import pairwise

import numpy as np
from scipy import integrate, optimize, stats

from sapar.methods.errors import MethodError
from sapar.methods.surveys.columns import FloatArray

# Within this distance of the mean the saddlepoint formula divides by zero.
AT_THE_MEAN = 1e-4
# Logarithm of the smallest probability told from 0.
SMALLEST = -700.0
# Logarithm of what no longer adds to the integral.
NEGLIGIBLE = -40.0


def exact_tail(x: float, weights: FloatArray, ddf: float = math.inf) -> float:
    """The probability itself; relative error below 1e-8, of the tail itself however small.

    (1/2πi) ∫ exp(K(s) - s x)/s ds with K(s) = -½ Σ d_i log(1 - 2 λ_i s), along a parabola that opens towards the
    decay of exp(-s x).
    """
    lam, degrees, threshold = _terms(x, weights, ddf)
    if threshold <= 0 and not (lam < 0).any():
        return 1.0
    centre = _saddle(lam, degrees, threshold)
    # The width of the peak there, in which all lengths of the path are measured, and the path of steepest
    # descent to the second order.
    ratios = lam / (1 - 2 * centre * lam)
    width = 1 / math.sqrt(2 * float(degrees @ ratios**2))
    bend = 8 / 6 * float(degrees @ ratios**3) * width**3 if threshold > 0 else 0.0
    if abs(centre) < 0.05 * width:
        centre = math.copysign(0.05 * width, centre)
    height = -0.5 * float(degrees @ np.log1p(-2 * lam * centre)) - centre * threshold
    if height < SMALLEST:
        return 0.0 if centre > 0 else 1.0

    def power(u: float) -> tuple[complex, complex]:
        s = centre + width * complex(bend * u * u, u)
        return s, -0.5 * complex(degrees @ np.log(1 - 2 * lam * s)) - s * threshold - height

    def integrand(u: float) -> float:
        s, exponent = power(u)
        return float((cmath.exp(exponent) / s * complex(1.0, -2 * bend * u)).real)

    near = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)
    end = near[-1]
    while power(end)[1].real > NEGLIGIBLE and end < 1e100:
        end *= 8
    whole = sum(
        integrate.quad(integrand, a, b, limit=400, epsabs=1e-13, epsrel=1e-11)[0] for a, b in pairwise(near)
    )
    # Further out it falls as a power of u, which is an exponential of log u.
    far = np.log(np.geomspace(near[-1], end, max(2, round(math.log2(end / near[-1])) + 1)))
    whole += sum(
        integrate.quad(lambda v: integrand(math.exp(v)) * math.exp(v), a, b, limit=400, epsabs=1e-13)[0]
        for a, b in pairwise(far)
    )
    tail = math.exp(height) * width * whole / math.pi
    return float(min(max(tail if centre > 0 else 1.0 + tail, 0.0), 1.0))


def saddlepoint_tail(x: float, weights: FloatArray, ddf: float = math.inf) -> float:
    """Kuonen's approximation; at the mean itself Satterthwaite's."""
    found = kuonen(*_terms(x, weights, ddf))
    return satterthwaite_tail(x, weights, ddf) if found is None else found


def kuonen(lam: FloatArray, degrees: FloatArray, threshold: float) -> float | None:
    """P(Σ λ_i χ²_{d_i} > threshold) by the saddlepoint; None at the mean. The largest |λ| > 0 is 1."""
    at = _saddle(lam, degrees, threshold)
    if abs(at) < AT_THE_MEAN:
        return None
    generating = -0.5 * float(degrees @ np.log1p(-2 * at * lam))
    curvature = 2 * float(degrees @ (lam**2 / (1 - 2 * at * lam) ** 2))
    w = math.copysign(math.sqrt(2 * (at * threshold - generating)), at)
    v = at * math.sqrt(curvature)
    return float(stats.norm.sf(w + math.log(v / w) / w))


def satterthwaite_tail(x: float, weights: FloatArray, ddf: float = math.inf) -> float:
    """One scaled chi-square (or F) with the first two moments of the sum."""
    df = float(weights.sum() ** 2 / (weights**2).sum())
    if math.isinf(ddf):
        return float(stats.chi2.sf(x * df / weights.sum(), df))
    return float(stats.f.sf(x / weights.sum(), df, ddf))


def _saddle(lam: FloatArray, degrees: FloatArray, threshold: float) -> float:
    """Where K'(s) is the threshold."""

    def slope(z: float) -> float:
        return float(degrees @ (lam / (1 - 2 * z * lam))) - threshold

    high = 0.5 * (1 - 1e-12) / float(lam.max())
    if (lam < 0).any():
        low = float((1 / (2 * lam[lam < 0])).max()) * (1 - 1e-12)
    elif threshold > lam @ degrees:
        low = -0.01
    else:
        low = -float(degrees.sum()) / (2 * threshold)
    # So far out that floats cannot tell the place from the end of the range: the tail is 0 or 1.
    if slope(high) <= 0:
        return high
    if slope(low) >= 0:
        return low
    return float(optimize.brentq(slope, low, high, xtol=1e-15, rtol=1e-14))


def _terms(x: float, weights: FloatArray, ddf: float) -> tuple[FloatArray, FloatArray, float]:
    """Coefficients with largest 1, their degrees of freedom, and the threshold that the sum must pass."""
    lam = np.asarray(weights, dtype=float)
    if not lam.size or not np.isfinite(lam).all() or not (lam > 0).any() or not math.isfinite(x):
        raise MethodError("surveys.bad_distribution", "The distribution of the statistic is not defined.")
    largest = float(lam.max())
    lam, x = lam / largest, x / largest
    # A weight that is zero but for rounding adds nothing.
    lam = lam[lam > 1e-13]
    degrees = np.ones(len(lam))
    if math.isinf(ddf) or x <= 0:
        return lam, degrees, x
    return np.append(lam, -x / ddf), np.append(degrees, ddf), 0.0
