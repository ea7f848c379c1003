"""The parts of a list that repeat hundreds of times, drawn without the template language.

A page of fifty rows has some four hundred cells, a filter of partners as many options; written as template
nodes they cost more than the whole rest of the page with its queries.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from sapar.web.components import Cell, State, Text
from sapar.web.drawing import breakable, cell, state
from sapar.web.tables.rows import BodyRow
from sapar.web.tables.spec import Column

LONGEST_WHOLE = 24

Words: TypeAlias = dict[int, tuple[Text, str]]


def draw_rows(rows: Iterable[BodyRow], *, ticked: bool) -> SafeString:
    """`tr` elements; the first cell is the row's header."""
    parts: list[str] = []
    openings: dict[tuple[int, bool], str] = {}
    language = get_language()
    words: Words = {}
    for row in rows:
        parts.append('<tr role="row">')
        if ticked:
            parts.append(
                f'<td class="tick" role="cell"><input type="checkbox" name="row" value="{html.escape(str(row.pk))}" '
                f'aria-label="{html.escape(row.name)}"></td>'
            )
        for place, (value, url, column) in enumerate(row.cells):
            key = (place, type(value) is State)
            if key not in openings:
                openings[key] = _opening(column, is_first=place == 0, is_state=key[1])
            inside = _drawn(value, language, words)
            if url:
                short = ' class="short"' if not place and _is_short(str(value)) else ""
                inside = f'<a{short} href="{html.escape(url)}">{inside}</a>'
            parts += (openings[key], inside, "</td>" if place else "</th>")
        parts.append("</tr>\n")
    return mark_safe("".join(parts))  # noqa: S308 — every value was escaped


def _opening(column: Column[Any], *, is_first: bool, is_state: bool) -> str:
    if is_first:
        return f'<th role="rowheader" scope="row" class="{column.align}">'
    more = (" is-state" if is_state else "") + ("" if column.phone else " not-on-phone")
    return f'<td role="cell" class="{column.align}{more}" data-label="{escape(column.label)}">'


def _is_short(text: str) -> bool:
    """A person's name, say, which looks torn in two lines."""
    return len(text) <= LONGEST_WHOLE


def _is_number(text: str) -> bool:
    """A number of a register like 2025-003, which is not broken into two lines."""
    return "-" in text and len(text) <= LONGEST_WHOLE and " " not in text and text[-1].isdigit()


def _drawn(value: Cell, language: str | None, words: Words) -> str:
    """The cell as HTML; `words` are the labels that were looked up for this page."""
    kind = type(value)
    if kind is str and value:
        text = html.escape(value)  # type: ignore[arg-type]  # its type was just asked
        return f'<span class="whole">{text}</span>' if _is_number(text) else text
    if kind is State:
        return _state(value.tone, said(value.word, words))  # type: ignore[union-attr]
    if kind is date:
        return _day(value, language)
    if isinstance(value, Promise):
        return conditional_escape(breakable(said(value, words)))
    drawn = conditional_escape(cell(value))
    return f'<span class="when">{drawn}</span>' if kind is datetime else drawn


def said(label: Text, words: Words) -> str:
    """The label in the reader's language. Rows share the labels of their states: each is translated once a page."""
    if isinstance(label, str):
        return label
    if id(label) not in words:
        # The label is kept too: while it is there, no other can come to stand at its place in memory.
        words[id(label)] = (label, str(label))
    return words[id(label)][1]


@lru_cache(maxsize=1024)
def _state(tone: str, word: str) -> SafeString:
    return state(State(word, tone))  # type: ignore[arg-type]  # one of its own tones


@lru_cache(maxsize=4096)
def _day(value: date, language: str | None) -> str:
    """The language is part of the key: months have names."""
    return f'<span class="when">{date_format(value, "DATE_FORMAT")}</span>'


@lru_cache(maxsize=16)
def draw_languages(chosen: str) -> SafeString:
    """`option` elements of the languages, each by its own name."""
    return format_html_join(
        "",
        '<option value="{0}" lang="{0}"{1}>{2}</option>',
        ((code, mark_safe(" selected") if code == chosen else "", name) for code, name in settings.LANGUAGES),
    )
