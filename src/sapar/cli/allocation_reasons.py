"""Reasons of an allocation as English sentences."""

from __future__ import annotations

from sapar.methods.allocation import PartReason, Reason
from sapar.methods.errors import Fact


def sentence(reason: Reason) -> str:
    """One reason in English."""
    match reason.code:
        case "not_eligible":
            return "not eligible: " + "; ".join(
                f"{one.rule}: {one.test.replace('_', ' ')} {_shown(one.required)} is required, "
                + ("nothing is given" if one.actual is None else f"{_shown(one.actual)} is given")
                if one.rule != "no_score"
                else "there is no score"
                for one in reason.failures
            )
        case "placed":
            return f"placed ({reason.parts[0].part} places, {_position(reason.parts[0])})"
        case "kept":
            return "the place held before is kept"
        case "placed_higher":
            return "a better wish came true"
        case "frozen_elsewhere":
            return "the place held before may not be changed"
        case "reserved":
            return "all places are reserved for others"
        case "no_places":
            return "there is no place to give"
        case _:
            return "; ".join(_refusal(part) for part in reason.parts if part.places)


def _refusal(part: PartReason) -> str:
    where = f"{part.part}: "
    match part.decided_by:
        case "reserved":
            return where + "reserved for others"
        case "mechanism":
            return where + "given in an earlier round to somebody with less"
        case "tier":
            return where + f"went to those it is reserved for, {_position(part)}"
        case "score":
            last, own = told_apart(part.last, part.own)
            return where + f"cut-off {last}, yours {own}, {_position(part)}"
        case "lottery":
            return (
                where
                + f"equal to the last admitted, lot {part.own:.0f} after {part.last:.0f}, {_position(part)}"
            )
        case _:
            last, own = told_apart(part.last, part.own)
            return where + f"equal score, {part.decided_by} {own} after {last}, {_position(part)}"


def _position(part: PartReason) -> str:
    at = part.position or 0
    ending = "th" if 10 <= at % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(at % 10, "th")
    return f"{at}{ending} of {part.places}"


def told_apart(one: float | None, other: float | None) -> tuple[str, str]:
    """Both numbers with two digits behind the point, or as many more as make them differ."""
    if one is None or other is None:
        return _number(one), _number(other)
    for places in range(2, 18):
        texts = _number(one, places), _number(other, places)
        if texts[0] != texts[1]:
            return texts
    return repr(one), repr(other)


def _number(value: float | None, places: int = 2) -> str:
    if value is None:
        return "none"
    # Adding nought turns -0 into 0.
    return f"{round(value, places) + 0.0:.{places}f}".rstrip("0").rstrip(".")


def _shown(value: Fact) -> str:
    """As it was given: a condition is met or missed by the last digit."""
    if isinstance(value, tuple):
        return " or ".join(_shown(item) for item in value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)
