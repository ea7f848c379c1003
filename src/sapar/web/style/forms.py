"""A form with every kind of field."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.web.forms import DateField, LongText, SaparForm, SearchSelect, Section, WholeNumber

COUNTRIES = (
    ("", "—"), ("AZ", "Азербайджан"), ("CN", "Қытай"), ("DE", "Германия"), ("IN", "Hindiston"),
    ("KG", "Кыргызстан"), ("KR", "Корея"), ("KZ", "Қазақстан"), ("MN", "Монголия"), ("PK", "Pakistan"),
    ("PL", "Polsha"), ("TJ", "Тоҷикистон"), ("TR", "Türkiye"), ("UZ", "Oʻzbekiston"),
)  # fmt: skip


class SampleForm(SaparForm):
    sections = (
        Section(_("The agreement"), ("title", "country", "starts_on", "places")),
        Section(_("What was said"), ("notes", "scan", "level", "signed"), _("Only your office reads this.")),
    )
    title = forms.CharField(label=_("Title"), help_text=_("As it stands on the first page."))
    country = forms.ChoiceField(
        label=_("Country"),
        choices=COUNTRIES,
        widget=SearchSelect,
        required=False,
        help_text=_("Any script will do."),
    )
    starts_on = DateField(label=_("In force from"))
    places = WholeNumber(label=_("Places a year"), unit=_("students"), min_value=0)
    notes = LongText(label=_("Notes"), rows=3)
    scan = forms.FileField(label=_("Scan"), required=False, help_text=_("PDF, at most 25 MB."))
    level = forms.ChoiceField(
        label=_("Level"),
        choices=(("bachelor", _("Bachelor")), ("master", _("Master"))),
        widget=forms.RadioSelect,
    )
    signed = forms.BooleanField(label=_("Both sides have signed"), required=False)
