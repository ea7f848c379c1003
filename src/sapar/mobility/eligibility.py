"""Conditions against people's facts, before anybody applies and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sapar.methods import allocation as method
from sapar.methods.allocation.rules import failure


def facts_for(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts in the method's form: numbers as numbers, languages as "en:B2", ISCED-F as "field"."""
    found = {key: value for key, value in facts.items() if value is not None and key != "languages"}
    if "gpa" in found:
        found["gpa"] = float(found["gpa"])
    if facts.get("isced_f"):
        found["field"] = facts["isced_f"]
    found["languages"] = tuple(
        f"{name}:{level}" for name, level in sorted(facts.get("languages", {}).items())
    )
    return found


def rules_for(rules: Iterable[Mapping[str, Any]]) -> tuple[method.Rule, ...]:
    return tuple(method.from_plain(method.Rule, dict(rule)) for rule in rules)


def eligible_nowhere(reasons: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a result says of each wish that its conditions are not met: then nobody moves up."""
    return bool(reasons) and all(one["code"] == "not_eligible" for one in reasons)


@dataclass(frozen=True)
class Hurdle:
    """One condition and how many do not meet it; `unknown` of them because nothing is known of them.

    `asked` is false where the fact is known of nobody yet: then nobody is counted.
    """

    rule: Mapping[str, Any]
    failing: int
    unknown: int
    asked: bool


@dataclass(frozen=True)
class Reach:
    """How many people meet all conditions that can be asked about now."""

    people: int
    meeting: int
    hurdles: tuple[Hurdle, ...]


def reach(
    rules: Sequence[Mapping[str, Any]], people: Iterable[tuple[Mapping[str, Any], int]], known: Iterable[str]
) -> Reach:
    """Count who meets the conditions.

    Args:
        rules: as a call stores them.
        people: facts in the method's form, and how many people have them.
        known: the facts that can be known of these people at all.
    """
    made, facts_known = rules_for(rules), frozenset(known)
    asked = [rule.fact in facts_known for rule in made]
    failing, unknown = [0] * len(made), [0] * len(made)
    total = meeting = 0
    for facts, count in people:
        total += count
        failed = [at for at, rule in enumerate(made) if asked[at] and failure(rule, facts) is not None]
        meeting += 0 if failed else count
        for at in failed:
            failing[at] += count
            unknown[at] += count if _nothing(facts.get(made[at].fact)) else 0
    hurdles = (Hurdle(rule, failing[at], unknown[at], asked[at]) for at, rule in enumerate(rules))
    return Reach(total, meeting, tuple(hurdles))


def _nothing(fact: object) -> bool:
    return fact is None or fact == ()
