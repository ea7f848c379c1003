"""What was studied against what is recognised for it, when n courses stand for m others.

The home programme requires components; the student brings studied ones; links say which groups stand for
which. What no link covers is the academic difference that is left to be made up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sapar.methods.errors import MethodError
from sapar.methods.recognition.rounding import number


@dataclass(frozen=True, kw_only=True)
class Component:
    """A course or other unit with its credits, in the unit of the home programme."""

    id: str
    credits: Decimal
    passed: bool = True


@dataclass(frozen=True, kw_only=True)
class Link:
    """`studied` components stand together for `required` ones.

    `credits` is what was decided to be recognised; None recognises as much as both sides allow, 0 nothing.
    """

    studied: tuple[str, ...]
    required: tuple[str, ...]
    credits: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class LinkBalance:
    """One link in credits: passed here, required there, recognised, and what either side has left."""

    link: Link
    studied: Decimal
    required: Decimal
    recognised: Decimal
    difference: Decimal
    surplus: Decimal


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Totals in credits.

    Attributes:
        studied: passed components; `failed`: components that were not passed.
        recognised: over all links; `difference`: required and not recognised, to be made up.
        surplus: passed and not recognised for anything.
        unlinked_studied, unlinked_required: components that no link names.
    """

    studied: Decimal
    failed: Decimal
    required: Decimal
    recognised: Decimal
    difference: Decimal
    surplus: Decimal
    links: tuple[LinkBalance, ...]
    unlinked_studied: tuple[str, ...]
    unlinked_required: tuple[str, ...]

    @property
    def share_recognised(self) -> Fraction | None:
        """Of the credits passed; None when none were."""
        return Fraction(self.recognised) / Fraction(self.studied) if self.studied else None

    @property
    def complete(self) -> bool:
        return not self.difference


def component_balance(
    studied: Sequence[Component], required: Sequence[Component], links: Sequence[Link]
) -> Balance:
    """Add up an n:m recognition.

    Raises:
        MethodError: `recognition.component_twice`, `recognition.unknown_component`,
            `recognition.component_linked_twice`, `recognition.empty_link`, `recognition.bad_credits`,
            `recognition.too_many_credits` (more recognised than passed or than required).
    """
    here, home = _by_id(studied), _by_id(required)
    _check_links(links, here, home)
    balances = tuple(_link_balance(link, here, home) for link in links)
    linked_here = {id for link in links for id in link.studied}
    linked_home = {id for link in links for id in link.required}
    passed = _sum(component.credits for component in studied if component.passed)
    needed = _sum(component.credits for component in required)
    recognised = _sum(balance.recognised for balance in balances)
    return Balance(
        studied=passed,
        failed=_sum(component.credits for component in studied if not component.passed),
        required=needed, recognised=recognised, difference=needed - recognised, surplus=passed - recognised,
        links=balances,
        unlinked_studied=tuple(id for id in here if id not in linked_here),
        unlinked_required=tuple(id for id in home if id not in linked_home),
    )  # fmt: skip


def _by_id(components: Sequence[Component]) -> dict[str, Component]:
    counts = Counter(component.id for component in components)
    if twice := tuple(id for id, count in counts.items() if count > 1):
        raise MethodError(
            "recognition.component_twice", "Listed more than once: {components}.", components=twice
        )
    negative = tuple(
        f"{component.id}: {component.credits}"
        for component in components
        if number(component.credits, what="number of credits") < 0
    )
    if negative:
        raise MethodError("recognition.bad_credits", "Credits below nothing: {credits}.", credits=negative)
    return {component.id: component for component in components}


def _check_links(links: Sequence[Link], here: dict[str, Component], home: dict[str, Component]) -> None:
    if not all(link.studied and link.required for link in links):
        raise MethodError("recognition.empty_link", "A link needs components on both sides.")
    linked = [(here, [id for link in links for id in link.studied]),
              (home, [id for link in links for id in link.required])]  # fmt: skip
    if unknown := tuple(dict.fromkeys(id for known, ids in linked for id in ids if id not in known)):
        raise MethodError(
            "recognition.unknown_component", "Not in the lists: {components}.", components=unknown
        )
    if twice := tuple(id for _, ids in linked for id, count in Counter(ids).items() if count > 1):
        raise MethodError(
            "recognition.component_linked_twice", "Linked more than once: {components}.", components=twice
        )


def _link_balance(link: Link, here: dict[str, Component], home: dict[str, Component]) -> LinkBalance:
    passed = _sum(here[id].credits for id in link.studied if here[id].passed)
    needed = _sum(home[id].credits for id in link.required)
    most = min(passed, needed)
    recognised = most if link.credits is None else number(link.credits, what="number of credits")
    if recognised < 0:
        raise MethodError("recognition.bad_credits", "{credits} credits.", credits=str(recognised))
    if recognised > most:
        raise MethodError(
            "recognition.too_many_credits", "{recognised} credits for {studied} passed, {required} required.",
            recognised=str(recognised), studied=str(passed), required=str(needed),
        )  # fmt: skip
    return LinkBalance(link=link, studied=passed, required=needed, recognised=recognised,
                       difference=needed - recognised, surplus=passed - recognised)  # fmt: skip


def _sum(credits: Iterable[Decimal]) -> Decimal:
    return sum(credits, Decimal(0))
