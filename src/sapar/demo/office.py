"""The story of one office, told through services up to a stage."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sapar.accounts.actors import System
from sapar.accounts.models import Office, SignedLink, User
from sapar.accounts.queries import link_by_key
from sapar.accounts.services import grant_role, open_office
from sapar.accounts.states import LinkPurpose, Role, ScopeKind
from sapar.demo.names import HOME, PARTNERS, Invented, InventedUniversity, people
from sapar.demo.stages import Stage
from sapar.directory.models import Course, Enrolment, Home, Organisation, Unit
from sapar.directory.services.loading import load_shipped
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import Level, NameKind, UnitKind
from sapar.mobility.models import Application, Call, CallPlace, Exchange
from sapar.mobility.models.grades import RecognitionRules
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.services import (
    applications,
    calls,
    exchanges,
    learning,
    placing,
    recognition,
    transcripts,
)
from sapar.mobility.services.visits import (
    SessionEntry,
    VisitEntry,
    add_session,
    add_visitors,
    move_visit,
    plan_visit,
)
from sapar.mobility.states import ApplicationState, Party, Side, Term, TranscriptSource, Verdict
from sapar.partners.models import Agreement, Partnership
from sapar.partners.queries import current_version
from sapar.partners.services import agreements, approval, partnerships
from sapar.partners.states import AgreementKind, Direction
from sapar.reporting.services import make_report, release_report

PASSWORD = "sapar-demo-2026"  # noqa: S105 — printed on the screen by the demo
SYSTEM = System("demo")

FACULTIES = (
    ("MED", "Faculty of Medicine", "Медицина факультети", "Медицинский факультет"),
    ("ECO", "Faculty of Economics", "Экономика факультети", "Экономический факультет"),
    ("LAN", "Faculty of World Languages", "Дүйнөлүк тилдер факультети", "Факультет мировых языков"),
    ("ITE", "Faculty of Information Technology", "Маалымат технологиялары факультети", "Факультет информационных технологий"),
)  # fmt: skip
DEPARTMENTS = (("MED", "Department of Anatomy"), ("MED", "Department of Histology"), ("MED", "Department of Surgery"),
               ("MED", "Department of Physiology"))  # fmt: skip
PROGRAMMES = {
    "MED": ("General medicine", "0912"),
    "ECO": ("Finance and credit", "0412"),
    "LAN": ("Linguistics", "0231"),
    "ITE": ("Software engineering", "0613"),
}
COURSES = {
    "MED": (("ANA201", "Human anatomy II", 6), ("HIS202", "Histology", 5), ("PHY203", "Normal physiology", 6), ("LAT204", "Medical Latin", 3)),
    "ECO": (("MAC301", "Macroeconomics", 6), ("BAN302", "Banking", 5), ("STA303", "Statistics for economists", 6), ("LAW304", "Business law", 4)),
    "LAN": (("LEX211", "Lexicology", 5), ("TRA212", "Theory of translation", 6), ("STY213", "Stylistics", 5), ("LIT214", "World literature", 5)),
    "ITE": (("ALG221", "Algorithms and data structures", 6), ("DBS222", "Databases", 5), ("NET223", "Computer networks", 5), ("WEB224", "Web development", 5)),
}  # fmt: skip
ROLES = (
    ("aigul", "Aigul Asanova", Role.OFFICER, "ru"),
    ("vice", "Daniiar Maatov", Role.VICE_RECTOR, "ky"),
    ("rector", "Elmira Sydykova", Role.RECTOR, "ru"),
    ("lawyer", "Farida Lawal", Role.LEGAL, "ru"),
    ("reviewer", "Gulnara Bakirova", Role.REVIEWER, "ru"),
    ("reader", "Ermek Reader", Role.VIEWER, "en"),
)


@dataclass
class DemoOffice:
    """What a later stage needs of the earlier ones."""

    office: Office
    administrator: User
    today: date
    draw: random.Random
    users: dict[str, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    courses: dict[str, list[Course]] = field(default_factory=dict)
    partnerships: list[Partnership] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    students: list[Enrolment] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def officer(self) -> User:
        return self.users["aigul"]

    @property
    def year(self) -> int:
        """The academic year the story is told of: the one before the present."""
        return (self.today.year if self.today.month >= 9 else self.today.year - 1) - 1

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def link(self, key: str, purpose: LinkPurpose, day: date) -> SignedLink:
        return link_by_key(key, purpose, at=self.at(day))


Say = Callable[[str], None]


def build_office(
    stage: Stage, *, today: date, students: int = 36, seed: int = 20260901, say: Say
) -> DemoOffice:
    """The office's year as far as `stage`; the same seed and day give the same office."""
    load_shipped()
    demo = _found(today, seed)
    say("partners")
    _partners(demo)
    if stage.reaches(Stage.AGREEMENTS):
        say("agreements")
        _agreements(demo)
    if stage.reaches(Stage.APPLICATIONS):
        say("applications")
        _students(demo, students)
        call = _call(demo)
        applied = _applications(demo, call)
        if stage.reaches(Stage.PLACED):
            say("places")
            _place(demo, call, applied)
        if stage.reaches(Stage.AWAY):
            say("exchange")
            away = _send(demo, call)
            _incoming(demo)
            _visit(demo)
            if stage.reaches(Stage.RETURNED):
                say("transcripts")
                _return(demo, away)
            if stage.reaches(Stage.REPORTED):
                say("recognition and report")
                _recognise(demo, away)
                _report(demo)
        if stage.reaches(Stage.PLACED):
            _next_call(demo)
    return demo


