"""Beside the conditions of a call: whom they would let in now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import ngettext

from sapar.accounts.models import Office
from sapar.mobility.eligibility import Reach
from sapar.mobility.models import Call
from sapar.mobility.queries.eligibility import reach_among_applicants, reach_among_students
from sapar.mobility.wording.rules import hurdle_sentence, rule_sentence
from sapar.web.mobility.calls.forms.rows import Rows
from sapar.web.mobility.calls.forms.rules import RuleForm
from sapar.web.mobility.calls.pages.calls import faculties_of


@dataclass(frozen=True)
class Audience:
    """One group of people: the sentence on all conditions, and each condition with who fails it."""

    sentence: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ReachBlock:
    audiences: Sequence[Audience]
    unfinished: int  # conditions that cannot be read yet and are left out


def reach_block(
    office: Office, rows: Rows[RuleForm], call: Call | None, beside: Sequence[Mapping[str, Any]] = ()
) -> ReachBlock:
    """For the conditions as they are typed now.

    Args:
        call: where people may have applied already.
        beside: conditions that hold as well and stand elsewhere, such as the call's for one host.
    """
    typed = [_typed(form) for form in rows.forms]
    rules = [*beside, *(rule for rule in typed if rule is not None)]
    audiences, faculties = [], faculties_of(office)
    if call is not None:
        applied = reach_among_applicants(call, rules)
        if applied.people:
            audiences.append(Audience(_of_applicants(applied), _lines(applied, faculties)))
    students = reach_among_students(office, rules)
    if students.people:
        audiences.append(Audience(_of_students(students), _lines(students, faculties)))
    return ReachBlock(audiences, typed.count(None))


def _typed(form: RuleForm) -> dict[str, Any] | None:
    """The rule of a row, validated apart: the page itself may not complain yet."""
    if form.is_bound:
        copy = RuleForm(form.data, prefix=form.prefix)
    else:
        copy = RuleForm(form.initial)
    return copy.cleaned_data.get("rule") if copy.is_valid() else None


def _lines(found: Reach, faculties: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(rule_sentence(hurdle.rule, faculties), hurdle_sentence(hurdle)) for hurdle in found.hurdles]


def _of_students(found: Reach) -> str:
    said = ngettext(
        "All conditions are met by %(meeting)s of %(people)s student in the student system.",
        "All conditions are met by %(meeting)s of %(people)s students in the student system.",
        found.people,
    )
    return said % _counts(found)


def _of_applicants(found: Reach) -> str:
    said = ngettext(
        "All conditions are met by %(meeting)s of %(people)s person who applied.",
        "All conditions are met by %(meeting)s of %(people)s people who applied.",
        found.people,
    )
    return said % _counts(found)


def _counts(found: Reach) -> dict[str, str]:
    return {
        "people": number_format(found.people, force_grouping=True),
        "meeting": number_format(found.meeting, force_grouping=True),
    }
