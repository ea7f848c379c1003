"""How many people share each combination of traits by which somebody might be recognised.

k-anonymity: Samarati & Sweeney (1998); Sweeney (2002), IJUFKS 10, 557-570. l-diversity (distinct):
Machanavajjhala et al. (2007), ACM TKDD 1(1), 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sapar.methods.errors import MethodError
from sapar.methods.surveys.given import checked

Column = Sequence[Hashable]


@dataclass(frozen=True, kw_only=True)
class UnsafeClass:
    """A combination of traits that fewer than k people share."""

    traits: tuple[Hashable, ...]
    size: int


@dataclass(frozen=True, kw_only=True)
class WithoutColumn:
    """What would be left at risk if one column were not published."""

    column: str
    smallest: int
    at_risk: int


@dataclass(frozen=True, kw_only=True)
class Homogeneous:
    """A class in which a sensitive column has fewer than l different values: to find the class is to know it."""

    column: str
    traits: tuple[Hashable, ...]
    size: int
    different: int


@dataclass(frozen=True, kw_only=True)
class AnonymityReport:
    """k-anonymity of a set of records.

    Attributes:
        smallest: size of the smallest class, the k that the data reach.
        at_risk: records in classes under the asked k; `rows` numbers them; `unique`: alone in their class.
        sizes: (class size, number of such classes), in rising order.
        unsafe: the classes under k, smallest first.
        without: for each column the same without it, the most useful omission first.
        diversity: smallest number of different values of each sensitive column within a class.
    """

    k: int
    records: int
    classes: int
    smallest: int
    unique: int
    at_risk: int
    rows: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]
    unsafe: tuple[UnsafeClass, ...]
    without: tuple[WithoutColumn, ...]
    diversity: tuple[tuple[str, int], ...]
    homogeneous: tuple[Homogeneous, ...]


@checked
def anonymity_report(
    columns: Mapping[str, Column],
    k: int,
    *,
    sensitive: Mapping[str, Column] | None = None,
    diversity: int = 2,
) -> AnonymityReport:
    """Classes of equal traits, those under k, and how alike they are in sensitive columns.

    Args:
        columns: the traits that others may know: university, country, sex, year. A missing value (None) is a trait
            like any other.
        k: smallest size that a class may have.
        sensitive: what nobody should learn about a person.
        diversity: smallest number l of different sensitive values that a class may have.

    Raises:
        MethodError: ``surveys.no_rows``, ``surveys.columns_shape``, ``surveys.k_invalid``.
    """
    names = tuple(columns)
    hidden = dict(sensitive or {})
    lengths = {len(column) for column in [*columns.values(), *hidden.values()]}
    if k < 2 or diversity < 2:
        raise MethodError(
            "surveys.k_invalid", "k is {k}, l is {l}; one person is no crowd.", k=k, l=diversity
        )
    if len(lengths) > 1:
        raise MethodError(
            "surveys.columns_shape", "The columns differ in length.", lengths=tuple(sorted(lengths))
        )
    if not columns or lengths == {0}:
        raise MethodError("surveys.no_rows", "There are no records.")
    codes = {name: _codes(column) for name, column in columns.items()}
    classes = _classes(list(codes.values()))
    size = np.bincount(classes)
    own = size[classes]
    first = _first_rows(classes, len(size))
    traits = {
        int(c): tuple(columns[name][first[c]] for name in names) for c in np.argsort(size, kind="stable")
    }
    unsafe = [UnsafeClass(traits=traits[c], size=int(size[c])) for c in traits if size[c] < k]
    alike, least = _alike(hidden, classes, size, traits, diversity)
    return AnonymityReport(
        k=k,
        records=len(classes),
        classes=len(size),
        smallest=int(size.min()),
        unique=int((size == 1).sum()),
        at_risk=int((own < k).sum()),
        rows=tuple(np.flatnonzero(own < k).tolist()),
        sizes=tuple(sorted(Counter(size.tolist()).items())),
        unsafe=tuple(unsafe),
        without=_without(codes, k),
        diversity=least,
        homogeneous=alike,
    )


def _codes(column: Column) -> NDArray[np.intp]:
    # NaN is not equal to itself; as a trait it is one missing value like None.
    values = [None if isinstance(value, float) and value != value else value for value in column]
    place = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return np.fromiter((place[value] for value in values), np.intp, len(values))


def _classes(codes: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Number of the class of each record; without columns all are one."""
    classes = np.zeros(len(codes[0]), dtype=np.intp)
    for code in codes:
        crossed = classes * (int(code.max()) + 1) + code
        classes = np.unique(crossed, return_inverse=True)[1].astype(np.intp)
    return classes


def _first_rows(classes: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    first = np.zeros(size, dtype=np.intp)
    first[classes[::-1]] = np.arange(len(classes))[::-1]
    return first


def _without(codes: Mapping[str, NDArray[np.intp]], k: int) -> tuple[WithoutColumn, ...]:
    found = []
    rows = len(next(iter(codes.values())))
    for name in codes:
        others = [code for other, code in codes.items() if other != name]
        classes = _classes(others) if others else np.zeros(rows, dtype=np.intp)
        size = np.bincount(classes)
        at_risk = int((size[classes] < k).sum())
        found.append(WithoutColumn(column=name, smallest=int(size.min()), at_risk=at_risk))
    return tuple(sorted(found, key=lambda one: (one.at_risk, -one.smallest)))


def _alike(
    sensitive: Mapping[str, Column],
    classes: NDArray[np.intp],
    size: NDArray[np.intp],
    traits: Mapping[int, tuple[Hashable, ...]],
    diversity: int,
) -> tuple[tuple[Homogeneous, ...], tuple[tuple[str, int], ...]]:
    alike, least = [], []
    for name, column in sensitive.items():
        code = _codes(column)
        pairs = np.unique(classes * (int(code.max()) + 1) + code)
        different = np.bincount(pairs // (int(code.max()) + 1), minlength=len(size))
        least.append((name, int(different.min())))
        alike += [
            Homogeneous(column=name, traits=traits[c], size=int(size[c]), different=int(different[c]))
            for c in traits
            if different[c] < diversity
        ]
    return tuple(alike), tuple(least)
