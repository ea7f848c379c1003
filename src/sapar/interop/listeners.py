"""Every fact of an office becomes a message for the addresses that want it."""

from __future__ import annotations

from django.utils import timezone

from sapar.core.announce import Fact, joins
from sapar.interop.queries import TOLD_BY
from sapar.interop.services import queue_fact


@joins(Fact)
def something_happened(fact: Fact) -> None:
    office_id = getattr(fact, "office_id", None)
    if isinstance(office_id, int) and type(fact).__module__.startswith(TOLD_BY):
        queue_fact(fact, office_id, at=timezone.now())
