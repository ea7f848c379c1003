"""Stays in both directions, with learning agreements, and a group visit."""

from __future__ import annotations

from datetime import date, time, timedelta

from sapar.accounts.models import SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.demo.names import people
from sapar.demo.office.cast import DemoOffice
from sapar.directory.models import Unit
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import UnitKind
from sapar.mobility.models import Call, Exchange
from sapar.mobility.services import (
    exchanges,
    learning,
    nominating,
)
from sapar.mobility.services.visits import (
    SessionEntry,
    VisitEntry,
    add_session,
    add_visitors,
    move_visit,
    plan_visit,
)
from sapar.mobility.states import ApplicationState, Party, Side
from sapar.partners.queries import current_version
from sapar.partners.states import Direction


def send_away(demo: DemoOffice, call: Call) -> list[Exchange]:
    """Nominated, accepted, with a learning agreement signed by all three, and gone."""
    day = demo.season.stay_from - timedelta(days=73)
    gone = []
    confirmed = call.applications.filter(state=ApplicationState.CONFIRMED).select_related("enrolment__unit")
    for application in confirmed.order_by("pk"):
        exchange = nominating.nominate(application, by=demo.officer, at=demo.at(day))
        exchange = _accepted(demo, exchange, day)
        agree_on_learning(demo, exchange, day + timedelta(days=20))
        exchange.refresh_from_db()
        arrived = exchange.planned_from + timedelta(days=demo.draw.randint(-2, 4))
        gone.append(
            exchanges.note_arrival(
                exchange, arrived_on=arrived, by=demo.officer, at=demo.at(arrived + timedelta(days=2))
            )
        )
    return gone


def _accepted(demo: DemoOffice, exchange: Exchange, day: date) -> Exchange:
    agreement = exchange.agreement
    if agreement is None:
        return exchange
    contact = agreement.partnership.contacts.get(is_main=True)
    made = exchanges.invite_to_answer(
        agreement, name=contact.name, email=contact.email, by=demo.officer, at=demo.at(day)
    )
    host = demo.link(made.key, LinkPurpose.ANSWER_NOMINATION, day)
    return exchanges.answer_nomination(exchange, accepted=True, by=host, at=demo.at(day + timedelta(days=10)))


def entries_for(demo: DemoOffice, exchange: Exchange) -> list[learning.ComponentEntry]:
    """Each course of the home curriculum for one like it at the host."""
    code = exchange.unit.code if exchange.unit else "ECO"
    entries = []
    for group, course in enumerate(demo.courses[code], start=1):
        entries.append(
            learning.ComponentEntry(
                side=Side.STUDIED,
                group=group,
                code=f"H{course.code}",
                title=course.title.replace(" II", ""),
                credits=course.credits,
            )
        )
        entries.append(
            learning.ComponentEntry(
                side=Side.RECOGNISED,
                group=group,
                code=course.code,
                title=course.title,
                credits=course.credits,
                course=course,
            )
        )
    return entries


def agree_on_learning(demo: DemoOffice, exchange: Exchange, day: date) -> None:
    version = learning.draft_learning_agreement(
        exchange, entries_for(demo, exchange), by=demo.officer, at=demo.at(day)
    )
    version = learning.send_learning_agreement(version, by=demo.officer, at=demo.at(day))
    signers = (
        (Party.STUDENT, key_of(demo, exchange, LinkPurpose.FOLLOW_STAY, exchange.person.display_name, day)),
        (Party.SENDING, demo.officer),
        (
            Party.RECEIVING,
            key_of(demo, exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, "Coordinator of the host", day),
        ),
    )
    for party, actor in signers:
        learning.sign_learning_agreement(
            version, party, digest=version.digest, by=actor, at=demo.at(day + timedelta(days=3))
        )


def key_of(demo: DemoOffice, exchange: Exchange, purpose: LinkPurpose, name: str, day: date) -> SignedLink:
    made = exchanges.make_exchange_link(
        exchange, purpose, name=name, email="host@partner.example", by=demo.officer, at=demo.at(day)
    )
    demo.links[str(LinkPurpose(purpose).label)] = made.key
    return demo.link(made.key, purpose, day)


