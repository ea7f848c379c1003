"""Forms of nominations, links, dates and files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sapar.directory.models import Person, Unit
from sapar.formats.numbers import year_words
from sapar.mobility.states import Term
from sapar.partners.models import Condition
from sapar.partners.states import Direction, MobilityKind
from sapar.reporting.labels import country_name
from sapar.web.forms import DateField, LongText, SaparForm, SearchSelect, Section
from sapar.web.mobility.exchanges.forms.uploads import Upload


class LinkForm(SaparForm):
    """Whom a signed link is for."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Where the letter goes."))
    language = forms.ChoiceField(label=_("Language of the letter and the page"), choices=settings.LANGUAGES)
    mail = forms.BooleanField(label=_("Send a letter with the link now"), required=False)


class DirectForm(SaparForm):
    """A nomination outside any call."""

    sections = (
        Section(_("Place"), ("condition", "term", "planned_from", "planned_to", "unit")),
        Section(
            _("Person"),
            ("person", "surname", "given", "email", "citizenship"),
            _("Choose somebody you know, or write the name as in the passport."),
        ),
    )
    condition = forms.ChoiceField(label=_("Row of an agreement"), widget=SearchSelect)
    term = forms.ChoiceField(label=_("Term"), choices=Term.choices)
    planned_from = DateField(label=_("Planned from"))
    planned_to = DateField(label=_("Planned until"))
    unit = forms.ChoiceField(label=_("Faculty"), required=False, widget=SearchSelect)
    person = forms.ChoiceField(label=_("Person on record"), required=False, widget=SearchSelect)
    surname = forms.CharField(label=_("Surname"), max_length=120, required=False)
    given = forms.CharField(label=_("Given names"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    citizenship = forms.ChoiceField(label=_("Citizenship"), required=False, widget=SearchSelect)

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Condition],
        people: Iterable[Person],
        units: Iterable[Unit],
        countries: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {str(row.pk): row for row in rows}
        self.people = {str(person.pk): person for person in people}
        self.units = {str(unit.pk): unit for unit in units}
        self._choose("condition", [(key, row_words(row)) for key, row in self.rows.items()])
        self._choose("person", [(key, person.display_name) for key, person in self.people.items()])
        self._choose("unit", [(key, unit.said) for key, unit in self.units.items()])
        self._choose("citizenship", [(code, country_name(code)) for code in countries])

    def _choose(self, name: str, options: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *options]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("person") and not (data.get("surname") or data.get("given")):
            self.add_error("person", _("Choose a person, or write a name below."))
        if data.get("person") and data.get("surname"):
            self.add_error("surname", _("Either choose a person or write a name, not both."))
        return data


def row_words(row: Condition) -> str:
    """A row of an agreement with what is left of it; `row` comes from `rows_with_places`."""
    left = row.places - row.called - row.direct  # type: ignore[attr-defined]
    partner = row.version.agreement.partnership.organisation.name
    return str(
        ngettext(
            "%(partner)s, %(year)s, %(direction)s, %(kind)s: %(left)s of %(places)s place left",
            "%(partner)s, %(year)s, %(direction)s, %(kind)s: %(left)s of %(places)s places left",
            row.places,
        )
        % {
            "partner": partner,
            "year": year_words(row.academic_year),
            "direction": Direction(row.direction).label,
            "kind": MobilityKind(row.kind).label,
            "left": left,
            "places": row.places,
        }
    )


class AnswerForm(SaparForm):
    """The host's answer as it came on paper, or our own answer on a guest."""

    accepted = forms.ChoiceField(
        label=_("Answer"), choices=[("yes", _("accepted")), ("no", _("declined"))], widget=forms.RadioSelect
    )
    remark = LongText(label=_("Remark"), required=False, rows=3, help_text=_("Needed when declining."))
    tell = forms.BooleanField(
        label=_("Write to the accepted student with a link to propose the learning agreement"), required=False
    )


class ReasonForm(SaparForm):
    reason = LongText(label=_("Reason"), rows=3, max_length=300)


class DayForm(SaparForm):
    day = DateField(label=_("Day"))


class PlanForm(SaparForm):
    planned_from = DateField(label=_("Planned from"))
    planned_to = DateField(label=_("Planned until"))
    reason = LongText(label=_("Reason"), rows=2)


class FileForm(SaparForm):
    content = Upload(label=_("File"), help_text=_("PDF, DOCX, XLSX, PNG, JPEG or text."))
    involved = forms.BooleanField(label=_("The student may read it, too"), required=False)
