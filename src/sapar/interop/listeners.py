"""Every fact of an office becomes a message for the addresses that want it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from sapar.core.announce import Fact, joins
from sapar.interop.queries import TOLD_BY
from sapar.interop.services import queue_facts


def things_happened(facts: Sequence[Fact]) -> None:
    by_office: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        office_id = getattr(fact, "office_id", None)
        if isinstance(office_id, int) and type(fact).__module__.startswith(TOLD_BY):
            by_office[office_id].append(fact)
    for office_id, told in by_office.items():
        queue_facts(told, office_id, at=timezone.now())


@joins(Fact, many=things_happened)
def something_happened(fact: Fact) -> None:
    things_happened([fact])
