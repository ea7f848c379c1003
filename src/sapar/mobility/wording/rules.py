"""Eligibility rules as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.directory.fields import field_label
from sapar.directory.states import Level
from sapar.formats.numbers import MINUS
from sapar.mobility.eligibility import Hurdle
from sapar.mobility.wording.applications import language_name

Data = Mapping[str, Any]
NOTHING: Mapping[str, str] = MappingProxyType({})


def shown(value: Any) -> str:
    """A number as a person of the page's language writes it; points and means with two or three digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    exact = Decimal(str(value))
    return _written(exact, _places(exact))


def shown_alike(values: Sequence[object]) -> list[str]:
    """A column of numbers with as many digits after the point as the longest needs; nothing for None."""
    exact = [None if value is None else Decimal(str(value)) for value in values]
    places = max((_places(one) for one in exact if one is not None), default=0)
    return ["" if one is None else _written(one, places) for one in exact]


def _places(exact: Decimal) -> int:
    """Digits after the point without needless zeros, at most three."""
    return min(3, max(0, -int(exact.normalize().as_tuple().exponent)))


def _written(exact: Decimal, places: int) -> str:
    return str(number_format(exact, decimal_pos=places, use_l10n=True)).replace("-", MINUS)


def rule_sentence(rule: Data, faculties: Mapping[str, str] = NOTHING) -> str:
    """What somebody must meet: "GPA of at least 3.2"; `faculties` are the names of units by their code."""
    fact, test, required = rule["fact"], rule["test"], rule["required"]
    several = list(required) if isinstance(required, (list, tuple)) else [required]
    values = [_value(fact, value, faculties) for value in several]
    either = _either(values)
    match fact, test:
        case "level", _:
            return _("Level of study: %(values)s") % {"values": either}
        case "faculty", "none_of":
            return _("Any faculty but %(values)s") % {"values": either}
        case "faculty", _ if all(value in faculties for value in several):
            return either  # their names say that they are faculties
        case "faculty", _:
            return _("Faculty: %(values)s") % {"values": either}
        case (("isced_f" | "field"), _):
            return _("Field of study (ISCED-F): %(values)s") % {"values": either}
        case "languages", "speaks":
            return _("Language: %(values)s or better") % {"values": either}
        case "gpa", "at_least":
            return _("GPA of at least %(value)s") % {"value": either}
        case "year_of_study", "at_least":
            return _("Year of study %(value)s or later") % {"value": either}
        case "year_of_study", "at_most":
            return _("Year of study %(value)s or earlier") % {"value": either}
        case "year_of_study", _:
            return _("Year of study: %(values)s") % {"values": either}
        case "debts", "at_most":
            return _count_of_debts(int(several[0]))
        case "former_mobilities", "at_most":
            return _count_of_mobilities(int(several[0]))
        case "score", "at_least":
            return _("At least %(value)s points") % {"value": either}
    return _("%(fact)s: %(test)s %(values)s") % {"fact": fact, "test": test, "values": either}


def failure_sentence(failure: Data, faculties: Mapping[str, str] = NOTHING, *, own: bool = True) -> str:
    """What was required and what is there; `own` when the applicant reads it."""
    required, actual = rule_sentence(failure, faculties), failure.get("actual")
    if failure["fact"] == "score" and failure["rule"] == "score" and actual is None:
        return _("No points were given.")
    if actual is None or actual == []:
        unknown = (
            _("%(required)s; nothing is known about you.") if own else _("%(required)s; nothing is known.")
        )
        return unknown % {"required": required}
    values = actual if isinstance(actual, (list, tuple)) else [actual]
    mine = ", ".join(_value(failure["fact"], value, faculties) for value in values)
    found = _("%(required)s; yours: %(mine)s.") if own else _("%(required)s; here: %(mine)s.")
    return found % {"required": required, "mine": mine}


def sentences(rules: Iterable[Data], faculties: Mapping[str, str] = NOTHING) -> list[str]:
    return [rule_sentence(rule, faculties) for rule in rules]


def hurdle_sentence(hurdle: Hurdle) -> str:
    """How many of the people looked at do not meet the condition."""
    if not hurdle.asked:
        return _("is known only when somebody applies")
    if not hurdle.failing:
        return _("all meet it")
    said = ngettext("%(count)s does not meet it", "%(count)s do not meet it", hurdle.failing)
    said = said % {"count": number_format(hurdle.failing, force_grouping=True)}
    if hurdle.unknown == hurdle.failing:
        return _("%(said)s, because nothing is known") % {"said": said}
    if hurdle.unknown:
        return _("%(said)s, %(unknown)s of them because nothing is known") % {
            "said": said,
            "unknown": number_format(hurdle.unknown, force_grouping=True),
        }
    return said


def _count_of_debts(most: int) -> str:
    if not most:
        return _("No academic debts")
    return ngettext("At most %(most)s academic debt", "At most %(most)s academic debts", most) % {
        "most": most
    }


def _count_of_mobilities(most: int) -> str:
    if not most:
        return _("No exchange before")
    return ngettext("At most %(most)s exchange before", "At most %(most)s exchanges before", most) % {
        "most": most
    }


def _value(fact: str, value: Any, faculties: Mapping[str, str]) -> str:
    if fact == "faculty":
        return faculties.get(str(value), str(value))
    if fact == "level" and value in Level.values:
        return str(Level(value).label)
    if fact in ("isced_f", "field"):
        return field_label(str(value))
    if fact == "languages":
        language, _colon, level = str(value).partition(":")
        return f"{language_name(language)} {level}"
    return shown(value)


def _either(values: list[str]) -> str:
    if len(values) < 2:
        return "".join(values)
    return _("%(first)s or %(last)s") % {"first": ", ".join(values[:-1]), "last": values[-1]}
