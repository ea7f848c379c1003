"""Parts of an application in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from sapar.mobility.models import Application, Call

# What a message to many may leave to be filled in for each person.
GAPS = ("name", "number", "call", "faculty", "host", "deadline")
GAP = re.compile(r"\{([^{}\s]{1,40})\}")
LANGUAGE_CODES = (
    "en", "ru", "ky", "kk", "uz", "tg", "tr", "de", "fr", "es", "it", "pt", "pl", "cs", "zh-hans", "ko", "ja",
    "ar", "fa", "hi",
)  # fmt: skip


def language_name(code: str) -> str:
    """A language's name in the language of the page."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def document_title(call: Call, code: str) -> str:
    return next((str(one.get("title", code)) for one in call.documents if one["code"] == code), code)


def question_title(call: Call, code: str) -> str:
    return next((str(one.get("label", code)) for one in call.questions if one["code"] == code), code)


def words_for_missing(call: Call, codes: Iterable[str]) -> list[str]:
    """What `missing_parts` found, as the applicant knows it."""
    return [_missing(call, code) for code in codes]


def _missing(call: Call, code: str) -> str:
    kind, _colon, rest = code.partition(":")
    if kind == "document":
        return document_title(call, rest)
    if kind == "question":
        return question_title(call, rest)
    return _("at least one wish") if kind == "wishes" else _("the motivation")


def unknown_gap(text: str) -> str:
    """The first gap in braces that nothing fills; empty when all are known."""
    return next((f"{{{name}}}" for name in GAP.findall(text) if name not in GAPS), "")


def filled(text: str, application: Application, host: str) -> str:
    """The text for one person; a gap for which the person has nothing becomes a dash."""
    enrolment, call = application.enrolment, application.call
    closes = timezone.localtime(application.answer_by or call.closes_at)
    values = {
        "name": application.person.display_name,
        "number": application.number,
        "call": call.title,
        "faculty": enrolment.unit.name if enrolment else "",
        "host": host,
        "deadline": f"{closes:%d.%m.%Y %H:%M}",
    }
    return GAP.sub(lambda found: values.get(found[1], "") or "–", text)
