"""Kinds of things in the directory."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    UNIVERSITY = "university", _("University")
    RESEARCH = "research", _("Research institution")
    COMPANY = "company", _("Company")
    FOUNDATION = "foundation", _("Foundation")
    GOVERNMENT = "government", _("State body")
    INTERNATIONAL = "international", _("International organisation")
    ASSOCIATION = "association", _("Association or non-profit")
    PERSON = "person", _("Single person")
    OTHER = "other", _("Other")


class NameKind(TextChoices):
    OFFICIAL = "official", _("official name")
    LABEL = "label", _("name in another language")
    ALIAS = "alias", _("also called")
    ACRONYM = "acronym", _("acronym")
    FORMER = "former", _("former name")


class Scheme(TextChoices):
    ROR = "ror", "ROR"
    ERASMUS = "erasmus", _("Erasmus code")
    SCHAC = "schac", "SCHAC"
    PIC = "pic", "PIC"
    OID = "oid", "OID"


class UnitKind(TextChoices):
    FACULTY = "faculty", _("Faculty")
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")


class Level(TextChoices):
    """Levels of study, as in EQF 5 to 8."""

    SHORT = "short", _("Short cycle")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master")
    DOCTORATE = "doctorate", _("Doctorate")
