"""Who may connect other systems."""

from __future__ import annotations

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.accounts.policies import may_administer


def may_connect(actor: Actor, office: Office) -> bool:
    return may_administer(actor, office)
