"""A signed link opens its own pages of its own record while it lasts, and nothing else.

The addresses are those of the program, so a new page behind a link is tried as soon as it is there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from sapar.accounts.actors import System
from sapar.accounts.models import SignedLink
from sapar.accounts.services import make_link
from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import (
    Application,
    ApplicationFile,
    CallPlace,
    Component,
    Exchange,
    LearningAgreement,
    Message,
    Signature,
    Transcript,
    Wish,
)
from sapar.mobility.services.applications import Identity, add_paper, begin_application
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.erasures import ask_erasure, confirm_erasure
from sapar.mobility.services.exchanges import add_stay_file
from sapar.mobility.services.learning import draft_learning_agreement, send_learning_agreement
from sapar.mobility.states import EndReason, ErasureGround, ExchangeState
from tests.api.test_foreign_ids import everything
from tests.cast import NOW, Cast
from tests.mobility.stays import accepted_stay, nominated_stay, pair
from tests.story import open_call_with, partner_in_force

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
P = LinkPurpose
# What the first folder of an address belongs to.
PURPOSES = {
    "agreement": P.ANSWER_AGREEMENT,
    "application": P.APPLY,
    "nominations": P.ANSWER_NOMINATION,
    "learning-agreement": P.SIGN_LEARNING_AGREEMENT,
    "transcript": P.GIVE_TRANSCRIPT,
    "stay": P.FOLLOW_STAY,
}


@dataclass
class Holder:
    """Somebody's records, a key to each, and what stands in addresses behind them."""

    application: Application
    stay: Exchange
    asked: Exchange
    keys: dict[LinkPurpose, str]
    paper: int
    file: int
    digest: str
    place: CallPlace


