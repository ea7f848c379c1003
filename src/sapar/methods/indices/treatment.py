"""Outliers: found by skewness and kurtosis, pulled in by winsorisation, else by a transformation.

The rule of the JRC COIN Tool: an indicator whose |skewness| and kurtosis both exceed their limits (2 and 3.5) has its
most extreme values set to the next one, a limited number of times; if that is not enough, it is transformed as a whole.
Every change is recorded. A fitted treatment can be applied to other data, so that years stay comparable.

All transformations have one form, B_λ(s·(σx − o) + c) with σ = ±1 and the Box–Cox function B (B_0 = ln):
    "log"        ln x                                        needs x > 0
    "log_shift"  ln(x − min + 1)                             COIN Tool
    "log_range"  ln(x − min + 0.01·(max − min))              COINr's log_CT
    "log_gii"    ln((max − 1)(x − min)/(max − min) + 1)      Global Innovation Index; needs max > 1
    "box_cox"    B_λ(x − min + 1), λ given or by maximum likelihood (Box & Cox 1964)
A left-skewed indicator is mirrored before and after (σ = −1), so that the transformation acts on its long tail.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.optimize import minimize_scalar

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks, columns
from sapar.methods.indices.columns import Bools, Floats, Ints

MOST_EXPONENT = 20.0
FORMS = ("none", "log", "log_shift", "log_range", "log_gii", "box_cox")


@dataclass(frozen=True)
class Treatment:
    """The rule.

    Attributes:
        skew_limit, kurtosis_limit: an indicator passes if |skewness| or kurtosis is below its limit.
        max_points: how many values of an indicator may be winsorised; ties count each and go together.
        form: the transformation when winsorising was not enough ("none" leaves the indicator winsorised, and flagged).
        on_winsorised: transform the winsorised values instead of the original ones.
        exponent: λ of "box_cox"; found by maximum likelihood when None.
        mirror: transform left-skewed indicators mirrored.
        by_code: indicators that are treated in a way of their own.
    """

    skew_limit: float = 2.0
    kurtosis_limit: float = 3.5
    max_points: int = 5
    form: str = "log_range"
    on_winsorised: bool = False
    exponent: float | None = None
    mirror: bool = True
    by_code: tuple[tuple[str, Treatment], ...] = ()

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise MethodError(
                "indices.unknown_form",
                "There is no transformation {form}; there are {known}.",
                form=self.form,
                known=FORMS,
            )
        if self.exponent is not None and not abs(self.exponent) <= MOST_EXPONENT:
            raise MethodError(
                "indices.bad_exponent", "The exponent {exponent} is not within ±{most}.",
                exponent=self.exponent, most=MOST_EXPONENT,
            )  # fmt: skip
        if not (self.skew_limit > 0 and math.isfinite(self.kurtosis_limit) and self.max_points >= 0):
            raise MethodError(
                "indices.bad_treatment",
                "The limits {skew} and {kurtosis} and {points} points are not a rule.",
                skew=self.skew_limit,
                kurtosis=self.kurtosis_limit,
                points=self.max_points,
            )
        checks.unique("code", [code for code, _ in self.by_code])
        if nested := tuple(code for code, rule in self.by_code if rule.by_code):
            raise MethodError("indices.nested_rules", "{codes} have rules within rules.", codes=nested)

    def of(self, code: str) -> Treatment:
        """The rule by which an indicator goes."""
        return dict(self.by_code).get(code, self)


@dataclass(frozen=True, eq=False)
class FittedTreatment:
    """What was done to each column; arrays of shape (columns,). `apply` does the same to other data.

    `codes` name the indicators; several tables of them may stand beside each other.

    `clip_low`, `clip_high` are the winsorising bounds (infinite where there is none); `transformed` marks columns
    that went through B_λ(scale·(sign·x − origin) + offset).
    """

    codes: tuple[str, ...]
    clip_low: Floats
    clip_high: Floats
    transformed: Bools
    sign: Floats
    scale: Floats
    origin: Floats
    offset: Floats
    exponent: Floats

    def apply(self, x: Floats) -> Floats:
        """Treat `x`, shape (..., columns). Values outside a transformation's domain are refused."""
        y = np.clip(x, self.clip_low, self.clip_high)
        at = np.nonzero(self.transformed)[0]
        if at.size:
            inner = self.scale[at] * (self.sign[at] * y[..., at] - self.origin[at]) + self.offset[at]
            if (inner <= 0).any():
                raise MethodError(
                    "indices.outside_transformation",
                    "{codes} have values beyond the range for which their transformation was fitted.",
                    codes=self.named(at[(inner <= 0).reshape(-1, at.size).any(axis=0)]),
                )
            y[..., at] = self.sign[at] * box_cox(inner, self.exponent[at])
        return np.asarray(y, dtype=np.float64)

    def named(self, at: Ints) -> tuple[str, ...]:
        """The indicators of some columns, each once."""
        return tuple(dict.fromkeys(self.codes[int(one) % len(self.codes)] for one in at))

    def take(self, at: Ints) -> FittedTreatment:
        rest = (getattr(self, one.name)[at] for one in fields(self)[1:])
        return FittedTreatment(tuple(self.codes[int(one) % len(self.codes)] for one in at), *rest)