def _found(today: date, seed: int) -> DemoOffice:
    administrator = User.objects.create_user("admin@demo.example", PASSWORD, name="Bakyt Administrator")
    start = date(today.year - 3, 9, 1)
    office = open_office(
        slug="sulaiman-too",
        name=HOME.name,
        country_code="KG",
        languages=["ky", "ru", "en"],
        administrator=administrator,
        at=datetime(start.year, 9, 1, 8, tzinfo=UTC),
    )
    office.names = {"ky": HOME.local, "ru": "Демо-университет Сулайман-Тоо", "en": HOME.name}
    office.near_abroad = ["KZ", "UZ", "TJ", "RU", "TM", "BY", "AM", "AZ", "MD"]
    office.save(update_fields=["names", "near_abroad"])
    demo = DemoOffice(office, administrator, today, random.Random(seed))
    began = demo.at(start)
    home = _organisation(demo, HOME, began)
    Home.objects.create(office=office, organisation=home)
    for code, name, ky, ru in FACULTIES:
        demo.units[code] = Unit.objects.create(
            office=office, kind=UnitKind.FACULTY, code=code, name=name, names={"ky": ky, "ru": ru, "en": name}
        )
        demo.courses[code] = [
            Course.objects.create(
                office=office,
                unit=demo.units[code],
                programme=PROGRAMMES[code][0],
                code=course,
                title=title,
                credits=Decimal(credits),
            )
            for course, title, credits in COURSES[code]
        ]
    for number, (parent, name) in enumerate(DEPARTMENTS, start=1):
        Unit.objects.create(
            office=office,
            kind=UnitKind.DEPARTMENT,
            parent=demo.units[parent],
            code=f"{parent}-{number}",
            name=name,
        )
    RecognitionRules.objects.create(office=office, home_scale="kg-ksma")
    for key, name, role, language in ROLES:
        demo.users[key] = _user(key, name, language)
        grant_role(demo.users[key], office, role, by=administrator, at=began)
    demo.users["dean"] = _user("dean", "Cholpon Deanova", "ky")
    grant_role(
        demo.users["dean"],
        office,
        Role.COORDINATOR,
        scope_kind=ScopeKind.UNIT,
        scope_id=demo.units["MED"].pk,
        by=administrator,
        at=began,
    )
    return demo


def _user(key: str, name: str, language: str) -> User:
    return User.objects.create_user(f"{key}@demo.example", PASSWORD, name=name, language=language)


