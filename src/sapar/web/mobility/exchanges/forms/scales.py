"""Forms of grade scales, counts of marks and the rules of recognition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.directory.states import Level
from sapar.methods.recognition import Band
from sapar.mobility.models import OfficeScale, RecognitionRules
from sapar.mobility.queries.grades import scale_of_row
from sapar.mobility.services.grades import ScaleEntry
from sapar.mobility.states import CreditUnit
from sapar.web.forms import (
    DateField,
    DecimalNumber,
    LongText,
    SaparForm,
    SearchSelect,
    WholeNumber,
)
from sapar.web.meanwhile import Difference, rows_differ
from sapar.web.mobility.exchanges.forms.uploads import Upload

BLANK_BANDS = 6
MOST_BANDS = 60


class ScaleEntryForm(SaparForm):
    code = forms.SlugField(
        label=_("Short code"), max_length=60, help_text=_("Latin letters, digits, dashes: osh-2024.")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    holder = forms.CharField(
        label=_("Who marks by it"), max_length=120, help_text=_("A country's two letters, or an institution.")
    )
    source = forms.URLField(
        label=_("Public address of the rule"),
        max_length=400,
        assume_scheme="https",
        help_text=_("No mark is converted by a scale without a source."),
    )
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_to = DateField(label=_("Valid until"), required=False)

    def entry(self, bands: Sequence[dict[str, Any]]) -> ScaleEntry:
        names = ("code", "title", "holder", "source", "valid_from", "valid_to")
        return ScaleEntry(**{name: self.cleaned_data[name] for name in names}, bands=bands)


def values_of_scale(scale: OfficeScale) -> dict[str, object]:
    names = ("code", "title", "holder", "source", "valid_from", "valid_to")
    return {name: getattr(scale, name) for name in names}


class BandForm(forms.Form):
    label = forms.CharField(label=_("Mark"), max_length=20, required=False)
    passing = forms.BooleanField(label=_("Pass"), required=False)
    points = DecimalNumber(label=_("Points"), max_digits=6, decimal_places=2, required=False)
    low = DecimalNumber(label=_("Percent from"), max_digits=6, decimal_places=2, required=False)
    high = DecimalNumber(label=_("Percent to"), max_digits=6, decimal_places=2, required=False)
    words = forms.CharField(label=_("Meaning"), max_length=60, required=False)

    def plain(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data["label"]:
            return None
        band: dict[str, Any] = {"label": data["label"], "passing": data["passing"], "words": data["words"]}
        for name in ("points", "low", "high"):
            band[name] = None if data[name] is None else str(data[name])
        return band


def band_forms(data: Any, bands: Sequence[dict[str, Any]]) -> list[BandForm]:
    """One form for each band, and some empty ones for more."""
    if data is not None:
        count = data.get("bands", "0")
        size = min(int(count), MOST_BANDS) if count.isdecimal() and len(count) < 4 else 0
        return [BandForm(data, prefix=f"b{at}", label_suffix="") for at in range(size)]
    rows = [*bands, *[{"passing": True} for _at in range(BLANK_BANDS)]]
    return [BandForm(initial=row, prefix=f"b{at}", label_suffix="") for at, row in enumerate(rows)]


def plain_band(band: Band) -> dict[str, Any]:
    def text(value: Decimal | None) -> str | None:
        return None if value is None else str(value)

    return {
        "label": band.label,
        "passing": band.passing,
        "words": band.words,
        "points": text(band.points),
        "low": text(band.low),
        "high": text(band.high),
    }


def bands_of(scale: OfficeScale) -> list[dict[str, Any]]:
    return [plain_band(band) for band in scale_of_row(scale).bands]


def bands_differ(typed: Sequence[BandForm], scale: OfficeScale) -> list[Difference]:
    """Marks that were typed otherwise than they stand in the scale now."""
    written = [form for form in typed if form.plain() is not None]
    stored = [BandForm(initial=band, label_suffix="") for band in bands_of(scale)]
    return list(rows_differ(_t("Mark"), written, stored))


def values_of_rules(rules: RecognitionRules) -> dict[str, object]:
    return {name: getattr(rules, name) for name in RulesForm.base_fields}


class RulesForm(SaparForm):
    home_scale = forms.ChoiceField(label=_("Our grade scale"), widget=SearchSelect)
    credit_unit = forms.ChoiceField(
        label=_("Our unit of credits"), choices=CreditUnit.choices,
        help_text=_("Sums of credits are in this unit; what a host wrote stays beside it."),
    )  # fmt: skip
    rule = forms.ChoiceField(
        label=_("When a mark meets several of ours"),
        choices=[
            ("min", _("the lowest of them")),
            ("mid", _("the one in which the middle of the range lies")),
            ("max", _("the best of them")),
        ],
        widget=forms.RadioSelect,
    )
    smallest_group = WholeNumber(
        label=_("Fewest marks in a reference group"), unit=_("marks"), min_value=1, max_value=100_000
    )
    fewest_years = WholeNumber(label=_("Fewest years counted"), unit=_("years"), min_value=1, max_value=10)
    equivalence_years = WholeNumber(
        label=_("An equivalence counts for"), unit=_("years"), min_value=1, max_value=20
    )


class FactorForm(SaparForm):
    """How many credits of one unit one credit of another is."""

    from_unit = forms.ChoiceField(label=_("Unit"), choices=CreditUnit.choices)
    factor = DecimalNumber(
        label=_("Factor"),
        max_digits=8,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        help_text=_("How many credits of the second unit one credit of the first is."),
    )
    to_unit = forms.ChoiceField(label=_("Converted into"), choices=CreditUnit.choices)
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("all levels")), *Level.choices], required=False
    )
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_to = DateField(label=_("Valid until"), required=False)
    source = forms.CharField(
        label=_("Public address of the rule"), max_length=400, help_text=_("It begins with https://.")
    )


class CountsForm(SaparForm):
    organisation = forms.ChoiceField(label=_("Institution"), widget=SearchSelect)
    scale = forms.ChoiceField(label=_("Grade scale"), widget=SearchSelect)
    isced_f = forms.RegexField(
        label=_("Field of study (ISCED-F)"),
        regex=r"^\d{2,4}$",
        required=False,
        help_text=_("Two to four digits; empty for all fields together."),
        error_messages={"invalid": _("Two to four digits, such as 09 or 0912.")},
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("all levels")), *Level.choices], required=False
    )
    years = forms.CharField(label=_("Years counted"), max_length=60, help_text=_("Such as 2024, 2025."))
    source = forms.CharField(label=_("Where the counts come from"), max_length=300)
    table = Upload(
        label=_("Table"),
        required=False,
        help_text=_("CSV, XLSX, XLS or ODS with the columns mark and count."),
    )
    typed = LongText(
        label=_("Or type them"), rows=6, required=False, help_text=_("One mark on each line: A 120.")
    )

    def clean_years(self) -> list[int]:
        found = [int(year) for year in re.findall(r"\d{4}", self.cleaned_data["years"])]
        if not found or any(not 1950 <= year <= 2100 for year in found):
            raise forms.ValidationError(_t("Write at least one year with four digits."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("table")) == bool((data.get("typed") or "").strip()):
            self.add_error("table", _t("Either upload a table or type the counts."))
        return data
