"""Learning agreements that somebody forgot: asked again once a week, and only who was asked before."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.core import mail
from django_tasks_db.models import DBTaskResult

from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import timeline
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.queries.exchanges import agreements_without, unsent_proposals
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.learning import (
    SketchRow,
    draft_learning_agreement,
    keep_sketch,
    send_learning_agreement,
    sign_learning_agreement,
)
from sapar.mobility.services.reminders import SAPAR, remind
from sapar.mobility.states import EndReason, Party, Side
from sapar.mobility.tasks import exchanges as tasks
from sapar.web.mobility.exchanges.desk import stays_on_the_desk
from tests.cast import NOW, TODAY, Cast
from tests.mobility.stays import accepted_stay, key_for, pair
from tests.story import partner_in_force

WEEK = timedelta(days=7)


def sent(cast: Cast, exchange: Exchange) -> LearningAgreement:
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    return send_learning_agreement(version, by=cast.officer, at=NOW)


def letters() -> Counter[tuple[str, int]]:
    """How many reminders were put into the queue for each purpose and stay."""
    found = DBTaskResult.objects.filter(task_path="sapar.mobility.tasks.exchanges.mail_link")
    calls = [task.args_kwargs for task in found]
    return Counter((call["args"][1], call["args"][2]) for call in calls if call["kwargs"].get("again"))


def test_student_and_partner_are_asked_to_sign_once_a_week(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = sent(cast, exchange)
    student = key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)
    key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    for day in range(1, 7):
        assert remind(cast.office, by=SAPAR, at=NOW + timedelta(days=day)) == 0
    for day in range(7, 14):
        remind(cast.office, by=SAPAR, at=NOW + timedelta(days=day))
    both = {("sign_learning_agreement", exchange.pk): 1, ("follow_stay", exchange.pk): 1}
    assert letters() == both
    noted = timeline(exchange).filter(action="mobility.reminded")
    assert sorted(entry.data["purpose"] for entry in noted) == ["follow_stay", "sign_learning_agreement"]
    sign_learning_agreement(version, Party.STUDENT, digest=version.digest, by=student, at=NOW)
    assert remind(cast.office, by=SAPAR, at=NOW + 2 * WEEK) == 1
    assert letters() == {**both, ("sign_learning_agreement", exchange.pk): 2}


def test_version_just_sent_is_not_asked_for_again_by_an_older_link(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    send_learning_agreement(version, by=cast.officer, at=NOW + WEEK)
    assert remind(cast.office, by=SAPAR, at=NOW + WEEK + timedelta(days=6)) == 0
    assert remind(cast.office, by=SAPAR, at=NOW + 2 * WEEK) == 1


def test_who_was_invited_to_propose_is_asked_again_until_somebody_writes(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    invited, begun, uninvited = (
        accepted_stay(cast, partner, given=name) for name in ("Aida", "Bermet", "Chynara")
    )
    link = key_for(begun, LinkPurpose.FOLLOW_STAY, cast)
    key_for(invited, LinkPurpose.FOLLOW_STAY, cast)
    row = SketchRow(side=Side.STUDIED, group="1", title="Anatomy")
    keep_sketch(begun, [row], revision=0, by=link, at=NOW)
    assert set(unsent_proposals(cast.office)) == {invited, begun}
    assert remind(cast.office, by=SAPAR, at=NOW + WEEK) == 2
    assert remind(cast.office, by=SAPAR, at=NOW + WEEK + timedelta(days=6)) == 0
    assert letters() == {("follow_stay", invited.pk): 1, ("follow_stay", begun.pk): 1}
    for one in (invited, begun):
        args = (cast.office.pk, "follow_stay", one.pk, "A", "a@example.org", "en", 400)
        tasks.mail_link.func(*args, again=True)
    assert [one.subject.startswith("Reminder: Your stay") for one in mail.outbox[-2:]] == [True, True]
    assert "Please propose which courses" in mail.outbox[-2].body
    assert "is begun and not sent" in mail.outbox[-1].body
    draft_learning_agreement(invited, pair(cast), by=cast.officer, at=NOW)
    assert list(unsent_proposals(cast.office)) == [begun]
    assert not timeline(uninvited).filter(action="mobility.reminded").exists()


def test_cancelled_stay_is_left_in_peace(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    sent(cast, exchange)
    key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    assert agreements_without(cast.office, Party.RECEIVING).count() == 1
    cancel_exchange(exchange, reason=EndReason.HEALTH, by=cast.officer, at=NOW)
    assert remind(cast.office, by=SAPAR, at=NOW + WEEK) == 0


def test_desk_says_for_whom_it_waits(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    signing, invited = (accepted_stay(cast, partner, given=name) for name in ("Aida", "Bermet"))
    sent(cast, signing)
    key_for(invited, LinkPurpose.FOLLOW_STAY, cast)

    def waited_for(office: str) -> list[str]:
        who = cast.officer if office == "own" else cast.other_officer
        where = cast.office if office == "own" else cast.other_office
        return [str(one.sentence) for one in stays_on_the_desk(who, where, TODAY) if one.kind == "waiting"]

    assert waited_for("own") == [
        "Ankara Demo University has not signed the learning agreement of Aida Demo.",
        "Aida Demo has not signed the learning agreement with Ankara Demo University.",
        "Bermet Demo has not proposed the learning agreement with Ankara Demo University.",
    ]
    assert waited_for("other") == []
