"""Functions of estimates with their joint covariance: differences, ratios, relative changes, odds ratios.

Linear ones are exact, C V C'; of others the covariance is G V G' with G the gradients at the estimates (delta method).
An expression is read, never run: numbers, names of estimates, + - * / ** and log, exp, sqrt, worked out together
with its derivatives (forward differentiation; Griewank & Walther 2008, chapter 3).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

import numpy as np

from sapar.methods.errors import MethodError, brief
from sapar.methods.surveys.columns import Column, FloatArray, floats
from sapar.methods.surveys.estimates import Estimates
from sapar.methods.surveys.given import checked

LONGEST = 10_000
# A value and its derivatives by all estimates.
Dual = tuple[float, FloatArray]


@runtime_checkable
class Estimated(Protocol):
    """What has names, values and their covariance, such as `Estimates` and `Regression`."""

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def values(self) -> FloatArray: ...

    @property
    def covariance(self) -> FloatArray: ...

    @property
    def df(self) -> float: ...

    @property
    def n(self) -> int: ...

    @property
    def missing(self) -> int: ...


@checked
def contrasts(estimates: Estimated, wanted: Mapping[str, Column | str]) -> Estimates:
    """Functions of estimates, jointly.

    Args:
        wanted: for each name the coefficients, one an estimate, or an expression in the names of the estimates. A name
            that is no plain word stands in square brackets: ``"[Osh State] - [Naryn State]"``, ``"log(women / men)"``.

    Returns:
        Estimates whose covariance is that of all of them together; `population` is that of the estimates, NaN for a
        regression.

    Raises:
        MethodError: ``surveys.no_columns`` without any; ``surveys.bad_contrast`` for what cannot be read or names
            nothing; ``surveys.undefined_contrast`` where it has no value or no derivative, such as a division by 0;
            ``surveys.lengths_differ``.
    """
    if not wanted:
        raise MethodError("surveys.no_columns", "No column was given.")
    found = [_contrast(estimates, one) for one in wanted.values()]
    values = np.array([value for value, _ in found])
    gradient = np.array([slope for _, slope in found])
    return Estimates(
        statistic="contrast",
        names=tuple(wanted),
        values=values,
        covariance=gradient @ estimates.covariance @ gradient.T,
        df=estimates.df,
        n=estimates.n,
        missing=estimates.missing,
        population=estimates.population if isinstance(estimates, Estimates) else np.nan,
    )


def _contrast(estimates: Estimated, wanted: Column | str) -> Dual:
    if isinstance(wanted, str):
        return _expression(estimates, wanted)
    weights = floats(wanted, what="coefficients")
    if weights.shape != estimates.values.shape:
        raise MethodError("surveys.lengths_differ", "There must be one coefficient an estimate.")
    return float(weights @ estimates.values), weights


def _expression(estimates: Estimated, text: str) -> Dual:
    bracketed: list[str] = []

    def aside(found: re.Match[str]) -> str:
        bracketed.append(found[1])
        return f" _{len(bracketed) - 1}_ "

    plain = re.sub(r"\[([^\]]*)\]", aside, text).strip()
    try:
        tree = ast.parse(plain, mode="eval") if len(plain) <= LONGEST else None
        if tree is None:
            raise _unreadable(text, "it is too long")
        with np.errstate(all="ignore"):
            value, slope = _worked(tree.body, _Names(estimates, bracketed, text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, MethodError):
            raise
        raise _unreadable(text, "it is no formula") from error
    except (ZeroDivisionError, OverflowError) as error:
        raise _undefined(text) from error
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        raise _undefined(text)
    return value, slope


class _Names:
    """The estimates by name, for one expression."""

    def __init__(self, estimates: Estimated, bracketed: list[str], text: str) -> None:
        self.estimates, self.bracketed, self.text = estimates, bracketed, text

    def find(self, word: str) -> Dual:
        aside = re.fullmatch(r"_(\d+)_", word)
        name = self.bracketed[int(aside[1])] if aside and int(aside[1]) < len(self.bracketed) else word
        if self.estimates.names.count(name) != 1:
            raise MethodError(
                "surveys.bad_contrast", "“{contrast}”: {why}.", contrast=brief(self.text),
                why=f"there is no single estimate {brief(name)}", known=self.estimates.names,
            )  # fmt: skip
        at = self.estimates.names.index(name)
        return float(self.estimates.values[at]), np.eye(len(self.estimates.names))[at]


def _unreadable(text: str, why: str) -> MethodError:
    return MethodError("surveys.bad_contrast", "“{contrast}”: {why}.", contrast=brief(text), why=why)


def _undefined(text: str) -> MethodError:
    return MethodError("surveys.undefined_contrast", "“{contrast}” has no value here.", contrast=brief(text))


def _worked(node: ast.expr, names: _Names) -> Dual:
    """The value of a part of the expression and its derivatives."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number), np.zeros(len(names.estimates.names))
        case ast.Name(id=word):
            return names.find(word)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            value, slope = _worked(inner, names)
            return (-value, -slope) if isinstance(sign, ast.USub) else (value, slope)
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            return _OPERATIONS[type(operation)](_worked(left, names), _worked(right, names))
        case ast.Call(func=ast.Name(id=word), args=[inner], keywords=[]) if word in _FUNCTIONS:
            value, slope = _worked(inner, names)
            result, factor = _FUNCTIONS[word](np.float64(value))
            return float(result), factor * slope
    raise _unreadable(names.text, "only numbers, names, + - * / ** and log, exp, sqrt can be used")


def _power(base: Dual, exponent: Dual) -> Dual:
    (a, da), (b, db) = base, exponent
    value = np.float64(a) ** np.float64(b)
    slope = b * np.float64(a) ** np.float64(b - 1) * da
    if db.any():
        slope = slope + value * np.log(np.float64(a)) * db
    return float(value), np.asarray(slope)


_OPERATIONS: dict[type[ast.operator], Callable[[Dual, Dual], Dual]] = {
    ast.Add: lambda a, b: (a[0] + b[0], a[1] + b[1]),
    ast.Sub: lambda a, b: (a[0] - b[0], a[1] - b[1]),
    ast.Mult: lambda a, b: (a[0] * b[0], a[1] * b[0] + a[0] * b[1]),
    ast.Div: lambda a, b: (a[0] / b[0], a[1] / b[0] - a[0] / b[0] ** 2 * b[1]),
    ast.Pow: _power,
}
_FUNCTIONS: dict[str, Callable[[np.float64], tuple[np.float64, np.float64]]] = {
    "log": lambda x: (np.log(x), 1 / x),
    "exp": lambda x: (np.exp(x), np.exp(x)),
    "sqrt": lambda x: (np.sqrt(x), 0.5 / np.sqrt(x)),
}
