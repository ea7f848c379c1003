"""The way of an agreement: who may answer where, what is frozen, what comes back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from sapar.accounts.actors import Actor, System
from sapar.accounts.errors import LinkInvalid
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.core.errors import IllegalMove, NotAllowed
from sapar.partners.errors import (
    AlreadyInForce,
    ContentChanged,
    EndsBeforeItBegins,
    NotYourStep,
    NumberTaken,
    PlacesMissing,
    RemarkMissing,
    RouteEmpty,
    UnknownField,
    VersionFrozen,
    YearOutside,
)
from sapar.partners.models import Agreement
from sapar.partners.queries import (
    agreed_conditions,
    current_version,
    digest_of,
    is_intact,
    version_for_partner,
    waiting_step,
)
from sapar.partners.services.agreements import AgreementEntry, ConditionEntry, change_draft, draft_agreement
from sapar.partners.services.approval import (
    answer_step,
    bring_into_force,
    invite_partner,
    return_to_draft,
    send_for_approval,
)
from sapar.partners.services.ending import give_up, terminate
from sapar.partners.states import AgreementKind, ApprovalRole, Direction
from tests.cast import NOW, TODAY, Cast
from tests.story import approve, draft, partner_in_force, partner_link

SIGNING: dict[str, Any] = {
    "signed_on": TODAY,
    "starts_on": TODAY,
    "home_signer": "Elmira",
    "home_signer_post": "Rector",
    "home_authority": "Charter",
    "partner_signer": "Deniz",
    "partner_signer_post": "Rector",
}


def in_state(cast: Cast, state: str) -> Agreement:
    """An agreement that has come as far as `state`."""
    agreement = draft(cast)
    if state == "draft":
        return agreement
    if state in ("approved", "in_force"):
        agreement = approve(agreement, cast)
        return sign(agreement, cast) if state == "in_force" else agreement
    agreement = send_for_approval(agreement, by=cast.officer, at=NOW)
    if state == "with_partner":
        for station in (cast.lawyer, cast.vice_rector, cast.rector):
            agreement = yes(agreement, station)
    return agreement


def sign(agreement: Agreement, cast: Cast, **changed: Any) -> Agreement:
    return bring_into_force(agreement, **{**SIGNING, **changed}, by=cast.officer, at=NOW)


def yes(agreement: Agreement, by: Actor) -> Agreement:
    digest = current_version(agreement).digest
    return answer_step(agreement, approved=True, digest=digest, by=by, at=NOW)


STATES = ("draft", "in_approval", "with_partner", "approved", "in_force")
PEOPLE = (
    "administrator",
    "officer",
    "coordinator",
    "vice_rector",
    "rector",
    "lawyer",
    "reader",
    "nobody",
    "other_officer",
)
OFFICE = {"administrator", "officer"}
HEADS = {"administrator", "vice_rector", "rector"}
ACTS = {
    "change": ({"draft"}, OFFICE),
    "send": ({"draft"}, OFFICE),
    "take_back": ({"in_approval", "with_partner", "approved"}, OFFICE),
    "invite": ({"with_partner"}, OFFICE),
    "sign": ({"approved"}, OFFICE),
    "give_up": ({"draft"}, OFFICE),
    "terminate": ({"in_approval", "with_partner", "approved", "in_force"}, HEADS),
    "answer": ({"in_approval"}, {"lawyer"}),
}


REFUSALS = (NotAllowed, IllegalMove, VersionFrozen, NotYourStep, AlreadyInForce)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what_in_which_state(cast: Cast, act: str, state: str) -> None:
    """Each person tries from the same point; what somebody did is taken back before the next one tries."""
    agreement = in_state(cast, state)
    states, people = ACTS[act]
    done = set()
    for name in PEOPLE:
        before = transaction.savepoint()
        with suppress(*REFUSALS):
            _do(act, Agreement.objects.get(pk=agreement.pk), getattr(cast, name), cast)
            done.add(name)
        transaction.savepoint_rollback(before)
    assert done == (people if state in states else set())


def _do(act: str, agreement: Agreement, by: Actor, cast: Cast) -> None:
    match act:
        case "change":
            change_draft(agreement, texts={}, by=by, at=NOW)
        case "send":
            send_for_approval(agreement, by=by, at=NOW)
        case "take_back":
            return_to_draft(agreement, by=by, at=NOW)
        case "invite":
            invite_partner(agreement, name="Deniz", email="", by=by, at=NOW)
        case "sign":
            bring_into_force(agreement, **SIGNING, by=by, at=NOW)
        case "give_up":
            give_up(agreement, reason="No need", by=by, at=NOW)
        case "terminate":
            terminate(agreement, reason="No need", by=by, at=NOW)
        case "answer":
            yes(agreement, by)


def test_shorter_route_keeps_the_usual_order_and_skips_the_rest(cast: Cast) -> None:
    route = [ApprovalRole.PARTNER, ApprovalRole.LEGAL]
    agreement = send_for_approval(draft(cast), route=route, by=cast.officer, at=NOW)
    assert list(current_version(agreement).steps.order_by("order").values_list("role", flat=True)) == [
        "legal",
        "partner",
    ]
    assert yes(agreement, cast.lawyer).state == "with_partner"


def test_route_without_the_partner_ends_in_approved(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.RECTOR], by=cast.officer, at=NOW)
    assert yes(agreement, cast.rector).state == "approved"


def test_route_of_the_partner_alone_goes_to_the_partner_at_once(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    assert agreement.state == "with_partner"
    assert yes(agreement, partner_link(agreement, cast)).state == "approved"


def test_route_needs_a_station(cast: Cast) -> None:
    with pytest.raises(RouteEmpty):
        send_for_approval(draft(cast), route=[], by=cast.officer, at=NOW)


def test_exchange_without_places_is_not_sent(cast: Cast) -> None:
    agreement = change_draft(draft(cast), conditions=[], by=cast.officer, at=NOW)
    with pytest.raises(PlacesMissing, match="Exchange agreement"):
        send_for_approval(agreement, by=cast.officer, at=NOW)
    agreement.refresh_from_db()
    assert (agreement.state, current_version(agreement).digest) == ("draft", "")


def test_frozen_version_holds_its_digest_and_cannot_be_changed(cast: Cast) -> None:
    agreement = in_state(cast, "in_approval")
    version = current_version(agreement)
    assert version.snapshot is not None
    assert version.digest == digest_of(version.snapshot)
    with pytest.raises(VersionFrozen, match="Version 1"):
        change_draft(agreement, texts={}, by=cast.officer, at=NOW)
    version.conditions.update(places=99)
    assert version.snapshot["conditions"][0]["places"] == 2
    version.snapshot["conditions"][0]["places"] = 99
    assert not is_intact(version)


def test_answer_to_another_digest_is_refused(cast: Cast) -> None:
    agreement = in_state(cast, "in_approval")
    with pytest.raises(ContentChanged):
        answer_step(agreement, approved=True, digest="0" * 64, by=cast.lawyer, at=NOW)


def test_return_needs_a_remark_and_makes_a_new_version_with_the_same_rows(cast: Cast) -> None:
    agreement = in_state(cast, "in_approval")
    digest = current_version(agreement).digest
    with pytest.raises(RemarkMissing):
        answer_step(agreement, approved=False, remark="  ", digest=digest, by=cast.lawyer, at=NOW)
    agreement = answer_step(
        agreement, approved=False, remark="Name the law", digest=digest, by=cast.lawyer, at=NOW
    )
    version = current_version(agreement)
    assert (agreement.state, version.number, version.state, version.conditions.count()) == (
        "draft",
        2,
        "draft",
        2,
    )
    before = agreement.versions.get(number=1)
    assert (before.state, before.digest, before.conditions.count()) == ("superseded", digest, 2)
    assert waiting_step(before) is None


def test_partner_keeps_reading_what_was_answered_but_nothing_newer(cast: Cast) -> None:
    agreement = in_state(cast, "with_partner")
    link = partner_link(agreement, cast)
    first = current_version(agreement)
    agreement = answer_step(
        agreement, approved=False, remark="Three places", digest=first.digest, by=link, at=NOW
    )
    assert version_for_partner(agreement) == first
    agreement = send_for_approval(agreement, by=cast.officer, at=NOW)
    assert version_for_partner(agreement) == first
    for station in (cast.lawyer, cast.vice_rector, cast.rector):
        agreement = yes(agreement, station)
    assert version_for_partner(agreement) == current_version(agreement)


def test_taking_back_ends_links_and_hides_the_version_from_the_partner(cast: Cast) -> None:
    agreement = in_state(cast, "with_partner")
    link = partner_link(agreement, cast)
    agreement = return_to_draft(agreement, by=cast.officer, at=NOW)
    link.refresh_from_db()
    assert link.revoked_at == NOW
    assert version_for_partner(agreement) is None


def test_new_invitation_ends_the_earlier_link(cast: Cast) -> None:
    agreement = in_state(cast, "with_partner")
    first = partner_link(agreement, cast)
    second = partner_link(agreement, cast)
    first.refresh_from_db()
    assert (first.revoked_at, second.revoked_at) == (NOW, None)


def test_link_of_one_agreement_does_not_answer_another(cast: Cast) -> None:
    agreement = in_state(cast, "with_partner")
    other = draft(cast, "Other Demo University")
    other = send_for_approval(other, route=[ApprovalRole.PARTNER], by=cast.officer, at=NOW)
    with pytest.raises(NotYourStep):
        yes(agreement, partner_link(other, cast))


def test_expired_link_opens_nothing(cast: Cast) -> None:
    agreement = in_state(cast, "with_partner")
    key = invite_partner(agreement, name="Deniz", email="", by=cast.officer, at=NOW)
    assert link_by_key(key, LinkPurpose.ANSWER_AGREEMENT, at=NOW + timedelta(days=89)).holder_name == "Deniz"
    with pytest.raises(LinkInvalid):
        link_by_key(key, LinkPurpose.ANSWER_AGREEMENT, at=NOW + timedelta(days=91))


def test_numbers_of_a_year_follow_one_another(cast: Cast) -> None:
    numbers = [sign(approve(draft(cast, f"Demo University {n}"), cast), cast).number for n in range(3)]
    assert numbers == ["2026-001", "2026-002", "2026-003"]


def test_number_given_by_hand_is_kept_once_and_stepped_over(cast: Cast) -> None:
    assert sign(approve(draft(cast, "A Demo University"), cast), cast, number="2026-001").number == "2026-001"
    with pytest.raises(NumberTaken, match="A Demo University"):
        sign(approve(draft(cast, "B Demo University"), cast), cast, number="2026-001")
    assert sign(approve(draft(cast, "C Demo University"), cast), cast).number == "2026-002"


def test_refused_signing_takes_no_number(cast: Cast) -> None:
    agreement = approve(draft(cast, "A Demo University"), cast)
    with pytest.raises(EndsBeforeItBegins):
        sign(agreement, cast, starts_on=TODAY.replace(year=2040))
    assert sign(agreement, cast).number == "2026-001"


def test_second_signing_is_told_the_number(cast: Cast) -> None:
    agreement = in_state(cast, "in_force")
    with pytest.raises(AlreadyInForce, match="2026-001"):
        sign(agreement, cast)


@pytest.mark.parametrize("code", ["12", "9999", "abcd", "091", "0918x"])
def test_unknown_field_is_refused(cast: Cast, code: str) -> None:
    row = ConditionEntry(
        academic_year=2026, direction=Direction.OUTGOING, places=1, months=Decimal(5), isced_f=code
    )
    with pytest.raises(UnknownField, match=code):
        change_draft(draft(cast), conditions=[row], by=cast.officer, at=NOW)


@pytest.mark.parametrize(("year", "inside"), [(2024, False), (2025, True), (2029, True), (2030, False)])
def test_year_lies_in_the_time_of_the_agreement(cast: Cast, year: int, inside: bool) -> None:
    agreement = draft(cast)
    row = ConditionEntry(academic_year=year, direction=Direction.OUTGOING, places=1, months=Decimal(5))
    if inside:
        change_draft(agreement, conditions=[row], by=cast.officer, at=NOW)
        assert current_version(agreement).conditions.get().academic_year == year
    else:
        with pytest.raises(YearOutside):
            change_draft(agreement, conditions=[row], by=cast.officer, at=NOW)


def test_only_agreed_rows_count_as_places(cast: Cast) -> None:
    draft(cast, "Draft Demo University")
    partner = partner_in_force(cast)
    assert {row.pk for row in agreed_conditions(cast.office)} == {partner.outgoing.pk, partner.incoming.pk}


def test_machine_may_draft_for_the_office_with_the_template_of_the_kind(cast: Cast) -> None:
    entry = AgreementEntry(kind=AgreementKind.MEMORANDUM, title="Memorandum", languages=("ky", "en"))
    made = draft_agreement(draft(cast).partnership, entry, by=System("import"), at=NOW)
    texts = current_version(made).texts
    assert [len(texts[language]) for language in ("ky", "en")] == [9, 9]
    assert texts["en"][0]["text"].startswith("Ala-Too Demo University and Ankara Demo University,")
