"""Nominations, answers, dates, links and reminders through services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from sapar.accounts.errors import LinkInvalid
from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.audit.models import Entry
from sapar.core.errors import BadInput, IllegalMove, NotAllowed
from sapar.mobility.errors import AddressMissing, NoSeatLeft, NothingChosen, ReasonMissing
from sapar.mobility.models import Exchange
from sapar.mobility.policies import (
    may_answer_nomination,
    may_change_exchange,
    may_decide_recognition,
    may_give_transcript,
    may_view_exchange,
    may_write_learning_agreement,
)
from sapar.mobility.queries.exchanges import overdue_transcripts, rows_with_places, waiting_for_answer
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.exchanges import (
    NominationAnswer,
    answer_nominations,
    change_plan,
    invite_to_answer,
    make_exchange_link,
    note_departure,
)
from sapar.mobility.services.reminders import SAPAR, remind
from sapar.mobility.states import EndReason, ExchangeState
from sapar.mobility.tasks import exchanges as tasks
from tests.cast import NOW, Cast
from tests.mobility.stays import accepted_stay, nominated_stay, returned_stay
from tests.story import partner_in_force


def test_direct_nominations_stop_at_the_last_place(cast: Cast) -> None:
    partner = partner_in_force(cast, places=2)
    for name in ("One", "Two"):
        nominated_stay(cast, partner, given=name)
    with pytest.raises(NoSeatLeft):
        nominated_stay(cast, partner, given="Three")
    row = rows_with_places(cast.office).get(pk=partner.outgoing.pk)
    assert (row.places, row.called, row.direct) == (2, 0, 2)  # type: ignore[attr-defined]


def test_cancelled_stay_gives_its_place_back(cast: Cast) -> None:
    partner = partner_in_force(cast, places=1)
    cancel_exchange(
        nominated_stay(cast, partner, given="One"), reason=EndReason.HEALTH, by=cast.officer, at=NOW
    )
    assert nominated_stay(cast, partner, given="Two").state == ExchangeState.NOMINATED


def test_answers_are_kept_together_or_not_at_all(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    one, two = (nominated_stay(cast, partner, given=name) for name in ("One", "Two"))
    answers = [NominationAnswer(one, True), NominationAnswer(two, False)]
    with pytest.raises(ReasonMissing):
        answer_nominations(answers, by=cast.officer, at=NOW)
    assert set(Exchange.objects.values_list("state", flat=True)) == {"nominated"}
    with pytest.raises(NothingChosen):
        answer_nominations([], by=cast.officer, at=NOW)
    answer_nominations(
        [NominationAnswer(one, True), NominationAnswer(two, False, "No room")], by=cast.officer, at=NOW
    )
    assert list(Exchange.objects.order_by("pk").values_list("state", flat=True)) == ["accepted", "declined"]


def test_partner_answers_only_under_its_own_agreement(cast: Cast) -> None:
    partner, other = partner_in_force(cast), partner_in_force(cast, "Izmir Demo University")
    exchange = nominated_stay(cast, other)
    made = invite_to_answer(partner.agreement, name="D", email="d@example.org", by=cast.officer, at=NOW)
    link = link_by_key(made.key, LinkPurpose.ANSWER_NOMINATION, at=NOW)
    with pytest.raises(NotAllowed):
        answer_nominations([NominationAnswer(exchange, True)], by=link, at=NOW)


def test_new_link_ends_the_one_before(cast: Cast) -> None:
    partner = partner_in_force(cast)
    first, second = (
        invite_to_answer(partner.agreement, name="D", email="", by=cast.officer, at=NOW) for _n in range(2)
    )
    with pytest.raises(LinkInvalid):
        link_by_key(first.key, LinkPurpose.ANSWER_NOMINATION, at=NOW)
    assert link_by_key(second.key, LinkPurpose.ANSWER_NOMINATION, at=NOW).holder_name == "D"


def test_letter_needs_an_address(cast: Cast) -> None:
    exchange = nominated_stay(cast)
    with pytest.raises(AddressMissing):
        make_exchange_link(
            exchange, LinkPurpose.FOLLOW_STAY, name="Aida", email="", mail=True, by=cast.officer, at=NOW
        )
    assert not SignedLink.objects.filter(purpose=LinkPurpose.FOLLOW_STAY).exists()


@pytest.mark.parametrize("purpose", ["sign_learning_agreement", "give_transcript", "follow_stay"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_mailed_link_works_and_its_key_is_nowhere_else(cast: Cast, purpose: str, language: str) -> None:
    exchange = nominated_stay(cast)
    tasks.mail_link.func(cast.office.pk, purpose, exchange.pk, "Deniz", "d@example.org", language, 90)
    (letter,) = mail.outbox
    assert isinstance(letter.body, str)
    key = letter.body.split("/l/")[1].split("/")[0]
    link = link_by_key(key, LinkPurpose(purpose), at=NOW)
    assert (link.subject_id, link.language) == (exchange.pk, language)
    assert key not in letter.subject
    assert not Entry.objects.filter(data__icontains=key).exists()


def test_dates_change_with_a_reason_and_are_told(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    new: dict[str, Any] = {"planned_from": date(2027, 2, 1), "planned_to": date(2027, 7, 31)}
    with pytest.raises(ReasonMissing):
        change_plan(exchange, **new, reason=" ", by=cast.officer, at=NOW)
    with pytest.raises(BadInput):
        change_plan(
            exchange, planned_from=date(2027, 3, 1), planned_to=date(2027, 2, 1), reason="x",
            by=cast.officer, at=NOW,
        )  # fmt: skip
    change_plan(exchange, **new, reason="Extended", by=cast.officer, at=NOW)
    entry = Entry.objects.filter(action="mobility.exchange.replanned").get()
    assert entry.data["changes"] == {"planned_to": ["2027-06-30", "2027-07-31"]}


def test_nobody_leaves_before_arriving(cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        note_departure(accepted_stay(cast), left_on=date(2027, 6, 1), by=cast.officer, at=NOW)


def test_waiting_partners_are_told_in_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    partners = [partner_in_force(cast, f"University {n}") for n in ("A", "B", "C")]
    for number, partner in enumerate(partners):
        nominated_stay(cast, partner, given=f"G{number}")
    nominated_stay(cast, partners[0], given="Second")
    with django_assert_num_queries(2):
        waiting = waiting_for_answer(cast.office)
        assert [one.people for one in waiting] == [2, 1, 1]


def test_transcript_is_overdue_after_five_weeks(cast: Cast) -> None:
    exchange = returned_stay(cast)
    left = exchange.left_on
    assert left is not None
    assert list(overdue_transcripts(cast.office, today=left + timedelta(days=35))) == []
    assert list(overdue_transcripts(cast.office, today=left + timedelta(days=36))) == [exchange]


def test_reminders_go_once_a_week_and_only_where_somebody_was_written_to(cast: Cast) -> None:
    partner, silent = partner_in_force(cast), partner_in_force(cast, "Izmir Demo University")
    nominated_stay(cast, partner, given="One")
    nominated_stay(cast, silent, given="Two")
    invite_to_answer(partner.agreement, name="D", email="d@example.org", by=cast.officer, at=NOW)
    assert remind(cast.office, by=SAPAR, at=NOW + timedelta(days=6)) == 0
    assert remind(cast.office, by=SAPAR, at=NOW + timedelta(days=8)) == 1
    assert remind(cast.office, by=SAPAR, at=NOW + timedelta(days=9)) == 0
    tasks.mail_link.func(
        cast.office.pk, "answer_nomination", partner.agreement.pk, "D", "d@example.org", "en", 90, again=True
    )
    assert mail.outbox[-1].subject.startswith("Reminder: Nominations for exchange")
    with pytest.raises(NotAllowed):
        remind(cast.office, by=cast.other_officer, at=NOW)


ROLES = ("administrator", "officer", "coordinator", "vice_rector", "reader", "nobody", "other_officer")


@pytest.mark.parametrize(
    ("question", "yes"),
    [
        (may_view_exchange, {"administrator", "officer", "coordinator", "vice_rector", "reader"}),
        (may_change_exchange, {"administrator", "officer"}),
        (may_answer_nomination, {"administrator", "officer"}),
        (may_write_learning_agreement, {"administrator", "officer", "coordinator"}),
        (may_give_transcript, {"administrator", "officer"}),
        (may_decide_recognition, {"administrator", "officer", "coordinator"}),
    ],
)
def test_who_may_do_what_with_a_stay(cast: Cast, question: Any, yes: set[str]) -> None:
    exchange = accepted_stay(cast)
    assert {role for role in ROLES if question(getattr(cast, role), exchange)} == yes


def test_coordinator_has_no_say_in_another_faculty(cast: Cast) -> None:
    exchange = accepted_stay(cast, unit="ECO")
    for question in (may_view_exchange, may_write_learning_agreement, may_decide_recognition):
        assert not question(cast.coordinator, exchange)
