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
from sapar.web.columns import ListColumnsForm
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
            "CSV or XLSX, as you keep it. Several rows may be one agreement with several rows of places."
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

    def usual_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in USUAL]


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
        self._add_partners(batch, partners)
        for number, words in enumerate(self.kinds):
            self._add(f"kind_{number}", words, AgreementKind.choices, batch.kinds[words])
        chosen = [(str(unit.pk), unit.name) for unit in units]
        for number, name in enumerate(self.faculties):
            self._add(f"unit_{number}", name, chosen, batch.faculties[name])
        self.sections = [
            Section(title, [f"{kind}_{number}" for number in range(len(found))])
            for title, kind, found in (
                (_("Partners"), "partner", self.names),
                (_("Kinds of agreements"), "kind", self.kinds),
                (_("Faculties"), "unit", self.faculties),
            )
            if found
        ]

    def _add(
        self, field: str, label: str, choices: Sequence[tuple[str, Text]], chosen: object, hint: str = ""
    ) -> None:
        self.fields[field] = forms.ChoiceField(
            label=label,
            required=False,
            widget=SearchSelect() if len(choices) > 10 else forms.Select(),
            choices=[("", _("leave its rows out")), *choices],
            help_text=hint,
        )
        self.initial[field] = chosen

    def _add_partners(self, batch: AgreementImport, partners: Sequence[Organisation]) -> None:
        shown = {one.pk: f"{one.name}, {country_name(one.country_code)}" for one in partners}
        for number, name in enumerate(self.names):
            near = [pk for pk in batch.candidates.get(name, ()) if pk in shown]
            order = [*near, *(pk for pk in shown if pk not in near)]
            hint = _t("Perhaps: %(name)s") % {"name": shown[near[0]]} if near else ""
            choices = [(str(pk), shown[pk]) for pk in order]
            self._add(f"partner_{number}", name, choices, batch.partners.get(name), hint)

    def chosen_partners(self) -> Mapping[str, int | None]:
        return {name: self._pk(f"partner_{number}") for number, name in enumerate(self.names)}

    def chosen_kinds(self) -> Mapping[str, str | None]:
        return {words: self.cleaned_data[f"kind_{number}"] or None for number, words in enumerate(self.kinds)}

    def chosen_faculties(self) -> Mapping[str, int | None]:
        return {name: self._pk(f"unit_{number}") for number, name in enumerate(self.faculties)}

    def _pk(self, field: str) -> int | None:
        chosen = self.cleaned_data[field]
        return int(chosen) if chosen else None


class ScansForm(SaparForm):
    file = forms.FileField(
        label=_("ZIP archive with the scans"),
        help_text=_("Each PDF is named by the number of its agreement: 12-2021.pdf is the scan of 12/2021."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
    )
