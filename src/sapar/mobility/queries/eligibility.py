"""Whom the conditions of a call would let in, of those who are known now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from sapar.accounts.models import Office
from sapar.directory.models import Enrolment
from sapar.methods.allocation.rules import SCORE
from sapar.mobility.eligibility import Reach, facts_for, reach
from sapar.mobility.models import Call
from sapar.mobility.states import ApplicationState

OF_STUDENTS = ("level", "year_of_study", "gpa", "debts", "faculty", "field")
OF_APPLICANTS = (*OF_STUDENTS, "languages", "former_mobilities")
# Where a rule's fact stands in an enrolment.
STANDS_IN = {"faculty": ("unit_id", "unit__code"), "field": ("isced_f",)}
_A = ApplicationState
NOT_TAKING_PART = (_A.DRAFT, _A.WITHDRAWN, _A.REJECTED)


def reach_among_students(office: Office, rules: Sequence[Mapping[str, Any]]) -> Reach:
    """Among all whom the student system has brought, by what it says of them: counted in one query."""
    asked = sorted({str(rule["fact"]) for rule in rules if rule["fact"] in OF_STUDENTS})
    columns = [column for fact in asked for column in STANDS_IN.get(fact, (fact,))]
    rows = Enrolment.objects.filter(office=office).order_by()
    if not columns:
        return reach(rules, [({}, rows.count())], OF_STUDENTS)
    counted = rows.values(*columns).annotate(people=Count("pk"))
    return reach(rules, [(_facts(row), row["people"]) for row in counted], OF_STUDENTS)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    faculty = {"faculty": row["unit__code"] or str(row["unit_id"])} if "unit_id" in row else {}
    return facts_for({**row, **faculty})


def reach_among_applicants(call: Call, rules: Sequence[Mapping[str, Any]]) -> Reach:
    """Among those who applied, by their facts as they were when they applied and their points so far."""
    rows = call.applications.exclude(state__in=NOT_TAKING_PART).order_by()
    people, scored = [], False
    for facts, score in rows.values_list("facts", "score").iterator(5000):
        known = facts_for(facts)
        if score is not None:
            known[SCORE], scored = float(score), True
        people.append((known, 1))
    return reach(rules, people, (*OF_APPLICANTS, *((SCORE,) if scored else ())))
