"""Forms of letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.mobility.states import LetterKind
from sapar.web.forms import LongText, SaparForm

LONGEST = 5000


class WriteForm(SaparForm):
    text = LongText(label=_("Message"), rows=10, max_length=LONGEST)
    keep_as = forms.CharField(
        label=_("Save the letter as"),
        help_text=_("To write it again another time. A letter saved under the same title is replaced."),
        max_length=120,
        required=False,
    )


class SavedLetterForm(SaparForm):
    kind = forms.ChoiceField(label=_("Written"), choices=LetterKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title"), help_text=_("For you and your colleagues; readers do not see it."), max_length=120
    )
    text = LongText(label=_("Message"), rows=12, max_length=LONGEST)

    def __init__(self, *args: Any, settled: bool = False, **kwargs: Any) -> None:
        """With `settled` the kind is known and not asked for."""
        super().__init__(*args, **kwargs)
        if settled:
            del self.fields["kind"]
