"""Units of credits, and how they were converted, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from sapar.mobility.states import CreditUnit
from sapar.mobility.wording.rules import shown


def unit_words(unit: str) -> str:
    """In the plural, where no number stands before it."""
    return {
        CreditUnit.ECTS.value: _("ECTS credits"),
        CreditUnit.KZ.value: _("Kazakh credits"),
        CreditUnit.KZ_OLD.value: _("old Kazakh credits"),
        CreditUnit.KG.value: _("Kyrgyz credits"),
        CreditUnit.US.value: _("US credits"),
        CreditUnit.HOURS.value: _("hours"),
    }.get(unit, unit)


def counted_unit(credits: Decimal | str | None, unit: str) -> str:
    """As it stands after the number: 1 ECTS credit, 6 ECTS credits; a fraction goes like two."""
    value = Decimal(credits or 0)
    n = int(value) if value == int(value) else 2
    return {
        CreditUnit.ECTS.value: npgettext("after a number", "ECTS credit", "ECTS credits", n),
        CreditUnit.KZ.value: npgettext("after a number", "Kazakh credit", "Kazakh credits", n),
        CreditUnit.KZ_OLD.value: npgettext("after a number", "old Kazakh credit", "old Kazakh credits", n),
        CreditUnit.KG.value: npgettext("after a number", "Kyrgyz credit", "Kyrgyz credits", n),
        CreditUnit.US.value: npgettext("after a number", "US credit", "US credits", n),
        CreditUnit.HOURS.value: npgettext("after a number", "hour", "hours", n),
    }.get(unit, unit)


def credits_text(value: Decimal | str | None) -> str:
    """Without needless zeros and with a point, for fields and for papers in several languages: 6, 4.5."""
    if value is None:
        return "–"
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def credits_shown(value: Decimal | str | None) -> str:
    """As the reader's language writes it: 6, 4.5 or 4,5."""
    return "–" if value is None else shown(Decimal(value))


def amount_words(credits: Decimal | str | None, unit: str) -> str:
    return f"{credits_shown(credits)} {counted_unit(credits, unit)}"


def way_sentence(way: Mapping[str, Any]) -> str:
    """By which factor one unit became the other."""
    facts = {
        "unit": unit_words(way["unit"]),
        "factor": way["factor"],
        "to": unit_words(way["to_unit"]),
        "table": way["table"],
        "version": way["version"],
    }
    if way["back"]:
        return _("%(unit)s ÷ %(factor)s = %(to)s (factor %(table)s, version %(version)s)") % facts
    return _("%(unit)s × %(factor)s = %(to)s (factor %(table)s, version %(version)s)") % facts


def left_out_sentence(left: Mapping[str, Any]) -> str:
    facts = {
        "amount": amount_words(left["credits"], left["unit"]),
        "to": unit_words(left["to_unit"]),
        "low": left["low"],
        "high": left["high"],
    }
    if left["low"]:
        return (
            _(
                "%(amount)s are not in the sum: pages give %(low)s to %(high)s for the factor; the office has to "
                "choose one."
            )
            % facts
        )
    return _("%(amount)s are not in the sum: no factor into %(to)s is known.") % facts


def in_home_unit_sentence(line: Mapping[str, Any]) -> str:
    """What the credits of one line are at home; empty where they are in our unit already."""
    known = line.get("in_home_unit")
    if known is None or known["unit"] == known["to_unit"]:
        return ""
    if known["result"] is None:
        return left_out_sentence(known)
    sign = "÷" if known["back"] else "×"
    facts = {
        "amount": amount_words(known["credits"], known["unit"]),
        "way": f"{sign} {known['factor']}",
        "result": amount_words(known["result"], known["to_unit"]),
        "table": known["table"],
        "version": known["version"],
    }
    return _("%(amount)s %(way)s = %(result)s (factor %(table)s, version %(version)s)") % facts
