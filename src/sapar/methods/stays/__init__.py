"""Stays: days in a rolling window, deadlines, terms, overlaps, durations.

Presence:   `Stay(entry, exit)`, `stays_of(crossings)`, `Period(first, last)`, `merged`, `without`, `overlaps`
Windows:    `Limit(days=90, per=180)`; `count_days(stays, limit, on=, exempt=)` returns `Count`;
            `last_lawful_day`, `day_reaching`, `earliest_entry`, `overstays`; `count_many` for everyone at once
Deadlines:  `WorkCalendar(...)`; `due_in_days`, `due_in_working_days`, `due_in_hours`, `due_in_working_hours`;
            `due_many` for a column
Terms:      `academic_year(day)`, `by_academic_year(period)`, `by_term(period, terms)`
Durations:  `duration(period, DurationRule.THIRTY_DAY_MONTHS | CALENDAR_MONTHS | DAYS)`

All periods include both ends; exemptions are periods whose days do not count. No function reads the clock.
"""

from sapar.methods.stays.deadlines import (
    CountFrom,
    Due,
    DueAt,
    Skip,
    WorkCalendar,
    due_in_days,
    due_in_hours,
    due_in_working_days,
    due_in_working_hours,
    due_many,
)
from sapar.methods.stays.durations import (
    Duration,
    DurationRule,
    calendar_months,
    duration,
    thirty_day_months,
)
from sapar.methods.stays.periods import (
    Clash,
    Crossing,
    Period,
    Stay,
    Way,
    merged,
    overlaps,
    stays_of,
    without,
)
from sapar.methods.stays.terms import Part, Term, academic_year, by_academic_year, by_term
from sapar.methods.stays.window import (
    Count,
    Limit,
    count_days,
    count_many,
    day_reaching,
    earliest_entry,
    last_lawful_day,
    overstays,
    presence,
)

__all__ = [
    "Clash",
    "Count",
    "CountFrom",
    "Crossing",
    "Due",
    "DueAt",
    "Duration",
    "DurationRule",
    "Limit",
    "Part",
    "Period",
    "Skip",
    "Stay",
    "Term",
    "Way",
    "WorkCalendar",
    "academic_year",
    "by_academic_year",
    "by_term",
    "calendar_months",
    "count_days",
    "count_many",
    "day_reaching",
    "due_in_days",
    "due_in_hours",
    "due_in_working_days",
    "due_in_working_hours",
    "due_many",
    "duration",
    "earliest_entry",
    "last_lawful_day",
    "merged",
    "overlaps",
    "overstays",
    "presence",
    "stays_of",
    "thirty_day_months",
    "without",
]
