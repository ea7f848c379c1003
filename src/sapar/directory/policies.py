"""Who may do what in the directory."""

from __future__ import annotations

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.accounts.policies import may_read_all, may_work_in
from sapar.accounts.queries import belongs_to, scopes_of
from sapar.accounts.states import Role, ScopeKind
from sapar.directory.models import Enrolment, Organisation, Person


def may_add_people(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_add_organisations(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_change_organisation(actor: Actor, organisation: Organisation) -> bool:
    """An office changes what only it knows; the shared directory is changed by loading it."""
    if isinstance(actor, System):
        return True
    return organisation.office is not None and may_work_in(actor, organisation.office)


def may_view_person(actor: Actor, person: Person) -> bool:
    """The whole office, or the coordinator of the faculty where the person studies."""
    if may_read_all(actor, person.office):
        return True
    units = scopes_of(actor, person.office_id, ScopeKind.UNIT, Role.COORDINATOR)
    return bool(units) and Enrolment.objects.filter(person=person, unit_id__in=units).exists()


def may_change_person(actor: Actor, person: Person) -> bool:
    return isinstance(actor, System) or may_work_in(actor, person.office)


def may_read_passport(actor: Actor, person: Person) -> bool:
    """The number itself is read by those who work with it; every reading is recorded."""
    return may_work_in(actor, person.office)


def may_change_units(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_view_directory(actor: Actor, office: Office) -> bool:
    """Organisations, faculties and courses are no secret inside the house."""
    return belongs_to(actor, office.pk)
