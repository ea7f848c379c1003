"""Ten years of a university of ten thousand, written in bulk around the year that the services tell.

The rows have the shape that the services give them, and the same constraints hold; only the trail of the single
acts and the stored runs of old calls are missing. All people are invented; one seed gives one university.
"""

from __future__ import annotations

import random
from datetime import date

from sapar.core.planner import refresh_statistics
from sapar.demo.office import DemoOffice, Say
from sapar.demo.university.exchange import Exchanges
from sapar.demo.university.partners import Partners
from sapar.demo.university.world import PACE, PARTNERS, STAYS, STUDENTS, YEARS
from sapar.reporting.services import make_report, release_report

__all__ = ["PARTNERS", "STAYS", "STUDENTS", "YEARS", "History", "build_history"]


def build_history(demo: DemoOffice, *, say: Say, stays: int = STAYS, students: int = STUDENTS) -> None:
    """Everything before and around the told year; then a released report for each of the ten years."""
    history = History(demo, random.Random(20160901))
    say("ten years of partners and agreements")
    history.partners()
    say("ten thousand students")
    history.students(students)
    for number, year in enumerate(history.years):
        say(f"exchange in {year}")
        history.exchange(year, max(4, round(stays * PACE[number] / sum(PACE))))
    history.numbers.keep(demo)
    refresh_statistics(filled=True)
    for year in history.years:
        say(f"report of {year}")
        moment = demo.at(min(date(year + 1, 10, 15), demo.today))
        report = make_report(demo.office, year, by=demo.officer, at=moment)
        release_report(report, by=demo.users["rector"], at=moment)


class History(Partners, Exchanges):
    """All parts together."""
