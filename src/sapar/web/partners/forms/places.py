"""The table of places: a row for each year, direction and field; worked on with and without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.directory.fields import field_codes, field_label, field_title, is_field
from sapar.directory.models import Unit
from sapar.directory.queries import units_of
from sapar.directory.states import Level
from sapar.formats.numbers import year_words
from sapar.partners.models import Agreement, Condition
from sapar.partners.papers import language_name
from sapar.partners.queries import current_version
from sapar.partners.services.agreements import ConditionEntry
from sapar.partners.states import Direction, MobilityKind
from sapar.web.forms import DecimalNumber, NamedChoice, WholeNumber
from sapar.web.meanwhile import Difference, rows_differ

CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")
TAUGHT = (
    "en",
    "ru",
    "ky",
    "kk",
    "uz",
    "tg",
    "tk",
    "tr",
    "de",
    "fr",
    "es",
    "it",
    "pl",
    "cs",
    "zh",
    "ja",
    "ko",
    "ar",
    "hi",
)
MOST_ROWS = 200


class Wide(forms.ChoiceField):
    """A choice with long words."""

    width = "twice"


class WideText(forms.CharField):
    width = "twice"


class FieldOfStudy(forms.CharField):
    """A line of the page's one list of fields, or four digits of the classification; gives the digits.

    All rows share the list, so that a table of many years stays light and works without script.
    """

    width = "twice"
    LIST = "fields-of-study"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"list": self.LIST, "autocomplete": "off", "placeholder": _("any field")}),
        )
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return field_label(value) if isinstance(value, str) and is_field(value) else value

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        if not text or is_field(text[:4]):
            return text[:4]
        wanted = text.casefold()
        exact = [code for code in field_codes() if field_title(code).casefold() == wanted]
        named = exact or [code for code in field_codes() if wanted in field_title(code).casefold()]
        if len(named) != 1:
            raise forms.ValidationError(
                _("Choose a field from the list, or write its four digits, such as 0912.")
            )
        return named[0]


def fields_of_study() -> list[str]:
    """What the list of fields offers."""
    return [field_label(code) for code in field_codes()]


class PlaceForm(forms.Form):
    """One row."""

    academic_year = forms.TypedChoiceField(label=_("Academic year"), coerce=int)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices)
    kind = Wide(label=_("For whom"), choices=MobilityKind.choices)
    level = Wide(label=_("Level"), choices=[("", _("any")), *Level.choices], required=False)
    places = WholeNumber(label=_("Places"), min_value=1, max_value=9999)
    months = DecimalNumber(
        label=_("Months each"), max_digits=4, decimal_places=1, min_value=0.1, max_value=60
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    language_level = forms.ChoiceField(
        label=_("At least"), choices=[("", "—"), *((level, level) for level in CEFR)], required=False
    )
    unit = NamedChoice(label=_("Faculty"), queryset=Unit.objects.none(), required=False, empty_label=_("any"))
    isced_f = FieldOfStudy(label=_("Field (ISCED-F 2013)"), required=False)
    note = WideText(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, office: Office, years: Sequence[int], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        chosen = str(self.initial.get("academic_year", ""))
        all_years = sorted({*years, *([int(chosen)] if chosen.isdecimal() else [])})
        fields: dict[str, Any] = self.fields
        fields["academic_year"].choices = [(year, year_words(year)) for year in all_years]
        fields["language"].choices = [("", "—"), *((code, language_name(code)) for code in TAUGHT)]
        fields["unit"].queryset = units_of(office)
        fields["unit"].width = "twice"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("language_level") and not data.get("language"):
            self.add_error("language", _("Say which language."))
        return data

    def entry(self) -> ConditionEntry:
        data = self.cleaned_data
        return ConditionEntry(
            academic_year=data["academic_year"],
            direction=Direction(data["direction"]),
            kind=MobilityKind(data["kind"]),
            places=data["places"],
            months=data["months"],
            level=data["level"],
            isced_f=data["isced_f"],
            language=data["language"],
            language_level=data["language_level"],
            unit=data["unit"],
            note=data["note"],
        )


NAMES = tuple(PlaceForm.base_fields)


def rows_of(conditions: Sequence[Condition]) -> list[dict[str, str]]:
    """Stored rows as the form shows them."""
    return [
        {
            **{name: str(getattr(row, name)) for name in NAMES if name not in ("unit", "months")},
            "months": f"{row.months.normalize():f}",
            "unit": str(row.unit_id or ""),
        }
        for row in conditions
    ]


def rows_posted(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was typed, as it was typed."""
    count = str(data.get("rows", "0"))
    number = min(int(count), MOST_ROWS) if count.isdecimal() else 0
    return [{name: str(data.get(f"row-{at}-{name}", "")) for name in NAMES} for at in range(number)]


def worked_on(rows: list[dict[str, str]], errand: str, *, years: Sequence[int]) -> list[dict[str, str]]:
    """The rows after a button: `add`, `remove-2`, `copy-2` (to the next year), `repeat-2` (to all later years)."""
    word, _dash, at = errand.partition("-")
    rows = list(rows)
    if word == "add":
        fresh = dict.fromkeys(NAMES, "") | {"direction": "out", "kind": "study", "months": "5"}
        return [*rows, {**(rows[-1] if rows else fresh | {"academic_year": str(years[0])}), "note": ""}]
    if not at.isdecimal() or int(at) >= len(rows):
        return rows
    number = int(at)
    if word == "remove":
        return rows[:number] + rows[number + 1 :]
    year = int(rows[number]["academic_year"]) if rows[number]["academic_year"].isdecimal() else years[0]
    later = [other for other in years if other > year]
    chosen = later[:1] if word == "copy" else later
    copies = [{**rows[number], "academic_year": str(other)} for other in chosen]
    return [*rows, *(copy for copy in copies if copy not in rows)][:MOST_ROWS]


def place_forms(
    rows: Sequence[Mapping[str, str]], *, office: Office, years: Sequence[int], bound: bool
) -> list[PlaceForm]:
    """A form for each row; bound ones are checked."""
    forms_ = []
    for at, row in enumerate(rows):
        data = {f"row-{at}-{name}": value for name, value in row.items()} if bound else None
        forms_.append(
            PlaceForm(
                data,
                initial={} if bound else dict(row),
                prefix=f"row-{at}",
                office=office,
                years=years,
                auto_id="id_%s",
            )
        )
    return forms_


def places_in(agreement: Agreement) -> list[dict[str, str]]:
    """The table of places as it is on record now."""
    stored = current_version(agreement).conditions.order_by("academic_year", "direction", "pk")
    return rows_of(list(stored))


def places_differ(
    typed: Sequence[PlaceForm], agreement: Agreement, *, years: Sequence[int]
) -> list[Difference]:
    stored = place_forms(places_in(agreement), office=agreement.office, years=years, bound=False)
    return list(rows_differ(_t("Row"), typed, stored))
