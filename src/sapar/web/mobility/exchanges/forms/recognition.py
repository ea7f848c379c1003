"""Forms of recognition."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.mobility.models import Decision
from sapar.mobility.queries.suggestions import suggested_mark
from sapar.mobility.states import Verdict
from sapar.mobility.wording.credits import credits_text
from sapar.web.forms import DateField, DecimalNumber, LongText, SaparForm
from sapar.web.mobility.exchanges.forms.uploads import Upload


class CommissionForm(SaparForm):
    members = LongText(
        label=_("Members of the commission"),
        rows=4,
        required=False,
        help_text=_("One name on each line; they sign the protocol."),
    )

    def names(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()]


class DecideForm(SaparForm):
    verdict = forms.ChoiceField(label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect)
    credits = DecimalNumber(
        label=_("Credits recognised"), max_digits=6, decimal_places=2, min_value=0, unit=_("credits")
    )
    home_mark = forms.CharField(label=_("Mark at home"), max_length=20, required=False)
    reason = LongText(
        label=_("Reason"),
        rows=3,
        max_length=300,
        required=False,
        help_text=_("Needed when less is recognised than was promised."),
    )


def values_of_decision(decision: Decision) -> dict[str, object]:
    """What was decided; before that, what is suggested."""
    suggestion = decision.method.get("suggestion", {})
    recognised = decision.credits_recognised
    credits = recognised if recognised is not None else Decimal(suggestion.get("credits", "0"))
    return {
        "verdict": decision.verdict or suggestion.get("verdict", ""),
        "credits": credits_text(credits),
        "home_mark": decision.home_mark or suggested_mark(decision),
        "reason": decision.reason,
    }


class OrderForm(SaparForm):
    number = forms.CharField(label=_("Number in the register of orders"), max_length=40)
    on = DateField(label=_("Date of the order"))
    signer = forms.CharField(label=_("Who signs"), max_length=200)


class EvidenceForm(SaparForm):
    """What an equivalence rests on, and until when it counts."""

    valid_until = DateField(label=_("Valid until"))
    evidence = Upload(
        label=_("Evidence"),
        required=False,
        help_text=_("The syllabus or course description that was compared."),
    )
