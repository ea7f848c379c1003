"""The office writes a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from sapar.core.days import local_day
from sapar.mobility.models import Call, CallPlace
from sapar.mobility.services.calls import CallEntry
from sapar.mobility.states import Term
from sapar.mobility.wording.applications import LANGUAGE_CODES, language_name
from sapar.mobility.wording.mechanisms import MECHANISMS
from sapar.web.forms import DateField, DecimalNumber, LongText, SaparForm, Section, WholeNumber
from sapar.web.meanwhile import Difference
from sapar.web.mobility.calls.forms.rows import Rows, tables_differ
from sapar.web.mobility.calls.forms.rules import KIND_CHOICES, RuleForm, initial_of

# Points cannot decide who belongs to a group.
GROUP_CHOICES = [choice for choice in KIND_CHOICES if choice[0] != "points"]


class CallForm(SaparForm):
    sections: Sequence[Section] = (
        Section(_l("The call"), ("title", "programme", "academic_year", "term", "text")),
        Section(_l("When"), ("opens_on", "closes_on", "stay_from", "stay_to")),
        Section(
            _l("How places are given"),
            ("most_wishes", "mechanism", "confirm_days", "appeal_days"),
            _l("Whoever applies reads these rules before the first question."),
        ),
    )
    title = forms.CharField(label=_l("Title"), max_length=200, help_text=_l("As applicants read it."))
    programme = forms.CharField(label=_l("Programme"), max_length=120, required=False)
    academic_year = WholeNumber(
        label=_l("Academic year"),
        help_text=_l("The year in which it begins: 2026 is 2026/27."),
        min_value=2000,
        max_value=2100,
    )
    term = forms.ChoiceField(label=_l("Term"), choices=Term.choices)
    text = LongText(label=_l("What applicants should know"), required=False, rows=5)
    opens_on = DateField(label=_l("Open from"))
    closes_on = DateField(label=_l("Open until"), help_text=_l("To the end of this day."))
    stay_from = DateField(label=_l("Stay from"))
    stay_to = DateField(label=_l("Stay until"))
    most_wishes = WholeNumber(label=_l("Wishes at most"), min_value=1, max_value=20, initial=3)
    mechanism = forms.ChoiceField(
        label=_l("Mechanism"),
        choices=list(MECHANISMS.items()),
        help_text=_l("Deferred acceptance is fair and makes true wishes the best ones."),
    )
    confirm_days = WholeNumber(
        label=_l("Time to confirm a place"), unit=_l("days"), min_value=1, max_value=60, initial=7
    )
    appeal_days = WholeNumber(
        label=_l("Time to appeal"), unit=_l("days"), min_value=1, max_value=60, initial=5
    )


def source_choices() -> list[tuple[str, Any]]:
    fixed: list[tuple[str, Any]] = [
        ("gpa", _("GPA")),
        ("review", _("points of the reviewers")),
        ("year_of_study", _("year of study")),
        ("former_mobilities", _("former exchanges")),
        ("debts", _("academic debts")),
    ]
    languages = [
        (
            f"language:{code}",
            _("level of %(language)s (A1 is 1, C2 is 6)") % {"language": language_name(code)},
        )
        for code in LANGUAGE_CODES
    ]
    return fixed + languages


class ScoringForm(SaparForm):
    label = forms.CharField(label=_l("Criterion"), max_length=80)
    source = forms.ChoiceField(label=_l("Taken from"), choices=source_choices)
    weight = DecimalNumber(label=_l("Points"), max_digits=7, decimal_places=3)
    least = DecimalNumber(label=_l("Scale from"), max_digits=7, decimal_places=3, required=False)
    most = DecimalNumber(label=_l("to"), max_digits=7, decimal_places=3, required=False)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        least, most = data.get("least") or Decimal(0), data.get("most")
        if most is not None and most <= least:
            self.add_error("most", _("The scale must end above its beginning."))
        return data


class DocumentForm(SaparForm):
    title = forms.CharField(label=_l("Paper"), max_length=120)
    required = forms.BooleanField(label=_l("must be there"), required=False)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class QuestionForm(SaparForm):
    label = forms.CharField(label=_l("Question"), max_length=200)
    required = forms.BooleanField(label=_l("must be answered"), required=False)
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class CallTables:
    """The four tables of a call: conditions, scoring sheet, papers, questions."""

    def __init__(self, data: QueryDict | None, call: Call | None = None) -> None:
        rules = [initial_of(rule) for rule in call.rules] if call else [{"kind": "gpa", "value": "3.0"}]
        scoring = (
            call.scoring
            if call
            else [{"label": _("GPA"), "source": "gpa", "weight": 100, "least": 0, "most": 4}]
        )
        self.rules = Rows(
            "rules", RuleForm, data, rules, title=_l("Who may apply"), add=_l("Add a condition"),
            help=_l("All conditions must be met. Several values are separated by commas."),
        )  # fmt: skip
        self.scoring = Rows(
            "scoring", ScoringForm, data, scoring, title=_l("Scoring sheet"), add=_l("Add a criterion"),
            help=_l("The end of the scale gives all points. Without an end each unit gives them."),
        )  # fmt: skip
        self.documents = Rows(
            "documents", DocumentForm, data, call.documents if call else (),
            title=_l("Papers"), add=_l("Add a paper"),
        )  # fmt: skip
        self.questions = Rows(
            "questions", QuestionForm, data, call.questions if call else (),
            title=_l("Further questions"), add=_l("Add a question"),
        )  # fmt: skip

    @property
    def all(self) -> list[Rows[Any]]:
        return [self.rules, self.scoring, self.documents, self.questions]

    def differences(self, call: Call) -> list[Difference]:
        """Where the tables differ from what is on record now."""
        return tables_differ(self.all, CallTables(None, call).all)

    def is_valid(self) -> bool:
        # Every table is checked, so that all errors are shown at once.
        return not [rows for rows in self.all if not rows.is_valid()]

    def plain(self) -> dict[str, list[dict[str, Any]]]:
        scoring = [
            {
                "label": row["label"],
                "source": row["source"],
                "weight": str(row["weight"]),
                "least": str(row["least"] or 0),
                **({"most": str(row["most"])} if row["most"] is not None else {}),
                "code": row["code"],
            }
            for row in self.scoring.cleaned
        ]
        documents = [
            {key: row[key] for key in ("title", "required", "code")} for row in self.documents.cleaned
        ]
        questions = [
            {key: row[key] for key in ("label", "required", "code")} for row in self.questions.cleaned
        ]
        return {
            "rules": [row["rule"] for row in self.rules.cleaned],
            "scoring": _coded(scoring, "c"),
            "documents": _coded(documents, "d"),
            "questions": _coded(questions, "q"),
        }


def _coded(rows: list[dict[str, Any]], letter: str) -> list[dict[str, Any]]:
    """A row keeps the code under which answers were given; a new one gets the next free one."""
    taken: set[str] = set()
    for row in rows:
        if row["code"] in taken:
            row["code"] = ""
        taken.add(row["code"])
    number = 1
    for row in rows:
        if not row["code"]:
            while f"{letter}{number}" in taken:
                number += 1
            row["code"] = f"{letter}{number}"
            taken.add(row["code"])
    return rows


def start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0, 0)))


def end_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def entry_from(form: CallForm, tables: CallTables) -> CallEntry:
    data = form.cleaned_data
    return CallEntry(
        title=data["title"],
        programme=data["programme"],
        academic_year=data["academic_year"],
        term=Term(data["term"]),
        opens_at=start_of(data["opens_on"]),
        closes_at=end_of(data["closes_on"]),
        stay_from=data["stay_from"],
        stay_to=data["stay_to"],
        most_wishes=data["most_wishes"],
        mechanism=data["mechanism"],
        confirm_days=data["confirm_days"],
        appeal_days=data["appeal_days"],
        text=data["text"],
        **tables.plain(),
    )


def initial_call(call: Call) -> dict[str, Any]:
    names = (
        "title", "programme", "academic_year", "term", "text", "stay_from", "stay_to", "most_wishes", "mechanism",
        "confirm_days", "appeal_days",
    )  # fmt: skip
    return {
        **{name: getattr(call, name) for name in names},
        "opens_on": local_day(call.opens_at),
        "closes_on": local_day(call.closes_at),
    }


class ReopenForm(SaparForm):
    closes_on = DateField(label=_l("Open until"))


class PlaceForm(SaparForm):
    note = forms.CharField(
        label=_l("Note for applicants"),
        max_length=300,
        required=False,
        help_text=_l("Costs, housing, dates."),
    )


class ReserveForm(SaparForm):
    code = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=40,
        help_text=_l("As minutes and letters call the group."),
    )
    places = WholeNumber(label=_l("Places"), min_value=1, max_value=500)
    kind = forms.ChoiceField(label=_l("For whom"), choices=GROUP_CHOICES)
    value = forms.CharField(label=_l("Value"), max_length=200)
    spill = forms.BooleanField(label=_l("go to all when unclaimed"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        rule = RuleForm({"kind": data.get("kind"), "value": data.get("value")})
        if data.get("value") and not rule.is_valid():
            self.add_error("value", rule.errors.get("value", [_("Write a value.")])[0])
        elif data.get("value"):
            found: Mapping[str, Any] = rule.cleaned_data["rule"]
            data["reserve"] = {
                "code": data.get("code", ""),
                "places": data.get("places", 0),
                "rules": [{**found, "code": data.get("code", "")}],
                **({} if data.get("spill") else {"spill": []}),
            }
        return data


def initial_reserve(reserve: Mapping[str, Any]) -> dict[str, Any]:
    rules = reserve.get("rules") or [{"fact": "faculty", "test": "one_of", "required": []}]
    return {
        "code": reserve["code"],
        "places": reserve["places"],
        "spill": reserve.get("spill") != [],
        **initial_of(rules[0]),
    }


class PlaceTables:
    """The two tables of one host in a call."""

    def __init__(self, data: QueryDict | None, place: CallPlace) -> None:
        self.rules = Rows(
            "rules", RuleForm, data, [initial_of(rule) for rule in place.rules],
            title=_l("Who may go there"), add=_l("Add a condition"), help=_l("Beside the conditions of the call."),
        )  # fmt: skip
        self.reserves = Rows(
            "reserves", ReserveForm, data, [initial_reserve(one) for one in place.reserves],
            title=_l("Reserved places"), add=_l("Reserve places"),
            help=_l("They are filled in this order, before the places open to all."),
        )  # fmt: skip

    @property
    def all(self) -> tuple[Rows[RuleForm], Rows[ReserveForm]]:
        return self.rules, self.reserves

    def differences(self, place: CallPlace) -> list[Difference]:
        return tables_differ(self.all, PlaceTables(None, place).all)