def _organisation(demo: DemoOffice, university: InventedUniversity, at: datetime) -> Organisation:
    return add_organisation(
        office=demo.office,
        name=university.name,
        country_code=university.country,
        city=university.city,
        names=[
            NameEntry(NameKind.LABEL, university.local, university.language),
            NameEntry(NameKind.ACRONYM, university.acronym),
        ],
        by=SYSTEM,
        at=at,
    )


def _partners(demo: DemoOffice) -> None:
    for number, university in enumerate(PARTNERS):
        since = date(demo.today.year - 3, 10, 1) + timedelta(days=40 * number)
        organisation = _organisation(demo, university, demo.at(since))
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


def _agreements(demo: DemoOffice) -> None:
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


def _students(demo: DemoOffice, count: int) -> None:
    names = people("KG", demo.draw)
    for number in range(1, count + 1):
        code = demo.draw.choices(list(PROGRAMMES), weights=[4, 2, 2, 2])[0]
        who = next(names)
        day = date(demo.year, 9, 15)
        person = add_person(
            PersonEntry(
                passport_surname=who.surname,
                passport_given=who.given,
                local_names=(who.local,),
                email=f"{who.given}.{who.surname}{number}@students.example".lower(),
                citizenship="KG",
                birth_date=date(demo.year - 20, 1 + number % 12, 1 + number % 27),
                language=demo.draw.choice(["ky", "ru"]),
            ),
            office=demo.office,
            by=SYSTEM,
            at=demo.at(day),
        )
        demo.students.append(
            Enrolment.objects.create(
                office=demo.office,
                person=person,
                unit=demo.units[code],
                student_number=f"{demo.year % 100}{number:05d}",
                programme=PROGRAMMES[code][0],
                isced_f=PROGRAMMES[code][1],
                level=Level.BACHELOR,
                year_of_study=demo.draw.choice([1, 2, 2, 3, 3, 3, 4]),
                gpa=Decimal(demo.draw.randint(235, 400)) / 100,
                gpa_scale="0–4",
                debts=demo.draw.choice([0, 0, 0, 0, 0, 1]),
                as_of=day,
            )
        )


RULES = (
    {"code": "gpa", "fact": "gpa", "test": "at_least", "required": 2.67},
    {"code": "year", "fact": "year_of_study", "test": "one_of", "required": [2, 3]},
    {"code": "debts", "fact": "debts", "test": "at_most", "required": 0},
)
SCORING = (
    {"code": "gpa", "label": "GPA", "source": "gpa", "weight": "50", "least": "0", "most": "4"},
    {
        "code": "english",
        "label": "English",
        "source": "language:en",
        "weight": "20",
        "least": "0",
        "most": "6",
    },
    {
        "code": "motivation",
        "label": "Motivation",
        "source": "review",
        "weight": "30",
        "least": "0",
        "most": "10",
    },
    {"code": "former", "label": "Former mobility", "source": "former_mobilities", "weight": "-10"},
)
DOCUMENTS = (
    {"code": "transcript", "title": "Transcript of records", "required": True},
    {"code": "language", "title": "Language certificate", "required": False},
)


def _call_entry(demo: DemoOffice, year: int, opens: date, closes: date, term: Term) -> calls.CallEntry:
    spring = term == Term.SPRING
    return calls.CallEntry(
        title=f"Exchange places, {'spring' if spring else 'autumn'} term {year + 1 if spring else year}",
        programme="Bilateral exchange",
        academic_year=year,
        term=term,
        opens_at=demo.at(opens, 3),
        closes_at=demo.at(closes, 18),
        stay_from=date(year + 1, 2, 1) if spring else date(year, 9, 1),
        stay_to=date(year + 1, 6, 25) if spring else date(year + 1, 1, 25),
        rules=RULES,
        scoring=SCORING,
        documents=DOCUMENTS,
        text="Second- and third-year students may apply. The stay is free of tuition at the host.",
    )


