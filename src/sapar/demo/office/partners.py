"""Partners, and agreements in every state."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sapar.accounts.states import LinkPurpose
from sapar.demo.names import PARTNERS, Invented, people
from sapar.demo.office.cast import DemoOffice, add_university
from sapar.directory.states import Level
from sapar.partners.models import Agreement, Partnership
from sapar.partners.queries import current_version
from sapar.partners.services import agreements, approval, partnerships
from sapar.partners.states import AgreementKind, Direction


def make_partners(demo: DemoOffice) -> None:
    for number, university in enumerate(PARTNERS):
        since = date(demo.today.year - 3, 10, 1) + timedelta(days=40 * number)
        organisation = add_university(demo, university, demo.at(since))
        partnership = partnerships.begin_partnership(
            organisation, office=demo.office, since=since, by=demo.officer, at=demo.at(since)
        )
        contact: Invented = next(people(university.country, demo.draw))
        partnerships.add_contact(
            partnership,
            name=f"{contact.given} {contact.surname}",
            post="International coordinator",
            email=f"{contact.surname.lower()}@{university.acronym.lower()}.example",
            by=demo.officer,
            at=demo.at(since),
        )
        demo.partnerships.append(partnership)


def _entry(
    demo: DemoOffice, name: str, kind: AgreementKind, starts: date, ends: date
) -> agreements.AgreementEntry:
    titles = {
        AgreementKind.EXCHANGE: f"Exchange of students and teachers with {name}",
        AgreementKind.MEMORANDUM: f"Memorandum of understanding with {name}",
        AgreementKind.INTER_INSTITUTIONAL: f"Inter-institutional agreement with {name}",
    }
    return agreements.AgreementEntry(
        kind=kind,
        title=titles[kind],
        starts_on=starts,
        ends_on=ends,
        renews_automatically=kind == AgreementKind.MEMORANDUM,
        renewal_months=12 if kind == AgreementKind.MEMORANDUM else 0,
        responsible=demo.officer,
        languages=("ru", "en"),
    )


def _rows(demo: DemoOffice, partner: int) -> list[agreements.ConditionEntry]:
    """Places for three years, out and in; medicine has its own hosts."""
    medical = "Medic" in PARTNERS[partner].name
    rows = []
    for year in (demo.year, demo.year + 1, demo.year + 2):
        for direction in (Direction.OUTGOING, Direction.INCOMING):
            rows.append(
                agreements.ConditionEntry(
                    academic_year=year,
                    direction=direction,
                    places=2 + partner % 3,
                    months=Decimal(5),
                    level=Level.BACHELOR,
                    isced_f="0912" if medical else "",
                    language="en" if partner % 2 else "",
                    language_level="B1" if partner % 2 else "",
                )
            )
    return rows


TEXTS = {
    "ru": [
        {
            "heading": "Предмет",
            "text": "Стороны развивают обмен студентами и преподавателями на основе взаимности.",
        },
        {"heading": "Плата", "text": "Студенты по обмену не платят за обучение в принимающем университете."},
        {
            "heading": "Признание",
            "text": "Кредиты, предусмотренные соглашением об обучении, признаются полностью.",
        },
    ],
    "en": [
        {
            "heading": "Subject",
            "text": "The parties develop the exchange of students and teachers on a mutual basis.",
        },
        {"heading": "Fees", "text": "Exchange students pay no tuition at the receiving university."},
        {"heading": "Recognition", "text": "Credits of the learning agreement are recognised in full."},
    ],
}


def make_agreements(demo: DemoOffice) -> None:
    """Nine in force, one waiting for the vice-rector, one for the partner, one draft."""
    starts, ends = date(demo.year, 9, 1), date(demo.year + 3, 8, 31)
    for number, partnership in enumerate(demo.partnerships):
        kind = AgreementKind.INTER_INSTITUTIONAL if number in (7, 8, 9) else AgreementKind.EXCHANGE
        last = date(demo.today.year, demo.today.month, 1) + timedelta(days=100) if number == 2 else ends
        day = date(demo.year, 4, 1) + timedelta(days=3 * number)
        agreement = agreements.draft_agreement(
            partnership,
            _entry(demo, partnership.organisation.name, kind, starts, last),
            texts=TEXTS,
            conditions=[row for row in _rows(demo, number) if row.academic_year <= last.year],
            by=demo.officer,
            at=demo.at(day),
        )
        if number == 11:
            continue
        recent = demo.today - timedelta(days=6)
        agreement = _through_stations(demo, agreement, stop=number - 8 if number > 8 else 0,
                                      day=recent if number > 8 else day)  # fmt: skip
        if number <= 8:
            demo.agreements.append(_sign(demo, agreement, partnership, day + timedelta(days=20)))


def _through_stations(demo: DemoOffice, agreement: Agreement, *, stop: int, day: date) -> Agreement:
    """`stop`: 1 waits for the vice-rector, 2 for the partner; 0 goes all the way."""
    agreement = approval.send_for_approval(agreement, by=demo.officer, at=demo.at(day))
    digest = current_version(agreement).digest
    stations = ["lawyer", "vice", "rector"] if stop != 1 else ["lawyer"]
    for later, key in enumerate(stations, start=1):
        agreement = approval.answer_step(
            agreement,
            approved=True,
            digest=digest,
            by=demo.users[key],
            at=demo.at(day + timedelta(days=later)),
        )
    if stop == 1:
        return agreement
    contact = agreement.partnership.contacts.get(is_main=True)
    asked = day + timedelta(days=5)
    key = approval.invite_partner(
        agreement, name=contact.name, email=contact.email, by=demo.officer, at=demo.at(asked)
    )
    if stop == 2:
        demo.links["partner answers an agreement"] = key
        return agreement
    answering = demo.link(key, LinkPurpose.ANSWER_AGREEMENT, asked)
    return approval.answer_step(
        agreement, approved=True, digest=digest, by=answering, at=demo.at(asked + timedelta(days=7))
    )


def _sign(demo: DemoOffice, agreement: Agreement, partnership: Partnership, day: date) -> Agreement:
    contact = partnership.contacts.get(is_main=True)
    return approval.bring_into_force(
        agreement,
        signed_on=day,
        starts_on=date(demo.year, 9, 1),
        home_signer=demo.users["rector"].name,
        home_signer_post="Rector",
        home_authority="Charter",
        partner_signer=contact.name,
        partner_signer_post="Vice-Rector for International Affairs",
        by=demo.officer,
        at=demo.at(day),
    )
