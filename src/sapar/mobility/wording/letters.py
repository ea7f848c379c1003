"""Texts with gaps that are filled in for each reader."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sapar.mobility.models import Application, Exchange
from sapar.mobility.states import LetterKind

# What may be left to be filled in, and what it becomes.
GAPS: Mapping[str, Mapping[str, Promise]] = {
    LetterKind.APPLICATION: {
        "name": _("the reader's name"),
        "number": _("the number of the application"),
        "call": _("the title of the call"),
        "faculty": _("the reader's faculty"),
        "host": _("the university where a place was given"),
        "deadline": _("until when a place is confirmed, before that until when one applies"),
    },
    LetterKind.STAY: {
        "name": _("the reader's name"),
        "number": _("the number of the stay"),
        "partner": _("the partner university"),
        "faculty": _("the faculty of the stay"),
        "first_day": _("the day of arrival, as noted or planned"),
        "last_day": _("the day of departure, as noted or planned"),
    },
}
GAP = re.compile(r"\{([^{}\s]{1,40})\}")


def gaps_of(kind: str) -> list[tuple[str, str]]:
    """As they are written in a text, and what each becomes."""
    return [(f"{{{name}}}", str(meaning)) for name, meaning in GAPS[kind].items()]


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
