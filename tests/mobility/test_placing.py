"""Places: dry run, adoption, letters, confirmation, deadline, appeal, refill, verification."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from sapar.accounts.models import SignedLink
from sapar.audit.queries import breaks_in, timeline
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.core.queue import failed_tasks
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.mobility.errors import (
    AppealAnswered,
    AppealOpen,
    DeadlineOver,
    NothingToPlace,
    NotReady,
    ReasonMissing,
    RunInProgress,
    RunOutdated,
)
from sapar.mobility.models import Application, Award, Call, PlacingRun
from sapar.mobility.queries.placing import appeal_until, award_of, place_held
from sapar.mobility.services.applications import (
    accept_papers,
    reject_application,
    withdraw_application,
)
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.placing import (
    adopt_run,
    answer_appeal,
    appeal,
    compute_run,
    confirm_place,
    decline_overdue,
    decline_place,
    run_placing,
    run_refill,
    start_placing,
    verify_run,
)
from sapar.mobility.services.placing import runs as running
from sapar.mobility.services.placing.papers import DECISION, MINUTES, issue_minutes
from sapar.mobility.states import AppealState, ApplicationState, CallState, RunState
from sapar.mobility.tasks.placing import tell_decisions
from sapar.mobility.wording.reasons import reason_sentences
from tests.cast import NOW, Cast
from tests.core.work import do_what_is_ready
from tests.mobility.draining import drain
from tests.story import apply, open_call_with, partner_in_force, student

_A = ApplicationState


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's clock stands at the tests' NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


class Story:
    """A closed call with two places and four applicants, Best to Fourth."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.call: Call = open_call_with(cast, partner_in_force(cast, places=2))
        self.applied: list[tuple[Application, SignedLink]] = [
            apply(self.call, student(cast, name, gpa))
            for name, gpa in (("Best", "3.9"), ("Second", "3.5"), ("Third", "3.1"), ("Fourth", "2.9"))
        ]
        for application, _link in self.applied:
            accept_papers(application, by=cast.officer, at=NOW)
        self.call = close_call(self.call, by=cast.officer, at=NOW)
        drain()
        mail.outbox.clear()

    def run(self) -> PlacingRun:
        return run_placing(self.call, seed=7, by=self.cast.officer, at=NOW)

    def given(self) -> PlacingRun:
        return adopt_run(self.run(), by=self.cast.officer, at=NOW)

    def __getitem__(self, at: int) -> Application:
        return Application.objects.select_related("call", "office").get(pk=self.applied[at][0].pk)

    def link(self, at: int) -> SignedLink:
        return self.applied[at][1]

    @property
    def states(self) -> list[str]:
        return [self[at].state for at in range(4)]


@pytest.fixture
def story(cast: Cast) -> Story:
    return Story(cast)


def test_a_dry_run_has_no_effect_and_is_the_same_again(story: Story) -> None:
    first, second = story.run(), story.run()
    assert (first.placed, first.digest, first.result) == (2, second.digest, second.result)
    assert story.states == [_A.COMPLETE] * 4
    assert [line["mechanism"] for line in first.comparison] == [
        "deferred_acceptance",
        "serial_dictatorship",
        "immediate_acceptance",
    ]
    assert (first.number, second.number, second.computed_at) == (1, 2, NOW)
    drain()
    assert mail.outbox == []


def test_no_run_before_everything_is_checked(story: Story, cast: Cast) -> None:
    Application.objects.filter(pk=story[3].pk).update(state=_A.SUBMITTED)
    with pytest.raises(NotReady):
        story.run()
    story.call.applications.update(state=_A.WITHDRAWN)
    with pytest.raises(NothingToPlace):
        story.run()
    Call.objects.update(state=CallState.OPEN)
    with pytest.raises(IllegalMove):
        story.run()


def test_large_runs_go_to_the_background_once_and_one_at_a_time(
    story: Story, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 3)
    run = start_placing(story.call, seed=7, by=cast.officer, at=NOW)
    assert (run.state, run.awards.count()) == (RunState.RUNNING, 0)
    with pytest.raises(RunInProgress):
        start_placing(story.call, seed=8, by=cast.officer, at=NOW)
    assert drain() == ["compute_run"]
    run.refresh_from_db()
    assert (run.state, run.done, run.awards.count(), len(run.comparison)) == (RunState.TRIAL, 100, 4, 3)
    compute_run(run, at=NOW)
    assert Award.objects.filter(run=run).count() == 4


def test_comparison_lost_with_its_worker_is_added_by_the_next(story: Story) -> None:
    run = story.run()
    compared = run.comparison
    PlacingRun.objects.update(comparison=[])
    assert compute_run(run, at=NOW).comparison == compared != []
    assert Award.objects.filter(run=run).count() == 4


