"""Who may do what with accounts."""

from __future__ import annotations

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.queries import has_role
from sapar.accounts.states import Role


def may_administer(actor: Actor, office: Office) -> bool:
    return has_role(actor, office.pk, Role.ADMINISTRATOR)


def may_work_in(actor: Actor, office: Office) -> bool:
    """Does the office's daily work."""
    return has_role(actor, office.pk, Role.ADMINISTRATOR, Role.OFFICER)


def may_read_all(actor: Actor, office: Office) -> bool:
    """Reads every list of the office."""
    return has_role(
        actor,
        office.pk,
        Role.ADMINISTRATOR,
        Role.OFFICER,
        Role.LEGAL,
        Role.VICE_RECTOR,
        Role.RECTOR,
        Role.VIEWER,
    )
