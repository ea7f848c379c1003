"""Stays that are cancelled or end early, what follows from it, and taking it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from sapar.accounts.errors import LinkInvalid
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import timeline
from sapar.core.errors import BadInput, IllegalMove, NotAllowed
from sapar.files.models import Paper
from sapar.mobility.errors import AddressMissing, NoSeatLeft, ReasonMissing, StayOver
from sapar.mobility.models import Call, Exchange
from sapar.mobility.queries.calls import seats_free
from sapar.mobility.queries.exchanges import overdue_transcripts, rows_with_places
from sapar.mobility.services.applications import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.endings import (
    cancel_exchange,
    end_early,
    reinstate_exchange,
    resume_exchange,
)
from sapar.mobility.services.exchanges import make_exchange_link, note_arrival
from sapar.mobility.services.learning import Recipient, draft_learning_agreement, send_learning_agreement
from sapar.mobility.services.nominating import nominate
from sapar.mobility.services.placing import adopt_run, confirm_place, run_placing, run_refill
from sapar.mobility.services.stay_papers import issue_stay_certificate
from sapar.mobility.states import (
    ApplicationState,
    EndReason,
    ExchangeState,
    LearningAgreementState,
)
from sapar.mobility.tasks.endings import tell_end
from sapar.reporting.counting import values_of
from tests.cast import LATER, NOW, Cast
from tests.mobility.stays import accepted_stay, nominated_stay, pair, signed_agreement, stay_with_transcript
from tests.story import Partner, apply, open_call_with, partner_in_force, student

DURING = LATER - timedelta(days=90)
ARRIVED, LEFT = date(2027, 2, 3), date(2027, 3, 31)
HOST = Recipient("Deniz Partner", "deniz@example.org", "en")


def begun_stay(cast: Cast, partner: Partner | None = None, given: str = "Aida") -> Exchange:
    stay = accepted_stay(cast, partner, given=given)
    return note_arrival(stay, arrived_on=ARRIVED, by=cast.officer, at=DURING)


def ended_stay(cast: Cast, stay: Exchange, **more: object) -> Exchange:
    facts = {"left_on": LEFT, "reason": EndReason.HEALTH, "by": cast.officer, "at": DURING} | more
    return end_early(stay, **facts)  # type: ignore[arg-type]


def placed_from_call(cast: Cast) -> tuple[Call, Exchange]:
    """One place in a call: Aida holds it and is nominated, Bek is on the reserve list."""
    partner = partner_in_force(cast, places=1)
    call = open_call_with(cast, partner)
    aida, link = apply(call, student(cast, "Aida", "3.9"))
    bek, _link = apply(call, student(cast, "Bek", "3.1"))
    close_call(call, by=cast.officer, at=NOW)
    for application in (aida, bek):
        accept_papers(application, by=cast.officer, at=NOW)
    adopt_run(run_placing(call, seed=1, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    confirm_place(aida, by=link, at=NOW)
    return call, nominate(aida, by=cast.officer, at=NOW)


def test_early_end_keeps_real_days_and_the_agreement_in_force(cast: Cast) -> None:
    stay = note_arrival(
        signed_agreement(accepted_stay(cast), cast).exchange, arrived_on=ARRIVED, by=cast.officer, at=DURING
    )
    stay = ended_stay(cast, stay, words="Broken leg")
    assert (stay.state, stay.left_on, stay.ended_on) == (ExchangeState.RETURNED, LEFT, LEFT)
    assert (stay.end_reason, stay.end_words, stay.place_free) == ("health", "Broken leg", False)
    assert stay.learning_agreements.get().state == LearningAgreementState.SIGNED
    assert [one.pk for one in overdue_transcripts(cast.office, today=date(2027, 6, 1))] == [stay.pk]


def test_early_end_without_results_asks_nobody_for_a_transcript(cast: Cast) -> None:
    stay = ended_stay(cast, begun_stay(cast), results=False)
    assert stay.state == ExchangeState.BROKEN_OFF
    assert not overdue_transcripts(cast.office, today=date(2027, 12, 1)).exists()


def test_early_end_needs_its_order_of_days_and_the_words_of_another_reason(cast: Cast) -> None:
    stay = begun_stay(cast)
    for day in (ARRIVED - timedelta(days=1), stay.planned_to, date(2027, 5, 5)):
        with pytest.raises(BadInput):
            ended_stay(cast, stay, left_on=day)
    with pytest.raises(ReasonMissing):
        ended_stay(cast, stay, reason=EndReason.OTHER, words=" ")
    with pytest.raises(AddressMissing):
        ended_stay(cast, stay, partner=Recipient("Deniz", ""))
    stay.refresh_from_db()
    assert (stay.state, stay.left_on, stay.end_reason) == (ExchangeState.AWAY, None, "")


def test_only_a_begun_stay_ends_early_and_only_an_unbegun_one_is_cancelled(cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        ended_stay(cast, accepted_stay(cast))
    with pytest.raises(IllegalMove):
        cancel_exchange(begun_stay(cast, given="Bek"), reason=EndReason.VISA, by=cast.officer, at=DURING)


def test_database_refuses_a_broken_off_stay_without_a_reason(cast: Cast) -> None:
    stay = begun_stay(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exchange.objects.filter(pk=stay.pk).update(state=ExchangeState.BROKEN_OFF, left_on=LEFT)


def test_place_of_an_early_end_is_free_only_when_said(cast: Cast) -> None:
    partner = partner_in_force(cast, places=1)
    stay = ended_stay(cast, begun_stay(cast, partner))
    assert seats_free(partner.outgoing) == 0
    stay = resume_exchange(stay, why="Mistaken", by=cast.officer, at=DURING)
    ended_stay(cast, stay, free_place=True)
    row = rows_with_places(cast.office).get(pk=partner.outgoing.pk)
    assert (seats_free(partner.outgoing), row.called, row.direct) == (1, 0, 0)  # type: ignore[attr-defined]
    nominated_stay(cast, partner, given="Bek")
    stay.refresh_from_db()
    with pytest.raises(NoSeatLeft):
        resume_exchange(stay, why="Came back", by=cast.officer, at=DURING)


def test_place_that_came_from_a_call_is_free_outside_it_after_an_early_end(cast: Cast) -> None:
    _call, stay = placed_from_call(cast)
    condition = stay.condition
    assert condition is not None
    assert seats_free(condition) == 0
    Exchange.objects.filter(pk=stay.pk).update(state=ExchangeState.ACCEPTED)
    stay = note_arrival(stay, arrived_on=ARRIVED, by=cast.officer, at=DURING)
    ended_stay(cast, stay, free_place=True)
    row = rows_with_places(cast.office).get(pk=condition.pk)
    assert (seats_free(condition), row.called, row.direct) == (1, 0, 0)  # type: ignore[attr-defined]


def test_cancelled_place_of_a_call_goes_to_the_reserve_list(cast: Cast) -> None:
    call, stay = placed_from_call(cast)
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    states = dict(call.applications.values_list("person__passport_given", "state"))
    assert states == {"Aida": ApplicationState.WITHDRAWN, "Bek": ApplicationState.RESERVE}
    adopt_run(run_refill(call, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    assert call.applications.get(person__passport_given="Bek").state == ApplicationState.PLACED
    with pytest.raises(NoSeatLeft):
        reinstate_exchange(stay, why="Wants after all", by=cast.officer, at=NOW)


def test_reinstated_stay_of_a_call_has_its_place_again(cast: Cast) -> None:
    call, stay = placed_from_call(cast)
    cancel_exchange(stay, reason=EndReason.GAVE_UP, by=cast.officer, at=NOW)
    stay = reinstate_exchange(stay, why="Wants after all", by=cast.officer, at=NOW)
    assert (stay.state, stay.end_reason, stay.ended_on) == (ExchangeState.NOMINATED, "", None)
    assert call.applications.get(person__passport_given="Aida").state == ApplicationState.CONFIRMED


def test_cancelling_voids_what_waits_for_signatures_and_closes_the_partners_links(cast: Cast) -> None:
    stay = accepted_stay(cast)
    version = draft_learning_agreement(stay, pair(cast), by=cast.officer, at=NOW)
    send_learning_agreement(version, by=cast.officer, at=NOW)
    key = make_exchange_link(
        stay, LinkPurpose.SIGN_LEARNING_AGREEMENT, name="D", email="d@example.org", by=cast.officer, at=NOW
    ).key
    cancel_exchange(stay, reason=EndReason.VISA, by=cast.officer, at=NOW)
    version.refresh_from_db()
    assert version.state == LearningAgreementState.VOID
    with pytest.raises(LinkInvalid):
        link_by_key(key, LinkPurpose.SIGN_LEARNING_AGREEMENT, at=NOW)
    assert timeline(stay).first().data["void"] == [1]  # type: ignore[union-attr]


@pytest.mark.parametrize("given", ["nominated", "accepted", "ready"])
def test_reinstated_stay_stands_where_its_papers_are(cast: Cast, given: str) -> None:
    match given:
        case "nominated":
            stay = nominated_stay(cast)
        case "accepted":
            stay = accepted_stay(cast)
        case _:
            stay = signed_agreement(accepted_stay(cast), cast).exchange
    cancel_exchange(stay, reason=EndReason.FAMILY, by=cast.officer, at=NOW)
    with pytest.raises(ReasonMissing):
        reinstate_exchange(stay, why="", by=cast.officer, at=NOW)
    assert reinstate_exchange(stay, why="Goes after all", by=cast.officer, at=NOW).state == given


def test_stay_whose_time_is_over_is_not_reinstated(cast: Cast) -> None:
    stay = accepted_stay(cast)
    cancel_exchange(stay, reason=EndReason.FAMILY, by=cast.officer, at=NOW)
    with pytest.raises(StayOver):
        reinstate_exchange(stay, why="Late", by=cast.officer, at=LATER)


def test_resuming_revokes_the_certificate_of_the_days_before(cast: Cast) -> None:
    stay = ended_stay(cast, begun_stay(cast))
    issue_stay_certificate(stay, by=cast.officer, at=DURING)
    stay = resume_exchange(stay, why="Wrong person", by=cast.officer, at=DURING)
    assert (stay.state, stay.left_on, stay.end_reason) == (ExchangeState.AWAY, None, "")
    assert Paper.objects.get(kind="stay_certificate").state == "revoked"


def test_departure_is_not_taken_back_once_a_transcript_came(cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        resume_exchange(stay_with_transcript(cast), why="Late", by=cast.officer, at=LATER)


def test_partner_is_told_without_the_reason_and_as_things_stand_then(cast: Cast) -> None:
    stay = ended_stay(cast, begun_stay(cast), words="Broken leg", partner=HOST)
    tell_end.call(stay.pk, HOST.name, HOST.email, HOST.language)
    letter = mail.outbox[-1]
    assert letter.to == ["deniz@example.org"]
    assert "31.03.2027" in letter.body
    assert "transcript of records" in letter.body
    assert "leg" not in letter.body
    assert "health" not in letter.body
    resume_exchange(stay, why="Back", by=cast.officer, at=DURING)
    tell_end.call(stay.pk, HOST.name, HOST.email, HOST.language)
    assert "takes place" in mail.outbox[-1].body


def test_figures_count_real_days_and_ends_by_reason(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    early = ended_stay(cast, begun_stay(cast, partner))
    gone = cancel_exchange(
        accepted_stay(cast, partner, given="Bek"), reason=EndReason.VISA, by=cast.officer, at=NOW
    )
    begun_stay(cast, partner, given="Cholpon")
    found = {(one.code, one.row): one for one in values_of(cast.office, 2026, today=date(2027, 8, 1))}
    assert found["exchanges.out_days", ""].value == 57
    assert found["exchanges.out_days", ""].ids == (early.pk,)
    assert found["exchanges.ended_early", ""].ids == (early.pk,)
    assert found["exchanges.cancelled", ""].ids == (gone.pk,)
    assert found["exchanges.ended_by_reason", "health"].ids == (early.pk,)
    assert found["exchanges.ended_by_reason", "visa"].ids == (gone.pk,)
    assert found["exchanges.out", ""].value == 2


def test_nobody_else_ends_or_reinstates(cast: Cast) -> None:
    stay = begun_stay(cast)
    cancelled = cancel_exchange(
        accepted_stay(cast, given="Bek"), reason=EndReason.VISA, by=cast.officer, at=NOW
    )
    for who in (cast.coordinator, cast.reader, cast.other_officer):
        with pytest.raises(NotAllowed):
            ended_stay(cast, stay, by=who)
        with pytest.raises(NotAllowed):
            resume_exchange(stay, why="x", by=who, at=DURING)
        with pytest.raises(NotAllowed):
            cancel_exchange(stay, reason=EndReason.VISA, by=who, at=NOW)
        with pytest.raises(NotAllowed):
            reinstate_exchange(cancelled, why="x", by=who, at=NOW)
