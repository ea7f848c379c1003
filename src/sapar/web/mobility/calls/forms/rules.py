"""A rule as a row: a kind that reads as the beginning of a sentence, and what completes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import override

from sapar.directory.states import Level
from sapar.mobility.scoring import CEFR
from sapar.mobility.wording.applications import LANGUAGE_CODES, language_name
from sapar.web.components import Text
from sapar.web.forms import SaparForm


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise ValidationError(_("Write a whole number, such as 2."))
    return int(text)


def _decimal(text: str) -> float:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValidationError(_("Write a number, such as 3.2.")) from None
    if not value.is_finite() or abs(value) > 10_000:
        raise ValidationError(_("Write a number, such as 3.2."))
    return float(value)


def _parts(text: str) -> list[str]:
    return [part for part in (one.strip() for one in text.replace(";", ",").split(",")) if part]


def _several(one: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def read(text: str) -> list[Any]:
        found = [one(part) for part in _parts(text)]
        if not found:
            raise ValidationError(_("Name at least one, separated by commas."))
        return found

    return read


def _level(text: str) -> str:
    wanted = text.casefold()
    here = {str(level.label).casefold(): str(level.value) for level in Level}
    if wanted in here:
        return here[wanted]
    with override("en"):
        there = {str(level.label).casefold(): str(level.value) for level in Level}
    if wanted in there or wanted in Level.values:
        return there.get(wanted, wanted)
    raise ValidationError(
        _("Levels are: %(levels)s.") % {"levels": ", ".join(str(one.label) for one in Level)}
    )


def _language(text: str) -> str:
    name, _space, level = text.strip().rpartition(" ")
    names = {language_name(code).casefold(): code for code in LANGUAGE_CODES}
    code = names.get(name.strip().casefold(), name.strip().casefold())
    if level.upper() not in CEFR or code not in LANGUAGE_CODES:
        raise ValidationError(_("Write a language and a level, such as “en B2”."))
    return f"{code}:{level.upper()}"


@dataclass(frozen=True)
class Kind:
    """One kind of rule: how its value is read and written."""

    label: Text
    fact: str
    test: str
    read: Callable[[str], Any]


KINDS: Mapping[str, Kind] = {
    "gpa": Kind(_l("GPA is at least"), "gpa", "at_least", _decimal),
    "year": Kind(_l("Year of study is one of"), "year_of_study", "one_of", _several(_whole)),
    "year_from": Kind(_l("Year of study is at least"), "year_of_study", "at_least", _whole),
    "level": Kind(_l("Level of study is one of"), "level", "one_of", _several(_level)),
    "debts": Kind(_l("Academic debts are at most"), "debts", "at_most", _whole),
    "language": Kind(_l("Speaks one of these or better"), "languages", "speaks", _several(_language)),
    "former": Kind(_l("Former exchanges are at most"), "former_mobilities", "at_most", _whole),
    "faculty": Kind(_l("Faculty is one of"), "faculty", "one_of", _several(str)),
    "not_faculty": Kind(_l("Faculty is none of"), "faculty", "none_of", _several(str)),
    "field": Kind(_l("Field (ISCED-F) begins with one of"), "field", "starts_with", _several(str)),
    "points": Kind(_l("Points are at least"), "score", "at_least", _decimal),
}
KIND_CHOICES = [(key, kind.label) for key, kind in KINDS.items()]


class RuleForm(SaparForm):
    kind = forms.ChoiceField(label=_l("Condition"), choices=KIND_CHOICES)
    value = forms.CharField(label=_l("Value"), max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind, value = KINDS.get(data.get("kind", "")), data.get("value")
        if kind is not None and value:
            try:
                data["rule"] = {
                    "code": data["kind"],
                    "fact": kind.fact,
                    "test": kind.test,
                    "required": kind.read(value.strip()),
                }
            except ValidationError as error:
                self.add_error("value", error)
        return data


def initial_of(rule: Mapping[str, Any]) -> dict[str, str]:
    """A stored rule as a row; one that the editor does not know comes without value and must be written anew."""
    required = rule["required"]
    several = list(required) if isinstance(required, (list, tuple)) else [required]
    fact, test = rule["fact"], rule["test"]
    if (fact, test) == ("faculty", "equals"):
        test = "one_of"
    key = next((key for key, kind in KINDS.items() if (kind.fact, kind.test) == (fact, test)), "")
    if not key:
        return {"kind": "", "value": ""}
    return {"kind": key, "value": ", ".join(_written(fact, value) for value in several)}


def _written(fact: str, value: Any) -> str:
    if fact == "languages":
        return str(value).replace(":", " ")
    if fact == "level" and value in Level.values:
        return str(Level(value).label)
    return str(value)
