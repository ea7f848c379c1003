"""The student proposes what to study; the home coordinator corrects, gives back or sends; a party may object."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from sapar.accounts.models import SignedLink
from sapar.accounts.states import LinkPurpose, Role
from sapar.audit.queries import timeline
from sapar.core.errors import ChangedMeanwhile, IllegalMove, NotAllowed
from sapar.mobility.errors import (
    ComponentsUnbalanced,
    LiesWithCoordinator,
    NoComponents,
    NothingChanged,
    NothingToAgree,
    OtherVersionOpen,
    ReasonDoesNotFit,
    ReasonMissing,
    StudentStillWrites,
    TooMuchTyped,
)
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.queries.exchanges import latest_learning_agreement
from sapar.mobility.queries.learning import coordinators_of, revision_of, rows_to_start_from
from sapar.mobility.services.exchanges import answer_nomination, note_arrival
from sapar.mobility.services.learning import (
    ComponentEntry,
    SketchRow,
    draft_learning_agreement,
    give_back_proposal,
    keep_sketch,
    propose_learning_agreement,
    refuse_learning_agreement,
    send_learning_agreement,
    sign_learning_agreement,
    take_back_proposal,
    void_learning_agreement,
)
from sapar.mobility.states import ChangeReason, LearningAgreementState, Party, Side
from sapar.mobility.tasks.exchanges import mail_link, tell_coordinator
from tests.cast import LATER, NOW, Cast, grant, make_user
from tests.mobility.stays import accepted_stay, key_for, nominated_stay, pair, signed_agreement

HALF = SketchRow(side="studied", group="1", title="Anat", credits="")


def student_of(exchange: Exchange, cast: Cast) -> SignedLink:
    return key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)


def proposed(exchange: Exchange, cast: Cast, by: SignedLink) -> LearningAgreement:
    return propose_learning_agreement(
        exchange, pair(cast), note="Is Anatomy right?", revision=revision_of(exchange), by=by, at=NOW
    )


def test_half_a_row_is_kept_as_it_was_typed(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    version = keep_sketch(exchange, [HALF], revision=0, by=link, at=NOW)
    stored = latest_learning_agreement(exchange)
    assert stored is not None
    assert stored.sketch is not None
    assert (version.number, version.revision, stored.sketch[0]["title"]) == (1, 1, "Anat")
    assert not stored.components.exists()


def test_form_opened_earlier_does_not_overwrite(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    keep_sketch(exchange, [HALF], revision=0, by=link, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        keep_sketch(exchange, [], revision=0, by=link, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        draft_learning_agreement(exchange, pair(cast), revision=0, by=cast.officer, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        propose_learning_agreement(exchange, pair(cast), revision=0, by=link, at=NOW)
    draft_learning_agreement(exchange, pair(cast), revision=1, by=cast.officer, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        keep_sketch(exchange, [HALF], revision=1, by=link, at=NOW)


def test_revision_never_goes_back_from_version_to_version(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    signed_agreement(exchange, cast)
    before = revision_of(exchange)
    keep_sketch(exchange, [HALF], revision=before, by=student_of(exchange, cast), at=NOW)
    assert revision_of(exchange) == before + 1


def test_more_than_can_be_read_is_refused_and_nothing_changes(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    for rows in ([HALF] * 121, [replace(HALF, title="x" * 301)]):
        with pytest.raises(TooMuchTyped):
            keep_sketch(exchange, rows, revision=0, by=link, at=NOW)
    assert revision_of(exchange) == 0


def test_proposal_goes_to_the_faculty_and_waits_there(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    keep_sketch(exchange, [HALF], revision=0, by=link, at=NOW)
    version = proposed(exchange, cast, link)
    assert (version.state, version.sketch, version.components.count()) == (
        LearningAgreementState.PROPOSED,
        None,
        2,
    )
    assert [user.name for user in coordinators_of(exchange)] == ["Cholpon"]
    tell_coordinator.func(version.pk, cast.coordinator.pk)
    assert (mail.outbox[0].to, "Is Anatomy right?" in mail.outbox[0].body) == (["cholpon@example.org"], True)
    with pytest.raises(LiesWithCoordinator):
        keep_sketch(exchange, [HALF], revision=revision_of(exchange), by=link, at=NOW)
    with pytest.raises(LiesWithCoordinator):
        proposed(exchange, cast, link)
    take_back_proposal(version, by=link, at=NOW)
    tell_coordinator.func(version.pk, cast.coordinator.pk)
    assert len(mail.outbox) == 1
    keep_sketch(exchange, [HALF], revision=revision_of(exchange), by=link, at=NOW)


def test_faculty_without_coordinator_leaves_the_proposal_to_the_officers(cast: Cast) -> None:
    exchange = accepted_stay(cast, unit="ECO")
    assert [user.name for user in coordinators_of(exchange)] == ["Aigul"]
    grant(make_user("Kanat"), cast.office, Role.COORDINATOR, cast.economics)
    assert [user.name for user in coordinators_of(exchange)] == ["Kanat"]


def test_coordinator_corrects_then_all_three_sign(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    version = proposed(exchange, cast, link)
    corrected = [replace(entry, credits=Decimal(5)) for entry in pair(cast)]
    draft_learning_agreement(exchange, corrected, revision=revision_of(exchange), by=cast.coordinator, at=NOW)
    version.refresh_from_db()
    assert version.state == LearningAgreementState.PROPOSED
    version = send_learning_agreement(version, by=cast.coordinator, at=NOW)
    assert version.snapshot is not None
    assert version.snapshot["sums"]["studied"]["total"] == "5.00"
    partner = key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    for party, actor in (
        (Party.STUDENT, link),
        (Party.SENDING, cast.coordinator),
        (Party.RECEIVING, partner),
    ):
        version = sign_learning_agreement(version, party, digest=version.digest, by=actor, at=NOW)
    assert version.state == LearningAgreementState.SIGNED


def test_given_back_with_a_sentence_that_stands_in_the_letter(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = proposed(exchange, cast, student_of(exchange, cast))
    with pytest.raises(ReasonMissing):
        give_back_proposal(version, remark="  ", by=cast.coordinator, at=NOW)
    give_back_proposal(version, remark="Take six credits more.", by=cast.coordinator, at=NOW)
    version.refresh_from_db()
    assert (version.state, version.remark, version.remark_by) == (
        LearningAgreementState.DRAFT,
        "Take six credits more.",
        "Cholpon",
    )
    waiting = DBTaskResult.objects.filter(task_path="sapar.mobility.tasks.exchanges.mail_link").get()
    mail_link.func(*waiting.args_kwargs["args"])
    assert "Take six credits more." in mail.outbox[0].body
    assert [entry.action for entry in timeline(exchange)][:2] == [
        "mobility.learning_agreement.given_back",
        "mobility.learning_agreement.proposed",
    ]


def test_student_proposes_and_decides_nothing_else(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    version = proposed(exchange, cast, link)
    with pytest.raises(NotAllowed):
        draft_learning_agreement(exchange, pair(cast), by=link, at=NOW)
    with pytest.raises(NotAllowed):
        send_learning_agreement(version, by=link, at=NOW)
    with pytest.raises(NotAllowed):
        void_learning_agreement(version, reason="x", by=link, at=NOW)
    with pytest.raises(NotAllowed):
        give_back_proposal(version, remark="x", by=link, at=NOW)


@pytest.mark.parametrize("who", ["officer", "coordinator", "reader", "other_officer", "partner", "fellow"])
def test_only_the_student_proposes(cast: Cast, who: str) -> None:
    exchange = accepted_stay(cast)
    if who == "partner":
        actor: object = key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    elif who == "fellow":
        actor = student_of(accepted_stay(cast, given="Bermet"), cast)
    else:
        actor = getattr(cast, who)
    with pytest.raises(NotAllowed):
        keep_sketch(exchange, [HALF], revision=0, by=actor, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        propose_learning_agreement(exchange, pair(cast), revision=0, by=actor, at=NOW)  # type: ignore[arg-type]


def test_nothing_is_proposed_before_the_host_accepts_or_while_others_sign(cast: Cast) -> None:
    exchange = nominated_stay(cast)
    link = student_of(exchange, cast)
    with pytest.raises(NothingToAgree):
        keep_sketch(exchange, [HALF], revision=0, by=link, at=NOW)
    exchange = answer_nomination(exchange, accepted=True, by=cast.officer, at=NOW)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    send_learning_agreement(version, by=cast.officer, at=NOW)
    with pytest.raises(OtherVersionOpen):
        keep_sketch(exchange, [HALF], revision=revision_of(exchange), by=link, at=NOW)


def test_empty_or_onesided_proposal_is_refused_and_the_sketch_stays(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = student_of(exchange, cast)
    keep_sketch(exchange, [HALF], revision=0, by=link, at=NOW)
    with pytest.raises(NoComponents):
        propose_learning_agreement(exchange, [], revision=1, by=link, at=NOW)
    with pytest.raises(ComponentsUnbalanced):
        propose_learning_agreement(exchange, pair(cast)[1:], revision=1, by=link, at=NOW)
    stored = latest_learning_agreement(exchange)
    assert stored is not None
    assert stored.sketch
    assert stored.revision == 1


def test_office_does_not_send_over_the_head_of_a_writing_student(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    keep_sketch(exchange, [HALF], revision=revision_of(exchange), by=student_of(exchange, cast), at=NOW)
    with pytest.raises(StudentStillWrites):
        send_learning_agreement(version, by=cast.officer, at=NOW)


def test_student_proposes_a_change_during_the_stay(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    first = signed_agreement(exchange, cast)
    note_arrival(exchange, arrived_on=date(2027, 2, 1), by=cast.officer, at=LATER)
    exchange.refresh_from_db()
    link = student_of(exchange, cast)
    kept = pair(cast)
    new = ComponentEntry(side=Side.STUDIED, group=2, title="Turkish", credits=Decimal(3), added=True)

    def propose(*entries: ComponentEntry) -> LearningAgreement:
        return propose_learning_agreement(exchange, entries, revision=revision_of(exchange), by=link, at=NOW)

    with pytest.raises(NothingChanged):
        propose(*kept)
    with pytest.raises(ReasonMissing):
        propose(*kept, new)
    with pytest.raises(ReasonDoesNotFit):
        propose(*kept, replace(new, reason=ChangeReason.NOT_AVAILABLE))
    with pytest.raises(ReasonMissing):
        propose(*kept, replace(new, reason=ChangeReason.OTHER_ADDED))
    second = propose(
        *kept, replace(new, reason=ChangeReason.OTHER_ADDED, reason_text="Language of daily life")
    )
    first.refresh_from_db()
    assert (second.number, second.state, first.state) == (
        2,
        LearningAgreementState.PROPOSED,
        LearningAgreementState.SIGNED,
    )


def test_reasons_bear_the_numbers_of_the_european_form() -> None:
    """Learning agreement for studies, changes: 1-4 deleting, 5-8 adding; 4 and 8 are "other, please specify"."""
    assert [(reason.number, reason.needs_words) for reason in ChangeReason if reason] == [
        (1, False), (2, False), (3, False), (4, True), (5, False), (6, False), (7, False), (8, True),
    ]  # fmt: skip


def test_party_that_does_not_sign_says_why_and_the_next_version_begins_from_the_same_rows(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    partner = key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)
    with pytest.raises(ChangedMeanwhile):
        refuse_learning_agreement(version, Party.RECEIVING, digest="0" * 64, reason="x", by=partner, at=NOW)
    with pytest.raises(ReasonMissing):
        refuse_learning_agreement(
            version, Party.RECEIVING, digest=version.digest, reason=" ", by=partner, at=NOW
        )
    with pytest.raises(NotAllowed):
        refuse_learning_agreement(
            version, Party.STUDENT, digest=version.digest, reason="x", by=partner, at=NOW
        )
    refused = refuse_learning_agreement(
        version, Party.RECEIVING, digest=version.digest, reason="AN-201 is not offered.", by=partner, at=NOW
    )
    assert (refused.state, refused.refused_by) == (LearningAgreementState.VOID, Party.RECEIVING)
    tell_coordinator.func(refused.pk, cast.coordinator.pk)
    assert "AN-201 is not offered." in mail.outbox[0].body
    with pytest.raises(IllegalMove):
        sign_learning_agreement(version, Party.RECEIVING, digest=version.digest, by=partner, at=NOW)
    assert [row.title for row in rows_to_start_from(exchange)] == ["Anatomy", "Anatomy II"]


def test_accepted_student_is_written_to_once_the_host_says_yes(cast: Cast) -> None:
    exchange = nominated_stay(cast)
    answer_nomination(exchange, accepted=True, tell=True, by=cast.officer, at=NOW)
    waiting = DBTaskResult.objects.get(task_path="sapar.mobility.tasks.exchanges.mail_link")
    mail_link.func(*waiting.args_kwargs["args"])
    assert mail.outbox[0].to == ["aida@example.org"]
    assert "propose which courses" in mail.outbox[0].body