def receive_guests(demo: DemoOffice) -> None:
    """Students of partners who came in the same term."""
    season = demo.season
    day = season.stay_from - timedelta(days=68)
    for agreement in demo.agreements[:6]:
        row = (
            current_version(agreement)
            .conditions.filter(academic_year=season.academic_year, direction=Direction.INCOMING)
            .first()
        )
        if row is None:
            continue
        country = agreement.partnership.organisation.country_code
        for _number in range(demo.draw.randint(1, row.places)):
            who = next(people(country, demo.draw))
            person = add_person(
                PersonEntry(
                    passport_surname=who.surname,
                    passport_given=who.given,
                    local_names=(who.local,),
                    citizenship=country,
                    email=f"{who.given}.{who.surname}@guests.example".lower(),
                ),
                office=demo.office,
                by=demo.officer,
                at=demo.at(day),
            )
            exchange = nominating.nominate_directly(
                person,
                row,
                term=season.term,
                planned_from=season.stay_from,
                planned_to=season.stay_to,
                unit=demo.units["MED" if row.isced_f == "0912" else demo.draw.choice(["ECO", "LAN", "ITE"])],
                by=demo.officer,
                at=demo.at(day),
            )
            exchange = exchanges.answer_nomination(
                exchange, accepted=True, by=demo.officer, at=demo.at(day + timedelta(days=4))
            )
            arrived = season.stay_from + timedelta(days=demo.draw.randint(0, 5))
            exchange = exchanges.note_arrival(
                exchange, arrived_on=arrived, by=demo.officer, at=demo.at(arrived)
            )
            left = season.stay_to + timedelta(days=demo.draw.randint(-5, 3))
            if left < demo.today:
                exchanges.note_departure(exchange, left_on=left, by=demo.officer, at=demo.at(left))


def receive_group(demo: DemoOffice) -> None:
    """A group of medical students with their leader, at the departments of the faculty."""
    partner = demo.partnerships[5]
    starts = demo.season.stay_from + timedelta(days=42)
    day = min(starts - timedelta(days=30), demo.today - timedelta(days=3))
    departments = list(Unit.objects.filter(office=demo.office, kind=UnitKind.DEPARTMENT).order_by("pk"))
    visit = plan_visit(
        VisitEntry(
            title="Second- and third-year medical students",
            partner=partner.organisation,
            starts_on=starts,
            ends_on=starts + timedelta(days=5),
            leader_name="Nodira Saidova",
            agreement=demo.agreements[5],
            purpose="Sessions at the departments of the faculty and a day at the clinic.",
            hosts=departments,
        ),
        office=demo.office,
        by=demo.officer,
        at=demo.at(day),
    )
    guests = [next(people("UZ", demo.draw)) for _number in range(8)]
    members = [
        add_person(
            PersonEntry(
                passport_surname=who.surname,
                passport_given=who.given,
                local_names=(who.local,),
                citizenship="UZ",
            ),
            office=demo.office,
            by=demo.officer,
            at=demo.at(day),
        )
        for who in guests
    ]
    add_visitors(visit, members, year_of_study=3, by=demo.officer, at=demo.at(day))
    for number, unit in enumerate(departments):
        add_session(
            visit,
            SessionEntry(
                unit=unit,
                topic=unit.name.replace("Department of ", ""),
                held_on=starts + timedelta(days=1 + number % 4),
                begins_at=time(9),
                ends_at=time(11, 30),
                room=f"{200 + number}",
            ),
            by=demo.officer,
            at=demo.at(day),
        )
    for move, when in (("confirm", day), ("begin", starts), ("finish", starts + timedelta(days=5))):
        if when >= demo.today:
            break
        move_visit(
            visit,
            move,
            outcome="Two joint case reports begun." if move == "finish" else "",
            by=demo.officer,
            at=demo.at(when),
        )
