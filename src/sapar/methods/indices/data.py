"""The numbers of an index: units by indicators, with groups and denominators beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from numpy.typing import ArrayLike

from sapar.methods.errors import MethodError
from sapar.methods.indices import checks
from sapar.methods.indices.columns import Floats


@dataclass(frozen=True, eq=False)
class UnitData:
    """Values of indicators for units of one time.

    Attributes:
        units: unique names of the rows.
        codes: unique names of the columns.
        values: shape (units, codes); NaN means not known, and is never taken for zero.
        groups: name of a grouping → label of each unit.
        denominators: name of a denominator → its value for each unit (NaN = not known).

    Raises MethodError: `indices.empty_data`, `.wrong_shape`, `.duplicate_unit`, `.duplicate_code`, `.infinite_value`,
    `.not_numbers`.
    """

    units: tuple[str, ...]
    codes: tuple[str, ...]
    values: Floats
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    denominators: Mapping[str, Floats] = field(default_factory=dict)

    def __init__(
        self,
        units: Sequence[str],
        codes: Sequence[str],
        values: ArrayLike,
        *,
        groups: Mapping[str, Sequence[str]] | None = None,
        denominators: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        table = checks.numbers("values", values)
        if not len(units) or not len(codes):
            raise MethodError("indices.empty_data", "There are no units or no indicators.")
        checks.same_shape("values", table.shape, (len(units), len(codes)))
        checks.unique("unit", units)
        checks.unique("code", codes)
        checks.finite(table, units, codes)
        below: dict[str, Floats] = {}
        for name, column in (denominators or {}).items():
            array = checks.numbers(name, column)
            checks.same_shape(name, array.shape, (len(units),))
            checks.finite(array[:, None], units, (name,))
            array.flags.writeable = False
            below[name] = array
        for name, labels in (groups or {}).items():
            checks.same_shape(name, (len(labels),), (len(units),))
        table.flags.writeable = False
        object.__setattr__(self, "units", tuple(units))
        object.__setattr__(self, "codes", tuple(codes))
        object.__setattr__(self, "values", table)
        object.__setattr__(self, "groups", {name: tuple(labels) for name, labels in (groups or {}).items()})
        object.__setattr__(self, "denominators", below)

    def columns(self, codes: Iterable[str]) -> Floats:
        """The columns asked for, in that order; a fresh array."""
        place = {code: at for at, code in enumerate(self.codes)}
        wanted = tuple(codes)
        if missing := tuple(code for code in wanted if code not in place):
            raise MethodError("indices.missing_columns", "The data have no column {codes}.", codes=missing)
        return self.values[:, [place[code] for code in wanted]].copy()

    def labels(self, group: str) -> tuple[str, ...]:
        if group not in self.groups:
            raise MethodError(
                "indices.unknown_group",
                "There is no grouping {group}; there are {known}.",
                group=group,
                known=tuple(self.groups),
            )
        return self.groups[group]

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Row of each unit."""
        return {unit: at for at, unit in enumerate(self.units)}

    def row(self, unit: str) -> int:
        if unit not in self.rows:
            raise MethodError("indices.unknown_unit", "There is no unit {unit}.", unit=unit)
        return self.rows[unit]

    def changed(self, changes: Mapping[tuple[str, str], float]) -> UnitData:
        """The same data with some values replaced; keys are (unit, code)."""
        values = self.values.copy()
        place = {code: at for at, code in enumerate(self.codes)}
        for (unit, code), value in changes.items():
            if code not in place:
                raise MethodError(
                    "indices.missing_columns", "The data have no column {codes}.", codes=(code,)
                )
            values[self.row(unit), place[code]] = value
        return self.with_values(values)

    def with_values(self, values: ArrayLike) -> UnitData:
        return UnitData(self.units, self.codes, values, groups=self.groups, denominators=self.denominators)