@dataclass(frozen=True, eq=False)
class Treated:
    """Columns after treatment with their shape before and after; `points` counts winsorised values."""

    values: Floats
    fitted: FittedTreatment
    points: Floats
    skew_before: Floats
    kurtosis_before: Floats
    skew_after: Floats
    kurtosis_after: Floats
    passes: Bools


COUNTED = ("points", "skew_before", "kurtosis_before", "skew_after", "kurtosis_after", "passes")


@dataclass(frozen=True)
class Moved:
    """One winsorised value."""

    unit: str
    before: float
    after: float


@dataclass(frozen=True)
class TreatedColumn:
    """The record of one indicator; `form` is "" unless it was transformed; `exponent` is the λ used."""

    code: str
    skewness_before: float
    kurtosis_before: float
    moved: tuple[Moved, ...]
    form: str
    exponent: float | None
    mirrored: bool
    skewness_after: float
    kurtosis_after: float
    passes: bool


def box_cox(y: Floats, exponent: Floats) -> Floats:
    """(y^λ − 1)/λ, and ln y for λ = 0; y > 0."""
    log = np.log(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.expm1(exponent * log) / exponent
    return np.where(exponent == 0, log, power)


def untreated(codes: tuple[str, ...], width: int) -> FittedTreatment:
    """A treatment that does nothing to `width` columns: the indicators `codes`, as often as they fit."""
    return FittedTreatment(
        codes=codes,
        clip_low=np.full(width, -np.inf),
        clip_high=np.full(width, np.inf),
        transformed=np.zeros(width, dtype=np.bool_),
        sign=np.ones(width),
        scale=np.ones(width),
        origin=np.zeros(width),
        offset=np.zeros(width),
        exponent=np.zeros(width),
    )


def treat(x: Floats, rule: Treatment, codes: tuple[str, ...], exempt: Bools | None = None) -> Treated:
    """Treat every column of `x`, shape (units, columns), except those marked in `exempt`.

    `codes` name the columns; `x` may hold several tables of them beside each other.

    Raises MethodError `indices.transformation_impossible`, `.unknown_code` (of a rule of its own).
    """
    if rule.by_code:
        return _by_code(x, rule, codes, np.zeros(x.shape[1], dtype=np.bool_) if exempt is None else exempt)
    width = x.shape[1]
    fitted = untreated(codes, width)
    skew, kurt = columns.shape(x)
    failing = ~_passes(skew, kurt, rule)
    if exempt is not None:
        failing &= ~exempt
    points = np.zeros(width)
    values, after_skew, after_kurt = x, skew.copy(), kurt.copy()
    at = np.nonzero(failing)[0]
    if at.size:
        values = x.copy()
        winsorised, points[at], after_skew[at], after_kurt[at] = _winsorise(x[:, at], rule, skew[at])
        values[:, at] = winsorised
        still = at[~_passes(after_skew[at], after_kurt[at], rule)]
        if rule.form != "none" and still.size:
            source = values if rule.on_winsorised else x
            _fit_form(fitted, source[:, still], still, rule)
            if not rule.on_winsorised:
                points[still] = 0
        _set_clips(fitted, x, values, at[points[at] > 0])
        if fitted.transformed.any():
            values[:, still] = fitted.take(still).apply(x[:, still])
            after_skew[still], after_kurt[still] = columns.shape(values[:, still])
    passes = _passes(after_skew, after_kurt, rule)
    return Treated(values, fitted, points, skew, kurt, after_skew, after_kurt, passes)


def _by_code(x: Floats, rule: Treatment, codes: tuple[str, ...], exempt: Bools) -> Treated:
    """Every indicator by its own rule, the others by the common one, put together again."""
    if unknown := tuple(code for code, _ in rule.by_code if code not in codes):
        raise MethodError("indices.unknown_code", "There are no indicators {codes}.", codes=unknown)
    fitted = untreated(codes, x.shape[1])
    none, before, flat, after, level = np.zeros((5, x.shape[1]))
    whole = Treated(x.copy(), fitted, none, before, flat, after, level, np.zeros(x.shape[1], dtype=np.bool_))
    numbered = [(code, at) for at, (code, _) in enumerate(rule.by_code)]
    for number, at in columns.parts(numbered, codes, x.shape[1]):
        own = replace(rule, by_code=()) if number < 0 else rule.by_code[number][1]
        named = tuple(dict.fromkeys(codes[int(one) % len(codes)] for one in at))
        part = treat(x[:, at], own, named, exempt[at])
        whole.values[:, at] = part.values
        for one in fields(FittedTreatment)[1:]:
            getattr(fitted, one.name)[at] = getattr(part.fitted, one.name)
        for name in COUNTED:
            getattr(whole, name)[at] = getattr(part, name)
    return whole


def _set_clips(fitted: FittedTreatment, x: Floats, winsorised: Floats, at: Ints) -> None:
    """Winsorising is clipping; only the side that was moved is bound."""
    low, high = columns.lowest(winsorised[:, at]), columns.highest(winsorised[:, at])
    fitted.clip_low[at] = np.where(low > columns.lowest(x[:, at]), low, -np.inf)
    fitted.clip_high[at] = np.where(high < columns.highest(x[:, at]), high, np.inf)


def _passes(skew: Floats, kurt: Floats, rule: Treatment) -> Bools:
    # Columns without a shape (too few values, constant) have no outliers to speak of.
    # At the limit the last bit, which the unit of measurement changes, must not decide.
    low, flat = rule.skew_limit, rule.kurtosis_limit
    passes = (np.abs(skew) < low - 1e-12 * low) | (kurt < flat - 1e-12 * max(1.0, abs(flat)))
    return np.isnan(skew) | passes


def _winsorise(x: Floats, rule: Treatment, skew: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Move the extreme value of each failing column to the next, on the side of its tail, until it passes."""
    y, skew = x.copy(), skew.copy()
    kurt = np.full(x.shape[1], np.inf)
    moved = np.zeros(x.shape[1])
    active = np.arange(x.shape[1])
    while active.size:
        mirror = np.where(skew[active] >= 0, 1.0, -1.0)
        z = y[:, active] * mirror
        top = columns.highest(z)
        extreme = z == top
        lower = np.fmax.reduce(np.where(extreme, -np.inf, z), axis=0)
        z = np.where(extreme, lower, z) * mirror
        count = np.asarray((np.isfinite(z) & (z != x[:, active])).sum(axis=0), dtype=np.float64)
        # What would leave one value only is not an outlier but half of the information.
        allowed = (count <= rule.max_points) & (columns.highest(z) > columns.lowest(z))
        active, z = active[allowed], z[:, allowed]
        if not active.size:
            break
        y[:, active], moved[active] = z, count[allowed]
        skew[active], kurt[active] = columns.shape(z)
        active = active[~_passes(skew[active], kurt[active], rule)]
    untouched = moved == 0
    skew[untouched], kurt[untouched] = columns.shape(y[:, untouched])
    return y, moved, skew, kurt


def _fit_form(fitted: FittedTreatment, x: Floats, at: Ints, rule: Treatment) -> None:
    """Set the parameters of the transformation for the columns `at`."""
    skew, _ = columns.shape(x)
    sign = np.where((skew < 0) & rule.mirror, -1.0, 1.0)
    low, high = columns.lowest(x * sign), columns.highest(x * sign)
    scale, origin, offset = np.ones(at.size), low, np.ones(at.size)
    exponent = np.zeros(at.size)
    if rule.form == "log":
        sign, low = np.ones(at.size), columns.lowest(x)
        origin = offset = np.zeros(at.size)
        _need(low > 0, fitted, at, rule.form, low)
    elif rule.form == "log_range":
        offset = 0.01 * (high - low)
    elif rule.form == "log_gii":
        # Below 1 the formula would turn the indicator upside down.
        _need(high > 1, fitted, at, rule.form, high)
        scale = (high - 1) / (high - low)
    elif rule.form == "box_cox":
        if rule.exponent is None:
            exponent = np.array(
                [best_exponent(column[np.isfinite(column)]) for column in (x * sign - low + 1).T]
            )
        else:
            exponent = np.full(at.size, rule.exponent)
    fitted.transformed[at] = True
    fitted.sign[at], fitted.scale[at], fitted.origin[at] = sign, scale, origin
    fitted.offset[at], fitted.exponent[at] = offset, exponent


def _need(good: Bools, fitted: FittedTreatment, at: Ints, form: str, value: Floats) -> None:
    if not good.all():
        raise MethodError(
            "indices.transformation_impossible",
            "{form} cannot be applied to these indicators, for their bounds: {bounds}.",
            form=form,
            bounds=tuple(f"{fitted.named(at[[one]])[0]}: {value[one]:g}" for one in np.flatnonzero(~good)),
        )


def best_exponent(y: Floats) -> float:
    """λ of the Box–Cox transformation with the greatest likelihood, searched in −5…5; `y` > 0."""
    log = np.log(y)

    def unlikely(exponent: float) -> float:
        return 0.5 * len(y) * math.log(float(np.var(box_cox(y, np.array(exponent))))) - (
            exponent - 1
        ) * float(log.sum())

    found = minimize_scalar(unlikely, bounds=(-5, 5), method="bounded", options={"xatol": 1e-8})
    return float(found.x)


def record(
    treated: Treated, x: Floats, codes: tuple[str, ...], units: tuple[str, ...], rule: Treatment
) -> tuple[TreatedColumn, ...]:
    """What was done, in words and numbers, for every column; `x` are the values before."""
    fitted = treated.fitted
    clipped = np.clip(x, fitted.clip_low, fitted.clip_high)
    found: Callable[[Floats, int], float] = lambda array, at: float(array[at])  # noqa: E731
    lines = []
    for at, code in enumerate(codes):
        rows = np.nonzero(np.isfinite(x[:, at]) & (clipped[:, at] != x[:, at]))[0]
        transformed = bool(fitted.transformed[at])
        lines.append(
            TreatedColumn(
                code,
                found(treated.skew_before, at),
                found(treated.kurtosis_before, at),
                tuple(Moved(units[row], float(x[row, at]), float(clipped[row, at])) for row in rows),
                rule.of(code).form if transformed else "",
                found(fitted.exponent, at) if transformed and rule.of(code).form == "box_cox" else None,
                transformed and fitted.sign[at] < 0,
                found(treated.skew_after, at),
                found(treated.kurtosis_after, at),
                bool(treated.passes[at]),
            )
        )
    return tuple(lines)