def _call(demo: DemoOffice) -> Call:
    year = demo.year
    entry = _call_entry(demo, year, date(year, 10, 1), date(year, 10, 25), Term.SPRING)
    call = calls.prepare_call(entry, office=demo.office, by=demo.officer, at=demo.at(date(year, 9, 20)))
    _take_places(demo, call, date(year, 9, 25), reserve=True)
    return calls.open_call(call, by=demo.officer, at=demo.at(date(year, 10, 1), 4))


def _take_places(demo: DemoOffice, call: Call, day: date, *, reserve: bool) -> None:
    for agreement in demo.agreements:
        for row in current_version(agreement).conditions.filter(
            academic_year=call.academic_year, direction=Direction.OUTGOING
        ):
            for_medicine = reserve and agreement == demo.agreements[0]
            calls.take_places(
                call,
                row,
                seats=max(1, row.places - 1) if reserve else 1,
                reserves=(
                    {
                        "code": "MED",
                        "places": 1,
                        "rules": [{"code": "MED", "fact": "faculty", "test": "equals", "required": "MED"}],
                    },
                )
                if for_medicine
                else (),
                by=demo.officer,
                at=demo.at(day),
            )


def _applications(demo: DemoOffice, call: Call) -> list[tuple[Application, SignedLink]]:
    places = list(call.places.order_by("pk"))
    made = []
    day = call.opens_at.date() + timedelta(days=3)
    for enrolment in demo.students:
        application, link = _apply(demo, call, enrolment, places, day)
        made.append((application, link))
    for application, _link in made:
        applications.review_application(
            application,
            {"motivation": Decimal(demo.draw.randint(4, 10))},
            by=demo.users["reviewer"],
            at=demo.at(day + timedelta(days=20)),
        )
        applications.accept_papers(application, by=demo.officer, at=demo.at(day + timedelta(days=21)))
    return made


def _apply(
    demo: DemoOffice,
    call: Call,
    enrolment: Enrolment,
    places: list[CallPlace],
    day: date,
    *,
    submit: bool = True,
) -> tuple[Application, SignedLink]:
    begun = applications.begin_application(
        call,
        applications.Identity(
            email=enrolment.person.email,
            student_number=enrolment.student_number,
            language=enrolment.person.language,
        ),
        consent_text="I agree that the office processes my data for this exchange.",
        by=System("application form"),
        at=demo.at(day),
    )
    link = demo.link(begun.key, LinkPurpose.APPLY, day)
    demo.links["student's application"] = begun.key
    fitting = [place for place in places if not place.isced_f or place.isced_f == enrolment.isced_f]
    popular = sorted(fitting, key=lambda place: (demo.draw.random() * (1 + place.pk % 4), place.pk))
    application = applications.save_draft(
        begun.application,
        applications.Draft(
            wishes=popular[: demo.draw.randint(1, call.most_wishes)],
            motivation="I want to study in another system, learn its language and bring back what I have seen.",
            languages=(
                {
                    "language": "en",
                    "level": demo.draw.choice(["A2", "B1", "B1", "B2", "C1"]),
                    "certificate": "",
                },
            ),
            former_mobilities=demo.draw.choice([0, 0, 0, 0, 1]),
        ),
        revision=0,
        by=link,
        at=demo.at(day),
    )
    applications.add_paper(
        application,
        "transcript",
        b"Transcript of records (demo)\n",
        "transcript.txt",
        by=link,
        at=demo.at(day),
    )
    if submit:
        application = applications.submit_application(application, by=link, at=demo.at(day))
    return application, link


