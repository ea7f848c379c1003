"""Tables of the directory."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from sapar.accounts.models import Office, OfficeOwned
from sapar.core.crypto import EncryptedTextField
from sapar.directory.states import Level, NameKind, OrganisationKind, Scheme, UnitKind


class Organisation(models.Model):
    """An institution, organisation or single person outside, shared by all offices.

    A merged one stays and points to its heir; nothing that pointed to it breaks.
    `office` is set while only that office knows it: other offices do not see it.
    """

    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=16, choices=OrganisationKind.choices, default=OrganisationKind.UNIVERSITY
    )
    name = models.CharField(max_length=300)
    country_code = models.CharField(max_length=2, db_index=True)
    city = models.CharField(max_length=120, blank=True)
    website = models.CharField(max_length=300, blank=True)
    email_domains = models.JSONField(default=list, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    established = models.PositiveSmallIntegerField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    sort_key = models.CharField(max_length=300, db_index=True)
    search = models.TextField()
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="organisation_not_its_own_heir",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            )
        ]


class OrganisationName(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=10, choices=NameKind.choices)
    language = models.CharField(max_length=8, blank=True)
    name = models.CharField(max_length=300)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="organisation_name_once", fields=["organisation", "kind", "language", "name"]
            )
        ]


class OrganisationIdentifier(models.Model):
    """Erasmus codes keep their double spaces: they mean something."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    value = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="identifier_once", fields=["scheme", "value"])]


class Merger(models.Model):
    """One organisation came to stand for another; `moved` says which rows followed, so that they find back.

    `moved`: "app.model.field" → keys of rows. Papers keep the names of their day.
    """

    duplicate = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mergers")
    into = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="merged_once_at_a_time", fields=["duplicate"], condition=Q(undone_at__isnull=True)
            )
        ]


class Home(OfficeOwned):
    """Which organisation an office works for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="home_once", fields=["office"])]


class Unit(OfficeOwned):
    """A faculty, department or office of the home institution, with its life span."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True, help_text="language → name")
    head_name = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="unit_code_once", fields=["office", "code"], condition=~Q(code=""))
        ]

    def name_in(self, language: str | None) -> str:
        """What it is called in a language; its own name where it has none there."""
        return str(self.names.get((language or "").split("-")[0]) or self.name)

    @property
    def said(self) -> str:
        """Its name in the reader's language."""
        return self.name_in(get_language())


class Territory(models.Model):
    """An administrative unit with validity; codes are text, mergers are pointers."""

    country_code = models.CharField(max_length=2)
    scheme = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="territory_once",
                fields=["scheme", "code", "valid_from"],
                condition=Q(valid_from__isnull=False),
            ),
            models.UniqueConstraint(
                name="territory_of_old_once", fields=["scheme", "code"], condition=Q(valid_from__isnull=True)
            ),
        ]


class Person(OfficeOwned):
    """Somebody the office knows. The passport's Latin spelling is data and never derived.

    A mononym has its one name in `passport_surname` and nothing in `passport_given`. No gender and no
    patronymic is assumed; `local_names` holds the name in other scripts as the person writes it:
    a list of {"language", "surname", "given", "patronymic"}.
    """

    passport_surname = models.CharField(max_length=120)
    passport_given = models.CharField(max_length=120, blank=True)
    local_names = models.JSONField(default=list, blank=True)
    display_name = models.CharField(max_length=250)
    sort_key = models.CharField(max_length=300)
    search = models.TextField()
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    citizenship = models.CharField(max_length=2, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    passport_number = EncryptedTextField(blank=True, default="")
    language = models.CharField(max_length=5, default="en")
    added_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["office", "sort_key"]),
            models.Index(fields=["office", "email"]),
        ]


class FormerName(models.Model):
    """A name the person bore before, with the document that shows it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_names")
    passport_surname = models.CharField(max_length=120)
    passport_given = models.CharField(max_length=120, blank=True)
    until = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=120, blank=True)


class Enrolment(OfficeOwned):
    """A person's studies at the home institution, as the student system last said."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="enrolments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments")
    student_number = models.CharField(max_length=40)
    programme = models.CharField(max_length=200)
    isced_f = models.CharField(max_length=4, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    year_of_study = models.PositiveSmallIntegerField()
    gpa = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    gpa_scale = models.CharField(max_length=40, blank=True)
    debts = models.PositiveSmallIntegerField(default=0)
    as_of = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="student_number_once", fields=["office", "student_number"])
        ]


class Course(OfficeOwned):
    """A course of a home curriculum, against which foreign ones are recognised."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="courses")
    programme = models.CharField(max_length=200)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=250)
    titles = models.JSONField(default=dict, blank=True)
    credits = models.DecimalField(max_digits=5, decimal_places=2)
    year_of_study = models.PositiveSmallIntegerField(null=True, blank=True)
    term = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="course_once", fields=["office", "programme", "code"]),
            models.CheckConstraint(name="course_credits_positive", condition=Q(credits__gt=0)),
        ]
