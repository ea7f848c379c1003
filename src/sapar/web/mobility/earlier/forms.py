"""Forms of lists of earlier stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.directory.models import Organisation, Unit
from sapar.mobility.earlier.columns import StayField
from sapar.mobility.models import StayImport
from sapar.partners.states import Direction
from sapar.reporting.labels import country_name
from sapar.web.columns import ListColumnsForm
from sapar.web.forms import ListFile, ListForm, SaparForm, SearchSelect, Section


class StayListForm(ListForm):
    file = ListFile(
        label=_("Your list of stays"),
        help_text=_(
            "CSV, XLSX, XLS or ODS, one stay in a row: who, where, when. Titles above the table are fine."
        ),
    )


_F = StayField


class StayColumnsForm(ListColumnsForm):
    meanings = StayField
    groups = (
        (_("The person"), (_F.NAME, _F.SURNAME, _F.GIVEN, _F.STUDENT_NUMBER, _F.EMAIL, _F.BIRTH_DATE, _F.CITIZENSHIP)),
        (_("The stay"), (_F.HOST, _F.COUNTRY, _F.DIRECTION, _F.KIND, _F.YEAR, _F.TERM, _F.FROM, _F.TO)),
        (_("Studies"), (_F.FACULTY, _F.PROGRAMME, _F.LEVEL, _F.FIELD, _F.STUDIED, _F.RECOGNISED)),
    )  # fmt: skip

    way = forms.ChoiceField(
        label=_("Rows that do not say it are"), choices=Direction.choices, widget=forms.RadioSelect
    )


class NamesForm(SaparForm):
    """Which university and which faculty each name of the list stands for."""

    def __init__(
        self,
        *args: Any,
        batch: StayImport,
        names: Sequence[str],
        partners: Sequence[Organisation],
        faculties: Sequence[str],
        units: Sequence[Unit],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.names, self.faculties = list(names), list(faculties)
        self._add_hosts(batch, partners)
        for name in self.faculties:
            self._add(unit_field(batch, name), name, [(unit.pk, unit.said) for unit in units])
        self.sections = [
            Section(title, [field(batch, name) for name in found])
            for title, field, found in (
                (_("Universities"), host_field, self.names),
                (_("Faculties"), unit_field, self.faculties),
            )
            if found
        ]

    def _add(self, field: str, name: str, choices: Sequence[tuple[int, str]], hint: str = "") -> None:
        self.fields[field] = forms.TypedChoiceField(
            label=name,
            required=False,
            coerce=int,
            empty_value=None,
            widget=SearchSelect(),
            choices=[("", _("leave its rows out")), *choices],
            help_text=hint,
        )

    def _add_hosts(self, batch: StayImport, partners: Sequence[Organisation]) -> None:
        shown = {one.pk: f"{one.name}, {country_name(one.country_code)}" for one in partners}
        for name in self.names:
            near = [pk for pk in batch.candidates.get(name, ()) if pk in shown]
            order = [*near, *(pk for pk in shown if pk not in near)]
            hint = _t("Perhaps: %(name)s") % {"name": shown[near[0]]} if near else ""
            self._add(host_field(batch, name), name, [(pk, shown[pk]) for pk in order], hint)

    def chosen_hosts(self) -> Mapping[str, int | None]:
        return {name: self.cleaned_data[host_field(self.batch, name)] for name in self.names}

    def chosen_faculties(self) -> Mapping[str, int | None]:
        return {name: self.cleaned_data[unit_field(self.batch, name)] for name in self.faculties}


def host_field(batch: StayImport, name: str) -> str:
    """Of one name in all the list, so that a page opened earlier never speaks of another name."""
    return f"host_{sorted(batch.hosts).index(name)}"


def unit_field(batch: StayImport, name: str) -> str:
    return f"unit_{sorted(batch.faculties).index(name)}"


def values_of_names(batch: StayImport) -> dict[str, int | None]:
    return {
        **{host_field(batch, name): pk for name, pk in batch.hosts.items()},
        **{unit_field(batch, name): pk for name, pk in batch.faculties.items()},
    }
