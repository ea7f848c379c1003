"""What two versions differ in, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.partners.queries.changes import Changes, RowChange, TextChange
from sapar.partners.states import AgreementKind
from sapar.web.components import Cell, Change
from sapar.web.partners.pages.reading import LANGUAGE_NAMES, PlaceRow, place_row

HEAD_LABELS = {
    "kind": _l("Kind"),
    "title": _l("Title"),
    "partner": _l("Partner"),
    "languages": _l("Languages"),
    "parties": _l("Names of the parties"),
    "starts_on": _l("Begins"),
    "ends_on": _l("Ends"),
    "renews_automatically": _l("Renews itself"),
    "renewal_months": _l("Renewed for (months)"),
    "notice_months": _l("Notice (months)"),
}


@dataclass(frozen=True)
class RowLine:
    """A row of places: new, gone, or with other values."""

    what: str
    before: PlaceRow | None
    after: PlaceRow | None


@dataclass(frozen=True)
class TextBlock:
    language: str
    code: str
    change: TextChange


@dataclass(frozen=True)
class ChangesPage:
    head: Sequence[Change]
    rows: Sequence[RowLine]
    texts: Sequence[TextBlock]

    @property
    def nothing(self) -> bool:
        return not (self.head or self.rows or self.texts)


def changes_page(changes: Changes) -> ChangesPage:
    return ChangesPage(
        [
            Change(
                HEAD_LABELS.get(one.name, one.name),
                _head_value(one.name, one.before),
                _head_value(one.name, one.after),
            )
            for one in changes.head
        ],
        [_row(one) for one in changes.rows],
        [
            TextBlock(LANGUAGE_NAMES.get(one.language, one.language), one.language, one)
            for one in changes.texts
        ],
    )


def _row(one: RowChange) -> RowLine:
    if one.before is None:
        what = _("new")
    elif one.after is None:
        what = _("taken out")
    else:
        what = _("changed")
    return RowLine(
        what,
        place_row(one.before) if one.before is not None else None,
        place_row(one.after) if one.after is not None else None,
    )


def _head_value(name: str, value: object) -> Cell:
    if value is None:
        return None
    if name == "kind":
        return AgreementKind(str(value)).label
    if name.endswith("_on"):
        return date.fromisoformat(str(value))
    if name == "languages" and isinstance(value, list):
        return ", ".join(LANGUAGE_NAMES.get(str(code), str(code)) for code in value)
    if name == "parties" and isinstance(value, dict):
        return " · ".join(" / ".join(names) for names in value.values())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
