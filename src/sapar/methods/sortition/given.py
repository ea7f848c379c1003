"""People, terms and rooms as they are handed in: what is no text or no whole number is refused, all of it at once.

A gap of a table (NaN) would be taken for a household that many share, and a word for the letters that it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

from sapar.methods.errors import MethodError, brief

# More seats, quotas or rooms than people on earth are a slip.
MOST_SEATS = 10**10
LARGEST = 1e15


def is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str)


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and abs(value) <= LARGEST


def is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not is_text(value)


def is_count(value: object, *, least: int = 0, most: int = MOST_SEATS) -> TypeGuard[int]:
    return is_whole(value) and least <= value <= most


def listed(values: object) -> list[object] | None:
    """The elements of a list; None for what is none, a single word included."""
    if is_text(values) or isinstance(values, Mapping) or not isinstance(values, Iterable):
        return None
    return list(values)


def refuse(code: str, message: str, found: Iterable[str]) -> None:
    if all_found := tuple(found):
        raise MethodError(code, message, found=all_found)


def strange_people(pool: Collection[object], features: Iterable[str]) -> Iterator[str]:
    """What of people is no text. A value that is missing is told by `missing_feature`."""
    asked = tuple(features)
    for person in pool:
        identity, held = getattr(person, "id", None), getattr(person, "features", None)
        name = brief(identity)
        if not is_text(identity) or not identity:
            yield f"the id {name}"
        if not is_text(home := getattr(person, "household", None)):
            yield f"{name}: the household {brief(home)}"
        if not isinstance(held, Mapping):
            yield f"{name}: the features {brief(held)}"
            continue
        for feature in asked:
            if (value := held.get(feature)) is not None and not is_text(value):
                yield f"{name}: {feature} = {brief(value)}"


def strange_groups(groups: object, what: str, *, pairs: bool = False) -> Iterator[str]:
    """What of `apart` or `together` is no group of ids; a pair has two."""
    found = listed(groups)
    if found is None:
        yield f"{what}: {brief(groups)}"
        return
    for group in found:
        ids = listed(group)
        if ids is None or len(ids) < 1 or (pairs and len(ids) != 2) or not all(map(is_text, ids)):
            yield f"{what}: {brief(group)}"


def strange_names(names: object, what: str) -> Iterator[str]:
    found = listed(names)
    if found is None:
        yield f"{what}: {brief(names)}"
    else:
        yield from (f"{what}: {brief(name)}" for name in found if not is_text(name))


def strange_terms(quotas: object, one_per_household: object, apart: object, include: object) -> Iterator[str]:
    """What of the terms of a panel is not what it should be."""
    found = listed(quotas)
    if found is None:
        yield f"quotas: {brief(quotas)}"
    for quota in found or ():
        feature, value = getattr(quota, "feature", None), getattr(quota, "value", None)
        if not (is_text(feature) and is_text(value) and feature and value):
            yield f"a quota of {brief(feature)} = {brief(value)}"
    if not isinstance(one_per_household, bool):
        yield f"one_per_household: {brief(one_per_household)}"
    yield from strange_groups(apart, "apart", pairs=True)
    yield from strange_names(include, "include")


def strange_rooms(rooms: Iterable[object]) -> Iterator[str]:
    """Rooms without a name or seats, or that admit what are no values: a word would admit all that it contains."""
    for room in rooms:
        name, only = getattr(room, "name", None), getattr(room, "only", None)
        if not is_text(name) or not name:
            yield f"the name {brief(name)}"
        if not is_count(seats := getattr(room, "seats", None), least=1):
            yield f"{brief(name)}: {brief(seats)} seats"
        if not isinstance(only, Mapping):
            yield f"{brief(name)}: admits {brief(only)}"
            continue
        for feature, accepted in only.items():
            values = listed(accepted)
            if not is_text(feature) or values is None or not all(map(is_text, values)):
                yield f"{brief(name)}: admits {brief(feature)} = {brief(accepted)}"
