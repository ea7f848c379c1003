"""What the office and reviewers write about an application."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.mobility.wording.mechanisms import MECHANISMS
from sapar.web.forms import DecimalNumber, LongText, SaparForm, WholeNumber


class ReviewForm(SaparForm):
    """One field for each criterion that reviewers judge."""

    remark = LongText(
        label=_l("Remark for the office"),
        required=False,
        rows=3,
        help_text=_l("The applicant does not see it."),
    )

    def __init__(self, sheet: list[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [str(line["code"]) for line in sheet if line["source"] == "review"]
        for line in sheet:
            if line["source"] != "review":
                continue
            least, most = Decimal(str(line.get("least", 0))), line.get("most")
            help_text = (
                _("From %(least)s to %(most)s.") % {"least": least, "most": most} if most is not None else ""
            )
            self.fields[str(line["code"])] = DecimalNumber(
                label=str(line.get("label", line["code"])),
                help_text=help_text,
                min_value=least,
                max_value=Decimal(str(most)) if most is not None else None,
                max_digits=7,
                decimal_places=2,
            )
        self.order_fields([*self.codes, "remark"])

    @property
    def points(self) -> dict[str, Decimal]:
        return {code: self.cleaned_data[code] for code in self.codes}


class RunForm(SaparForm):
    seed = WholeNumber(
        label=_l("Seed of the lots"),
        help_text=_l("Any number, best drawn in public. The same seed gives the same lots again."),
        min_value=0,
        max_value=999_999_999,
    )
    mechanism = forms.ChoiceField(label=_l("Mechanism"), choices=list(MECHANISMS.items()))
    compare = forms.BooleanField(label=_l("Compare with the other mechanisms"), required=False, initial=True)
