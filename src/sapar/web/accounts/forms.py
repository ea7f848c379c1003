"""Forms of the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.accounts.profiles import LONGEST_KEEPING
from sapar.accounts.states import Role
from sapar.directory.models import Unit
from sapar.directory.queries import units_of
from sapar.files.models import Letterhead
from sapar.web.forms import NamedChoice, SaparForm, WholeNumber

# What the API asks of tokens.
SCOPES = (
    ("read", _("Read the office's records")),
    ("write", _("Change the office's records")),
    ("connect", _("Tell other systems what happens (webhooks)")),
)


class ProfileForm(SaparForm):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("As colleagues and papers should show it.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of letters to you.")
    )


class ColleagueForm(SaparForm):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The address with which they sign in."))
    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", "—"), *Role.choices],
    )
    unit = NamedChoice(
        label=_("Faculty"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("For a coordinator of this faculty alone. All other roles are over the whole office."),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["unit"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = units_of(office)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("unit") and data.get("role") not in ("", None, Role.COORDINATOR):
            self.add_error("unit", _("Only coordinators are named for one faculty."))
        return data


class LetterheadForm(SaparForm):
    file = forms.FileField(
        label=_("Word document"),
        help_text=_("DOCX without macros, with {{ content }} where the text comes."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )


def values_of_letterhead(letterhead: Letterhead) -> dict[str, object]:
    return {"file": letterhead.file.name if letterhead.pk else ""}


class KeepingForm(SaparForm):
    years = WholeNumber(
        label=_("Time of keeping"),
        unit=_("years"),
        min_value=1,
        max_value=LONGEST_KEEPING,
        required=False,
        help_text=_("Counted from the end of the last stay, application, visit or study. Empty: no limit."),
    )


def values_of_keeping(office: Office) -> dict[str, object]:
    return {"years": office.keep_years}


class TokenForm(SaparForm):
    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = WholeNumber(label=_("Ends after"), unit=_("days"), min_value=1, max_value=730, initial=180)
