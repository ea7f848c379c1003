"""Forms of stays that are cancelled, end early or go on after all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sapar.mobility.services.learning import Recipient
from sapar.mobility.states import EndReason
from sapar.web.forms import DateField, LongText, SaparForm, Section

LETTERS = Section(
    _("Letters"),
    ("tell", "name", "email", "language", "tell_person"),
    _("The letters say what happens and from which day. They name no reason: it may be private."),
)


class ToldForm(SaparForm):
    """Who is written to: the partner at an address, the person at the own one."""

    tell = forms.BooleanField(label=_("Write to the partner"), required=False)
    name = forms.CharField(label=_("Name at the partner"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail at the partner"), required=False)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
    tell_person = forms.BooleanField(label=_("Write to the person on the stay"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tell") and not data.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write an address, or do not write to the partner."))
        return data

    @property
    def partner(self) -> Recipient | None:
        data = self.cleaned_data
        if not data["tell"]:
            return None
        return Recipient(data["name"] or data["email"], data["email"], data["language"])


class CancelForm(ToldForm):
    sections = (Section(_("Why"), ("reason", "words")), LETTERS)
    reason = forms.ChoiceField(label=_("Reason"), choices=EndReason.choices)
    words = LongText(
        label=_("In words"), rows=2, max_length=300, required=False, help_text=_("Needed for another reason.")
    )


class EndForm(CancelForm):
    sections = (Section(_("The end"), ("left_on", "reason", "words", "results", "free_place")), LETTERS)
    left_on = DateField(label=_("Last day of the stay"))
    results = forms.BooleanField(
        label=_("A transcript is still awaited"),
        required=False,
        help_text=_("Without it nobody is asked for one and the stay is closed."),
    )
    free_place = forms.BooleanField(
        label=_("Somebody else may take the place"),
        required=False,
        help_text=_("The row of the agreement has one place more again."),
    )


class BackForm(ToldForm):
    """Taking an end back."""

    sections = (Section(_("Why"), ("why",)), LETTERS)
    why = LongText(label=_("Reason"), rows=2, max_length=300)


class ResumeForm(BackForm):
    sections = (Section(_("Why"), ("why",)), Section(_("Letters"), ("tell", "name", "email", "language")))
    tell_person = None  # type: ignore[assignment]  # the person knows
