"""Values in their written form, as HTML: what tags, lists and charts draw alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sapar.web import components as c
from sapar.web.icons import strokes
from sapar.web.numbers import grouped

SHAPES: dict[str, str] = {
    "draft": "circle-dashed",
    "active": "circle-dot",
    "needs": "triangle-alert",
    "waiting": "hourglass",
    "done": "circle-check",
    "ended": "square",
    "danger": "circle-x",
}


def icon(name: str, label: str = "", size: int = 16) -> SafeString:
    """An icon. With `label` it is read aloud; without it stands beside a word and is silent."""
    return _icon(name, str(label), size)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, size: int) -> SafeString:
    told = (
        format_html('role="img" aria-label="{}"', label) if label else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" focusable="false" {1}>{2}</svg>',
        size,
        told,
        strokes(name),
    )


def cell(value: c.Cell) -> SafeString | str:
    """Any value of a fact or a table in its written form; nothing is an en dash that is read as "none"."""
    match value:
        case None | "":
            return format_html('<span class="none" aria-label="{}">–</span>', _("none"))
        case c.State():
            return state(value)
        case c.Link():
            return format_html('<a href="{}">{}</a>', value.url, breakable(value.text))
        case c.Figure():
            return figure(value)
        case bool():
            return _("yes") if value else _("no")
        case int() | float() | Decimal():
            return grouped(value)
        case datetime():
            return date_format(timezone.localtime(value), "DATETIME_FORMAT")
        case date():
            return date_format(value, "DATE_FORMAT")
        case str() | Promise():
            return breakable(value)
        case Sequence():
            links = [cell(link) for link in value]
            return format_html("{}" + ", {}" * (len(links) - 1), *links) if links else cell(None)


def breakable(text: c.Text) -> SafeString | str:
    """An address of mail may be parted before its "@" and nowhere else."""
    words = str(text)
    if words.count("@") != 1 or " " in words:
        return words
    return format_html("{}<wbr>@{}", *words.split("@"))


def state(value: c.State) -> SafeString:
    return format_html(
        '<span class="state state-{}">{}<span>{}</span></span>',
        value.tone,
        icon(SHAPES[value.tone], size=14),
        value.word,
    )


def figure(value: c.Figure) -> SafeString | str:
    if value.value is None:
        return cell(None)
    text = grouped(value.value, value.decimals)
    unit = format_html("\u202f<span class=unit>{}</span>", value.unit) if value.unit else ""
    if not value.url:
        return format_html('<span class="num">{}{}</span>', text, unit)
    return format_html('<a class="figure num" href="{}">{}{}</a>', value.url, text, unit)


def draw_options(options: Sequence[tuple[str, c.Text, bool]]) -> SafeString:
    """`option` elements of a select."""
    drawn = (
        f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(words)}</option>'
        for value, words, chosen in options
    )
    return mark_safe("".join(drawn))  # noqa: S308 — every value was escaped above