def holder(cast: Cast, name: str) -> Holder:
    """A signed stay, a nomination to answer, and a draft of an application with a paper."""
    partner = partner_in_force(cast, f"{name} Demo University", places=9)
    call = open_call_with(cast, partner_in_force(cast, f"{name} Demo Institute"))
    call.documents = [{"code": "d1", "title": "Transcript", "required": False}]
    call.save()
    stay = accepted_stay(cast, partner, given=name)
    version = draft_learning_agreement(stay, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    asked = nominated_stay(cast, partner, given=f"{name}2")
    begun = begin_application(
        call,
        Identity(email="a@example.org", student_number=f"S-{name}"),
        consent_text="I agree.",
        by=System("application form"),
        at=NOW,
    )
    add_paper(begun.application, "d1", PDF, f"{name}.pdf", by=cast.officer, at=NOW)
    file = add_stay_file(stay, PDF, f"{name}.pdf", involved=True, by=cast.officer, at=NOW)
    agreement = partner.agreement.pk
    subjects = {P.APPLY: begun.application.pk, P.ANSWER_AGREEMENT: agreement, P.ANSWER_NOMINATION: agreement}
    keys = {
        purpose: make_link(
            purpose, subjects.get(purpose, stay.pk), office=cast.office, holder_name=name, at=NOW
        )[1]
        for purpose in P
    }
    paper = ApplicationFile.objects.get(application=begun.application).file_id
    place = call.places.get()
    return Holder(begun.application, stay, asked, keys, paper, file.pk, version.digest, place)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def two(cast: Cast) -> tuple[Holder, Holder]:
    return holder(cast, "Aida"), holder(cast, "Bermet")


def routes(found: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    for one in get_resolver().url_patterns if found is None else found:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif route.startswith("l/<str:key>/") and route != "l/<str:key>/":
            yield route


def address(route: str, key: str, of: Holder) -> str:
    """The address with a key, and with numbers of somebody's records in its other gaps."""
    gaps = {"key": key, "kind": "pdf", "group": "1", "name": "about", "file": of.file, "file_pk": of.paper,
            "paper_pk": 1}  # fmt: skip
    return "/" + re.sub(r"<\w+:(\w+)>", lambda gap: str(gaps[gap[1]]), route)


def purpose_of(route: str) -> LinkPurpose:
    return PURPOSES[route.removeprefix("l/<str:key>/").split("/")[0]]


def statuses(path: str, data: dict[str, str] | None = None) -> set[int]:
    return {Client().get(path).status_code, Client().post(path, data or {}).status_code}


def test_a_link_opens_the_pages_of_its_own_purpose_only(two: tuple[Holder, Holder]) -> None:
    mine, _theirs = two
    found, opened = list(routes()), set()
    assert {purpose_of(route) for route in found} == set(P)
    for route in found:
        if Client().get(address(route, mine.keys[purpose_of(route)], mine)).status_code == 200:
            opened.add(purpose_of(route))
    assert opened == set(P)  # otherwise nothing would have been there to open
    before = everything()
    for route in found:
        for purpose in set(P) - {purpose_of(route)}:
            assert statuses(address(route, mine.keys[purpose], mine)) <= {404, 405}, (route, purpose)
    assert everything() == before


def test_a_link_that_ended_opens_nothing(two: tuple[Holder, Holder]) -> None:
    mine, _theirs = two
    for end in ({"revoked_at": NOW}, {"expires_at": NOW}, {"key_hash": F("pk")}):
        with transaction.atomic():
            SignedLink.objects.update(**end)
            before = everything()
            assert (opened_by(mine), everything() == before) == (set(), True), end
            transaction.set_rollback(True)
    assert opened_by(mine) == set(P)


def opened_by(who: Holder) -> set[LinkPurpose]:
    """Which of somebody's links still open something."""
    pages = {route: statuses(address(route, who.keys[purpose_of(route)], who)) for route in routes()}
    first = {purpose for purpose, key in who.keys.items() if Client().get(f"/l/{key}/").status_code != 404}
    return first | {purpose_of(route) for route, got in pages.items() if not got <= {404, 405}}


def test_of_a_cancelled_stay_only_the_own_page_is_left(cast: Cast, two: tuple[Holder, Holder]) -> None:
    mine, theirs = two
    cancel_exchange(mine.stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    left = opened_by(mine)
    assert (P.SIGN_LEARNING_AGREEMENT in left, P.GIVE_TRANSCRIPT in left) == (False, False)
    assert P.FOLLOW_STAY in left
    assert opened_by(theirs) == set(P)


def test_no_link_to_somebody_who_is_erased_opens_anything(cast: Cast, two: tuple[Holder, Holder]) -> None:
    """Those of the partner to the person's stay neither."""
    mine, theirs = two
    Exchange.objects.filter(pk=mine.stay.pk).update(state=ExchangeState.RECOGNISED)
    asked = ask_erasure(mine.stay.person, ErasureGround.REQUEST, by=cast.officer, at=NOW)
    confirm_erasure(asked, by=cast.administrator, at=NOW)
    assert opened_by(mine) == {P.ANSWER_AGREEMENT, P.ANSWER_NOMINATION}
    assert opened_by(theirs) == set(P)


def test_files_of_somebody_else_are_not_behind_a_link(two: tuple[Holder, Holder]) -> None:
    mine, theirs = two
    tried = [route for route in routes() if "file" in route]
    assert len(tried) == 2
    for route in tried:
        key = mine.keys[purpose_of(route)]
        found = [Client().get(address(route, key, who)).status_code for who in (mine, theirs)]
        assert found == [200, 404], route


def rows_of(who: Holder) -> list[object]:
    """All that a link could change of somebody's."""
    stay, application = who.stay, who.application
    people = [who.stay.person_id, who.asked.person_id]
    asked: list[QuerySet[Any]] = [
        Exchange.objects.filter(person__in=people),
        Application.objects.filter(pk=application.pk),
        LearningAgreement.objects.filter(exchange=stay),
        Signature.objects.filter(learning_agreement__exchange=stay),
        Component.objects.filter(learning_agreement__exchange=stay),
        Wish.objects.filter(application=application),
        ApplicationFile.objects.filter(application=application),
        Message.objects.filter(Q(application=application) | Q(exchange=stay)),
        Transcript.objects.filter(exchange=stay),
    ]
    return [list(rows.order_by("pk").values()) for rows in asked]


# What is sent to a page of one's own, made of the records of somebody else.
FIELDS: dict[str, Callable[[Holder], dict[str, Any]]] = {
    "nominations/": lambda it: {f"e{it.asked.pk}-answer": "yes", "do": "send"},
    "learning-agreement/": lambda it: {"digest": it.digest, "name": "X", "exchange": it.stay.pk},
    "learning-agreement/object/": lambda it: {"digest": it.digest, "reason": "No", "pk": it.stay.pk},
    "stay/": lambda it: {"digest": it.digest, "name": "X", "exchange": it.stay.pk},
    "stay/object/": lambda it: {"digest": it.digest, "reason": "No"},
    "stay/message/": lambda it: {"text": "", "exchange": it.stay.pk, "application": it.application.pk},
    "application/wishes/": lambda it: {"wish": it.place.pk, "add": it.place.pk, "revision": "0"},
    "application/papers/": lambda it: {"document": "d1", "remove": "1", "file": it.paper},
    "application/message/": lambda it: {"text": "Hello", "application": it.application.pk},
}


def test_fields_that_name_records_of_somebody_else_change_nothing_of_theirs(
    two: tuple[Holder, Holder],
) -> None:
    mine, theirs = two
    before = rows_of(theirs)
    for page, sent in FIELDS.items():
        key = mine.keys[PURPOSES[page.split("/")[0]]]
        answer = Client().post(f"/l/{key}/{page}", sent(theirs))
        assert answer.status_code in (200, 302, 409, 422), page
        assert rows_of(theirs) == before, page
    assert not mine.application.wishes.exists()
    version = mine.stay.learning_agreements.get()
    assert (version.state, version.signatures.count()) == ("to_sign", 0)
