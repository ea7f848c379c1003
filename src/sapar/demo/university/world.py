"""What the parts of the university's history share."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from django.db.models import Model

from sapar.accounts.models import NumberSeries
from sapar.demo.names import people
from sapar.demo.office import COURSES, DemoOffice
from sapar.directory.models import Course, Enrolment, Organisation
from sapar.methods.recognition import pass_or_fail, shipped_scale
from sapar.partners.models import Agreement, Condition

YEARS = 10
PARTNERS, STUDENTS, STAYS = 238, 10_000, 3_000
# How much was going on, the first year being 1: growth, two years of closed borders, and more than before.
PACE = (1.0, 1.1, 1.25, 1.4, 0.5, 0.65, 1.3, 1.7, 1.9, 2.1)
OUTGOING_SHARE = 0.62
COUNTRIES = {"TR": 7, "KZ": 7, "UZ": 6, "TJ": 2, "DE": 5, "PL": 4, "IN": 2}
FACULTY_SHARES = {"MED": 4, "ECO": 3, "LAN": 3, "ITE": 2}
SCALE = "kz-12"
MARKS = ("A", "A-", "A-", "B+", "B+", "B", "B", "B-", "C+", "C", "C-", "F")
LANGUAGES = {"TR": "tr", "KZ": "kk", "UZ": "uz", "TJ": "tg", "DE": "de", "PL": "pl", "IN": "en"}
M = TypeVar("M", bound=Model)


@dataclass
class Numbers:
    """Registers of numbers counted here and handed to the database once."""

    last: dict[tuple[str, int], int] = field(default_factory=dict)

    def start(self, demo: DemoOffice) -> None:
        for row in NumberSeries.objects.filter(office=demo.office):
            self.last[row.series, row.year] = row.last

    def next(self, series: str, year: int) -> int:
        self.last[series, year] = self.last.get((series, year), 0) + 1
        return self.last[series, year]

    def keep(self, demo: DemoOffice) -> None:
        for (series, year), last in self.last.items():
            NumberSeries.objects.update_or_create(
                office=demo.office, series=series, year=year, defaults={"last": last}
            )


@dataclass(frozen=True)
class Row:
    """A row of places with what a stay under it copies, and how sought after the host is."""

    condition: Condition
    agreement: Agreement
    host: Organisation
    weight: float


class World:
    """What all parts of the history share: the office, the draw, the registers, who is there."""

    def __init__(self, demo: DemoOffice, draw: random.Random) -> None:
        self.demo, self.office, self.draw = demo, demo.office, draw
        self.years = range(demo.year - YEARS + 1, demo.year + 1)
        self.numbers = Numbers()
        self.numbers.start(demo)
        self.rows: dict[tuple[int, str], list[Row]] = defaultdict(list)
        self.current: dict[str, list[Enrolment]] = defaultdict(list)
        self.names = {country: people(country, draw) for country in (*COUNTRIES, "KG")}
        scale = shipped_scale(SCALE)
        self.conversions = {mark: pass_or_fail(mark, scale).plain() for mark in set(MARKS)}
        self.passing = {mark: scale.band(mark).passing for mark in set(MARKS)}
        self.courses = {
            code: list(Course.objects.filter(office=self.office, unit=demo.units[code]).order_by("code"))
            for code in COURSES
        }

    def at(self, day: date, hour: int = 10) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def kept(rows: Iterable[M]) -> list[M]:
    """Written in parts that every database takes; the rows come back with their keys."""
    found = list(rows)
    if found:
        type(found[0])._default_manager.bulk_create(found, batch_size=500)
    return found
