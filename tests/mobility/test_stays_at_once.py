"""Two people on one stay at once: one signature, one paper, one number, and nothing overwritten unseen."""

from __future__ import annotations

import pytest

from sapar.accounts.states import LinkPurpose
from sapar.audit.queries import breaks_in
from sapar.core.errors import ChangedMeanwhile, IllegalMove
from sapar.files.models import Paper
from sapar.mobility.errors import OtherVersionOpen, SignedAlready
from sapar.mobility.models import LearningAgreement, RecognitionCase
from sapar.mobility.queries.learning import revision_of
from sapar.mobility.services.learning import (
    SketchRow,
    draft_learning_agreement,
    keep_sketch,
    propose_learning_agreement,
    send_learning_agreement,
    sign_learning_agreement,
)
from sapar.mobility.services.recognition import (
    accept_suggestions,
    close_case,
    decide_group,
    issue_order,
    open_case,
)
from sapar.mobility.services.stay_papers import SAPAR, issue_learning_agreement
from sapar.mobility.states import CaseState, LearningAgreementState, Party, Verdict
from tests.cast import NOW, Cast
from tests.mobility.stays import accepted_stay, key_for, pair, signed_agreement, stay_with_transcript
from tests.partners.test_concurrency import at_once, real_database
from tests.story import partner_in_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
__all__ = ["real_database"]


def kinds(results: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_student_and_officer_write_at_once_and_one_is_told(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)
    row = SketchRow(side="studied", group="1", title="Anatomy")
    results = at_once(
        [
            lambda: keep_sketch(exchange, [row], revision=0, by=link, at=NOW),
            lambda: draft_learning_agreement(exchange, pair(cast), revision=0, by=cast.officer, at=NOW),
        ]
    )
    assert kinds(results) == [ChangedMeanwhile.__name__, "LearningAgreement"]
    assert LearningAgreement.objects.count() == 1


def test_a_double_click_proposes_once(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    link = key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)
    entries = pair(cast)
    results = at_once(
        [lambda: propose_learning_agreement(exchange, entries, revision=0, by=link, at=NOW)] * 2
    )
    assert kinds(results) == [ChangedMeanwhile.__name__, "LearningAgreement"]


def test_sending_and_correcting_at_once_never_signs_what_nobody_read(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    entries = pair(cast, title="Histology")
    results = at_once(
        [
            lambda: send_learning_agreement(version, by=cast.officer, at=NOW),
            lambda: draft_learning_agreement(
                exchange, entries, revision=revision_of(exchange), by=cast.coordinator, at=NOW
            ),
        ]
    )
    version.refresh_from_db()
    assert version.snapshot is not None
    frozen = {row["title"] for row in version.snapshot["components"]}
    assert frozen == set(version.components.values_list("title", flat=True))
    assert all(isinstance(one, LearningAgreement | OtherVersionOpen | ChangedMeanwhile) for one in results)


def test_a_double_click_signs_once_and_the_last_two_signatures_complete_it(cast: Cast) -> None:
    exchange = accepted_stay(cast)
    version = draft_learning_agreement(exchange, pair(cast), by=cast.officer, at=NOW)
    version = send_learning_agreement(version, by=cast.officer, at=NOW)
    student = key_for(exchange, LinkPurpose.FOLLOW_STAY, cast)
    partner = key_for(exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, cast)

    def sign(party: Party, by: object) -> object:
        return sign_learning_agreement(version, party, digest=version.digest, by=by, at=NOW)  # type: ignore[arg-type]

    results = at_once([lambda: sign(Party.SENDING, cast.officer)] * 2)
    assert kinds(results) == ["LearningAgreement", SignedAlready.__name__]
    at_once([lambda: sign(Party.STUDENT, student), lambda: sign(Party.RECEIVING, partner)])
    version.refresh_from_db()
    exchange.refresh_from_db()
    assert (version.state, version.signatures.count(), exchange.state) == (
        LearningAgreementState.SIGNED, 3, "ready",
    )  # fmt: skip
    assert list(breaks_in(cast.office)) == []


def test_a_double_click_issues_one_paper(cast: Cast) -> None:
    version = signed_agreement(accepted_stay(cast), cast)
    results = at_once([lambda: issue_learning_agreement(version, by=SAPAR, at=NOW)] * 2)
    assert kinds(results) == ["Paper", "Paper"]
    assert Paper.objects.filter(kind="learning_agreement").count() == 1


def test_a_case_is_closed_once_and_two_cases_get_two_numbers(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    cases = []
    for given in ("Aida", "Bermet"):
        case = open_case(stay_with_transcript(cast, partner, given=given), by=cast.officer, at=NOW)
        accept_suggestions(case, by=cast.officer, at=NOW)
        cases.append(case)
    results = at_once(
        [lambda c=case: close_case(c, by=cast.officer, at=NOW) for case in (*cases, cases[0])]  # type: ignore[misc]
    )
    assert kinds(results) == [IllegalMove.__name__, "RecognitionCase", "RecognitionCase"]
    numbers = sorted(RecognitionCase.objects.values_list("number", flat=True))
    assert numbers == ["R-2026-0001", "R-2026-0002"]
    results = at_once([lambda: issue_order(cases[0], number="17-A", by=cast.officer, at=NOW)] * 2)
    assert kinds(results) == [IllegalMove.__name__, "RecognitionCase"]
    assert Paper.objects.filter(kind="recognition_order").count() == 1


def test_nothing_is_decided_after_the_case_was_closed(cast: Cast) -> None:
    case = open_case(stay_with_transcript(cast), by=cast.officer, at=NOW)
    accept_suggestions(case, by=cast.officer, at=NOW)
    decision = case.decisions.get()
    results = at_once(
        [
            lambda: close_case(case, by=cast.officer, at=NOW),
            lambda: decide_group(
                decision, verdict=Verdict.REFUSED, credits=decision.credits_promised, reason="No", by=cast.coordinator,
                at=NOW,
            ),
        ]
    )  # fmt: skip
    case.refresh_from_db()
    decision.refresh_from_db()
    exchange = case.exchange
    exchange.refresh_from_db()
    assert case.state == CaseState.DECIDED
    # Whoever came first, the sum of the case is that of its decisions.
    assert exchange.credits_recognised == decision.credits_recognised, results
