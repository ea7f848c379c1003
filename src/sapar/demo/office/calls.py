"""Students, calls, applications and places."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sapar.accounts.actors import System
from sapar.accounts.models import SignedLink
from sapar.accounts.states import LinkPurpose
from sapar.core.days import local_day
from sapar.demo.names import people
from sapar.demo.office.cast import PROGRAMMES, SYSTEM, DemoOffice, end_of
from sapar.demo.office.seasons import Season, next_season
from sapar.directory.models import Enrolment
from sapar.directory.services.people import PersonEntry, add_person
from sapar.directory.states import Level
from sapar.mobility.models import Application, Call, CallPlace, PlacingRun
from sapar.mobility.services import applications, calls, placing
from sapar.mobility.services.placing import papers
from sapar.mobility.states import ApplicationState
from sapar.partners.queries import current_version
from sapar.partners.states import Direction


def enrol(demo: DemoOffice, count: int) -> None:
    names = people("KG", demo.draw)
    opens = demo.season.opens
    day = date(opens.year if opens >= date(opens.year, 9, 15) else opens.year - 1, 9, 15)
    for number in range(1, count + 1):
        code = demo.draw.choices(list(PROGRAMMES), weights=[4, 2, 2, 2])[0]
        who = next(names)
        person = add_person(
            PersonEntry(
                passport_surname=who.surname,
                passport_given=who.given,
                local_names=(who.local,),
                email=f"{who.given}.{who.surname}{number}@students.example".lower(),
                citizenship="KG",
                birth_date=date(day.year - 20, 1 + number % 12, 1 + number % 27),
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
                student_number=f"{day.year % 100}{number:05d}",
                programme=PROGRAMMES[code][0],
                isced_f=PROGRAMMES[code][1],
                level=Level.BACHELOR,
                year_of_study=demo.draw.choice([1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4]),
                gpa=Decimal(demo.draw.randint(255, 400)) / 100,
                gpa_scale="0–4",
                debts=demo.draw.choice([0] * 11 + [1]),
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


def _call_entry(demo: DemoOffice, season: Season) -> calls.CallEntry:
    return calls.CallEntry(
        title=season.title,
        programme="Bilateral exchange",
        academic_year=season.academic_year,
        term=season.term,
        opens_at=demo.at(season.opens, 3),
        closes_at=end_of(season.closes),
        stay_from=season.stay_from,
        stay_to=season.stay_to,
        rules=RULES,
        scoring=SCORING,
        documents=DOCUMENTS,
        text="Second- and third-year students may apply. The stay is free of tuition at the host.",
    )


def open_call(demo: DemoOffice) -> Call:
    entry, opens = _call_entry(demo, demo.season), demo.season.opens
    call = calls.prepare_call(
        entry, office=demo.office, by=demo.officer, at=demo.at(opens - timedelta(days=11))
    )
    _take_places(demo, call, opens - timedelta(days=6), reserve=True)
    return calls.open_call(call, by=demo.officer, at=demo.at(opens, 4))


def _take_places(demo: DemoOffice, call: Call, day: date, *, reserve: bool) -> None:
    # Something is left for stays outside a call, and for the next call where it is of the same academic year.
    left = 2 if call.academic_year == next_season(demo.today).academic_year else 1
    for agreement in demo.agreements:
        for row in current_version(agreement).conditions.filter(
            academic_year=call.academic_year, direction=Direction.OUTGOING
        ):
            for_medicine = reserve and agreement == demo.agreements[0]
            calls.take_places(
                call,
                row,
                seats=max(1, row.places - left) if reserve else 1,
                reserves=(
                    {
                        "code": "Medicine",
                        "places": 1,
                        "rules": [{"code": "MED", "fact": "faculty", "test": "equals", "required": "MED"}],
                    },
                )
                if for_medicine
                else (),
                by=demo.officer,
                at=demo.at(day),
            )


def take_applications(demo: DemoOffice, call: Call) -> list[tuple[Application, SignedLink]]:
    places = list(call.places.order_by("pk"))
    made = []
    day = local_day(call.opens_at) + timedelta(days=3)
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
                    "level": demo.draw.choice(["A2", "B1", "B1", "B2", "B2", "B2", "C1"]),
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


def give_places(demo: DemoOffice, call: Call, applied: list[tuple[Application, SignedLink]]) -> None:
    closed = local_day(call.closes_at)
    call = calls.close_call(call, by=demo.officer, at=demo.at(closed + timedelta(days=1)))
    run = placing.run_placing(
        call, seed=call.academic_year, by=demo.officer, at=demo.at(closed + timedelta(days=5))
    )
    _adopt(demo, run, closed + timedelta(days=6))
    by_pk = {application.pk: link for application, link in applied}
    placed = list(call.applications.filter(state=ApplicationState.PLACED).order_by("pk"))
    for number, application in enumerate(placed):
        day = demo.at(closed + timedelta(days=8))
        if number == 1:
            placing.decline_place(application, by=by_pk[application.pk], at=day)
        else:
            placing.confirm_place(application, by=by_pk[application.pk], at=day)
    refill = placing.run_refill(call, by=demo.officer, at=demo.at(closed + timedelta(days=14)))
    _adopt(demo, refill, closed + timedelta(days=14))
    for application in call.applications.filter(state=ApplicationState.PLACED):
        placing.confirm_place(application, by=by_pk[application.pk], at=demo.at(closed + timedelta(days=16)))


def _adopt(demo: DemoOffice, run: PlacingRun, day: date) -> None:
    """Minutes and letters are of that day, and not of the day on which somebody looks at the demo."""
    placing.adopt_run(run, by=demo.officer, at=demo.at(day))
    papers.issue_minutes_once(run, by=System("decisions"), at=demo.at(day))
    for award in run.awards.filter(told_at=None).order_by("pk"):
        papers.tell(award, by=System("decisions"), at=demo.at(day))


def announce_next_call(demo: DemoOffice) -> None:
    """Something to do today: a call that is open, with applications in all hands."""
    season = next_season(demo.today)
    entry, opens = _call_entry(demo, season), season.opens
    call = calls.prepare_call(
        entry, office=demo.office, by=demo.officer, at=demo.at(opens - timedelta(days=3))
    )
    _take_places(demo, call, opens - timedelta(days=3), reserve=False)
    call = calls.open_call(call, by=demo.officer, at=demo.at(opens, 4))
    places = list(call.places.order_by("pk"))
    for number, enrolment in enumerate(demo.students[:9]):
        _apply(demo, call, enrolment, places, opens + timedelta(days=2 + number % 5), submit=number % 3 != 2)
