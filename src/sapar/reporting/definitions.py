"""What the annual report counts, and the words of each definition.

A figure is a number and the records behind it. Definitions are data for the reader: they are printed beside
the number, so that two people who count differently can see why.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Section(StrEnum):
    PARTNERS = "partners"
    AGREEMENTS = "agreements"
    PLACES = "places"
    EXCHANGES = "exchanges"
    RECOGNITION = "recognition"


SECTION_TITLES: dict[Section, str | Promise] = {
    Section.PARTNERS: _("Partners"),
    Section.AGREEMENTS: _("Agreements"),
    Section.PLACES: _("Places and balance"),
    Section.EXCHANGES: _("Exchange of students and staff"),
    Section.RECOGNITION: _("Recognition"),
}


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"
    CREDITS = "credits"


class By(StrEnum):
    """How a figure is broken down; the row of a figure is a code of this kind."""

    NOTHING = ""
    COUNTRY = "country"
    KIND = "kind"
    FIELD = "field"
    FACULTY = "faculty"
    PARTNER = "partner"
    REASON = "reason"


@dataclass(frozen=True)
class Definition:
    """A figure's name, the sentence that defines it and the records it opens."""

    code: str
    section: Section
    title: str | Promise
    meaning: str | Promise
    records: str
    unit: Unit = Unit.COUNT
    by: By = By.NOTHING


@dataclass(frozen=True)
class Value:
    """A computed figure. `value` is None where nothing can be said, as for a rate of nothing."""

    code: str
    row: str
    value: Decimal | None
    ids: tuple[int, ...]
    out_of: tuple[int, ...] = ()


_P, _A, _PL, _E, _R = Section
PARTNERSHIP, AGREEMENT, CONDITION, EXCHANGE = (
    "partners.partnership",
    "partners.agreement",
    "partners.condition",
    "mobility.exchange",
)

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "partners.active",
        _P,
        _("Active partners"),
        _("Partnerships in the state “active” at the moment of counting."),
        PARTNERSHIP,
    ),
    Definition(
        "partners.by_country",
        _P,
        _("Active partners by country"),
        _("Active partnerships by the country of the partner."),
        PARTNERSHIP,
        by=By.COUNTRY,
    ),
    Definition(
        "partners.new",
        _P,
        _("New partners"),
        _("Partnerships that began within the academic year."),
        PARTNERSHIP,
    ),
    Definition(
        "agreements.in_force",
        _A,
        _("Agreements in force"),
        _(
            "Signed agreements that had begun and not ended on the day of counting or the last day of the year."
        ),
        AGREEMENT,
    ),
    Definition(
        "agreements.by_kind",
        _A,
        _("Agreements in force by kind"),
        _("Agreements in force by what they are."),
        AGREEMENT,
        by=By.KIND,
    ),
    Definition(
        "agreements.signed",
        _A,
        _("Agreements signed"),
        _("Agreements whose date of signing lies within the academic year."),
        AGREEMENT,
    ),
    Definition(
        "agreements.ended",
        _A,
        _("Agreements ended"),
        _("Agreements that expired or were terminated within the academic year."),
        AGREEMENT,
    ),
    Definition(
        "agreements.dormant",
        _A,
        _("Agreements without exchange"),
        _("Exchange agreements in force under which nobody went or came in this year and the one before."),
        AGREEMENT,
    ),
    Definition(
        "places.out",
        _PL,
        _("Places agreed, outgoing"),
        _("Places of the year in agreements in force, outgoing."),
        CONDITION,
    ),
    Definition(
        "places.in",
        _PL,
        _("Places agreed, incoming"),
        _("Places of the year in agreements in force, incoming."),
        CONDITION,
    ),
    Definition(
        "places.used_out",
        _PL,
        _("Use of outgoing places"),
        _("People who went on a place of the year, as a share of the places agreed."),
        EXCHANGE,
        Unit.PERCENT,
    ),
    Definition(
        "places.used_in",
        _PL,
        _("Use of incoming places"),
        _("People who came on a place of the year, as a share of the places agreed."),
        EXCHANGE,
        Unit.PERCENT,
    ),
    Definition(
        "places.balance",
        _PL,
        _("Balance by partner"),
        _("People who came minus people who went, for each partner with exchange in the year."),
        EXCHANGE,
        by=By.PARTNER,
    ),
    Definition(
        "exchanges.out",
        _E,
        pgettext_lazy("figure", "Outgoing"),
        _("People whose stay at a host of this academic year has begun."),
        EXCHANGE,
    ),
    Definition(
        "exchanges.in",
        _E,
        pgettext_lazy("figure", "Incoming"),
        _("People of partners whose stay here in this academic year has begun."),
        EXCHANGE,
    ),
    *(
        Definition(f"exchanges.{way}_by_{by.value}", _E, title, meaning, EXCHANGE, by=by)
        for way, by, title, meaning in (
            ("out", By.COUNTRY, _("Outgoing by country"), _("Outgoing people by the country of the host.")),
            (
                "in",
                By.COUNTRY,
                _("Incoming by country"),
                _("Incoming people by the country of their university."),
            ),
            ("out", By.FIELD, _("Outgoing by field"), _("Outgoing people by broad field of ISCED-F 2013.")),
            ("in", By.FIELD, _("Incoming by field"), _("Incoming people by broad field of ISCED-F 2013.")),
            ("out", By.FACULTY, _("Outgoing by faculty"), _("Outgoing people by their faculty.")),
            ("in", By.FACULTY, _("Incoming by faculty"), _("Incoming people by the receiving faculty.")),
        )
    ),
    *(
        Definition(f"exchanges.{way}_days", _E, title, meaning, EXCHANGE, Unit.DAYS)
        for way, title, meaning in (
            (
                "out",
                _("Days abroad"),
                _(
                    "Days that outgoing people were really there, first and last day included; ended stays only."
                ),
            ),
            (
                "in",
                _("Days with us"),
                _(
                    "Days that incoming people were really here, first and last day included; ended stays only."
                ),
            ),
        )
    ),
    Definition(
        "exchanges.ended_early",
        _E,
        _("Ended early"),
        _("Stays of the year that began and ended before the planned day, with a reason on record."),
        EXCHANGE,
    ),
    Definition(
        "exchanges.cancelled",
        _E,
        _("Cancelled before they began"),
        _("Nominated people of the year whose stay was cancelled before it began."),
        EXCHANGE,
    ),
    Definition(
        "exchanges.ended_by_reason",
        _E,
        _("Cancelled or ended early by reason"),
        _("Cancelled stays and stays that ended early, by the reason on record."),
        EXCHANGE,
        by=By.REASON,
    ),
    Definition(
        "recognition.rate",
        _R,
        _("Credits recognised"),
        _("Credits recognised as a share of credits passed at the host, over decided cases of the year."),
        EXCHANGE,
        Unit.PERCENT,
    ),
    Definition(
        "recognition.complete",
        _R,
        _("Recognised in full"),
        _("People of whom every credit passed at the host was recognised, as a share of decided cases."),
        EXCHANGE,
        Unit.PERCENT,
    ),
    Definition(
        "recognition.days_to_transcript",
        _R,
        _("Days to the transcript"),
        _("Median number of days from departure to the arrival of the first transcript."),
        EXCHANGE,
        Unit.DAYS,
    ),
    Definition(
        "recognition.waiting",
        _R,
        _("Not decided yet"),
        _(
            "People who came back in the year and whose credits are not decided yet; "
            "without stays taken from lists of earlier years."
        ),
        EXCHANGE,
    ),
)
BY_CODE = {definition.code: definition for definition in DEFINITIONS}
