"""Computing the figures of one office and one academic year; each carries the ids of its records."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min

from sapar.accounts.models import Office
from sapar.core.days import local_day
from sapar.mobility.models import Exchange
from sapar.mobility.states import ExchangeState
from sapar.partners.models import Agreement, Condition, Partnership
from sapar.partners.queries import agreements_in_force
from sapar.partners.states import KINDS_WITH_PLACES, AgreementState, PartnershipState, VersionState
from sapar.reporting.definitions import Value

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class Year:
    """An academic year of an office: its first and last day."""

    first: date
    last: date

    @classmethod
    def of(cls, office: Office, begins: int) -> Year:
        month = office.year_starts_month
        first = date(begins, month, 1)
        return cls(first, date.fromordinal(date(begins + 1, month, 1).toordinal() - 1))

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Stay:
    """One exchange, as far as the report needs it."""

    pk: int
    direction: str
    country: str
    partner: int
    field: str
    unit: int | None
    condition: int | None
    state: str
    arrived_on: date | None
    left_on: date | None
    recognised: Decimal | None
    studied: Decimal | None
    transcript_at: datetime | None
    imported_by: int | None
    end_reason: str


def share(part: int | Decimal, whole: int | Decimal) -> Decimal | None:
    """Percent; None of nothing."""
    return (Decimal(100) * part / whole).quantize(THOUSANDTH) if whole else None


def values_of(office: Office, academic_year: int, *, today: date) -> Iterator[Value]:
    """All figures in the order of the report."""
    year = Year.of(office, academic_year)
    stays = stays_of(office, academic_year)
    yield from _partners(office, year)
    yield from _agreements(office, academic_year, min(today, year.last), year)
    yield from _places(office, academic_year, stays)
    yield from _exchanges(stays)
    yield from _lengths(stays)
    yield from _recognition(stays)


def stays_of(office: Office, academic_year: int) -> list[Stay]:
    """Exchanges of the year, whatever became of them."""
    rows = (
        Exchange.objects.filter(office=office, academic_year=academic_year)
        .annotate(transcript_at=Min("transcripts__received_at"))
        .order_by("pk")
        .values_list(
            "pk",
            "direction",
            "partner__country_code",
            "partner_id",
            "isced_f",
            "unit_id",
            "condition_id",
            "state",
            "arrived_on",
            "left_on",
            "credits_recognised",
            "credits_studied",
            "transcript_at",
            "imported_by_id",
            "end_reason",
        )
    )
    return [Stay(*row) for row in rows]


def _count(code: str, ids: Iterable[int], row: str = "") -> Value:
    found = tuple(ids)
    return Value(code, row, Decimal(len(found)), found)


def _grouped(code: str, pairs: Iterable[tuple[str, int]]) -> Iterator[Value]:
    """A row for each group, the largest first, ties by code."""
    groups: dict[str, list[int]] = defaultdict(list)
    for row, pk in pairs:
        groups[row].append(pk)
    for row, ids in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield _count(code, ids, row)


def _partners(office: Office, year: Year) -> Iterator[Value]:
    active = list(
        Partnership.objects.filter(office=office, merged_into=None, state=PartnershipState.ACTIVE)
        .order_by("pk")
        .values_list("pk", "organisation__country_code")
    )
    yield _count("partners.active", (pk for pk, _country in active))
    yield from _grouped("partners.by_country", ((country, pk) for pk, country in active))
    new = Partnership.objects.filter(office=office, merged_into=None, since__range=(year.first, year.last))
    yield _count("partners.new", new.order_by("pk").values_list("pk", flat=True))


def _agreements(office: Office, academic_year: int, day: date, year: Year) -> Iterator[Value]:
    rows = list(agreements_in_force(office, day).order_by("pk").values_list("pk", "kind"))
    yield _count("agreements.in_force", (pk for pk, _kind in rows))
    yield from _grouped("agreements.by_kind", ((kind, pk) for pk, kind in rows))
    own = Agreement.objects.filter(office=office).order_by("pk")
    yield _count(
        "agreements.signed", own.filter(signed_on__range=(year.first, year.last)).values_list("pk", flat=True)
    )
    ended = own.filter(
        state__in=[AgreementState.EXPIRED, AgreementState.TERMINATED], ends_on__range=(year.first, year.last)
    )
    yield _count("agreements.ended", ended.values_list("pk", flat=True))
    with_exchange = set(
        Exchange.objects.filter(
            office=office, academic_year__in=[academic_year - 1, academic_year], arrived_on__isnull=False
        ).values_list("agreement_id", flat=True)
    )
    yield _count(
        "agreements.dormant",
        (pk for pk, kind in rows if kind in KINDS_WITH_PLACES and pk not in with_exchange),
    )


def _places(office: Office, academic_year: int, stays: Sequence[Stay]) -> Iterator[Value]:
    rows = list(
        Condition.objects.filter(
            office=office,
            academic_year=academic_year,
            version__state=VersionState.FROZEN,
            version__agreement__state__in=[AgreementState.IN_FORCE, AgreementState.EXPIRED],
        )
        .order_by("pk")
        .values_list("pk", "direction", "places")
    )
    for way in ("out", "in"):
        mine = [(pk, places) for pk, direction, places in rows if direction == way]
        total = sum(places for _pk, places in mine)
        yield Value(f"places.{way}", "", Decimal(total), tuple(pk for pk, _places in mine))
    for way in ("out", "in"):
        mine = [(pk, places) for pk, direction, places in rows if direction == way]
        known = {pk for pk, _places in mine}
        used = tuple(stay.pk for stay in went(stays, way) if stay.condition in known)
        total = sum(places for _pk, places in mine)
        yield Value(f"places.used_{way}", "", share(len(used), total), used, tuple(sorted(known)))
    by_partner: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        if stay.arrived_on is not None:
            by_partner[stay.partner].append(stay)
    balances = {
        partner: sum(1 if stay.direction == "in" else -1 for stay in theirs)
        for partner, theirs in by_partner.items()
    }
    for partner, balance in sorted(balances.items(), key=lambda item: (item[1], item[0])):
        ids = tuple(stay.pk for stay in by_partner[partner])
        yield Value("places.balance", str(partner), Decimal(balance), ids)


def went(stays: Iterable[Stay], way: str) -> list[Stay]:
    """Those whose stay has begun."""
    return [stay for stay in stays if stay.direction == way and stay.arrived_on is not None]


def _exchanges(stays: Sequence[Stay]) -> Iterator[Value]:
    for way in ("out", "in"):
        yield _count(f"exchanges.{way}", (stay.pk for stay in went(stays, way)))
    groups: dict[str, Callable[[Stay], str]] = {
        "country": lambda stay: stay.country,
        "field": lambda stay: stay.field[:2],
        "faculty": lambda stay: str(stay.unit or ""),
    }
    for name, key in groups.items():
        for way in ("out", "in"):
            yield from _grouped(
                f"exchanges.{way}_by_{name}", ((key(stay), stay.pk) for stay in went(stays, way))
            )


def _lengths(stays: Sequence[Stay]) -> Iterator[Value]:
    """Real days, never planned ones; and what ended before its time or did not begin."""
    for way in ("out", "in"):
        spans = [
            (stay.pk, (stay.left_on - stay.arrived_on).days + 1)
            for stay in went(stays, way)
            if stay.left_on is not None and stay.arrived_on is not None
        ]
        ids = tuple(pk for pk, _days in spans)
        yield Value(f"exchanges.{way}_days", "", Decimal(sum(days for _pk, days in spans)), ids)
    early = [stay for stay in stays if stay.end_reason and stay.arrived_on is not None]
    cancelled = [stay for stay in stays if stay.state == ExchangeState.CANCELLED]
    yield _count("exchanges.ended_early", (stay.pk for stay in early))
    yield _count("exchanges.cancelled", (stay.pk for stay in cancelled))
    yield from _grouped(
        "exchanges.ended_by_reason",
        ((stay.end_reason, stay.pk) for stay in (*early, *cancelled)),
    )


def _recognition(stays: Sequence[Stay]) -> Iterator[Value]:
    back = [stay for stay in went(stays, "out") if stay.left_on is not None or stay.transcript_at is not None]
    decided = [stay for stay in back if stay.state == ExchangeState.RECOGNISED and stay.studied is not None]
    ids = tuple(stay.pk for stay in decided)
    recognised = sum((stay.recognised or Decimal(0) for stay in decided), Decimal(0))
    studied = sum((stay.studied or Decimal(0) for stay in decided), Decimal(0))
    yield Value("recognition.rate", "", share(recognised, studied), ids, ids)
    whole = tuple(
        stay.pk for stay in decided if (stay.recognised or Decimal(0)) >= (stay.studied or Decimal(0))
    )
    yield Value("recognition.complete", "", share(len(whole), len(decided)), whole, ids)
    with_days = [
        (stay.pk, (local_day(stay.transcript_at) - stay.left_on).days)
        for stay in back
        if stay.transcript_at is not None and stay.left_on is not None
    ]
    median = Decimal(str(statistics.median(days for _pk, days in with_days))) if with_days else None
    yield Value("recognition.days_to_transcript", "", median, tuple(pk for pk, _days in with_days))
    yield _count(
        "recognition.waiting",
        (
            stay.pk
            for stay in back
            if stay.state in (ExchangeState.RETURNED, ExchangeState.TRANSCRIPT) and stay.imported_by is None
        ),
    )
