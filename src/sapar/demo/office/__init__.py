"""The story of one office, told through services up to a stage."""

from __future__ import annotations

from datetime import date

from sapar.demo.office.calls import announce_next_call, enrol, give_places, open_call, take_applications
from sapar.demo.office.cast import (
    COURSES,
    FACULTIES,
    PROGRAMMES,
    DemoOffice,
    Say,
    found_office,
)
from sapar.demo.office.letters import write_letters
from sapar.demo.office.partners import TEXTS, make_agreements, make_partners
from sapar.demo.office.returns import bring_back, recognise_credits, release_the_year
from sapar.demo.office.seasons import season_of
from sapar.demo.office.stays import receive_group, receive_guests, send_away
from sapar.demo.office.underway import begin_recognition, leave_underway
from sapar.demo.stages import Stage
from sapar.directory.services.loading import load_institutions, load_shipped
from sapar.formats.registries import Institution

__all__ = ["COURSES", "FACULTIES", "PROGRAMMES", "TEXTS", "DemoOffice", "Say", "build_office"]

# In the list that readers of the tutorial bring: known to the directory, no partner yet.
ANKARA = Institution(
    name="Ankara Demo University",
    country="TR",
    city="Ankara",
    labels={"ru": "Анкарский демо-университет", "tr": "Ankara Demo Üniversitesi"},
)


def build_office(
    stage: Stage, *, today: date, students: int = 36, seed: int = 20260901, say: Say
) -> DemoOffice:
    """The office's year as far as `stage`; the same seed and day give the same office."""
    load_shipped()
    load_institutions([ANKARA], source="demo")
    demo = found_office(today, season_of(stage, today), seed)
    say("partners")
    make_partners(demo)
    if stage.reaches(Stage.AGREEMENTS):
        say("agreements")
        make_agreements(demo)
    if stage.reaches(Stage.APPLICATIONS):
        say("applications")
        enrol(demo, students)
        call = open_call(demo)
        applied = take_applications(demo, call)
        if stage.reaches(Stage.PLACED):
            say("places")
            give_places(demo, call, applied)
        if stage.reaches(Stage.AWAY):
            say("exchange")
            away = send_away(demo, call)
            write_letters(demo, away)
            receive_guests(demo)
            receive_group(demo)
            if stage.reaches(Stage.RETURNED):
                say("transcripts")
                bring_back(demo, away)
            if stage.reaches(Stage.REPORTED):
                say("recognition and report")
                recognise_credits(demo, away)
                release_the_year(demo)
        if stage.reaches(Stage.AWAY):
            announce_next_call(demo)
            leave_underway(demo)
        if stage.reaches(Stage.REPORTED):
            begin_recognition(demo)
    return demo
