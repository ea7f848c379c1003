"""One row of an office's list: its cells as values, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from sapar.directory.countries import country_code
from sapar.directory.said import folded
from sapar.formats.registries import normal_erasmus_code
from sapar.formats.tables import FAILED_FORMULAS, parse_date
from sapar.methods.names import host
from sapar.partners.columns import ListField

T = TypeVar("T")
_F = ListField
_YEAR = re.compile(
    r"(?:с|с\s+|since|from|от)?\s*((?:19|20)\d\d)\s*(?:г\.?|год|года|ж\.?|жыл|yil|y\.?)?", re.IGNORECASE
)
_MONTH = re.compile(r"(\d{1,2})[./]((?:19|20)\d\d)")
_DATE_AND_MORE = re.compile(
    r"(\d{1,2}[./]\d{1,2}[./]\d{4})(?:\s*(?:г\.?|ж\.?|года|жыл)|\s+\d{2}:\d{2}(?::\d{2})?)?"
)
_ROR = re.compile(r"(?:https?://)?(?:ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})", re.IGNORECASE)
# Addresses at these say nothing about the institution.
PUBLIC_MAIL = frozenset((
    "gmail.com", "googlemail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com",
    "ya.ru", "rambler.ru", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "icloud.com", "mail.kz",
    "mail.kg", "umail.uz", "mail.uz", "qq.com", "163.com", "126.com", "gmx.de", "gmx.net", "web.de",
    "hanmail.net", "naver.com", "ukr.net", "protonmail.com",
))  # fmt: skip
NAME_LENGTH, TEXT_LENGTH = 300, 200


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be taken; `reason` is a code that the door puts into words."""

    column: str
    value: str
    reason: str

    def plain(self) -> dict[str, str]:
        return {"column": self.column, "value": self.value, "reason": self.reason}


class RowReader:
    """Turns cells into values by the mapping, and collects what cannot be read."""

    def __init__(self, cells: Mapping[str, str], mapping: Mapping[str, str]) -> None:
        self.cells, self.mapping = cells, mapping
        self.problems: list[Problem] = []
        self.remarks: list[str] = []

    def text(self, field: TextChoices, most: int = TEXT_LENGTH) -> str:
        text = self.cells.get(self.mapping.get(field.value, ""), "").strip()
        if text in FAILED_FORMULAS:
            self.refuse(field, "failed_formula")
            return ""
        if len(text) > most:
            self.refuse(field, "too_long")
        return text[:most]

    def refuse(self, field: TextChoices, reason: str) -> None:
        column = self.mapping.get(field.value, "")
        self.problems.append(Problem(column, self.cells.get(column, "")[:NAME_LENGTH], reason))

    def day(self, field: TextChoices) -> str:
        """ISO date; a year or month alone is its first day, which is said in `remarks`."""
        text = self.text(field)
        if not text:
            return ""
        try:
            exact = _DATE_AND_MORE.fullmatch(text)
            return parse_date(exact[1] if exact else text).isoformat()
        except ValueError:
            pass
        if found := _YEAR.fullmatch(text):
            self.remarks.append(field.value)
            return date(int(found[1]), 1, 1).isoformat()
        if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
            self.remarks.append(field.value)
            return date(int(found[2]), int(found[1]), 1).isoformat()
        self.refuse(field, "no_date")
        return ""

    def word(self, field: TextChoices, words: Mapping[str, T], reason: str) -> T | None:
        """What the first known word of the cell means; an empty cell means nothing."""
        text = self.text(field)
        if not text:
            return None
        plain = folded(text)
        found = next(
            (words[word] for word in (plain, *re.split(r"[\s,;()/–-]+", plain)) if word in words), None
        )
        if found is None:
            self.refuse(field, reason)
        return found


def read_row(cells: Mapping[str, str], mapping: Mapping[str, str]) -> tuple[dict[str, object], list[Problem]]:
    """Field → value, and the problems for which the row cannot be taken."""
    read = RowReader(cells, mapping)
    values: dict[str, object] = {
        _F.NAME: _tidy(read.text(_F.NAME, NAME_LENGTH)),
        _F.OTHER_NAME: _tidy(read.text(_F.OTHER_NAME, NAME_LENGTH)),
        _F.ACRONYM: read.text(_F.ACRONYM, 60),
        _F.CITY: read.text(_F.CITY, 120),
        _F.CONTACT_NAME: read.text(_F.CONTACT_NAME),
        _F.CONTACT_POST: read.text(_F.CONTACT_POST),
        _F.PHONE: read.text(_F.PHONE, 60),
        _F.NUMBER: read.text(_F.NUMBER, 60),
        _F.AGREEMENT_NUMBER: read.text(_F.AGREEMENT_NUMBER),
        _F.AGREEMENT_KIND: read.text(_F.AGREEMENT_KIND),
        _F.AGREEMENT_SIGNED: read.text(_F.AGREEMENT_SIGNED),
        _F.AGREEMENT_ENDS: read.text(_F.AGREEMENT_ENDS),
        _F.NOTE: read.text(_F.NOTE, 5000),
        _F.SINCE: read.day(_F.SINCE),
        _F.LAST_CONTACT: read.day(_F.LAST_CONTACT),
        _F.COUNTRY: _country(read),
        _F.WEBSITE: _website(read),
        _F.EMAIL: _email(read),
        _F.ERASMUS: _erasmus(read),
        _F.ROR: _ror(read),
    }
    if not values[_F.NAME] and values[_F.OTHER_NAME]:
        values[_F.NAME], values[_F.OTHER_NAME] = values[_F.OTHER_NAME], ""
    failed = read.mapping.get(_F.NAME.value, "") in {problem.column for problem in read.problems}
    if not failed and not any(letter.isalpha() for letter in str(values[_F.NAME])):
        read.refuse(_F.NAME, "no_letters" if values[_F.NAME] else "empty")
    kept: dict[str, object] = {str(field): value for field, value in values.items() if value}
    if read.remarks:
        kept["day_assumed"] = read.remarks
    return kept, read.problems


def domains_of(values: Mapping[str, object]) -> tuple[str, ...]:
    """Web and mail addresses that may tell whose row it is."""
    found = [str(values.get(_F.WEBSITE, ""))]
    mail = str(values.get(_F.EMAIL, "")).rpartition("@")[2].lower()
    if mail and mail not in PUBLIC_MAIL:
        found.append(mail)
    return tuple(filter(None, found))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;")


def _country(read: RowReader) -> str:
    text = read.text(_F.COUNTRY)
    code = country_code(text) if text else ""
    if text and not code:
        read.refuse(_F.COUNTRY, "no_country")
    return code


def _website(read: RowReader) -> str:
    text = read.text(_F.WEBSITE, NAME_LENGTH)
    return text if host(text) else ""


def _email(read: RowReader) -> str:
    """The first address of the cell."""
    text = read.text(_F.EMAIL, NAME_LENGTH)
    first = next((part for part in re.split(r"[\s,;<>]+", text) if "@" in part), text).strip().lower()
    if not first:
        return ""
    try:
        validate_email(first)
    except ValidationError:
        read.refuse(_F.EMAIL, "no_email")
        return ""
    return first


def _erasmus(read: RowReader) -> str:
    text = read.text(_F.ERASMUS)
    code = normal_erasmus_code(text) if text else ""
    if text and not code:
        read.refuse(_F.ERASMUS, "no_erasmus_code")
    return code


def _ror(read: RowReader) -> str:
    text = read.text(_F.ROR)
    found = _ROR.fullmatch(text) if text else None
    if text and not found:
        read.refuse(_F.ROR, "no_ror")
    return found[1].lower() if found else ""
