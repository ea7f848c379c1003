"""Forms of the directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office
from sapar.directory.countries import country_codes
from sapar.directory.models import Organisation, Person, Unit
from sapar.directory.services.organisations import NameEntry
from sapar.directory.services.people import PersonEntry
from sapar.directory.services.units import UnitEntry
from sapar.directory.states import NameKind, OrganisationKind, UnitKind
from sapar.reporting.labels import country_name
from sapar.web.components import Text
from sapar.web.directory.words import LANGUAGE_NAMES
from sapar.web.forms import DateField, LongText, NamedChoice, SaparForm, SearchSelect, Section, table_input

LANGUAGES = [("", "–"), *LANGUAGE_NAMES.items()]
# How many names in other scripts the form offers.
LOCAL_NAMES = (1, 2)
NAME_PARTS = ("language", "surname", "given", "patronymic")


def countries() -> list[tuple[str, Text]]:
    """All countries in the reader's language and order."""
    known: list[tuple[str, Text]] = [(code, country_name(code)) for code in country_codes()]
    return [("", "–"), *sorted(known, key=lambda pair: str(pair[1]))]


class PersonForm(SaparForm):
    sections = (
        Section(_("As in the passport"), ("passport_surname", "passport_given", "document"),
                _("Letter by letter, in Latin letters. Who has one name only writes it in the first field.")),
        Section(_("In another script"), ("local1_language", "local1_surname", "local1_given", "local1_patronymic"),
                _("As the person writes it. Nothing of it is derived.")),
        Section(_("In a third one"), ("local2_language", "local2_surname", "local2_given", "local2_patronymic")),
        Section(_("Person"), ("citizenship", "birth_date", "passport_number")),
        Section(_("Reaching them"), ("email", "phone", "language")),
    )  # fmt: skip
    passport_surname = forms.CharField(label=_("Surname, or the only name"), max_length=120)
    passport_given = forms.CharField(label=_("Given names"), max_length=120, required=False)
    document = forms.CharField(
        label=_("Document that shows a new name"), max_length=120, required=False,
        help_text=_("Only when the name changed, for instance: marriage certificate 12 of 05.03.2027."),
    )  # fmt: skip
    citizenship = forms.ChoiceField(
        label=_("Citizenship"), choices=countries, required=False, widget=SearchSelect()
    )
    birth_date = DateField(label=_("Born on"), required=False)
    passport_number = forms.CharField(
        label=_("Passport number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=32, required=False)
    language = forms.ChoiceField(label=_("Letters are written in"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        labels = dict(
            zip(NAME_PARTS, (_("Language"), _("Surname"), _("Given names"), _("Patronymic")), strict=True)
        )
        for number in LOCAL_NAMES:
            for part in NAME_PARTS:
                self.fields[f"local{number}_{part}"] = (
                    forms.ChoiceField(label=labels[part], choices=LANGUAGES, required=False)
                    if part == "language"
                    else forms.CharField(label=labels[part], max_length=120, required=False)
                )
        if person is None:
            del self.fields["document"]
        elif person.passport_number:
            self.fields["passport_number"].help_text = _("One is kept. Leave this empty to keep it.")

    def entry(self) -> PersonEntry:
        data = self.cleaned_data
        kept = self.person.passport_number if self.person is not None else ""
        return PersonEntry(
            passport_surname=data["passport_surname"],
            passport_given=data["passport_given"],
            local_names=[name for number in LOCAL_NAMES if (name := self._local_name(number))],
            email=data["email"],
            phone=data["phone"],
            citizenship=data["citizenship"],
            birth_date=data["birth_date"],
            passport_number=data["passport_number"] or kept,
            language=data["language"],
        )

    def _local_name(self, number: int) -> dict[str, str]:
        name = {part: self.cleaned_data[f"local{number}_{part}"].strip() for part in NAME_PARTS}
        return name if any(name[part] for part in NAME_PARTS[1:]) else {}


def values_of_person(person: Person) -> dict[str, object]:
    """What the form begins with; the passport number stays where it is."""
    names = {
        f"local{number}_{part}": name.get(part, "")
        for number, name in zip(LOCAL_NAMES, person.local_names, strict=False)
        for part in NAME_PARTS
    }
    fields = ("passport_surname", "passport_given", "citizenship", "birth_date", "email", "phone", "language")
    return {**names, **{field: getattr(person, field) for field in fields}}


class OrganisationForm(SaparForm):
    sections = (
        Section(_("The organisation"), ("name", "kind", "country_code", "city", "website")),
        Section(_("Other names"), ("labels", "aliases", "former", "acronyms"),
                _("With them it is found and recognised in any language. One on each line.")),
    )  # fmt: skip
    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=300,
        help_text=_("In English, or as it calls itself."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    country_code = forms.ChoiceField(label=_("Country"), choices=countries, widget=SearchSelect())
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    website = forms.CharField(label=_("Website"), max_length=300, required=False)
    labels = LongText(label=_("In other languages"), required=False, rows=3,
                      help_text=_("With the language in front: “ru: Ошский государственный университет”."))  # fmt: skip
    aliases = LongText(label=_("Also called"), required=False, rows=2)
    former = LongText(label=_("Former names"), required=False, rows=2)
    acronyms = LongText(label=_("Acronyms"), required=False, rows=2)

    def names(self) -> list[NameEntry]:
        return [*self._labels(), *self._plain("aliases", NameKind.ALIAS), *self._plain("former", NameKind.FORMER),
                *self._plain("acronyms", NameKind.ACRONYM)]  # fmt: skip

    def _labels(self) -> Iterable[NameEntry]:
        for line in _lines(self.cleaned_data["labels"]):
            language, sign, name = line.partition(":")
            known = sign and language.strip().lower() in LANGUAGE_NAMES
            yield (
                NameEntry(NameKind.LABEL, name.strip(), language.strip().lower())
                if known
                else NameEntry(NameKind.LABEL, line)
            )

    def _plain(self, field: str, kind: NameKind) -> Iterable[NameEntry]:
        return [NameEntry(kind, line) for line in _lines(self.cleaned_data[field])]


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip()[:300] for line in text.splitlines() if line.strip()))


def values_of_organisation(organisation: Organisation) -> Mapping[str, object]:
    lines: dict[str, list[str]] = {"labels": [], "aliases": [], "former": [], "acronyms": []}
    places = {
        NameKind.LABEL: "labels",
        NameKind.ALIAS: "aliases",
        NameKind.FORMER: "former",
        NameKind.ACRONYM: "acronyms",
    }
    for name in organisation.names.order_by("pk"):
        if name.kind != NameKind.OFFICIAL:
            text = (
                f"{name.language}: {name.name}"
                if name.kind == NameKind.LABEL and name.language
                else name.name
            )
            lines[places[NameKind(name.kind)]].append(text)
    fields = ("name", "kind", "country_code", "city", "website")
    return {
        **{field: getattr(organisation, field) for field in fields},
        **{field: "\n".join(texts) for field, texts in lines.items()},
    }


class UnitForm(SaparForm):
    sections = (
        Section(_("The unit"), ("name", "kind", "parent", "code", "head_name")),
        Section(_("In other languages"), ("name_ky", "name_ru", "name_kk", "name_uz", "name_en"),
                _("Papers in two languages take the name from here.")),
        Section(_("Life span"), ("valid_from", "valid_to")),
    )  # fmt: skip
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices)
    parent = NamedChoice(label=_("Part of"), queryset=Unit.objects.none(), required=False)
    code = forms.CharField(
        label=_("Code"), max_length=20, required=False, help_text=_("As in the student system.")
    )
    head_name = forms.CharField(label=_("Head"), max_length=200, required=False)
    valid_from = DateField(label=_("Since"), required=False)
    valid_to = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, office: Office, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Unit.objects.filter(office=office).order_by("name")
        field = self.fields["parent"]
        assert isinstance(field, NamedChoice)  # as declared above
        field.queryset = parents.exclude(pk=unit.pk) if unit is not None else parents
        for language, words in settings.LANGUAGES:
            self.fields[f"name_{language}"] = forms.CharField(label=words, max_length=200, required=False)

    def entry(self) -> UnitEntry:
        data = self.cleaned_data
        return UnitEntry(
            name=data["name"],
            kind=UnitKind(data["kind"]),
            parent=data["parent"],
            code=data["code"],
            names={language: data[f"name_{language}"] for language, _words in settings.LANGUAGES},
            head_name=data["head_name"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


def values_of_unit(unit: Unit) -> dict[str, object]:
    fields = ("name", "kind", "parent", "code", "head_name", "valid_from", "valid_to")
    return {
        **{field: getattr(unit, field) for field in fields},
        **{f"name_{language}": name for language, name in unit.names.items()},
    }


class CoursesForm(SaparForm):
    programme = forms.CharField(label=_("Programme"), max_length=200)
    file = forms.FileField(
        label=_("List of courses"),
        help_text=_(
            "CSV, XLSX, XLS or ODS with the columns code, title, credits, and if you like year and term."
        ),
        widget=table_input(),
    )
