"""Questions about recognition: what was earned, promised, recognised and is left to be made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from sapar.accounts.models import Office
from sapar.methods.names import search_key
from sapar.methods.recognition import Balance, Component, Link, component_balance
from sapar.mobility.models import Decision, Equivalence, Exchange
from sapar.mobility.states import Verdict


def course_key(code: str, title: str) -> str:
    """By which a course is found again; codes and spellings differ from year to year."""
    return search_key(title)[:300] or search_key(code)[:300]


def home_credits(line: Mapping[str, Any]) -> Decimal:
    """A line of a decision in the home unit. What no factor converts counts as nothing until one is chosen."""
    if (known := line.get("in_home_unit")) is None:
        return Decimal(line["credits"])
    return Decimal(known["result"] or 0)


def balance_of(decisions: Sequence[Decision]) -> Balance:
    """The case in credits: what is left of the required components is the academic difference.

    Groups not decided yet count as not recognised. What was recognised beyond the group's own components
    (as an elective, or with a reason) makes up for nothing and stays out of the difference.
    """
    studied: list[Component] = []
    required: list[Component] = []
    links: list[Link] = []
    for decision in decisions:
        here = [
            Component(id=f"{decision.group}.{at}", credits=home_credits(line), passed=line["passed"])
            for at, line in enumerate(decision.studied)
        ]
        home = [
            Component(id=f"{decision.group}.{at}", credits=home_credits(one))
            for at, one in enumerate(decision.home)
        ]
        studied += here
        required += home
        if here and home:
            passed = sum((one.credits for one in here if one.passed), Decimal(0))
            needed = sum((one.credits for one in home), Decimal(0))
            counted = decision.credits_recognised if decision.verdict != Verdict.REFUSED else None
            links.append(
                Link(
                    studied=tuple(one.id for one in here),
                    required=tuple(one.id for one in home),
                    credits=min(counted or Decimal(0), passed, needed),
                )
            )
    return component_balance(studied, required, links)


def equivalences_of(office: Office) -> QuerySet[Equivalence]:
    return Equivalence.objects.filter(office=office).select_related("partner", "course", "evidence")


def suggested_equivalences(exchange: Exchange, *, today: date) -> QuerySet[Equivalence]:
    """Valid earlier decisions on courses of the host that count for this person's programme, most used first."""
    programme = Q(home_programme="") | Q(home_programme=exchange.programme)
    return (
        Equivalence.objects.filter(office=exchange.office, partner=exchange.partner, valid_until__gte=today)
        .filter(programme)
        .exclude(verdict=Verdict.REFUSED)
        .select_related("course")
        .order_by("-uses", "host_title", "pk")
    )
