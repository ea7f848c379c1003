"""What the columns of a list mean that somebody brought: one question for each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sapar.core.cells import notes_told
from sapar.formats.tables import Note
from sapar.web.components import Head, Notice, Text
from sapar.web.forms import SaparForm

MOST_EXAMPLES = 3
PREFIX = "column-"


def beside_the_table(notes: Sequence[Note]) -> list[Notice]:
    """What of a workbook is under no column and goes no further."""
    return [Notice(notes_told(notes))] if notes else []


class ListColumnsForm(SaparForm):
    """For each column of the list, in its order, what we take from it."""

    meanings: type[TextChoices]
    groups: Sequence[tuple[Text, Sequence[TextChoices]]]

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        mapping: Mapping[str, str],
        rows: Iterable[Mapping[str, object]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = list(columns)
        known = {column: meaning for meaning, column in mapping.items()}
        choices = [
            ("", _("not used")),
            *((title, [(field.value, field.label) for field in fields]) for title, fields in self.groups),
        ]
        contents = _contents(columns, rows)
        for at, column in enumerate(columns):
            self.fields[f"{PREFIX}{at}"] = forms.ChoiceField(
                label=column or _("column %(number)s") % {"number": at + 1},
                choices=choices,
                required=False,
                initial=known.get(column, ""),
            )
        self.contents = [contents[column] for column in columns]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first: dict[str, str] = {}
        for name, meaning in list(data.items()):
            if not name.startswith(PREFIX):
                continue
            if meaning and meaning in first:
                said = _(
                    "“%(meaning)s” is already taken from the column “%(column)s”. Leave one of them unused."
                )
                other = self.fields[first[meaning]].label
                self.add_error(name, said % {"meaning": self.meanings(meaning).label, "column": other})
            elif meaning:
                first[meaning] = name
        return data

    def mapping(self) -> dict[str, str]:
        return {
            meaning: self.columns[int(name.removeprefix(PREFIX))]
            for name, meaning in self.cleaned_data.items()
            if meaning and name.startswith(PREFIX)
        }

    def lines(self) -> list[ColumnLine]:
        """The columns in their order with what stands in them."""
        return [
            ColumnLine(self[f"{PREFIX}{at}"], content.examples, content.filled)
            for at, content in enumerate(self.contents)
        ]


def values_of_columns(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """What each column means by now, as the form shows it."""
    known = {column: meaning for meaning, column in mapping.items()}
    return {f"{PREFIX}{at}": known.get(column, "") for at, column in enumerate(columns)}


@dataclass
class Content:
    """What stands in a column: the first different values, and how many rows have one."""

    examples: list[str] = dataclass_field(default_factory=list)
    filled: int = 0


@dataclass(frozen=True)
class ColumnLine:
    """A column of the list as the page shows it."""

    field: forms.BoundField
    examples: Sequence[str]
    filled: int

    @property
    def used(self) -> bool:
        return bool(self.field.value() or self.field.errors)


def _contents(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Mapping[str, Content]:
    """Read from all rows, so that nobody must open the file to choose."""
    found = {column: Content() for column in columns}
    for cells in rows:
        for column, content in found.items():
            text = " ".join(str(cells.get(column) or "").split())
            if not text:
                continue
            content.filled += 1
            shown = text if len(text) <= 40 else text[:39] + "…"
            if len(content.examples) < MOST_EXAMPLES and shown not in content.examples:
                content.examples.append(shown)
    return found


def columns_page(
    form: ListColumnsForm, head: Head, notices: Sequence[Notice], *, submit: str, cancel: str, after: str = ""
) -> dict[str, object]:
    """The columns with a meaning, and folded below them those without; `after` stands above the buttons."""
    lines = form.lines()
    unused = [line for line in lines if not line.used]
    title = ngettext("%(count)d column is not used", "%(count)d columns are not used", len(unused))
    return {
        "head": head,
        "form": form,
        "others": [field for field in form.visible_fields() if not field.name.startswith(PREFIX)],
        "wrong": [field for field in form if field.errors],
        "notices": notices,
        "used": [line for line in lines if line.used],
        "unused": unused,
        "unused_title": title % {"count": len(unused)},
        "unused_names": ", ".join(str(line.field.label) for line in unused),
        "after": after,
        "submit": submit,
        "cancel": cancel,
    }
