"""Letters to those who go, and letters kept for the next term."""

from __future__ import annotations

from datetime import timedelta

from sapar.accounts.states import LinkPurpose
from sapar.demo.office.cast import DemoOffice
from sapar.demo.office.stays import key_of
from sapar.mobility.models import Exchange
from sapar.mobility.services.messages import save_letter, write_message, write_to_many
from sapar.mobility.states import LetterKind

LETTERS = (
    (
        LetterKind.STAY,
        "Before leaving",
        "Dear {name},\n\nyour stay at {partner} begins on {first_day}. Take along your passport, the insurance policy "
        "and the signed learning agreement, and send us the certificate of arrival within the first week.",
    ),
    (
        LetterKind.STAY,
        "After returning",
        "Dear {name},\n\nplease bring us the transcript of records of {partner} and the certificate of your stay "
        "until {last_day}. Your faculty then decides on the recognition of your credits.",
    ),
    (
        LetterKind.APPLICATION,
        "Papers are missing",
        "Dear {name},\n\nyour application {number} for “{call}” lacks a paper. Please add it until {deadline}.",
    ),
)


def write_letters(demo: DemoOffice, away: list[Exchange]) -> None:
    """One letter to all who went, one question from a student, and letters kept for the next term."""
    written = demo.season.stay_from - timedelta(days=68)
    for kind, title, text in LETTERS:
        save_letter(demo.office, kind, title, text, by=demo.officer, at=demo.at(written))
    if not away:
        return
    first = min(one.planned_from for one in away)
    day = first - timedelta(days=14)
    write_to_many(LetterKind.STAY, away, LETTERS[0][2], by=demo.officer, at=demo.at(day))
    student = key_of(demo, away[0], LinkPurpose.FOLLOW_STAY, away[0].person.display_name, day)
    asked = "Do I need a certificate from the host in English, too?"
    write_message(away[0], asked, by=student, at=demo.at(day, 14))
