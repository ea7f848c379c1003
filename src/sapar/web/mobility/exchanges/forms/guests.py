"""The partner's answers to nominations: several at once, then a look over them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.mobility.models import Exchange


class OneAnswer(forms.Form):
    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("", _("not yet")), ("yes", _("accept")), ("no", _("decline"))],
        required=False,
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        own = {"prefix": f"e{exchange.pk}", "label_suffix": "", "initial": {"answer": ""}}
        super().__init__(*args, **{**own, **kwargs})
        self.exchange = exchange

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "no" and not data.get("remark", "").strip():
            self.add_error("remark", _t("Say why you decline."))
        return data

    @property
    def given(self) -> bool:
        return bool(self.cleaned_data.get("answer"))
