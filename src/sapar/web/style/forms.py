"""A form with every kind of field."""

from __future__ import annotations

from django import forms

from sapar.web.forms import DateField, LongText, SaparForm, SearchSelect, Section, WholeNumber

COUNTRIES = (
    ("", "—"), ("AZ", "Азербайджан"), ("CN", "Қытай"), ("DE", "Германия"), ("IN", "Hindiston"),
    ("KG", "Кыргызстан"), ("KR", "Корея"), ("KZ", "Қазақстан"), ("MN", "Монголия"), ("PK", "Pakistan"),
    ("PL", "Polsha"), ("TJ", "Тоҷикистон"), ("TR", "Türkiye"), ("UZ", "Oʻzbekiston"),
)  # fmt: skip


class SampleForm(SaparForm):
    sections = (
        Section("The agreement", ("title", "country", "starts_on", "places")),
        Section("What was said", ("notes", "scan", "level", "signed"), "Only your office reads this."),
    )
    title = forms.CharField(label="Title", help_text="As it stands on the first page.")
    country = forms.ChoiceField(
        label="Country",
        choices=COUNTRIES,
        widget=SearchSelect,
        required=False,
        help_text="Any script will do.",
    )
    starts_on = DateField(label="In force from")
    places = WholeNumber(label="Places a year", unit="students", min_value=0)
    notes = LongText(label="Notes", rows=3)
    scan = forms.FileField(label="Scan", required=False, help_text="PDF, at most 25 MB.")
    level = forms.ChoiceField(
        label="Level",
        choices=(("bachelor", "Bachelor"), ("master", "Master")),
        widget=forms.RadioSelect,
    )
    signed = forms.BooleanField(label="Both sides have signed", required=False)