def _place(demo: DemoOffice, call: Call, applied: list[tuple[Application, SignedLink]]) -> None:
    closed = call.closes_at.date()
    call = calls.close_call(call, by=demo.officer, at=demo.at(closed + timedelta(days=1)))
    run = placing.run_placing(
        call, seed=call.academic_year, by=demo.officer, at=demo.at(closed + timedelta(days=5))
    )
    placing.adopt_run(run, by=demo.officer, at=demo.at(closed + timedelta(days=6)))
    by_pk = {application.pk: link for application, link in applied}
    placed = list(call.applications.filter(state=ApplicationState.PLACED).order_by("pk"))
    for number, application in enumerate(placed):
        day = demo.at(closed + timedelta(days=8))
        if number == 1:
            placing.decline_place(application, by=by_pk[application.pk], at=day)
        else:
            placing.confirm_place(application, by=by_pk[application.pk], at=day)
    refill = placing.run_refill(call, by=demo.officer, at=demo.at(closed + timedelta(days=14)))
    placing.adopt_run(refill, by=demo.officer, at=demo.at(closed + timedelta(days=14)))
    for application in call.applications.filter(state=ApplicationState.PLACED):
        placing.confirm_place(application, by=by_pk[application.pk], at=demo.at(closed + timedelta(days=16)))


def _send(demo: DemoOffice, call: Call) -> list[Exchange]:
    """Nominated, accepted, with a learning agreement signed by all three, and gone."""
    day = date(demo.year, 11, 20)
    gone = []
    confirmed = call.applications.filter(state=ApplicationState.CONFIRMED).select_related("enrolment__unit")
    for application in confirmed.order_by("pk"):
        exchange = exchanges.nominate(application, by=demo.officer, at=demo.at(day))
        exchange = _accepted(demo, exchange, day)
        _learning_agreement(demo, exchange, day + timedelta(days=20))
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


def _learning_agreement(demo: DemoOffice, exchange: Exchange, day: date) -> None:
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
    version = learning.draft_learning_agreement(exchange, entries, by=demo.officer, at=demo.at(day))
    version = learning.send_learning_agreement(version, by=demo.officer, at=demo.at(day))
    signers = (
        (Party.STUDENT, _key(demo, exchange, LinkPurpose.FOLLOW_STAY, exchange.person.display_name, day)),
        (Party.SENDING, demo.officer),
        (
            Party.RECEIVING,
            _key(demo, exchange, LinkPurpose.SIGN_LEARNING_AGREEMENT, "Coordinator of the host", day),
        ),
    )
    for party, actor in signers:
        learning.sign_learning_agreement(
            version, party, digest=version.digest, by=actor, at=demo.at(day + timedelta(days=3))
        )


def _key(demo: DemoOffice, exchange: Exchange, purpose: LinkPurpose, name: str, day: date) -> SignedLink:
    made = exchanges.make_exchange_link(
        exchange, purpose, name=name, email="host@partner.example", by=demo.officer, at=demo.at(day)
    )
    demo.links[str(LinkPurpose(purpose).label)] = made.key
    return demo.link(made.key, purpose, day)


