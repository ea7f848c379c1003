"""Learning agreements: three signatures on one digest, changes as numbered versions, the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from sapar.accounts.models import SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.core.errors import ChangedMeanwhile, NotAllowed
from sapar.files.models import Paper
from sapar.mobility.errors import (
    ComponentsUnbalanced,
    NoComponents,
    NothingToAgree,
    NotSignedYet,
    OtherVersionOpen,
    ReasonMissing,
    SignedAlready,
)
from sapar.mobility.papers.learning import learning_agreement_paper
from sapar.mobility.queries.learning import totals_of
from sapar.mobility.services.exchanges import note_arrival
from sapar.mobility.services.learning import (
    ComponentEntry,
    Recipient,
    draft_learning_agreement,
    send_learning_agreement,
    sign_learning_agreement,
    void_learning_agreement,
)
from sapar.mobility.services.stay_papers import SAPAR, issue_learning_agreement
from sapar.mobility.states import ChangeReason, ExchangeState, LearningAgreementState, Party, Side
from sapar.mobility.tasks.exchanges import issue_agreement_paper
from sapar.partners.states import Direction
from tests.cast import LATER, NOW, Cast
from tests.mobility.stays import accepted_stay, key_for, nominated_stay, pair, signed_agreement

TURKISH = ComponentEntry(side=Side.STUDIED, group=2, code="TR-1", title="Turkish", credits=Decimal(3))


def test_nothing_is_agreed_before_the_host_accepts(cast: Cast) -> None:
    with pytest.raises(NothingToAgree):
        draft_learning_agreement(nominated_stay(cast), pair(cast), by=cast.officer, at=NOW)


def test_group_needs_something_studied(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast)[1:], by=cast.officer, at=NOW)
    with pytest.raises(ComponentsUnbalanced):
        send_learning_agreement(version, by=cast.officer, at=NOW)
    empty = draft_learning_agreement(exchange, [], by=cast.officer, at=NOW)
    with pytest.raises(NoComponents):
        send_learning_agreement(empty, by=cast.officer, at=NOW)


def test_signature_is_for_what_was_read(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        sign_learning_agreement(version, Party.SENDING, digest="0" * 64, by=cast.officer, at=NOW)
    sign_learning_agreement(version, Party.SENDING, digest=version.digest, by=cast.officer, at=NOW)
    with pytest.raises(SignedAlready):
        sign_learning_agreement(version, Party.SENDING, digest=version.digest, by=cast.officer, at=NOW)


def test_nobody_signs_for_the_student(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    partner = key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    for actor in (cast.officer, cast.coordinator, partner):
        with pytest.raises(NotAllowed):
            sign_learning_agreement(version, Party.STUDENT, digest=version.digest, by=actor, at=NOW)
    with pytest.raises(NotAllowed):
        sign_learning_agreement(version, Party.SENDING, digest=version.digest, by=partner, at=NOW)


def test_guest_of_ours_is_signed_for_by_its_own_university_as_sending(cast: Cast) -> None:
    exchange = accepted_stay(cast, direction=Direction.INCOMING)
    version = signed_agreement(exchange, cast)
    names = dict(version.signatures.values_list("party", "name"))
    assert names == {"student": "Holder", "receiving": "Aigul", "sending": "Holder"}
    assert exchange.state == ExchangeState.READY


def test_change_is_a_new_version_with_coded_reasons(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    first = signed_agreement(exchange, cast, [*pair(cast), TURKISH])
    note_arrival(exchange, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    exchange.refresh_from_db()
    gone, instead = replace(TURKISH, removed=True), replace(TURKISH, title="Kazakh", group=3, added=True)
    with pytest.raises(ReasonMissing):
        draft_learning_agreement(exchange, [*pair(cast), gone, instead], by=cast.officer, at=NOW)
    gone = replace(gone, reason=ChangeReason.NOT_AVAILABLE)
    instead = replace(instead, reason=ChangeReason.SUBSTITUTING, credits=Decimal(4))
    second = signed_agreement(exchange, cast, [*pair(cast), gone, instead])
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (
        LearningAgreementState.SUPERSEDED,
        LearningAgreementState.SIGNED,
        2,
    )
    assert totals_of(second).studied.total == Decimal(10)
    words = str(learning_agreement_paper(second, second.signatures.all(), on=date(2027, 3, 1)).blocks)
    assert "previously selected component is not available" in words


def test_version_under_signature_is_declared_void_before_another(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    with pytest.raises(OtherVersionOpen):
        draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    void_learning_agreement(version, reason="Wrong credits", by=cast.officer, at=NOW)
    assert draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW).number == 2


def test_sending_writes_to_student_and_partner_in_the_same_transaction(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    send_learning_agreement(
        version,
        student=Recipient("Aida", "aida@example.org", "ky"),
        partner=Recipient("Deniz", "deniz@example.org"),
        by=cast.officer,
        at=NOW,
    )
    waiting = DBTaskResult.objects.filter(task_path="sapar.mobility.tasks.exchanges.mail_link")
    assert sorted(task.args_kwargs["args"][4] for task in waiting) == [
        "aida@example.org",
        "deniz@example.org",
    ]
    made = SignedLink.objects.filter(purpose__in=["follow_stay", "sign_learning_agreement"])
    assert (mail.outbox, list(made)) == ([], [])


def test_signed_version_becomes_one_paper_however_often_it_is_asked_for(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    with pytest.raises(NotSignedYet):
        issue_learning_agreement(version, by=SAPAR, at=NOW)
    version = signed_agreement(exchange, cast)
    for _time in range(2):
        issue_agreement_paper.func(version.pk)
    paper = Paper.objects.get(kind="learning_agreement")
    assert paper.number == f"{exchange.number}/1"
    with paper.file.content.open("rb") as content:
        assert content.read(5) == b"%PDF-"
