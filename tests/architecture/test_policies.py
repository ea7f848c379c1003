"""Who may do what: one line for each policy and state, one column for each kind of person.

A administrator, O officer, M coordinator of medicine, E coordinator of economics, L lawyer, V vice-rector, R rector,
G reader, W reviewer, N nobody, Z officer of another office, S Sapar itself; holders of links: a applicant of the
application, p partner of the agreement, n partner asked about nominations, s host that signs, t host that gives the
transcript, y student of the stay; f all of these purposes together on other records.

The subject belongs to the faculty of medicine where it belongs to one.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from sapar.accounts.actors import Actor, System
from sapar.accounts.models import SignedLink, User
from sapar.accounts.services import make_link
from sapar.accounts.states import LinkPurpose, Role
from sapar.directory.models import Organisation, Person, Unit
from sapar.directory.states import UnitKind
from sapar.mobility.models import Application, Erasure, Exchange, GroupVisit
from sapar.mobility.states import Party
from sapar.partners.models import Agreement, ApprovalStep
from tests.cast import NOW, Cast, grant, make_user
from tests.story import apply, draft, open_call_with, partner_in_force, student

COLUMNS = "AOMELVRGWNZSapnstyf"
BY_APP: Mapping[str, str] = {
    "accounts": """
        may_administer                             A..................
        may_work_in                                AO.................
        may_read_all                               AO..LVRG...........
    """,
    "directory": """
        may_add_people                             AO.........S.......
        may_add_organisations                      AO.........S.......
        may_change_organisation own                AO.........S.......
        may_change_organisation shared             ...........S.......
        may_change_organisation other              ..........ZS.......
        may_view_person medicine                   AOM.LVRG...........
        may_view_person economics                  AO.ELVRG...........
        may_view_person unenrolled                 AO..LVRG...........
        may_view_person other                      ..........Z........
        may_change_person                          AO.........S.......
        may_read_passport                          AO.................
        may_read_passport other                    ..........Z........
        may_change_units                           AO.........S.......
        may_view_directory                         AOMELVRGW..........
    """,
    "partners": """
        may_import_partners                        AO.........S.......
        may_view_partners                          AOMELVRGW..........
        may_change_partnership                     AO.........S.......
        may_view_agreement draft                   AOMELVRGW....p.....
        may_view_agreement in_force                AOMELVRGW..........
        may_draft_agreement                        AO.........S.......
        may_change_agreement draft                 AO.........S.......
        may_change_agreement in_force              AO.........S.......
        may_answer_step legal                      ....L..............
        may_answer_step vice_rector                .....V.............
        may_answer_step rector                     ......R............
        may_answer_step partner                    .............p.....
        may_answer_step not_reached                ...................
        may_answer_step answered                   ...................
        may_sign draft                             AO.........S.......
        may_terminate in_force                     A....VR............
    """,
    "mobility": """
        may_run_calls                              AO.........S.......
        may_change_call                            AO.........S.......
        may_give_places                            AO.........S.......
        may_view_application submitted             AOM.LVRGW...a......
        may_view_application placed                AOM.LVRGW...a......
        may_write_application submitted            AO.........Sa......
        may_check_application submitted            AO.........S.......
        may_review submitted                       AOM.....W..........
        may_nominate                               AO.........S.......
        may_view_exchange nominated                AOM.LVRG......nsty.
        may_view_exchange returned                 AOM.LVRG......nsty.
        may_change_exchange nominated              AO.........S.......
        may_write_about_stay nominated             AO.........S.....y.
        may_keep_letters                           AO.................
        may_answer_nomination nominated            AO.........S..n....
        may_write_learning_agreement nominated     AOM........S.......
        may_propose_learning_agreement nominated   .................y.
        may_sign_as out_student                    ...........S.....y.
        may_sign_as out_sending                    AOM........S.......
        may_sign_as out_receiving                  AO.........S...s...
        may_sign_as in_student                     ...........S.....y.
        may_sign_as in_sending                     AO.........S...s...
        may_sign_as in_receiving                   AOM........S.......
        may_give_transcript returned               AO.........S....t..
        may_decide_recognition returned            AOM........S.......
        may_run_visits                             AO.........S.......
        may_change_visit                           AO.........S.......
        may_note_attendance medicine               AOM........S.......
        may_note_attendance department             AOM........S.......
        may_note_attendance nowhere                AO.........S.......
        may_copy_person                            AO..........a....y.
        may_ask_erasure                            AO.................
        may_confirm_erasure by_officer             A..................
        may_confirm_erasure by_administrator       ...................
        may_withdraw_erasure by_officer            AO.................
    """,
    "reporting": """
        may_read_reports                           AO..LVRG...........
        may_make_reports                           AO.........S.......
        may_release_reports                        AO...VR............
    """,
    "interop": """
        may_connect                                A..................
    """,
}


def lines_of(app: str) -> list[tuple[str, str, str]]:
    """Policy, state, who may."""
    found = []
    for line in BY_APP[app].strip().splitlines():
        name, *state, who = line.split()
        found.append((name, state[0] if state else "", who))
    return found


def policies_of(app: str) -> dict[str, Callable[[Actor, Any], bool]]:
    module = importlib.import_module(f"sapar.{app}.policies")
    return {
        name: value
        for name, value in vars(module).items()
        if name.startswith("may_") and value.__module__ == module.__name__
    }


def apps_with_policies() -> set[str]:
    found = set()
    for config in apps.get_app_configs():
        if config.name.startswith("sapar."):
            try:
                importlib.import_module(f"{config.name}.policies")
            except ModuleNotFoundError:
                continue
            found.add(config.label)
    return found


def test_every_policy_has_its_table() -> None:
    assert apps_with_policies() == set(BY_APP)
    for app in BY_APP:
        assert {name for name, _state, _who in lines_of(app)} == set(policies_of(app)), app


@dataclass
class World:
    """People by column, and subjects by the name of their parameter and state."""

    people: dict[str, list[Actor]]
    subjects: dict[tuple[str, str], Any]


def subject_of(world: World, app: str, name: str, state: str) -> Any:
    code = policies_of(app)[name].__code__
    return world.subjects[code.co_varnames[1], state]


@pytest.fixture
def world(cast: Cast) -> World:
    reviewer, economist = make_user("Rustam"), make_user("Saltanat")
    grant(reviewer, cast.office, Role.REVIEWER)
    grant(economist, cast.office, Role.COORDINATOR, cast.economics)
    partner = partner_in_force(cast)
    call = open_call_with(cast, partner)
    enrolment = student(cast, "Best", "3.9")
    application, _link = apply(call, enrolment)
    paper = draft(cast, "Bursa Demo University")
    stays = {state: stay(cast, partner.organisation, enrolment.person, partner.agreement, state, direction)
             for state, direction in (("nominated", "out"), ("returned", "in"))}  # fmt: skip
    subjects = offices_and_people(cast, enrolment.person) | agreements(paper, partner.agreement)
    placed = Application.objects.get(pk=application.pk)
    placed.state = "placed"
    subjects |= {
        ("call", ""): call,
        ("application", "submitted"): application,
        ("application", "placed"): placed,
    }
    # Both stays answer to the same number, so that one set of links fits them.
    stays["returned"].pk = stays["nominated"].pk
    subjects |= {("exchange", state): found for state, found in stays.items()}
    for direction, found in (("out", stays["nominated"]), ("in", stays["returned"])):
        for party in Party:
            subjects["signing", f"{direction}_{party.value}"] = (found, party)
    subjects |= visits(cast, partner.organisation)
    for name, user in (("by_officer", cast.officer), ("by_administrator", cast.administrator)):
        subjects["erasure", name] = Erasure(office=cast.office, person=enrolment.person, asked_by=user)
    links = {
        "a": (LinkPurpose.APPLY, application.pk),
        "p": (LinkPurpose.ANSWER_AGREEMENT, paper.pk),
        "n": (LinkPurpose.ANSWER_NOMINATION, partner.agreement.pk),
        "s": (LinkPurpose.SIGN_LEARNING_AGREEMENT, stays["nominated"].pk),
        "t": (LinkPurpose.GIVE_TRANSCRIPT, stays["nominated"].pk),
        "y": (LinkPurpose.FOLLOW_STAY, stays["nominated"].pk),
    }
    people: dict[str, list[Actor]] = {
        "A": [cast.administrator], "O": [cast.officer], "M": [cast.coordinator], "E": [economist],
        "L": [cast.lawyer], "V": [cast.vice_rector], "R": [cast.rector], "G": [cast.reader], "W": [reviewer],
        "N": [cast.nobody], "Z": [cast.other_officer], "S": [System("test")],
        **{letter: [link(cast, purpose, pk)] for letter, (purpose, pk) in links.items()},
        "f": [link(cast, purpose, pk + 1_000) for purpose, pk in links.values()],
    }  # fmt: skip
    return World(people, subjects)


def link(cast: Cast, purpose: LinkPurpose, subject_id: int) -> SignedLink:
    made, _key = make_link(purpose, subject_id, office=cast.office, holder_name="Guest", at=NOW)
    return made


def stay(
    cast: Cast, partner: Organisation, person: Person, agreement: Agreement, state: str, direction: str
) -> Exchange:
    return Exchange.objects.create(
        office=cast.office, number=f"X-{state}", direction=direction, state=state, person=person, partner=partner,
        agreement=agreement, unit=cast.medicine, academic_year=2026, term="spring",
        planned_from=date(2027, 2, 1), planned_to=date(2027, 6, 30),
        arrived_on=date(2027, 2, 1) if state == "returned" else None, nominated_at=NOW,
        person_sort_key="demo", person_search="demo",
    )  # fmt: skip


def offices_and_people(cast: Cast, medic: Person) -> dict[tuple[str, str], Any]:
    stranger = Person.objects.create(
        office=cast.other_office, passport_surname="Other", display_name="Other", sort_key="other",
        search="other", added_at=NOW,
    )  # fmt: skip
    loose = Person.objects.create(
        office=cast.office, passport_surname="Loose", display_name="Loose", sort_key="loose", search="loose",
        added_at=NOW,
    )  # fmt: skip
    made = {
        name: Organisation(name=name, country_code="TR", office=office)
        for name, office in (("own", cast.office), ("shared", None), ("other", cast.other_office))
    }
    return {
        ("office", ""): cast.office,
        ("person", ""): medic,
        ("person", "medicine"): medic,
        ("person", "economics"): student(cast, "Second", "3.1", unit="ECO").person,
        ("person", "unenrolled"): loose,
        ("person", "other"): stranger,
        **{("organisation", name): organisation for name, organisation in made.items()},
    }


def agreements(paper: Agreement, in_force: Agreement) -> dict[tuple[str, str], Any]:
    version = paper.versions.get()
    steps = {
        role: ApprovalStep(
            office=paper.office, version=version, role=role, state="waiting", waiting_since=NOW
        )
        for role in ("legal", "vice_rector", "rector", "partner")
    }
    steps["not_reached"] = ApprovalStep(office=paper.office, version=version, role="legal", state="waiting")
    steps["answered"] = ApprovalStep(
        office=paper.office, version=version, role="legal", state="approved", waiting_since=NOW
    )
    return {
        ("partnership", ""): paper.partnership,
        ("agreement", "draft"): paper,
        ("agreement", "in_force"): in_force,
        **{("step", name): step for name, step in steps.items()},
    }


def visits(cast: Cast, partner: Organisation) -> dict[tuple[str, str], Any]:
    department = Unit.objects.create(
        office=cast.office, kind=UnitKind.DEPARTMENT, code="ANA", name="Anatomy", parent=cast.medicine
    )
    found: dict[tuple[str, str], Any] = {}
    for name, hosts in (("medicine", [cast.medicine]), ("department", [department]), ("nowhere", [])):
        visit = GroupVisit.objects.create(
            office=cast.office, title=name, number=name, direction="in", partner=partner,
            starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 9), leader_name="Leader",
        )  # fmt: skip
        visit.hosts.set(hosts)
        found["visit", name] = visit
    return found | {("visit", ""): found["visit", "medicine"]}


def who_may(world: World, app: str, name: str, state: str) -> str:
    ask, subject = policies_of(app)[name], subject_of(world, app, name, state)
    return "".join(
        letter if any(ask(person, subject) for person in world.people[letter]) else "." for letter in COLUMNS
    )


def test_everybody_may_what_the_tables_say_and_nothing_else(world: World) -> None:
    for app in BY_APP:
        found = [(name, state, who_may(world, app, name, state)) for name, state, _who in lines_of(app)]
        assert found == lines_of(app), app


def test_who_has_left_may_nothing(world: World, cast: Cast) -> None:
    User.objects.update(is_active=False)
    world.people = {
        letter: [User.objects.get(pk=person.pk) for person in people if isinstance(person, User)]
        for letter, people in world.people.items()
    }
    for app in BY_APP:
        for name, state, _who in lines_of(app):
            assert who_may(world, app, name, state) == "." * len(COLUMNS), name
