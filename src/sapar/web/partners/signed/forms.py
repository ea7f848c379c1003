"""Forms of lists of signed agreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.directory.models import Organisation, Unit
from sapar.partners.models import AgreementImport
from sapar.partners.services.signed.bringing import Usual
from sapar.partners.signed.columns import SignedField
from sapar.partners.states import AgreementKind, Direction
from sapar.reporting.labels import country_name
from sapar.web.columns import ListColumnsForm, values_of_columns
from sapar.web.components import Text
from sapar.web.forms import ListFile, ListForm, SaparForm, SearchSelect, Section

_F = SignedField
GROUPS: Sequence[tuple[Text, Sequence[SignedField]]] = (
    (_("The agreement"), (_F.PARTNER, _F.COUNTRY, _F.KIND, _F.TITLE, _F.NUMBER, _F.SIGNED, _F.STARTS, _F.ENDS,
                          _F.RENEWAL, _F.STATUS)),
    (_("Both sides"), (_F.FACULTY, _F.PARTNER_UNIT, _F.HOME_SIGNER, _F.PARTNER_SIGNER, _F.CONTACT, _F.EMAIL, _F.NOTE)),
    (_("Places"), (_F.YEAR, _F.DIRECTION, _F.MOBILITY, _F.PLACES, _F.PLACES_OUT, _F.PLACES_IN, _F.MONTHS, _F.LEVEL,
                   _F.FIELD, _F.LANGUAGE)),
)  # fmt: skip
USUAL = ("usual_kind", "usual_direction", "empty_is_endless", "empty_is_above")


class AgreementListForm(ListForm):
    file = ListFile(
        label=_("Your list of agreements"),
        help_text=_(
            "CSV, XLSX, XLS or ODS, as you keep it. Several rows may be one agreement with several rows of places."
        ),
    )


class SignedColumnsForm(ListColumnsForm):
    meanings = SignedField
    groups = GROUPS

    usual_kind = forms.ChoiceField(
        label=_("Agreements that do not say their kind are"), required=False,
        choices=[("", _("not taken")), *AgreementKind.choices],
    )  # fmt: skip
    usual_direction = forms.ChoiceField(
        label=_("Places that do not say their direction are"), widget=forms.RadioSelect, required=False,
        choices=[*Direction.choices, ("both", _("as many in both directions"))],
    )  # fmt: skip
    empty_is_endless = forms.BooleanField(label=_("An empty end means: without an end date"), required=False)
    empty_is_above = forms.BooleanField(
        label=_("An empty partner means: the one above, as with joined cells"), required=False
    )

    def usual(self) -> Usual:
        data = self.cleaned_data
        return Usual(
            **{**{name: data[name] for name in USUAL}, "usual_direction": data["usual_direction"] or "out"}
        )


def values_of_signed_columns(batch: AgreementImport) -> dict[str, object]:
    """What columns and empty cells mean by now, as the form shows it."""
    return {**values_of_columns(batch.columns, batch.mapping), "usual_direction": "out", **batch.settings}


def fields_of_words(batch: AgreementImport) -> tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]:
    """The form's field for each partner, kind and faculty of the list: the same for everybody who has it open,
    whatever was chosen already."""
    return (
        {name: f"partner_{at}" for at, name in enumerate(sorted(batch.partners))},
        {words: f"kind_{at}" for at, words in enumerate(sorted(batch.kinds))},
        {name: f"unit_{at}" for at, name in enumerate(sorted(batch.faculties))},
    )


def values_of_meanings(batch: AgreementImport) -> dict[str, str]:
    """What each word stands for by now, as the form shows it."""
    known = (batch.partners, batch.kinds, batch.faculties)
    return {
        field: str(chosen[word] or "")
        for chosen, fields in zip(known, fields_of_words(batch), strict=True)
        for word, field in fields.items()
    }


class MeaningsForm(SaparForm):
    """Which partner, kind and faculty each word of the list stands for."""

    def __init__(
        self,
        *args: Any,
        batch: AgreementImport,
        names: Sequence[str],
        partners: Sequence[Organisation],
        kinds: Sequence[str],
        faculties: Sequence[str],
        units: Sequence[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names, self.kinds, self.faculties = list(names), list(kinds), list(faculties)
        self.partner_fields, self.kind_fields, self.unit_fields = fields_of_words(batch)
        self._add_partners(batch, partners)
        for words in self.kinds:
            self._add(self.kind_fields[words], words, AgreementKind.choices)
        chosen = [(str(unit.pk), unit.said) for unit in units]
        for name in self.faculties:
            self._add(self.unit_fields[name], name, chosen)
        self.sections = [
            Section(title, [fields[word] for word in found])
            for title, fields, found in (
                (_("Partners"), self.partner_fields, self.names),
                (_("Kinds of agreements"), self.kind_fields, self.kinds),
                (_("Faculties"), self.unit_fields, self.faculties),
            )
            if found
        ]

    def _add(self, field: str, label: str, choices: Sequence[tuple[str, Text]], hint: str = "") -> None:
        self.fields[field] = forms.ChoiceField(
            label=label,
            required=False,
            widget=SearchSelect() if len(choices) > 10 else forms.Select(),
            choices=[("", _("leave its rows out")), *choices],
            help_text=hint,
        )

    def _add_partners(self, batch: AgreementImport, partners: Sequence[Organisation]) -> None:
        shown = {one.pk: f"{one.name}, {country_name(one.country_code)}" for one in partners}
        for name in self.names:
            near = [pk for pk in batch.candidates.get(name, ()) if pk in shown]
            order = [*near, *(pk for pk in shown if pk not in near)]
            hint = _t("Perhaps: %(name)s") % {"name": shown[near[0]]} if near else ""
            choices = [(str(pk), shown[pk]) for pk in order]
            self._add(self.partner_fields[name], name, choices, hint)

    def chosen_partners(self) -> Mapping[str, int | None]:
        return {name: self._pk(self.partner_fields[name]) for name in self.names}

    def chosen_kinds(self) -> Mapping[str, str | None]:
        return {words: self.cleaned_data[self.kind_fields[words]] or None for words in self.kinds}

    def chosen_faculties(self) -> Mapping[str, int | None]:
        return {name: self._pk(self.unit_fields[name]) for name in self.faculties}

    def _pk(self, field: str) -> int | None:
        chosen = self.cleaned_data[field]
        return int(chosen) if chosen else None


class ScansForm(SaparForm):
    file = forms.FileField(
        label=_("ZIP archive with the scans"),
        help_text=_("Each PDF is named by the number of its agreement: 12-2021.pdf is the scan of 12/2021."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
    )
