"""Forms of a partner and of its contacts."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office, User
from sapar.directory.states import OrganisationKind
from sapar.partners.models import Contact, Partnership
from sapar.partners.states import PartnershipState
from sapar.reporting.labels import country_name
from sapar.web.forms import DateField, LongText, NamedChoice, SaparForm, SearchSelect
from sapar.web.partners.forms.agreements import workers_of


def country_choices() -> list[tuple[str, str]]:
    """All countries by name in the reader's language."""
    codes = [code for code in map(str, Locale.parse("en").territories) if len(code) == 2 and code.isalpha()]
    left_out = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
    choices = [(code, country_name(code)) for code in codes if code not in left_out]
    return [("", "—"), *sorted(choices, key=lambda pair: pair[1].casefold())]


class OrganisationForm(SaparForm):
    name = forms.CharField(label=_("Official name"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    country_code = forms.ChoiceField(label=_("Country"), widget=SearchSelect)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    local_name = forms.CharField(
        label=_("Name in its own language"),
        max_length=300,
        required=False,
        help_text=_("As it writes itself."),
    )
    local_language = forms.CharField(
        label=_("Code of that language"),
        max_length=8,
        required=False,
        help_text=_("Two letters, such as tr or de."),
    )
    acronym = forms.CharField(label=_("Acronym"), max_length=40, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    erasmus_code = forms.CharField(
        label=_("Erasmus code"),
        max_length=20,
        required=False,
        help_text=_("With its spaces, such as “TR ANKARA01”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country_code"].choices = country_choices()  # type: ignore[attr-defined]


class PartnershipForm(SaparForm):
    state = forms.ChoiceField(label=_("State"), choices=PartnershipState.choices)
    since = DateField(label=_("Partner since"), required=False)
    last_contact_on = DateField(label=_("Last contact"), required=False)
    responsible = NamedChoice(
        label=_("Responsible"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("the whole office"),
    )
    note = LongText(label=_("Note"), required=False, max_length=4000)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = workers_of(office)  # type: ignore[attr-defined]


class ContactForm(SaparForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    post = forms.CharField(label=_("Post"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    is_main = forms.BooleanField(label=_("Main contact"), required=False)


class TalkForm(SaparForm):
    """A letter, call or visit."""

    on = DateField(label=_("When"))
    note = forms.CharField(label=_("What it was about"), max_length=300, required=False)


def values_of_partnership(partnership: Partnership) -> dict[str, object]:
    fields = ("state", "since", "last_contact_on", "note")
    shown = {name: getattr(partnership, name) for name in fields}
    return {**shown, "responsible": partnership.responsible_id}


def values_of_contact(contact: Contact) -> dict[str, object]:
    return {name: getattr(contact, name) for name in ContactForm.base_fields}
