"""Forms of the import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.directory.countries import country_codes
from sapar.partners.columns import ListField
from sapar.reporting.labels import country_name
from sapar.web.columns import ListColumnsForm
from sapar.web.components import Text
from sapar.web.forms import ListFile, ListForm, SaparForm, SearchSelect


class PartnerListForm(ListForm):
    file = ListFile(
        label=_("Your list"),
        help_text=_(
            "CSV, XLSX, XLS or ODS, as you keep it: titles above the table and any order of columns are fine."
        ),
    )


_F = ListField
GROUPS: Sequence[tuple[Text, Sequence[ListField]]] = (
    (_("The partner"), (_F.NAME, _F.OTHER_NAME, _F.ACRONYM, _F.COUNTRY, _F.CITY, _F.WEBSITE, _F.ERASMUS, _F.ROR)),
    (_("Your cooperation"), (_F.SINCE, _F.LAST_CONTACT, _F.NUMBER, _F.NOTE)),
    (_("Contact person"), (_F.CONTACT_NAME, _F.CONTACT_POST, _F.EMAIL, _F.PHONE)),
    (_("Agreement, kept as a note"), (_F.AGREEMENT_KIND, _F.AGREEMENT_NUMBER, _F.AGREEMENT_SIGNED, _F.AGREEMENT_ENDS)),
)  # fmt: skip


class ColumnsForm(ListColumnsForm):
    meanings = ListField
    groups = GROUPS


class CountryForm(SaparForm):
    country = forms.ChoiceField(label=_("Country"), widget=SearchSelect())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "–"), *countries()]  # type: ignore[attr-defined]


def countries() -> list[tuple[str, Text]]:
    """All countries in the reader's language and order."""
    return sorted(((code, country_name(code)) for code in country_codes()), key=lambda pair: str(pair[1]))
