"""Who may read, make and release reports."""

from __future__ import annotations

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import Office
from sapar.accounts.policies import may_read_all, may_work_in
from sapar.accounts.queries import has_role
from sapar.accounts.states import Role


def may_read_reports(actor: Actor, office: Office) -> bool:
    return may_read_all(actor, office)


def may_make_reports(actor: Actor, office: Office) -> bool:
    return isinstance(actor, System) or may_work_in(actor, office)


def may_release_reports(actor: Actor, office: Office) -> bool:
    """A release is what the university says; the one who answers for it releases it."""
    return has_role(actor, office.pk, Role.ADMINISTRATOR, Role.OFFICER, Role.VICE_RECTOR, Role.RECTOR)
