"""`{% load sapar %}`: the components as tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages import get_messages
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sapar.core.days import local_day
from sapar.mobility.wording.credits import counted_unit, credits_shown
from sapar.web import components as c
from sapar.web.drawing import cell, draw_options, figure, icon, state
from sapar.web.forms import SaparForm
from sapar.web.maps import WorldMap
from sapar.web.numbers import full_day, grouped, long_day, span
from sapar.web.series import Series
from sapar.web.shell import navigation, other_offices
from sapar.web.tables.drawing import draw_languages, draw_rows
from sapar.web.tables.page import ListPage

register = template.Library()
THEMES = ("light", "dark")

for tag in (icon, cell, state, figure):
    register.simple_tag(tag)


@register.simple_tag(takes_context=True)
def here(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """An address inside the present office: `{% here "partners:agreement" pk=agreement.pk %}`."""
    office = context["request"].office
    if args:
        return reverse(name, args=[office.slug, *args])
    return reverse(name, kwargs={"office": office.slug, **kwargs})


@register.simple_tag(takes_context=True)
def office_name(context: Context) -> str:
    """The office as it is called in the reader's language."""
    return str(context["request"].office.name_in(get_language()))


@register.simple_tag
def list_rows(page: ListPage[Any]) -> SafeString:
    return draw_rows(page.rows, ticked=bool(page.bulk))


register.simple_tag(draw_options, name="filter_options")
register.simple_tag(draw_languages, name="language_options")


@register.filter
def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    return "–" if value is None else grouped(value, decimals)


register.filter("credits_shown", credits_shown)
register.filter("counted_unit", counted_unit)


@register.filter
def until(first: date, last: date) -> str:
    """`{{ stay.from|until:stay.to }}` → 5–9 March 2027."""
    return span(first, last)


register.filter("full_day", full_day)
register.filter("long_day", long_day)


@register.filter
def is_numeric(value: c.Cell) -> bool:
    return isinstance(value, (int, float, Decimal, c.Figure)) and not isinstance(value, bool)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def width_of(field: BoundField) -> str:
    return getattr(field.field, "width", "")


@register.filter
def unit_of(field: BoundField) -> str:
    return getattr(field.field, "unit", "")


@register.inclusion_tag("components/action.html")
def action(value: c.Action, style: str = "") -> dict[str, object]:
    """A button; `style` is primary, plain or quiet."""
    chosen = style or ("primary" if value.primary else "plain")
    return {"action": value, "style": f"{chosen} danger" if value.danger else chosen}


@register.inclusion_tag("components/menu.html")
def menu(actions: Sequence[c.Action], label: str = "") -> dict[str, object]:
    return {"actions": actions, "label": label}


@register.inclusion_tag("components/head.html")
def head(value: c.Head) -> dict[str, object]:
    """The title line. Where the kind only says the last crumb again and more, the crumb says all of it."""
    crumbs, kind = list(value.crumbs), str(value.kind)
    if crumbs and kind.startswith(str(crumbs[-1].label)):
        crumbs[-1] = replace(crumbs[-1], label=kind)
        kind = ""
    return {"head": value, "crumbs": crumbs, "kind": kind}


@register.inclusion_tag("components/facts.html")
def facts(groups: Sequence[c.FactGroup] | Sequence[c.Fact]) -> dict[str, object]:
    """Facts in two columns by meaning; a plain list of facts is one group without title."""
    if groups and isinstance(groups[0], c.Fact):
        groups = [c.FactGroup("", groups)]  # type: ignore[arg-type]
    return {"groups": groups}


@register.inclusion_tag("components/related.html")
def related(value: c.Related) -> dict[str, object]:
    return {"related": value}


@register.inclusion_tag("components/timeline.html")
def timeline(moments: Sequence[c.Moment]) -> dict[str, object]:
    return {"moments": _told_once(moments)}


def _told_once(moments: Sequence[c.Moment]) -> list[c.Moment]:
    """What one person did several times on end within a day is told once, with the number of times."""
    told: list[c.Moment] = []
    for moment in moments:
        last = told[-1] if told else None
        if (
            last is not None
            and (last.who, last.what) == (moment.who, moment.what)
            and not (last.changes or moment.changes or last.note or moment.note)
            and local_day(last.at) == local_day(moment.at)
        ):
            told[-1] = replace(last, times=last.times + 1)
        else:
            told.append(moment)
    return told


@register.inclusion_tag("components/empty.html")
def empty(value: c.Empty) -> dict[str, object]:
    return {"empty": value}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[c.Tab], label: str = "") -> dict[str, object]:
    return {"tabs": items, "label": label}


