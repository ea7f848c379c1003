"""An agreement to be read as a whole: from the snapshot, so that all read what they approve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sapar.directory.fields import field_label
from sapar.directory.states import Level
from sapar.formats.numbers import year_words
from sapar.partners.models import AgreementVersion
from sapar.partners.papers import language_name
from sapar.partners.queries import content_of
from sapar.partners.states import AgreementKind, Direction, MobilityKind
from sapar.web import components as c

LANGUAGE_NAMES: dict[str, str] = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class Column:
    language: str
    heading: str
    text: str


@dataclass(frozen=True)
class PlaceRow:
    year: str
    direction: str
    for_whom: str
    field: str
    places: int
    months: str
    language: str
    note: str


@dataclass(frozen=True)
class Reading:
    version: int
    digest: str
    facts: Sequence[c.Fact]
    languages: Sequence[tuple[str, str]]
    articles: Sequence[Sequence[Column]]
    places: Sequence[PlaceRow]


def reading_of(version: AgreementVersion) -> Reading:
    content = content_of(version)
    head = content["agreement"]
    languages = head.get("languages") or list(content["texts"])
    return Reading(
        version=version.number,
        digest=version.digest,
        facts=_facts(head),
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in languages],
        articles=_articles(content["texts"], languages),
        places=[place_row(row) for row in content["conditions"]],
    )


def _facts(head: Mapping[str, Any]) -> list[c.Fact]:
    starts, ends = _day(head["starts_on"]), _day(head["ends_on"])
    renewal = (
        _("for %(months)d months each time") % {"months": head["renewal_months"]}
        if head["renews_automatically"]
        else pgettext("renewal", "by a new agreement only")
    )
    return [
        c.Fact(_("Kind"), AgreementKind(head["kind"]).label),
        c.Fact(_("Partner"), head["partner"]),
        c.Fact(_("Begins"), starts or _("with the last signature")),
        c.Fact(_("Ends"), ends or _("without an end date")),
        c.Fact(_("Renewal"), renewal),
        c.Fact(_("Notice"), _("%(months)d months") % {"months": head["notice_months"]}),
    ]


def _articles(
    texts: Mapping[str, Sequence[Mapping[str, str]]], languages: Sequence[str]
) -> list[list[Column]]:
    nothing: Mapping[str, str] = {"heading": "", "text": ""}
    rows = zip_longest(*(texts.get(language, ()) for language in languages), fillvalue=nothing)
    return [
        [
            Column(language, cell["heading"], cell["text"])
            for language, cell in zip(languages, row, strict=True)
        ]
        for row in rows
    ]


def place_row(row: Mapping[str, Any]) -> PlaceRow:
    """A row of the table of places in words."""
    for_whom = str(MobilityKind(row["kind"]).label)
    if row["level"]:
        for_whom += f", {Level(row['level']).label}"
    return PlaceRow(
        year=year_words(row["academic_year"]),
        direction=str(Direction(row["direction"]).label),
        for_whom=for_whom,
        field=field_label(row["isced_f"]) if row["isced_f"] else _("any field"),
        places=row["places"],
        months=row["months"],
        language=f"{language_name(row['language'])} {row['language_level']}".strip(),
        note=" · ".join(part for part in (row.get("unit_name", ""), row["note"]) if part),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
