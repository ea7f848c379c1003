"""Forms of what a stay needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.mobility.models import Exchange
from sapar.mobility.services.tasks import USUAL
from sapar.mobility.states import Need, Whose
from sapar.web.forms import DateField, SaparForm, Section
from sapar.web.mobility.exchanges.words import date_words


class TasksForm(SaparForm):
    sections: Sequence[Section] = (
        Section(_("Usual for such a stay"), ["usual"]),
        Section(_("Something else"), ["text", "whose", "due_on"]),
    )

    usual = forms.MultipleChoiceField(
        label=_("Ticked things are put down"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label=_("What has to be done"), max_length=200, required=False)
    whose = forms.ChoiceField(label=_("Who"), choices=Whose.choices, initial=Whose.STUDENT)
    due_on = DateField(label=pgettext_lazy("a day", "By"), required=False)

    def __init__(self, *args: Any, exchange: Exchange, needs: Sequence[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs:
            del self.fields["usual"]
            self.sections = list(self.sections)[1:]
            return
        usual = USUAL[exchange.direction]
        self.fields["usual"].choices = [  # type: ignore[attr-defined]
            (
                need.value,
                f"{need.label} – {usual[need][0].label}, "
                + _t("by %(day)s")
                % {"day": date_words(exchange.planned_from + timedelta(days=usual[need][1]))},
            )
            for need in needs
        ]
        self.initial["usual"] = [need.value for need in needs]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data.setdefault("usual", [])
        if not data["usual"] and not data.get("text"):
            self.add_error("text", _("Tick something, or say what has to be done."))
        if data.get("text") and not data.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("Say by which day."))
        return data


class FinishTaskForm(SaparForm):
    done_on = DateField(label=_("Done on"))
    valid_until = DateField(
        label=_("Valid until"),
        required=False,
        help_text=_("Of a passport, a visa, an insurance. Before it ends during the stay you are reminded."),
    )
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)
