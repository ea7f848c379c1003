"""Conditions as data: each says which fact is tested against what, and a refusal shows both.

Facts of a person are plain values: `{"gpa": 3.4, "level": "bachelor", "languages": ("en:B2", "ru:C1")}`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeGuard

from sapar.methods.errors import Fact, MethodError, Scalar, brief

CEFR: Final = ("A1", "A2", "B1", "B2", "C1", "C2")
SCORE: Final = "score"
LONGEST_BITS: Final = 13_000  # beyond it Python does not write a whole number


class Test(StrEnum):
    """How a fact is compared with what is required.

    `at_least`, `at_most`: numbers, or names on the rule's `scale`. `equals`, `one_of`, `none_of`: one
    value. `starts_with`: a text that begins with one of several (ISCED-F "0612" begins with "06").
    `any_of`, `all_of`: a fact of several values contains one, or all, of the required. `speaks`: texts
    `language:level`; one of the required is met at its level or above, by default on the CEFR scale.
    """

    __test__ = False  # not a test of pytest's

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EQUALS = "equals"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    STARTS_WITH = "starts_with"
    ANY_OF = "any_of"
    ALL_OF = "all_of"
    SPEAKS = "speaks"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One condition.

    Attributes:
        code: what the refusal is called: "gpa", "former_mobility".
        fact: the person's fact; "score" is the score at the offer in question.
        required: one value, or several for the tests that take several.
        scale: names from low to high, where the values are not numbers.
        when_missing: whether somebody without this fact meets the condition.
    """

    code: str
    fact: str
    test: Test
    required: Fact
    scale: tuple[str, ...] = ()
    when_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A condition that is not met: what was required and what is there (None: the fact is missing)."""

    rule: str
    fact: str
    test: str
    required: Fact
    actual: Fact


def is_text(value: object) -> TypeGuard[str]:
    """Whether `value` is a text that can be written down: half of a surrogate pair cannot."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)


def failure(rule: Rule, facts: Mapping[str, Fact]) -> Failure | None:
    """None when the facts meet the rule.

    Raises:
        MethodError: `allocation.fact_type` when the fact cannot be compared with what is required.
    """
    actual = facts.get(rule.fact)
    if actual is None:
        met = rule.when_missing
    else:
        met = _met(rule, actual)
    if met:
        return None
    return Failure(rule=rule.code, fact=rule.fact, test=rule.test, required=rule.required, actual=actual)


def rule_fault(rule: Rule) -> str:
    """Why a rule could never be applied; "" when it can."""
    required, several = rule.required, isinstance(rule.required, tuple)
    values = required if isinstance(required, tuple) else (required,)
    if rule.test in (Test.AT_LEAST, Test.AT_MOST):
        sound = not several and (required in rule.scale if rule.scale else _is_number(required))
    elif rule.test is Test.EQUALS:
        sound = not several and required is not None
    elif rule.test is Test.SPEAKS:
        scale = rule.scale or CEFR
        sound = bool(values) and all(isinstance(v, str) and v.partition(":")[2] in scale for v in values)
    elif rule.test is Test.STARTS_WITH:
        sound = bool(values) and all(isinstance(v, str) and v for v in values)
    else:
        sound = several and all(v is not None for v in values)
    named = all(is_text(name) and name for name in (rule.code, rule.fact))
    if sound and named and not odd_facts({rule.code: required}):
        return ""
    return f"“{brief(rule.code)}” requires {', '.join(map(brief, values))} by {brief(rule.test)}"


def odd_facts(facts: Mapping[str, object]) -> list[str]:
    """Those that are neither plain values nor tuples of them, or not finite."""
    found = []
    for name, fact in facts.items():
        for value in fact if isinstance(fact, tuple) else (fact,):
            if not (is_text(name) and (value is None or is_text(value) or _is_finite(value))):
                found.append(f"{brief(name)} = {brief(value)}")
    return found


def _is_finite(value: object) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= LONGEST_BITS
    return isinstance(value, float) and math.isfinite(value)


def _met(rule: Rule, actual: Fact) -> bool:
    required = rule.required
    wanted = required if isinstance(required, tuple) else (required,)
    match rule.test:
        case Test.AT_LEAST:
            return _height(rule, actual) >= _height(rule, required)
        case Test.AT_MOST:
            return _height(rule, actual) <= _height(rule, required)
        case Test.EQUALS:
            return actual == required
        case Test.ONE_OF:
            return actual in wanted
        case Test.NONE_OF:
            return actual not in wanted
        case Test.STARTS_WITH:
            return any(str(value).startswith(tuple(map(str, wanted))) for value in _several(actual))
        case Test.ANY_OF:
            return any(value in wanted for value in _several(actual))
        case Test.ALL_OF:
            return all(value in _several(actual) for value in wanted)
        case Test.SPEAKS:
            return _speaks(rule.scale or CEFR, wanted, _several(actual))


def _several(fact: Fact) -> tuple[Scalar, ...]:
    return fact if isinstance(fact, tuple) else (fact,)


def _is_number(value: Fact) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _height(rule: Rule, value: Fact) -> float:
    if rule.scale and isinstance(value, str) and value in rule.scale:
        return rule.scale.index(value)
    if not rule.scale and isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise MethodError(
        "allocation.fact_type", "The rule “{rule}” cannot compare {value}.", rule=rule.code, value=value
    )


def _speaks(scale: tuple[str, ...], wanted: Iterable[Scalar], actual: Iterable[Scalar]) -> bool:
    spoken: dict[str, int] = {}
    for value in actual:
        language, _, level = str(value).partition(":")
        if level in scale:
            spoken[language] = max(spoken.get(language, -1), scale.index(level))
    for value in wanted:
        language, _, level = str(value).partition(":")
        if spoken.get(language, -1) >= scale.index(level):
            return True
    return False
