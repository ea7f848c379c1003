"""What the record of a person shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.directory.models import Person
from sapar.directory.policies import may_change_person, may_read_passport
from sapar.mobility.policies import may_ask_erasure
from sapar.mobility.queries.calls import applications_visible_to
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.reporting.labels import country_name
from sapar.web import components as c
from sapar.web.directory.lists import local_name, shown_name
from sapar.web.directory.words import ACTIONS, language_name, page_url
from sapar.web.mobility.calls.words import state_of_application
from sapar.web.mobility.exchanges.words import stay_state
from sapar.web.moments import moments

SHOWN = 12


@dataclass(frozen=True)
class PersonPage:
    head: c.Head
    facts: Sequence[c.FactGroup]
    related: Sequence[c.Related]
    moments: Sequence[c.Moment]
    passport_kept: bool
    passport_url: str
    passport_number: str


def person_page(person: Person, user: User, *, passport_number: str = "") -> PersonPage:
    """`passport_number` only when the reader has just asked for it."""
    office = person.office
    may_change = may_change_person(user, person)
    change = c.Action(_("Change"), page_url("change_person", office, person.pk)) if may_change else None
    kept = bool(person.passport_number) and may_read_passport(user, person)
    return PersonPage(
        head=c.Head(
            title=shown_name(person),
            kind=_("Person"),
            lead=local_name(person),
            crumbs=[c.Crumb(_("People"), page_url("people", office))],
            next=change,
            others=_about_data(person, user),
        ),
        facts=[_names(person), _about(person)],
        related=[_studies(person), _applications(person, user), _stays(person, user)],
        moments=moments(timeline(person)[:30], ACTIONS),
        passport_kept=kept,
        passport_url=page_url("passport", office, person.pk) if kept else "",
        passport_number=passport_number,
    )


def _about_data(person: Person, user: User) -> list[c.Action]:
    if not may_ask_erasure(user, person):
        return []
    office = person.office
    return [
        c.Action(_("Everything about this person"), page_url("copy_person", office, person.pk), post=True),
        c.Action(_("Erase this person"), page_url("erase", office, person.pk), danger=True),
    ]


def _names(person: Person) -> c.FactGroup:
    facts = [
        c.Fact(_("Surname in the passport"), person.passport_surname),
        c.Fact(_("Given names in the passport"), person.passport_given),
    ]
    for name in person.local_names:
        written = " ".join(filter(None, (name.get("surname"), name.get("given"), name.get("patronymic"))))
        facts.append(c.Fact(language_name(name.get("language", "")) or _("In another script"), written))
    for former in person.former_names.order_by("-until"):
        words = " ".join(filter(None, (former.passport_surname, former.passport_given)))
        note = _("until %(day)s") % {"day": f"{former.until:%d.%m.%Y}"} if former.until else ""
        facts.append(c.Fact(_("Former name"), words, ", ".join(filter(None, (note, former.document)))))
    return c.FactGroup(pgettext("of a person", "Names"), facts)


def _about(person: Person) -> c.FactGroup:
    return c.FactGroup(
        _("Person"),
        [
            c.Fact(_("Citizenship"), country_name(person.citizenship) if person.citizenship else None),
            c.Fact(_("Born on"), person.birth_date),
            c.Fact(_("E-mail"), c.Link(person.email, f"mailto:{person.email}") if person.email else None),
            c.Fact(_("Telephone"), person.phone),
            c.Fact(_("Letters are written in"), language_name(person.language)),
        ],
    )


def _studies(person: Person) -> c.Related:
    rows = [
        c.RelatedRow(
            f"{enrolment.programme}, {enrolment.unit.said}",
            note=_("%(level)s, year %(year)d, student number %(number)s, as of %(day)s")
            % {
                "level": enrolment.get_level_display(),
                "year": enrolment.year_of_study,
                "number": enrolment.student_number,
                "day": f"{enrolment.as_of:%d.%m.%Y}",
            },
        )
        for enrolment in person.enrolments.select_related("unit").order_by("-as_of")[:SHOWN]
    ]
    return c.Related(_("Studies with us"), rows, len(rows), empty=_("Not a student of ours."))


def _applications(person: Person, user: User) -> c.Related:
    found = applications_visible_to(user, person.office).filter(person=person).select_related("call")
    rows = [
        c.RelatedRow(
            application.call.title,
            reverse("calls:application", kwargs={"office": person.office.slug, "pk": application.pk}),
            application.number,
            state_of_application(application),
        )
        for application in found.order_by("-begun_at")[:SHOWN]
    ]
    return c.Related(_("Applications"), rows, len(rows), empty=_("No application."))


def _stays(person: Person, user: User) -> c.Related:
    found = exchanges_visible_to(user, person.office).filter(person=person).select_related("partner")
    rows = [
        c.RelatedRow(
            exchange.partner.name,
            reverse("exchanges:exchange", kwargs={"office": person.office.slug, "pk": exchange.pk}),
            f"{exchange.number}, {exchange.get_direction_display()}",
            stay_state(exchange),
        )
        for exchange in found.order_by("-planned_from", "-pk")[:SHOWN]
    ]
    return c.Related(_("Stays"), rows, len(rows), empty=_("No stay."))
