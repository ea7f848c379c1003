"""What somebody else wrote while a page was open, beside what its reader typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sapar.audit.queries import timeline
from sapar.web.components import Text
from sapar.web.moments import actor_of


@dataclass(frozen=True)
class Difference:
    """One field, as it is on record now and as it was typed."""

    label: Text
    theirs: str
    mine: str


def nothing(_row: Any) -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Guarded:
    """What `SaparForm.guard` was told."""

    row: models.Model
    values: Callable[[Any], Mapping[str, Any]]
    parts: Callable[[Any], Iterable[models.Model]]
    again: Callable[[], models.Model] | None
    beside: Callable[[Any], Sequence[Difference]]

    def now(self) -> models.Model:
        if self.again is not None:
            return self.again()
        return type(self.row)._default_manager.get(pk=self.row.pk)


def last_act(row: models.Model) -> str:
    """Who acted last on the record, and when; empty where nothing is told of it."""
    entry = timeline(row).first()
    if entry is None:
        return ""
    when = date_format(timezone.localtime(entry.at), "SHORT_DATETIME_FORMAT")
    return _("The last to work on it: %(who)s, %(when)s.") % {"who": actor_of(entry), "when": when}


def differences(form: forms.Form, stored: Mapping[str, Any]) -> list[Difference]:
    """Visible fields of a sent form that say something else than the stored values."""
    return [
        Difference(field.label, shown(field.field, stored.get(field.name)), shown(field.field, field.data))
        for field in form.visible_fields()
        if not field.field.disabled and field.field.has_changed(stored.get(field.name), field.data)
    ]


def rows_differ(
    title: Text, typed: Sequence[forms.Form], stored: Sequence[forms.Form]
) -> Iterator[Difference]:
    """Rows of a table, one below the other: those that differ, each as a line of its values.

    Args:
        typed: the forms as they were sent.
        stored: forms of the same kind that show what is on record now.
    """
    for at in range(max(len(typed), len(stored))):
        theirs = line(stored[at]) if at < len(stored) else ""
        mine = line(typed[at]) if at < len(typed) else ""
        if theirs != mine:
            yield Difference(f"{title} {at + 1}", theirs or EMPTY, mine or EMPTY)


def line(form: forms.Form) -> str:
    """What a row says, its empty fields left out; of a tick its words, of none nothing."""
    values = (_in_line(field) for field in form.visible_fields())
    return "; ".join(value for value in values if value != EMPTY)


def _in_line(field: forms.BoundField) -> str:
    if isinstance(field.field, forms.BooleanField):
        return str(field.label) if field.field.to_python(field.value()) else EMPTY
    return shown(field.field, field.value())


EMPTY = "—"


def shown(field: forms.Field, value: Any) -> str:
    """A value as the field shows it: words of a choice, a date as it is typed."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if field.to_python(value) else _("no")
    if value in (None, "", [], ()):
        return EMPTY
    if isinstance(value, UploadedFile):
        return str(value.name)
    if isinstance(field, forms.ModelChoiceField):
        return _chosen_row(field, value)
    if isinstance(field, forms.ChoiceField):
        words = dict(_flat(field.choices))
        many = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(str(words.get(str(one), one)) for one in many)
    return str(field.widget.format_value(field.prepare_value(value)) or value)


def _chosen_row(field: Any, value: Any) -> str:
    found = value if isinstance(value, models.Model) else field.queryset.filter(pk=value).first()
    return str(field.label_from_instance(found)) if found is not None else _("not on record any more")


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for key, words in choices:
        if isinstance(words, (list, tuple)):
            yield from _flat(words)
        else:
            yield str(key), words
