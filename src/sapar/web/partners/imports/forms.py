"""Forms of the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.directory.countries import country_codes
from sapar.partners.columns import ListField
from sapar.reporting.labels import country_name
from sapar.web.components import Text
from sapar.web.forms import ListFile, ListForm, SaparForm, SearchSelect


class PartnerListForm(ListForm):
    file = ListFile(
        label=_("Your list"),
        help_text=_("CSV or XLSX, as you keep it: titles above the table and any order of columns are fine."),
    )


_F = ListField
GROUPS: Sequence[tuple[Text, Sequence[ListField]]] = (
    (_("The partner"), (_F.NAME, _F.OTHER_NAME, _F.ACRONYM, _F.COUNTRY, _F.CITY, _F.WEBSITE, _F.ERASMUS, _F.ROR)),
    (_("Your cooperation"), (_F.SINCE, _F.LAST_CONTACT, _F.NUMBER, _F.NOTE)),
    (_("Contact person"), (_F.CONTACT_NAME, _F.CONTACT_POST, _F.EMAIL, _F.PHONE)),
    (_("Agreement, kept as a note"), (_F.AGREEMENT_KIND, _F.AGREEMENT_NUMBER, _F.AGREEMENT_SIGNED, _F.AGREEMENT_ENDS)),
)  # fmt: skip
MOST_EXAMPLES = 3


class ColumnsForm(SaparForm):
    """For each column of the list, in its order, what we take from it."""

    meanings: type[TextChoices] = ListField
    groups: Sequence[tuple[Text, Sequence[TextChoices]]] = GROUPS

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
        meanings = {column: field for field, column in mapping.items()}
        choices = [
            ("", _("not used")),
            *((title, [(field.value, field.label) for field in fields]) for title, fields in self.groups),
        ]
        contents = _contents(columns, rows)
        for at, column in enumerate(columns):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=column or _("column %(number)s") % {"number": at + 1},
                choices=choices,
                required=False,
                initial=meanings.get(column, ""),
            )
        self.contents = [contents[column] for column in columns]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first: dict[str, str] = {}
        for name, meaning in list(data.items()):
            if not name.startswith("column-"):
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
            meaning: self.columns[int(name.removeprefix("column-"))]
            for name, meaning in self.cleaned_data.items()
            if meaning and name.startswith("column-")
        }

    def lines(self) -> list[ColumnLine]:
        """The columns in their order with what stands in them."""
        return [
            ColumnLine(self[f"column-{at}"], content.examples, content.filled)
            for at, content in enumerate(self.contents)
        ]


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


class CountryForm(SaparForm):
    country = forms.ChoiceField(label=_("Country"), widget=SearchSelect())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "–"), *countries()]  # type: ignore[attr-defined]


def countries() -> list[tuple[str, Text]]:
    """All countries in the reader's language and order."""
    return sorted(((code, country_name(code)) for code in country_codes()), key=lambda pair: str(pair[1]))
