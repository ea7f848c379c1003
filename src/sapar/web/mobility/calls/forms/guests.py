"""What applicants fill in, one thing per page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from sapar.mobility.models import Application
from sapar.mobility.scoring import CEFR
from sapar.mobility.wording.applications import LANGUAGE_CODES, language_name
from sapar.web.forms import LongText, SaparForm, SearchSelect, WholeNumber


class ApplyForm(SaparForm):
    """Asks for the key; the answer is the same for everybody."""

    student_number = forms.CharField(
        label=_l("Student number"), max_length=40, help_text=_l("As on your student card.")
    )
    email = forms.EmailField(
        label=_l("E-mail"),
        help_text=_l("The letter goes to the address that the university has of you; write the same one."),
    )
    consent = forms.BooleanField(label=_l("I have read this and agree."))


class RevisionForm(SaparForm):
    """Carries the revision of the application that the page was opened with."""

    mark_field = "revision"
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def marked(self, row: Application) -> str:
        return str(row.revision)


class AboutForm(RevisionForm):
    former_mobilities = WholeNumber(
        label=_l("How often have you been on exchange before?"),
        help_text=_l("Stays of a term or longer, at any level of study. 0 if never."),
        min_value=0,
        max_value=20,
    )


class WishForm(RevisionForm):
    add = forms.ChoiceField(label=_l("Add a wish"), required=False)

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["add"].widget = SearchSelect()
        self.offer(choices)

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Show these places; what is wished already is not offered again."""
        field = self.fields["add"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *choices]


class LanguageForm(SaparForm):
    language = forms.ChoiceField(
        label=_l("Language"), choices=lambda: [(code, language_name(code)) for code in LANGUAGE_CODES]
    )
    level = forms.ChoiceField(label=_l("Level"), choices=[(level, level) for level in CEFR])
    certificate = forms.CharField(
        label=_l("Certificate"), max_length=100, required=False, help_text=_l("Such as TOEFL iBT 92, 2026.")
    )


class MotivationForm(RevisionForm):
    """The motivation, and the further questions of the call."""

    motivation = LongText(
        label=_l("Why do you want to go?"),
        rows=10,
        max_length=8000,
        help_text=_l("What you want to study, why there, and what you will bring back."),
    )

    def __init__(self, questions: list[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [str(one["code"]) for one in questions]
        for one in questions:
            self.fields[f"answer-{one['code']}"] = LongText(
                label=str(one["label"]), rows=3, max_length=2000, required=bool(one.get("required"))
            )

    @staticmethod
    def values(application: Application) -> dict[str, str]:
        """What the page shows of it."""
        answers = {f"answer-{code}": text for code, text in application.answers.items()}
        return {"motivation": application.motivation, **answers}

    @property
    def answers(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"answer-{code}"] for code in self.codes}