def test_run_that_is_given_up_does_not_stand_in_the_way(
    story: Story, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 3)
    monkeypatch.setattr(running, "problem_of", lambda _call: 1 / 0)
    run = start_placing(story.call, seed=7, by=cast.officer, at=NOW)
    do_what_is_ready()
    run.refresh_from_db()
    assert (run.state, run.failure) == (RunState.FAILED, "")
    assert failed_tasks(cast.office.pk)[0].code == "ZeroDivisionError"
    assert timeline(story.call)[0].action == "mobility.places.stopped"
    monkeypatch.undo()
    assert start_placing(story.call, seed=7, by=cast.officer, at=NOW).state == RunState.TRIAL


def test_a_run_that_cannot_be_computed_says_why(story: Story, cast: Cast) -> None:
    story.call.rules = [{"code": "x", "fact": "faculty", "test": "at_least", "required": 3}]
    story.call.save()
    run = start_placing(story.call, seed=7, by=cast.officer, at=NOW)
    assert run.state == RunState.FAILED
    assert "cannot compare MED" in run.failure


def test_adoption_offers_places_and_tells_everybody_once(story: Story) -> None:
    run = story.given()
    assert story.states == [_A.PLACED, _A.PLACED, _A.RESERVE, _A.RESERVE]
    assert story[0].answer_by == NOW + timedelta(days=7)
    drain()
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "best@example.org", "fourth@example.org", "second@example.org", "third@example.org",
    ]  # fmt: skip
    assert Paper.objects.filter(kind=DECISION).count() == 4
    assert papers_of(run).get().kind == MINUTES
    mail.outbox.clear()
    tell_decisions.call(run.pk)
    drain()
    assert (mail.outbox, Paper.objects.count()) == ([], 5)
    assert list(breaks_in(story.cast.office)) == []


def test_minutes_and_letters_are_pdfs_and_new_minutes_replace_the_old(story: Story, cast: Cast) -> None:
    run = story.given()
    drain()
    for paper in Paper.objects.select_related("file"):
        assert paper.file.content.read().startswith(b"%PDF-")
    again = issue_minutes(run, by=cast.officer, at=NOW)
    old = papers_of(run).exclude(pk=again.pk).get()
    assert (old.state, old.replaced_by_id) == ("replaced", again.pk)
    with pytest.raises(NotAllowed):
        issue_minutes(run, by=cast.reader, at=NOW)


def test_reasons_say_what_decided(story: Story) -> None:
    story.given()
    third = award_of(story[2])
    assert third is not None
    assert reason_sentences(third.reasons[0]) == [
        "Places open to all: position 3 for 2 places.",
        "Cut-off 87.5 points, yours 77.5.",
    ]
    best = award_of(story[0])
    assert best is not None
    assert reason_sentences(best.reasons[0]) == [
        "You are offered a place here.",
        "The last place went at 87.5 points; yours: 97.5.",
    ]


def test_an_ineligible_applicant_reads_both_numbers(cast: Cast) -> None:
    rules = ({"code": "gpa", "fact": "gpa", "test": "at_least", "required": 3.0},)
    call = open_call_with(cast, partner_in_force(cast), rules=rules)
    application, _link = apply(call, student(cast, "Low", "2.5"))
    accept_papers(application, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=1, by=cast.officer, at=NOW)
    (reason,) = run.awards.get().reasons
    assert reason_sentences(reason) == [
        "You do not meet a condition of this place.",
        "GPA of at least 3; yours: 2.5.",
    ]


def test_a_run_is_not_adopted_when_something_changed(story: Story, cast: Cast) -> None:
    run = story.run()
    withdraw_application(story[3], by=story.link(3), at=NOW)
    with pytest.raises(RunOutdated):
        adopt_run(run, by=cast.officer, at=NOW)
    adopt_run(story.run(), by=cast.officer, at=NOW)
    with pytest.raises(RunOutdated):
        adopt_run(run, by=cast.officer, at=NOW)


def test_confirm_until_the_last_moment_and_not_after(story: Story) -> None:
    story.given()
    with pytest.raises(NotAllowed):
        confirm_place(story[0], by=story.link(1), at=NOW)
    with pytest.raises(IllegalMove):
        confirm_place(story[2], by=story.link(2), at=NOW)
    with pytest.raises(DeadlineOver):
        confirm_place(story[0], by=story.link(0), at=NOW + timedelta(days=7, seconds=1))
    confirm_place(story[0], by=story.link(0), at=NOW + timedelta(days=7))
    with pytest.raises(IllegalMove):
        decline_place(story[0], by=story.link(0), at=NOW)
    assert story[0].state == _A.CONFIRMED


