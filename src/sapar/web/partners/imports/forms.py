"""Forms of the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.directory.countries import country_codes
from sapar.partners.columns import ListField
from sapar.partners.models import PartnerImportRow
from sapar.reporting.labels import country_name
from sapar.web.components import Text
from sapar.web.forms import SaparForm, SearchSelect, Section, WholeNumber


class ListForm(SaparForm):
    file = forms.FileField(
        label=_("Your list"),
        help_text=_("CSV or XLSX, as you keep it: titles above the table and any order of columns are fine."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    header_row = WholeNumber(
        label=_("Row with the names of the columns"),
        required=False,
        min_value=1,
        help_text=_("Only if it was not found by itself: the first line of the file is 1."),
    )


class ColumnsForm(SaparForm):
    """For each thing that we can keep, the column that holds it."""

    sections = (
        Section(_("The partner"), ["name", "other_name", "acronym", "country", "city", "website", "erasmus", "ror"],
                _("Country, city and website help to tell universities with similar names apart.")),
        Section(_("Your cooperation"), ["since", "last_contact", "number", "note"]),
        Section(_("Contact person"), ["contact_name", "contact_post", "email", "phone"]),
        Section(_("Agreement"), ["agreement_kind", "agreement_number", "agreement_signed", "agreement_ends"],
                _("Kept word for word in the partner's note. An agreement comes into force with its signed paper.")),
    )  # fmt: skip

    def __init__(
        self, *args: Any, columns: Sequence[str], rows: Iterable[PartnerImportRow], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        examples = _examples(columns, rows)
        choices = [
            ("", _("not in the list")),
            *((name, f"{name}{examples.get(name, '')}") for name in columns),
        ]
        for field in ListField:
            self.fields[field.value] = forms.ChoiceField(
                label=field.label, choices=choices, required=field is ListField.NAME
            )

    def mapping(self) -> dict[str, str]:
        return {field: column for field, column in self.cleaned_data.items() if column}


def _examples(columns: Sequence[str], rows: Iterable[PartnerImportRow]) -> Mapping[str, str]:
    """The first filled cell of each column, so that nobody must open the file to choose."""
    found: dict[str, str] = {}
    for row in rows:
        for column in columns:
            if column not in found and row.cells.get(column):
                text = str(row.cells[column])
                found[column] = f" – {text if len(text) <= 40 else text[:39] + '…'}"
    return found


class CountryForm(SaparForm):
    country = forms.ChoiceField(label=_("Country"), widget=SearchSelect())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "–"), *countries()]  # type: ignore[attr-defined]


def countries() -> list[tuple[str, Text]]:
    """All countries in the reader's language and order."""
    return sorted(((code, country_name(code)) for code in country_codes()), key=lambda pair: str(pair[1]))
