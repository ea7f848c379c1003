"""Filters of a list. Each reads its part of the address, narrows the query and says so in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeAlias, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sapar.accounts.models import Office
from sapar.formats.tables import parse_date
from sapar.web.components import Text

Rows: TypeAlias = QuerySet[Any]
M = TypeVar("M", bound=Model)
Options: TypeAlias = Sequence[tuple[str, Text]]


@dataclass(frozen=True)
class Chip:
    """One part of the sentence above a list; `drops` are the parameters (and their value) it stands for."""

    text: str
    drops: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Input:
    """What the filter panel draws."""

    kind: str
    key: str
    label: Text
    value: str = ""
    until: str = ""
    options: tuple[tuple[str, Text, bool], ...] = ()
    wrong: bool = False


class Filter(Protocol):
    @property
    def key(self) -> str: ...
    def narrow(self, rows: Rows, data: QueryDict, office: Office) -> Rows: ...
    def chips(self, data: QueryDict, office: Office) -> Iterable[Chip]: ...
    def draw(self, data: QueryDict, office: Office) -> Input: ...
    def misread(self, data: QueryDict) -> bool:
        """Something was asked for that is no value of this filter; its panel is shown open."""
        ...


@dataclass(frozen=True)
class Choice:
    """One or several of known values: `?state=signed&state=active`.

    `sentence` has one `%s` gap for the value's words; `choices` may be asked from the office.
    `apply` replaces `field__in` where the column is not enough.
    """

    key: str
    label: Text
    choices: Options | Callable[[Office], Options]
    field: str = ""
    sentence: Text = "%s"
    apply: Callable[[Rows, Sequence[str]], Rows] | None = None

    def _options(self, office: Office) -> Options:
        """Asked once for each office object, which lives as long as one answer."""
        if not callable(self.choices):
            return self.choices
        known: dict[object, Options] = office.__dict__.setdefault("_options", {})
        if self.choices not in known:
            known[self.choices] = self.choices(office)
        return known[self.choices]

    def _chosen(self, data: QueryDict, office: Office) -> list[tuple[str, Text]]:
        asked = set(data.getlist(self.key))
        return (
            [(value, words) for value, words in self._options(office) if str(value) in asked] if asked else []
        )

    def narrow(self, rows: Rows, data: QueryDict, office: Office) -> Rows:
        values = [str(value) for value, _words in self._chosen(data, office)]
        if not values:
            return rows
        if self.apply is not None:
            return self.apply(rows, values)
        return rows.filter(**{f"{self.field or self.key}__in": values})

    def chips(self, data: QueryDict, office: Office) -> Iterable[Chip]:
        for value, words in self._chosen(data, office):
            yield Chip(str(self.sentence) % words, ((self.key, str(value)),))

    def draw(self, data: QueryDict, office: Office) -> Input:
        asked = set(data.getlist(self.key))
        options = tuple((str(value), words, str(value) in asked) for value, words in self._options(office))
        return Input("checks" if len(options) <= 8 else "select", self.key, self.label, options=options)

    def misread(self, data: QueryDict) -> bool:
        return False


@dataclass(frozen=True)
class Flag:
    """A condition that holds or is not asked for: `?unanswered=yes`."""

    key: str
    label: Text
    condition: Q

    def narrow(self, rows: Rows, data: QueryDict, office: Office) -> Rows:
        return rows.filter(self.condition) if data.get(self.key) == "yes" else rows

    def chips(self, data: QueryDict, office: Office) -> Iterable[Chip]:
        if data.get(self.key) == "yes":
            yield Chip(str(self.label), ((self.key, "yes"),))

    def draw(self, data: QueryDict, office: Office) -> Input:
        return Input("checks", self.key, "", options=(("yes", self.label, data.get(self.key) == "yes"),))

    def misread(self, data: QueryDict) -> bool:
        return False


@dataclass(frozen=True)
class Words:
    """Text contained in a column: `?city=osh`. `folded` columns hold text in NFKC and casefold."""

    key: str
    label: Text
    field: str
    sentence: Text = "“%s”"
    folded: bool = False

    def narrow(self, rows: Rows, data: QueryDict, office: Office) -> Rows:
        text = data.get(self.key, "").strip()
        if not text:
            return rows
        lookup = "contains" if self.folded else "icontains"
        return rows.filter(**{f"{self.field}__{lookup}": fold(text) if self.folded else text})

    def chips(self, data: QueryDict, office: Office) -> Iterable[Chip]:
        if text := data.get(self.key, "").strip():
            yield Chip(str(self.sentence) % text, ((self.key, data.get(self.key, "")),))

    def draw(self, data: QueryDict, office: Office) -> Input:
        return Input("text", self.key, self.label, data.get(self.key, ""))

    def misread(self, data: QueryDict) -> bool:
        return False


@dataclass(frozen=True)
class Dates:
    """From one day to another, both included: `?ends_from=01.01.2026&ends_to=31.12.2026`.

    The sentences have `%(from)s` and `%(to)s` gaps. `timed` says that the column holds a time of day too;
    it is then compared with the ends of the days, which an index can answer and `__date` cannot.
    """

    key: str
    label: Text
    field: str
    since: Text = ""
    before: Text = ""
    between: Text = ""
    timed: bool = False

    def _ends(self, data: Mapping[str, Any]) -> tuple[date | None, date | None]:
        return _day(data.get(f"{self.key}_from")), _day(data.get(f"{self.key}_to"))

    def narrow(self, rows: Rows, data: QueryDict, office: Office) -> Rows:
        first, last = self._ends(data)
        if first:
            rows = rows.filter(**{f"{self.field}__gte": _midnight(first) if self.timed else first})
        if last and self.timed:
            rows = rows.filter(**{f"{self.field}__lt": _midnight(last + timedelta(days=1))})
        elif last:
            rows = rows.filter(**{f"{self.field}__lte": last})
        return rows

    def chips(self, data: QueryDict, office: Office) -> Iterable[Chip]:
        first, last = self._ends(data)
        facts = {
            "label": self.label,
            "from": date_format(first, "DATE_FORMAT") if first else "",
            "to": date_format(last, "DATE_FORMAT") if last else "",
        }
        keys = (f"{self.key}_from", f"{self.key}_to")
        drops = tuple((key, data.get(key, "")) for key in keys if data.get(key))
        if first and last:
            yield Chip(str(self.between or _("%(label)s from %(from)s to %(to)s")) % facts, drops)
        elif first:
            yield Chip(str(self.since or _("%(label)s from %(from)s")) % facts, drops)
        elif last:
            yield Chip(str(self.before or _("%(label)s until %(to)s")) % facts, drops)

    def draw(self, data: QueryDict, office: Office) -> Input:
        texts = data.get(f"{self.key}_from", ""), data.get(f"{self.key}_to", "")
        return Input("dates", self.key, self.label, *texts, wrong=self.misread(data))

    def misread(self, data: QueryDict) -> bool:
        texts = data.get(f"{self.key}_from", ""), data.get(f"{self.key}_to", "")
        return any(text.strip() and _day(text) is None for text in texts)


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if 1800 <= day.year <= 2200 else None  # no office means the ends of the calendar


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def fold(text: str) -> str:
    """As the search columns are written: NFKC and casefold, which SQLite cannot do for Cyrillic itself."""
    return unicodedata.normalize("NFKC", text).casefold()


def search(rows: QuerySet[M], fields: Sequence[str], text: str) -> QuerySet[M]:
    """Rows in which each word occurs in one of the fields; fields named `search` hold folded text."""
    for word in fold(text).split()[:8]:
        anywhere = Q()
        for field in fields:
            lookup = "contains" if field.rsplit("__")[-1] == "search" else "icontains"
            anywhere |= Q(**{f"{field}__{lookup}": word})
        rows = rows.filter(anywhere)
    return rows
