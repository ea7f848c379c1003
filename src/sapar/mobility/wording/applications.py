"""Parts of an application in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from sapar.mobility.models import Call

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
