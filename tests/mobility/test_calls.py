"""Calls: rules as data, places from agreements in force, opening and closing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sapar.core.errors import BadInput, IllegalMove, NotAllowed
from sapar.mobility.errors import CallNotOpen, CallWithoutPlaces, PlaceTaken, PlaceWished
from sapar.mobility.models import Call
from sapar.mobility.services.calls import (
    CallEntry,
    change_call,
    change_place,
    close_call,
    finish_call,
    give_up_place,
    open_call,
    prepare_call,
    reopen_call,
    take_places,
)
from sapar.mobility.states import CALL_FLOW, CallState, Term
from sapar.mobility.wording.rules import rule_sentence, sentences
from tests.cast import NOW, Cast
from tests.story import apply, open_call_with, partner_in_force, student

ENTRY = CallEntry(
    title="Exchange in spring 2027",
    academic_year=2026,
    term=Term.SPRING,
    opens_at=NOW - timedelta(days=1),
    closes_at=NOW + timedelta(days=20),
    stay_from=date(2027, 2, 1),
    stay_to=date(2027, 6, 30),
)


def prepared(cast: Cast) -> Call:
    return prepare_call(ENTRY, office=cast.office, by=cast.officer, at=NOW)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"fact": "gpa", "test": "at_least", "required": 3.2}, "GPA of at least 3.2"),
        ({"fact": "year_of_study", "test": "one_of", "required": [2, 3]}, "Year of study: 2 or 3"),
        ({"fact": "level", "test": "one_of", "required": ["bachelor"]}, "Level of study: Bachelor"),
        ({"fact": "debts", "test": "at_most", "required": 0}, "No academic debts"),
        ({"fact": "debts", "test": "at_most", "required": 2}, "At most 2 academic debts"),
        ({"fact": "former_mobilities", "test": "at_most", "required": 0}, "No exchange before"),
        (
            {"fact": "languages", "test": "speaks", "required": ["en:B2", "de:B1"]},
            "Language: English B2 or German B1 or better",
        ),
    ],
)
def test_rules_read_as_sentences(rule: dict[str, object], sentence: str) -> None:
    assert rule_sentence(rule) == sentence


def test_rules_that_the_allocation_could_not_apply_are_refused_when_written(cast: Cast) -> None:
    for rule in (
        {"code": "gpa", "fact": "gpa", "test": "at_least", "required": "high"},
        {"code": "gpa", "fact": "gpa", "test": "nearly", "required": 3},
        {"code": "gpa"},
    ):
        with pytest.raises(BadInput):
            prepare_call(replace(ENTRY, rules=(rule,)), office=cast.office, by=cast.officer, at=NOW)
    assert not Call.objects.exists()


def test_places_are_never_offered_twice(cast: Cast) -> None:
    partner = partner_in_force(cast, places=3)
    first, second = prepared(cast), prepared(cast)
    take_places(first, partner.outgoing, seats=2, by=cast.officer, at=NOW)
    with pytest.raises(PlaceTaken) as refused:
        take_places(second, partner.outgoing, seats=2, by=cast.officer, at=NOW)
    assert "only 1 more" in str(refused.value)
    take_places(second, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    take_places(first, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    assert first.places.get().seats == 1
    with pytest.raises(PlaceTaken):
        take_places(first, partner.outgoing, seats=0, by=cast.officer, at=NOW)


def test_reserves_must_fit_the_seats_and_be_of_a_known_kind(cast: Cast) -> None:
    call, partner = prepared(cast), partner_in_force(cast, places=2)
    place = take_places(call, partner.outgoing, seats=2, by=cast.officer, at=NOW)
    medicine = {"code": "MED", "fact": "faculty", "test": "one_of", "required": ["MED"]}
    for reserves in (
        [{"code": "MED", "places": 3, "rules": [medicine]}],
        [{"code": "open", "places": 1, "rules": [medicine]}],
        [{"code": "MED", "places": 1, "rules": [{**medicine, "test": "near"}]}],
    ):
        with pytest.raises(BadInput):
            change_place(place, rules=(), reserves=reserves, by=cast.officer, at=NOW)
    good = [{"code": "MED", "places": 1, "rules": [medicine]}]
    place = change_place(place, rules=(medicine,), reserves=good, note="Dormitory", by=cast.officer, at=NOW)
    assert (sentences(place.rules), place.note) == (["Faculty: MED"], "Dormitory")


def test_a_call_opens_with_places_and_then_only_its_end_moves(cast: Cast) -> None:
    call, partner = prepared(cast), partner_in_force(cast)
    with pytest.raises(CallWithoutPlaces):
        open_call(call, by=cast.officer, at=NOW)
    take_places(call, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    call = open_call(call, by=cast.officer, at=NOW)
    later = replace(ENTRY, title="Another", closes_at=ENTRY.closes_at + timedelta(days=5))
    call = change_call(call, later, by=cast.officer, at=NOW)
    assert (call.title, call.closes_at) == (ENTRY.title, later.closes_at)
    with pytest.raises(IllegalMove):
        change_call(call, ENTRY, by=cast.officer, at=NOW)
    call = close_call(call, by=cast.officer, at=NOW)
    with pytest.raises(CallNotOpen):
        reopen_call(call, closes_at=NOW - timedelta(days=1), by=cast.officer, at=NOW)
    call = reopen_call(call, closes_at=NOW + timedelta(days=40), by=cast.officer, at=NOW)
    assert (call.state, call.closes_at) == (CallState.OPEN, NOW + timedelta(days=40))


def test_a_host_that_somebody_wishes_stays(cast: Cast) -> None:
    call = open_call_with(cast, partner_in_force(cast))
    apply(call, student(cast, "Aida", "3.5"))
    with pytest.raises(PlaceWished):
        give_up_place(call.places.get(), by=cast.officer, at=NOW)
    other = prepared(cast)
    partner = partner_in_force(cast, "Bosporus Demo University")
    place = take_places(other, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    give_up_place(place, by=cast.officer, at=NOW)
    assert not other.places.exists()


def test_only_the_office_runs_calls(cast: Cast) -> None:
    call, partner = prepared(cast), partner_in_force(cast)
    for person in (cast.reader, cast.rector, cast.coordinator, cast.nobody, cast.other_officer):
        with pytest.raises(NotAllowed):
            prepare_call(ENTRY, office=cast.office, by=person, at=NOW)
        with pytest.raises(NotAllowed):
            change_call(call, ENTRY, by=person, at=NOW)
        with pytest.raises(NotAllowed):
            take_places(call, partner.outgoing, seats=1, by=person, at=NOW)
        with pytest.raises(NotAllowed):
            open_call(call, by=person, at=NOW)


@pytest.mark.parametrize("state", list(CallState))
def test_state_by_state_what_may_happen(cast: Cast, state: CallState) -> None:
    call, partner = prepared(cast), partner_in_force(cast)
    take_places(call, partner.outgoing, seats=1, by=cast.officer, at=NOW)
    Call.objects.filter(pk=call.pk).update(state=state)
    happened = set()
    for name, act in (("open", open_call), ("close", close_call), ("finish", finish_call)):
        Call.objects.filter(pk=call.pk).update(state=state)
        try:
            act(call, by=cast.officer, at=NOW)
        except IllegalMove:
            continue
        happened.add(name)
    assert happened == {"open", "close", "finish"} & set(CALL_FLOW.moves_from(state))