def _incoming(demo: DemoOffice) -> None:
    """Students of partners who came this spring, some of them still here."""
    day = date(demo.year, 11, 25)
    for agreement in demo.agreements[:6]:
        row = (
            current_version(agreement)
            .conditions.filter(academic_year=demo.year, direction=Direction.INCOMING)
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
            exchange = exchanges.nominate_directly(
                person,
                row,
                term=Term.SPRING,
                planned_from=date(demo.year + 1, 2, 1),
                planned_to=date(demo.year + 1, 6, 25),
                unit=demo.units["MED" if row.isced_f == "0912" else demo.draw.choice(["ECO", "LAN", "ITE"])],
                by=demo.officer,
                at=demo.at(day),
            )
            exchange = exchanges.answer_nomination(
                exchange, accepted=True, by=demo.officer, at=demo.at(day + timedelta(days=4))
            )
            arrived = date(demo.year + 1, 2, demo.draw.randint(1, 6))
            exchange = exchanges.note_arrival(
                exchange, arrived_on=arrived, by=demo.officer, at=demo.at(arrived)
            )
            left = date(demo.year + 1, 6, demo.draw.randint(20, 28))
            exchanges.note_departure(exchange, left_on=left, by=demo.officer, at=demo.at(left))


def _visit(demo: DemoOffice) -> None:
    """A group of medical students with their leader, at the departments of the faculty."""
    partner = demo.partnerships[5]
    starts = date(demo.year + 1, 3, 15)
    day = starts - timedelta(days=30)
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
        move_visit(
            visit,
            move,
            outcome="Two joint case reports begun." if move == "finish" else "",
            by=demo.officer,
            at=demo.at(when),
        )


MARKS = ("A", "A-", "B+", "B", "B", "B-", "C+", "C", "F")


def _return(demo: DemoOffice, away: list[Exchange]) -> None:
    for number, exchange in enumerate(away):
        left = exchange.planned_to + timedelta(days=demo.draw.randint(-3, 5))
        exchange = exchanges.note_departure(exchange, left_on=left, by=demo.officer, at=demo.at(left))
        if number % 9 == 8:
            continue
        given = left + timedelta(days=demo.draw.randint(9, 48))
        agreed = signed_learning_agreement(exchange)
        if agreed is None:
            continue
        host = _key(demo, exchange, LinkPurpose.GIVE_TRANSCRIPT, "Registrar of the host", left)
        transcripts.receive_transcript(
            exchange,
            [
                transcripts.LineEntry(
                    code=component.code,
                    title=component.title,
                    credits=component.credits,
                    mark=demo.draw.choice(MARKS),
                    examined_on=left,
                )
                for component in agreed.components.filter(side=Side.STUDIED).order_by("group")
            ],
            scale="kz-12",
            source=TranscriptSource.LINK,
            issued_on=given,
            by=host,
            at=demo.at(given),
        )
        demo.links.pop(str(LinkPurpose.GIVE_TRANSCRIPT.label), None)  # it was good for one transcript


def _recognise(demo: DemoOffice, away: list[Exchange]) -> None:
    for number, exchange in enumerate(
        Exchange.objects.filter(pk__in=[one.pk for one in away]).order_by("pk")
    ):
        transcript = exchange.transcripts.first()
        if transcript is None or number % 7 == 6:
            continue
        at = transcript.received_at + timedelta(days=6)
        case = recognition.open_case(
            exchange, commission=["Dean", "Head of department"], by=demo.officer, at=at
        )
        for decision in case.decisions.order_by("group"):
            suggestion = decision.method["suggestion"]
            verdict = Verdict(suggestion["verdict"])
            recognition.decide_group(
                decision,
                verdict=verdict,
                credits=Decimal(suggestion.get("credits", "0")),
                home_mark=(decision.studied[0]["conversion"] or {}).get("result", "")
                if decision.studied
                else "",
                reason="Not passed at the host; to be made up." if verdict == Verdict.REFUSED else "",
                by=demo.officer,
                at=at,
            )
        case = recognition.close_case(case, by=demo.officer, at=at)
        recognition.issue_order(case, by=demo.officer, at=at + timedelta(days=2))


def _report(demo: DemoOffice) -> None:
    day = demo.at(min(date(demo.year + 1, 10, 1), demo.today - timedelta(days=1)))
    report = make_report(demo.office, demo.year, by=demo.officer, at=day)
    release_report(report, summary="", by=demo.users["rector"], at=day)


def _next_call(demo: DemoOffice) -> None:
    """Something to do today: a call that is open, with applications in all hands."""
    year = demo.year + 1
    opens, closes = demo.today - timedelta(days=12), demo.today + timedelta(days=9)
    entry = _call_entry(demo, year, opens, closes, Term.SPRING)
    call = calls.prepare_call(
        entry, office=demo.office, by=demo.officer, at=demo.at(opens - timedelta(days=3))
    )
    _take_places(demo, call, opens - timedelta(days=3), reserve=False)
    call = calls.open_call(call, by=demo.officer, at=demo.at(opens, 4))
    places = list(call.places.order_by("pk"))
    for number, enrolment in enumerate(demo.students[:9]):
        _apply(demo, call, enrolment, places, opens + timedelta(days=2 + number % 5), submit=number % 3 != 2)
