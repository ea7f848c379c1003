"""Who meets the conditions of no wish is not told to wait on the reserve list."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from sapar.formats.papers import Grid, Heading
from sapar.mobility.mails import letter
from sapar.mobility.models import Application, Award, Call
from sapar.mobility.papers.decisions import _decided
from sapar.mobility.papers.minutes import minutes
from sapar.mobility.queries.keeping import under_way
from sapar.mobility.queries.placing import ineligible_in
from sapar.mobility.services.applications import accept_papers, withdraw_application
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import adopt_run, run_placing, run_refill, verify_run
from sapar.mobility.states import ApplicationState
from tests.cast import NOW, Cast
from tests.mobility.test_nominating import confirmed
from tests.story import apply, open_call_with, partner_in_force, student

A = ApplicationState


@pytest.fixture
def given(cast: Cast) -> Call:
    """One place; Good has it, Next waits for it, and Low does not meet the condition."""
    rules = ({"code": "gpa", "fact": "gpa", "test": "at_least", "required": 3.0},)
    call = open_call_with(cast, partner_in_force(cast, places=1), rules=rules)
    for name, gpa in (("Good", "3.9"), ("Next", "3.5"), ("Low", "2.5")):
        accept_papers(apply(call, student(cast, name, gpa))[0], by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=1, by=cast.officer, at=NOW)
    adopt_run(run, by=cast.officer, at=NOW)
    return Call.objects.get(pk=call.pk)


def states(call: Call) -> dict[str, str]:
    return dict(call.applications.values_list("person__passport_given", "state"))


def of(call: Call, name: str) -> Application:
    return call.applications.get(person__passport_given=name)


@pytest.mark.parametrize(
    ("codes", "waits"),
    [
        (["not_eligible"], False),
        (["not_eligible", "not_eligible"], False),
        (["not_eligible", "below_cutoff"], True),
        (["no_places"], True),
        ([], True),
    ],
)
def test_hope_is_given_only_where_there_is_any(cast: Cast, codes: list[str], waits: bool) -> None:
    last = next(one for one in confirmed(cast, 1, waiting=1) if one.state == ApplicationState.RESERVE)
    last.person.language = "en"
    award = Award.objects.get(application=last)
    assert award.place is None
    award.reasons = [{"code": code} for code in codes]
    award.save()
    _subject, mail = letter("decision", last, "https://sapar.example/l/x/")
    for said in (mail, _decided(award, {})):
        assert ("on the reserve list" in said) is waits
        assert ("do not meet the conditions of any" in said) is not waits


def test_who_is_eligible_nowhere_stands_on_no_list_and_a_refill_leaves_that(given: Call, cast: Cast) -> None:
    assert states(given) == {"Good": A.PLACED, "Next": A.RESERVE, "Low": A.INELIGIBLE}
    assert not under_way(of(given, "Low").person)
    withdraw_application(of(given, "Good"), by=cast.officer, at=NOW)
    again = run_refill(given, by=cast.officer, at=NOW)
    adopt_run(again, by=cast.officer, at=NOW)
    assert states(given) == {"Good": A.WITHDRAWN, "Next": A.PLACED, "Low": A.INELIGIBLE}
    assert again.awards.filter(application=of(given, "Low")).exists(), "the page goes on saying why"
    withdraw_application(of(given, "Low"), by=cast.officer, at=NOW)


def test_minutes_name_who_is_not_eligible_apart_from_the_reserve_list(given: Call) -> None:
    given.office.languages = ["en"]
    given.office.save()
    run = given.runs.get()
    paper = minutes(
        run,
        list(run.awards.all()),
        ineligible_in(run),
        verify_run(run),
        verify_url="https://sapar.example/",
        on=NOW.date(),
    )
    under: dict[str, list[str]] = {}
    at = ""
    for block in paper.blocks:
        if isinstance(block, Heading):
            at = block.words["en"]
        elif isinstance(block, Grid) and at in ("Reserve list", "Not eligible"):
            under[at] = [row[1] for row in block.rows]
    assert {head: [name.split()[0] for name in names] for head, names in under.items()} == {
        "Reserve list": ["Next"],
        "Not eligible": ["Low"],
    }


def test_old_results_say_so_too(given: Call) -> None:
    given.applications.filter(state=A.INELIGIBLE).update(state=A.RESERVE)
    import_module("sapar.mobility.migrations.0013_ineligible").take_off_the_reserve_list(apps, None)
    assert states(given) == {"Good": A.PLACED, "Next": A.RESERVE, "Low": A.INELIGIBLE}
