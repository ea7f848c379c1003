"""Expected refusals, said as whole sentences to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal that a door shows as it stands.

    Subclasses set `template`, a translatable sentence with `%(name)s` gaps, and are raised with the facts
    that fill it; one that counts is `ngettext_lazy(one, many, "name of the fact")`. `code` is stable and
    support can search for it.
    """

    template: ClassVar[str | Promise]
    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        said: object = self.template % self.facts
        return str(said)

    @property
    def code(self) -> str:
        return type(self).__name__


class NotAllowed(DomainError):
    """The policy said no. Doors answer 404 for what one may not see, 403 for what one may not do."""

    template = _("You may not do this here. Ask the international office if you need to.")
    status = 403


class IllegalMove(DomainError):
    template = _("This is not possible while the state is “%(state)s”.")


class ChangedMeanwhile(DomainError):
    template = _(
        "Somebody changed this record while you had it open. Nothing of yours was lost: check and save again."
    )


class BadInput(DomainError):
    """A value that a form or a file brought; `field` names it."""

    template = _("%(field)s: %(reason)s")
    status = 422


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one row of many: rows count from 1, `field` is its column."""

    row: int
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        said = _("row %(row)s, %(field)s “%(value)s”: %(reason)s")
        return said % {"row": self.row, "field": self.field, "value": self.value, "reason": self.reason}


class BadRows(BadInput):
    """Rows that came together and were taken together or not at all: everything wrong with them at once."""

    template = _("Nothing was taken: %(said)s.")
    SAID: ClassVar[int] = 5

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        said = "; ".join(str(fault) for fault in self.faults[: self.SAID])
        if len(self.faults) > self.SAID:
            said += " …"
        super().__init__(said=said)