def test_places_not_confirmed_are_given_back_by_themselves(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.given()
    confirm_place(story[0], by=story.link(0), at=NOW)
    drain()
    mail.outbox.clear()
    assert decline_overdue(story.call, at=NOW + timedelta(days=7)) == 0
    reminder = NOW + timedelta(days=5, hours=1)
    monkeypatch.setattr(timezone, "now", lambda: reminder)
    drain(until=reminder)
    drain()
    assert [(letter.to, "confirm" in letter.subject.lower()) for letter in mail.outbox] == [
        (["second@example.org"], True)
    ]
    after = NOW + timedelta(days=7, minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: after)
    drain(until=after)
    drain()
    assert story.states == [_A.CONFIRMED, _A.DECLINED, _A.RESERVE, _A.RESERVE]
    assert mail.outbox[-1].to == ["second@example.org"]
    assert decline_overdue(story.call, at=after) == 0


def test_refill_gives_to_the_next_and_takes_from_nobody(story: Story, cast: Cast) -> None:
    story.given()
    drain()
    confirm_place(story[0], by=story.link(0), at=NOW)
    decline_place(story[1], by=story.link(1), at=NOW)
    mail.outbox.clear()
    later = NOW + timedelta(days=3)
    run = run_refill(story.call, by=cast.officer, at=later)
    assert verify_run(run).stable
    adopt_run(run, by=cast.officer, at=later)
    drain()
    assert story.states == [_A.CONFIRMED, _A.DECLINED, _A.PLACED, _A.RESERVE]
    assert story[2].answer_by == later + timedelta(days=7)
    assert [letter.to for letter in mail.outbox] == [["third@example.org"]]
    held = place_held(story[0])
    assert held is not None
    assert held == place_held(story[2])
    # Whoever is not concerned keeps the old clock.
    assert appeal_until(story[3]) == NOW + timedelta(days=5)


def test_a_refill_computed_before_somebody_confirmed_is_outdated(story: Story, cast: Cast) -> None:
    story.given()
    decline_place(story[1], by=story.link(1), at=NOW)
    run = run_refill(story.call, by=cast.officer, at=NOW)
    confirm_place(story[0], by=story.link(0), at=NOW)
    with pytest.raises(RunOutdated):
        adopt_run(run, by=cast.officer, at=NOW)
    story.call.applications.update(state=_A.WITHDRAWN)
    with pytest.raises(NothingToPlace):
        run_refill(story.call, by=cast.officer, at=NOW)


def test_whoever_was_not_told_before_a_refill_is_told_after_it(story: Story, cast: Cast) -> None:
    story.given()
    decline_place(story[1], by=story.link(1), at=NOW)
    adopt_run(run_refill(story.call, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    drain()
    decisions = [letter.to[0] for letter in mail.outbox]
    assert sorted(decisions) == ["best@example.org", "fourth@example.org", "third@example.org"]


def test_an_appeal_has_its_clock_and_one_answer(story: Story, cast: Cast) -> None:
    with pytest.raises(NothingToPlace):
        appeal(story[2], text="Why?", by=story.link(2), at=NOW)
    story.given()
    with pytest.raises(ReasonMissing):
        appeal(story[2], text=" ", by=story.link(2), at=NOW)
    with pytest.raises(DeadlineOver):
        appeal(story[2], text="Why?", by=story.link(2), at=NOW + timedelta(days=5, seconds=1))
    made = appeal(story[2], text="Why?", by=story.link(2), at=NOW + timedelta(days=5))
    with pytest.raises(AppealOpen):
        appeal(story[2], text="And?", by=story.link(2), at=NOW)
    with pytest.raises(NotAllowed):
        answer_appeal(made, upheld=True, answer="Yes", by=story.link(2), at=NOW)
    with pytest.raises(ReasonMissing):
        answer_appeal(made, upheld=True, answer="", by=cast.officer, at=NOW)
    drain()
    mail.outbox.clear()
    made = answer_appeal(made, upheld=False, answer="Two had more points.", by=cast.officer, at=NOW)
    assert made.state == AppealState.REFUSED
    with pytest.raises(AppealAnswered):
        answer_appeal(made, upheld=True, answer="Or not.", by=cast.officer, at=NOW)
    drain()
    assert [letter.to for letter in mail.outbox] == [["third@example.org"]]


def test_who_was_not_admitted_may_appeal_too(story: Story, cast: Cast) -> None:
    reject_application(story[3], reason="Papers forged.", by=cast.officer, at=NOW)
    assert appeal_until(story[3]) is None
    story.given()
    made = appeal(story[3], text="They are not.", by=story.link(3), at=NOW)
    assert made.state == AppealState.OPEN


def test_a_changed_result_does_not_verify(story: Story) -> None:
    run = story.run()
    assert verify_run(run).sound
    run.result["placements"][0]["applicant"] = str(story[3].pk)
    assert not verify_run(run).sound


def test_only_the_office_gives_places(story: Story, cast: Cast) -> None:
    run = story.run()
    for person in (cast.reader, cast.rector, cast.coordinator, cast.nobody, cast.other_officer):
        with pytest.raises(NotAllowed):
            run_placing(story.call, seed=1, by=person, at=NOW)
        with pytest.raises(NotAllowed):
            adopt_run(run, by=person, at=NOW)
