"""Forms of reports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.web.forms import LongText, SaparForm


class ReportForm(SaparForm):
    academic_year = forms.TypedChoiceField(label=_("Academic year"), coerce=int)

    def __init__(self, *args: object, years: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["academic_year"].choices = years  # type: ignore[attr-defined]


class WithdrawForm(SaparForm):
    reason = LongText(label=_("Why is the report withdrawn?"), rows=3, max_length=300)
