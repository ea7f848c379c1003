"""Forms of the settings."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sapar.accounts.states import Role
from sapar.web.forms import SaparForm, WholeNumber

SCOPES = (
    ("read", _("Read the office's records")),
    ("write", _("Change the office's records")),
    ("report", _("Read reports and figures")),
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
        choices=[("", "—"), *(choice for choice in Role.choices if choice[0] != Role.COORDINATOR)],
        help_text=_("Over the whole office. Faculty coordinators are named on the page of their faculty."),
    )


class LetterheadForm(SaparForm):
    file = forms.FileField(
        label=_("Word document"),
        help_text=_("DOCX without macros, with {{ content }} where the text comes."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )


class TokenForm(SaparForm):
    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = WholeNumber(label=_("Ends after"), unit=_("days"), min_value=1, max_value=730, initial=180)