@register.inclusion_tag("components/steps.html")
def steps(items: Sequence[c.Step]) -> dict[str, object]:
    current = next((n for n, step in enumerate(items, 1) if step.status == "current"), 0)
    return {"steps": items, "current": current, "count": len(items)}


@register.inclusion_tag("components/answers.html")
def answers(items: Sequence[c.Answer]) -> dict[str, object]:
    return {"answers": items}


@register.inclusion_tag("components/work.html")
def work(value: c.Work) -> dict[str, object]:
    return {"work": value}


@register.inclusion_tag("components/notice.html")
def notice(value: c.Notice) -> dict[str, object]:
    return {"notice": value}


@register.inclusion_tag("components/fields.html")
def form_fields(form: BaseForm) -> dict[str, object]:
    """The summary of errors and all fields, in sections where the form has them."""
    sections = [
        (section, [form[name] for name in section.fields if name in form.fields])
        for section in getattr(form, "sections", ())
    ]
    named = {field.name for _section, fields in sections for field in fields}
    if not isinstance(form, SaparForm):  # of the sign-in library, which says a label once more inside the box
        for field in form.fields.values():
            field.widget.attrs.pop("placeholder", None)
    return {
        "form": form,
        "sections": sections,
        "loose": [field for field in form.visible_fields() if field.name not in named],
        "wrong": [form[name] for name in form.errors if name in form.fields],
    }


@register.inclusion_tag("components/field.html")
def form_field(field: BoundField) -> dict[str, object]:
    return {"field": field}


@register.inclusion_tag("components/ornament.html")
def ornament() -> dict[str, object]:
    return {}


@register.inclusion_tag("components/series.html")
def month_series(value: Series) -> dict[str, object]:
    return {"series": value}


@register.filter
def plain(value: float) -> str:
    """A coordinate: with a point in every language."""
    return f"{value:.1f}"


@register.inclusion_tag("components/map.html")
def world_map(value: WorldMap) -> dict[str, object]:
    return {"map": value}


@register.inclusion_tag("components/messages.html", takes_context=True)
def page_messages(context: Context) -> dict[str, object]:
    request = context.get("request")
    return {"messages": get_messages(request) if request is not None else ()}


@register.inclusion_tag("components/navigation.html", takes_context=True)
def side_navigation(context: Context) -> dict[str, object]:
    request = context["request"]
    return {"items": navigation(request, request.office), "request": request}


@register.inclusion_tag("components/place_parts.html", takes_context=True)
def place_parts(context: Context) -> dict[str, object]:
    """The parts of the present place, for phones, which have no side navigation."""
    request = context["request"]
    current = next((item for item in navigation(request, request.office) if item.current), None)
    return {"parts": current.parts if current else (), "label": current.label if current else ""}


@register.inclusion_tag("components/phone_bar.html", takes_context=True)
def phone_bar(context: Context) -> dict[str, object]:
    request = context["request"]
    items = navigation(request, request.office)
    return {
        "bar": [item for item in items if item.on_phone],
        "rest": [item for item in items if not item.on_phone],
        "request": request,
        **_choices(context),
    }


@register.inclusion_tag("components/person_menu.html", takes_context=True)
def person_menu(context: Context) -> dict[str, object]:
    request = context["request"]
    return {
        "person": request.user,
        "office": request.office,
        "others": other_offices(request.user, request.office),
        **_choices(context),
    }


@register.inclusion_tag("components/preferences.html", takes_context=True)
def preferences(context: Context, name: str = "top") -> dict[str, object]:
    """Language and theme, as they may be chosen on any page."""
    return {**_choices(context), "place": name}


@register.simple_tag
def keyboard_help() -> SafeString:
    return _keyboard_help(get_language())


@lru_cache(maxsize=16)
def _keyboard_help(language: str | None) -> SafeString:
    """The same on every page of a language, which is the active one."""
    return render_to_string("components/keys.html")


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """What the person chose: light, dark, or nothing (then the device decides)."""
    request = context.get("request")
    chosen = request.COOKIES.get("sapar_theme", "") if request is not None else ""
    return chosen if chosen in THEMES else ""


def _choices(context: Context) -> dict[str, object]:
    request = context.get("request")
    return {
        "languages": settings.LANGUAGES,
        "language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
        "theme": theme(context),
        "path": request.get_full_path() if request is not None and request.method == "GET" else "/",
        "csrf_token": context.get("csrf_token"),
    }
