"""Questions asked of the exported tables, written once for every engine.

Only filters, joins, groups, counts, sums, conditional values and casts: what all engines answer alike.
Whole numbers are cast before they are divided, since engines differ in what that gives, and a share is one
division: engines order several differently and round apart. Definitions are those of the yearly report.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
from ibis import _
from ibis.expr.types import Table


def exchanges_by_year(exchanges: Table) -> Table:
    """Stays that have begun, by academic year, direction, partner's country and broad field of ISCED-F."""
    begun = exchanges.filter(_.arrived_on.notnull()).mutate(broad_field=_.field.substr(0, 2))
    keys = ["academic_year", "direction", "country", "broad_field"]
    return begun.group_by(keys).aggregate(people=_.count()).order_by(keys)


def use_of_places(exchanges: Table, conditions: Table) -> Table:
    """Places agreed and people who took one, by academic year and direction; `share` is of 1."""
    agreed = conditions.filter(
        (_.version_state == "frozen") & _.agreement_state.isin(["in_force", "expired"])
    )
    begun = exchanges.filter(_.arrived_on.notnull() & _.condition.notnull())
    used = begun.group_by(["condition", "academic_year"]).aggregate(people=_.count())
    both = agreed.left_join(
        used,
        (agreed.condition == used.condition) & (agreed.academic_year == used.academic_year),
    ).select(agreed.academic_year, agreed.direction, agreed.places, people=ibis.coalesce(used.people, 0))
    keys = ["academic_year", "direction"]
    sums = both.group_by(keys).aggregate(
        places=_.places.cast("int64").sum(), people=_.people.cast("int64").sum()
    )
    return sums.mutate(share=_.people.cast("float64") / _.places.cast("float64")).order_by(keys)


def recognition_rate(exchanges: Table) -> Table:
    """Credits recognised of those passed at hosts, over decided cases, by academic year; `rate` is of 1."""
    decided = exchanges.filter(
        (_.direction == "out")
        & (_.state == "recognised")
        & _.arrived_on.notnull()
        & _.left_on.notnull()
        & _.credits_studied.notnull()
    ).mutate(
        studied=_.credits_studied.cast("float64"),
        recognised=ibis.coalesce(_.credits_recognised.cast("float64"), 0.0),
    )
    sums = decided.group_by("academic_year").aggregate(
        people=_.count(), studied=_.studied.sum(), recognised=_.recognised.sum()
    )
    with_credits = sums.filter(_.studied > 0)
    return with_credits.mutate(rate=_.recognised / _.studied).order_by("academic_year")


def balance_by_country(exchanges: Table) -> Table:
    """People who came minus people who went, by academic year and partner's country."""
    came = ibis.cases((_.direction == "in", 1), else_=0).cast("int64")
    begun = exchanges.filter(_.arrived_on.notnull()).mutate(came=came)
    keys = ["academic_year", "country"]
    sums = begun.group_by(keys).aggregate(came=_.came.sum(), people=_.count().cast("int64"))
    return (
        sums.mutate(went=_.people - _.came, balance=_.came * 2 - _.people)
        .select(*keys, "came", "went", "balance")
        .order_by(keys)
    )


# Name of the question → what it needs the named tables for.
QUESTIONS: dict[str, Callable[[dict[str, Table]], Table]] = {
    "exchanges_by_year": lambda tables: exchanges_by_year(tables["exchanges"]),
    "use_of_places": lambda tables: use_of_places(tables["exchanges"], tables["conditions"]),
    "recognition_rate": lambda tables: recognition_rate(tables["exchanges"]),
    "balance_by_country": lambda tables: balance_by_country(tables["exchanges"]),
}
