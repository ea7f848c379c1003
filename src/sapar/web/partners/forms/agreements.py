"""Forms of an agreement: head, route, answers, signing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office, User
from sapar.accounts.queries import colleagues
from sapar.accounts.states import Role
from sapar.directory.models import Unit
from sapar.directory.queries import units_of
from sapar.partners.models import Agreement
from sapar.partners.services.agreements import AgreementEntry
from sapar.partners.states import AgreementKind
from sapar.web.forms import DateField, LongText, NamedChoice, SaparForm, SearchSelect, Section, WholeNumber


def workers_of(office: Office) -> Any:
    return colleagues(office, Role.ADMINISTRATOR, Role.OFFICER, Role.COORDINATOR)


class HeadForm(SaparForm):
    sections = (
        Section(_("What it is"), ("kind", "title", "first_language", "second_language")),
        Section(
            _("How long"), ("starts_on", "ends_on", "renews_automatically", "renewal_months", "notice_months")
        ),
        Section(_("Who looks after it"), ("unit", "responsible")),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=AgreementKind.choices)
    title = forms.CharField(
        label=_("Title"), max_length=250, help_text=_("As it stands on the first page and in lists.")
    )
    first_language = forms.ChoiceField(
        label=_("First language"), choices=settings.LANGUAGES, help_text=_("Stands on the left.")
    )
    second_language = forms.ChoiceField(
        label=_("Second language"), choices=[("", "—"), *settings.LANGUAGES], required=False
    )
    starts_on = DateField(label=_("Begins"), required=False, help_text=_("Empty: with the last signature."))
    ends_on = DateField(label=_("Ends"), required=False, help_text=_("Empty: without an end date."))
    renews_automatically = forms.BooleanField(label=_("Renews itself at its end"), required=False)
    renewal_months = WholeNumber(
        label=_("Renewed for"), unit=_("months"), min_value=0, max_value=240, required=False
    )
    notice_months = WholeNumber(
        label=_("Notice"),
        unit=_("months"),
        min_value=0,
        max_value=36,
        help_text=_("So long before the end the office is told."),
    )
    unit = NamedChoice(
        label=_("Faculty"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("the whole university"),
    )
    responsible = NamedChoice(label=_("Responsible"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_of(office)  # type: ignore[attr-defined]
        self.fields["responsible"].queryset = workers_of(office)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("second_language") and data.get("second_language") == data.get("first_language"):
            self.add_error("second_language", _("Choose another language, or none."))
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The end comes before the beginning."))
        if data.get("renews_automatically") and not data.get("renewal_months"):
            self.add_error("renewal_months", _("Say for how many months it is renewed."))
        if data.get("renews_automatically") and not ends and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Only what ends can renew itself."))
        return data

    def entry(self) -> AgreementEntry:
        data = self.cleaned_data
        languages = (data["first_language"], data["second_language"])
        return AgreementEntry(
            kind=AgreementKind(data["kind"]),
            title=data["title"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            renews_automatically=data["renews_automatically"],
            renewal_months=data["renewal_months"] or 0,
            notice_months=data["notice_months"],
            unit=data["unit"],
            responsible=data["responsible"],
            languages=tuple(language for language in languages if language),
        )


def head_of(agreement: Agreement) -> dict[str, object]:
    """What the head form shows of an agreement."""
    languages = [*agreement.languages, ""]
    return {
        "kind": agreement.kind,
        "title": agreement.title,
        "first_language": languages[0],
        "second_language": languages[1],
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "renews_automatically": agreement.renews_automatically,
        "renewal_months": agreement.renewal_months or None,
        "notice_months": agreement.notice_months,
        "unit": agreement.unit_id,
        "responsible": agreement.responsible_id,
    }


class RouteForm(SaparForm):
    stations = forms.MultipleChoiceField(
        label=_("Who approves, one after the other"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, stations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stations"].choices = stations  # type: ignore[attr-defined]


class AnswerForm(SaparForm):
    """The station's or the partner's answer; the two buttons send `answer`."""

    remark = LongText(
        label=_("Remark"),
        required=False,
        help_text=_("Needed when something has to be changed."),
        max_length=4000,
    )
    digest = forms.CharField(widget=forms.HiddenInput)


class InviteForm(SaparForm):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("Who reads and answers at the partner.")
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Empty: you pass the link on yourself; it is shown once."),
    )
    language = forms.ChoiceField(label=_("Language of the page and the letter"), choices=settings.LANGUAGES)


class SignForm(SaparForm):
    sections = (
        Section(_("For us"), ("home_signer", "home_signer_post", "home_authority")),
        Section(_("For the partner"), ("partner_signer", "partner_signer_post", "partner_authority")),
        Section(_("When and under which number"), ("signed_on", "starts_on", "number", "scan")),
    )
    home_signer = forms.CharField(label=_("Who signed for us"), max_length=200)
    home_signer_post = forms.CharField(label=_("Post"), max_length=200)
    home_authority = forms.CharField(
        label=_("On the basis of"),
        max_length=200,
        help_text=_("Charter, or a power of attorney with number and date."),
    )
    partner_signer = forms.CharField(label=_("Who signed for the partner"), max_length=200)
    partner_signer_post = forms.CharField(label=_("Post"), max_length=200)
    partner_authority = forms.CharField(label=_("On the basis of"), max_length=200, required=False)
    signed_on = DateField(label=_("Signed on"), help_text=_("The day of the last signature."))
    starts_on = DateField(label=_("In force from"))
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        required=False,
        help_text=_("Empty: the next number of the register."),
    )
    scan = forms.FileField(
        label=_("Scan of the signed paper"), required=False, help_text=_("PDF, PNG or JPEG.")
    )

    def __init__(self, *args: Any, today: date, ends_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.ends_on = today, ends_on

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("signed_on") and data["signed_on"] > self.today:
            self.add_error("signed_on", _("This day has not come yet."))
        if data.get("starts_on") and self.ends_on and data["starts_on"] > self.ends_on:
            self.add_error("starts_on", _("The agreement ends before this day."))
        return data


class ReasonForm(SaparForm):
    reason = LongText(label=_("Reason"), rows=3, max_length=2000)


class ScanForm(SaparForm):
    scan = forms.FileField(label=_("Scan of the signed paper"), help_text=_("PDF, PNG or JPEG."))


class ObligationForm(SaparForm):
    text = forms.CharField(label=_("What has to be done"), max_length=300)
    due_on = DateField(label=pgettext_lazy("a day", "By"))
    responsible = NamedChoice(
        label=_("Who"), queryset=User.objects.none(), required=False, empty_label=_("the whole office")
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = workers_of(office)  # type: ignore[attr-defined]


class DoneForm(SaparForm):
    done_on = DateField(label=_("Done on"))
    result = forms.CharField(label=_("What came of it"), max_length=300, required=False)


class PartnerChoiceForm(SaparForm):
    """With whom a new agreement is made, where that is not known from the page before."""

    partnership = forms.ChoiceField(label=_("Partner"), widget=SearchSelect)
