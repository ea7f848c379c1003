"""The one story of the product, step by step, through services: used by tests that begin in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sapar.accounts.actors import System
from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.directory.models import Enrolment, Organisation
from sapar.directory.services.organisations import add_organisation
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import Level
from sapar.mobility.models import Application, Call, CallPlace
from sapar.mobility.services.applications import (
    Begun,
    Draft,
    Identity,
    begin_application,
    save_draft,
    submit_application,
)
from sapar.mobility.services.calls import CallEntry, open_call, prepare_call, take_places
from sapar.mobility.states import Term
from sapar.partners.models import Agreement, Condition
from sapar.partners.queries import current_version
from sapar.partners.services.agreements import AgreementEntry, ConditionEntry, draft_agreement
from sapar.partners.services.approval import answer_step, bring_into_force, invite_partner, send_for_approval
from sapar.partners.services.partnerships import begin_partnership
from sapar.partners.states import AgreementKind, Direction
from tests.cast import NOW, Cast


@dataclass
class Partner:
    organisation: Organisation
    agreement: Agreement
    outgoing: Condition
    incoming: Condition


def partner_link(agreement: Agreement, cast: Cast) -> SignedLink:
    key = invite_partner(agreement, name="Deniz Partner", email="deniz@example.org", by=cast.officer, at=NOW)
    return link_by_key(key, LinkPurpose.ANSWER_AGREEMENT, at=NOW)


def draft(cast: Cast, name: str = "Ankara Demo University", *, places: int = 2) -> Agreement:
    organisation = add_organisation(
        office=cast.office, name=name, country_code="TR", city="Ankara", by=cast.officer, at=NOW
    )
    partnership = begin_partnership(organisation, office=cast.office, by=cast.officer, at=NOW)
    rows = [
        ConditionEntry(
            academic_year=2026, direction=direction, places=places, months=Decimal(5), level="bachelor"
        )
        for direction in (Direction.OUTGOING, Direction.INCOMING)
    ]
    entry = AgreementEntry(
        kind=AgreementKind.EXCHANGE,
        title=f"Exchange with {name}",
        starts_on=date(2026, 9, 1),
        ends_on=date(2029, 8, 31),
        languages=("ru", "en"),
    )
    return draft_agreement(partnership, entry, conditions=rows, by=cast.officer, at=NOW)


def approve(agreement: Agreement, cast: Cast) -> Agreement:
    """Through all stations, the partner last."""
    agreement = send_for_approval(agreement, by=cast.officer, at=NOW)
    digest = current_version(agreement).digest
    for station in (cast.lawyer, cast.vice_rector, cast.rector):
        agreement = answer_step(agreement, approved=True, digest=digest, by=station, at=NOW)
    link = partner_link(agreement, cast)
    return answer_step(agreement, approved=True, digest=digest, by=link, at=NOW)


def partner_in_force(cast: Cast, name: str = "Ankara Demo University", *, places: int = 2) -> Partner:
    agreement = bring_into_force(
        approve(draft(cast, name, places=places), cast),
        signed_on=date(2026, 9, 1),
        starts_on=date(2026, 9, 1),
        home_signer="Elmira Rector",
        home_signer_post="Rector",
        home_authority="Charter",
        partner_signer="Deniz Partner",
        partner_signer_post="Rector",
        by=cast.officer,
        at=NOW,
    )
    rows = {row.direction: row for row in current_version(agreement).conditions.all()}
    return Partner(agreement.partnership.organisation, agreement, rows["out"], rows["in"])


def open_call_with(cast: Cast, *partners: Partner, rules: tuple[dict[str, object], ...] = ()) -> Call:
    entry = CallEntry(
        title="Exchange in spring 2027",
        academic_year=2026,
        term=Term.SPRING,
        opens_at=NOW - timedelta(days=1),
        closes_at=NOW + timedelta(days=20),
        stay_from=date(2027, 2, 1),
        stay_to=date(2027, 6, 30),
        rules=rules,
        scoring=(
            {"code": "gpa", "label": "GPA", "source": "gpa", "weight": "100", "least": "0", "most": "4"},
        ),
    )
    call = prepare_call(entry, office=cast.office, by=cast.officer, at=NOW)
    for partner in partners:
        take_places(call, partner.outgoing, seats=partner.outgoing.places, by=cast.officer, at=NOW)
    return open_call(call, by=cast.officer, at=NOW)


def student(cast: Cast, given: str, gpa: str, *, number: str = "", unit: str = "MED") -> Enrolment:
    person = add_person(
        PersonEntry(passport_surname="Demo", passport_given=given, email=f"{given.lower()}@example.org"),
        office=cast.office,
        by=cast.officer,
        at=NOW,
    )
    return Enrolment.objects.create(
        office=cast.office,
        person=person,
        unit=cast.medicine if unit == "MED" else cast.economics,
        student_number=number or f"S-{given}",
        programme="General medicine",
        isced_f="0912",
        level=Level.BACHELOR,
        year_of_study=3,
        gpa=Decimal(gpa),
        as_of=date(2026, 9, 1),
    )


def apply(call: Call, enrolment: Enrolment, *places: CallPlace) -> tuple[Application, SignedLink]:
    begun: Begun = begin_application(
        call,
        Identity(email="typed@example.org", student_number=enrolment.student_number),
        consent_text="I agree.",
        by=System("application form"),
        at=NOW,
    )
    link = link_by_key(begun.key, LinkPurpose.APPLY, at=NOW)
    wishes = places or tuple(call.places.order_by("pk"))
    application = save_draft(
        begun.application, Draft(wishes=wishes, motivation="I want to learn."), revision=0, by=link, at=NOW
    )
    return submit_application(application, by=link, at=NOW), link
