"""Texts with gaps that are filled in for each reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import date_format

from sapar.mobility.models import Application, Exchange
from sapar.mobility.states import LetterKind

GAPS: Mapping[str, tuple[str, ...]] = {
    LetterKind.APPLICATION: ("name", "number", "call", "faculty", "host", "deadline"),
    LetterKind.STAY: ("name", "number", "partner", "faculty", "first_day", "last_day"),
}
GAP = re.compile(r"\{([^{}\s]{1,40})\}")


def gaps_of(kind: str) -> list[str]:
    """As they are written in a text."""
    return [f"{{{name}}}" for name in GAPS[kind]]


def unknown_gap(text: str, kind: str) -> str:
    """The first gap in braces that nothing fills; empty when all are known."""
    return next((f"{{{name}}}" for name in GAP.findall(text) if name not in GAPS[kind]), "")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text for one reader; a gap for which there is nothing becomes a dash."""
    return GAP.sub(lambda found: values.get(found[1], "") or "–", text)


def values_for_applicant(application: Application, host: str) -> dict[str, str]:
    enrolment, call = application.enrolment, application.call
    closes = timezone.localtime(application.answer_by or call.closes_at)
    return {
        "name": application.person.display_name,
        "number": application.number,
        "call": call.title,
        "faculty": enrolment.unit.name if enrolment else "",
        "host": host,
        "deadline": f"{closes:%d.%m.%Y %H:%M}",
    }


def values_for_stay(exchange: Exchange) -> dict[str, str]:
    """The real first and last day where they are known, else the planned ones."""
    first = exchange.arrived_on or exchange.planned_from
    last = exchange.left_on or exchange.planned_to
    return {
        "name": exchange.person.display_name,
        "number": exchange.number,
        "partner": exchange.partner.name,
        "faculty": exchange.unit.name if exchange.unit else "",
        "first_day": date_format(first, "DATE_FORMAT"),
        "last_day": date_format(last, "DATE_FORMAT"),
    }
