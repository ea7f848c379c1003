"""The learning agreement's editor: rows on two sides, added and taken away without script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.core.errors import ChangedMeanwhile
from sapar.directory.models import Course
from sapar.mobility.models import Component, Equivalence, Exchange
from sapar.mobility.queries.learning import revision_of
from sapar.mobility.services.learning import MOST_ROWS, ComponentEntry, SketchRow
from sapar.mobility.states import REASONS_TO_ADD, REASONS_TO_REMOVE, ChangeReason, CreditUnit, Side
from sapar.mobility.wording.credits import credits_text
from sapar.web.forms import DecimalNumber, LongText, SaparForm, SearchSelect
from sapar.web.mobility.exchanges.forms.uploads import are_valid

FIELDS = tuple(field.name for field in fields(SketchRow))
Raw = dict[str, str]


class ComponentForm(forms.Form):
    """One row. Rows of the version in force keep their words; only their removal can be said."""

    side = forms.ChoiceField(choices=Side.choices, widget=forms.HiddenInput)
    group = forms.IntegerField(min_value=1, max_value=99, widget=forms.HiddenInput)
    original = forms.IntegerField(required=False, widget=forms.HiddenInput)
    course = forms.ChoiceField(label=_("Home course"), required=False, widget=SearchSelect)
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    title = forms.CharField(label=_("Title"), max_length=250, required=False)
    credits = DecimalNumber(
        label=_("Credits"), max_digits=5, decimal_places=2, min_value=Decimal("0.01"), required=False
    )
    credit_unit = forms.ChoiceField(label=_("Unit"), choices=CreditUnit.choices, required=False)
    term = forms.CharField(label=_("Term"), max_length=20, required=False)
    removed = forms.BooleanField(label=_("Take out"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), choices=(), required=False)
    reason_text = forms.CharField(label=_("In words"), max_length=200, required=False)
    at = 0

    def __init__(
        self,
        *args: Any,
        courses: Sequence[tuple[str, str]],
        components: Mapping[int, Component],
        catalogue: Side = Side.RECOGNISED,
        is_change: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.is_change = is_change
        course = self.fields["course"]
        assert isinstance(course, forms.ChoiceField)
        course.choices = [("", "—"), *courses]
        raw = self["original"].value()
        self.component = components.get(int(raw)) if str(raw or "").isdecimal() else None
        if raw and self.component is None:
            raise ChangedMeanwhile
        if self["side"].value() != catalogue:
            del self.fields["course"]
        elif catalogue == Side.STUDIED:
            course.label = _("Our course")
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        fitting = REASONS_TO_ADD if self.component is None else REASONS_TO_REMOVE
        reason.choices = [("", "—"), *((one.value, one.coded) for one in fitting)]

    @property
    def is_blank(self) -> bool:
        return not any(
            str(self[name].value() or "").strip() for name in ("code", "title", "credits")
        ) and not ("course" in self.fields and self["course"].value())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.component is None and not self.is_blank and not data.get("course"):
            if not data.get("title"):
                self.add_error("title", _("Write the title."))
            if data.get("credits") is None and "credits" not in self.errors:
                self.add_error("credits", _("Write the credits."))
        differs = data.get("removed") if self.component is not None else not self.is_blank
        if self.is_change and differs and "reason" not in self.errors:
            if not data.get("reason"):
                self.add_error("reason", _("Choose the reason."))
            elif ChangeReason(data["reason"]).needs_words and not data.get("reason_text"):
                self.add_error("reason_text", _("Say the reason in words."))
        return data


@dataclass
class GroupOfRows:
    """Rows that stand for each other."""

    number: int
    studied: list[ComponentForm] = field(default_factory=list)
    recognised: list[ComponentForm] = field(default_factory=list)


class Editor:
    """All rows of one version. `is_change` when a version was signed before."""

    def __init__(
        self,
        courses: Iterable[Course],
        components: Iterable[Component],
        *,
        is_change: bool,
        data: QueryDict | None = None,
        sketch: Sequence[Raw] | None = None,
        known: Mapping[int, Equivalence] | None = None,
        catalogue: Side = Side.RECOGNISED,
        units: Mapping[Side, str] | None = None,
    ) -> None:
        self.courses = {str(course.pk): course for course in courses}
        self.components = {component.pk: component for component in components}
        for component in self.components.values():
            if component.course is not None:
                self.courses.setdefault(str(component.course_id), component.course)
        self.is_change, self.known, self.catalogue = is_change, known or {}, catalogue
        self.units = units or {}
        if data is not None:
            self.rows = rows_from(data)
        elif sketch is not None:
            self.rows = [dict(row) for row in sketch]
        else:
            self.rows = [_raw_of(c, is_change) for c in self.components.values()]
        if not self.rows:
            self.rows = [self._empty(Side.STUDIED, 1), self._empty(Side.RECOGNISED, 1)]
        self._bound = False

    def bind(self) -> None:
        """Look at the rows as at something that was sent, so that they are checked."""
        self._bound = True
        self.__dict__.pop("_forms", None)

    def empty_group(self, number: int) -> list[Raw]:
        return [self._empty(Side.STUDIED, number), self._empty(Side.RECOGNISED, number)]

    def _empty(self, side: Side, group: int) -> Raw:
        return _empty(side, group) | {"credit_unit": self.units.get(side, CreditUnit.ECTS.value)}

    def act(self, what: str) -> bool:
        """Do what a button says to the rows; false when it says to save."""
        verb, _colon, value = what.partition(":")
        number = int(value) if value.isdecimal() and len(value) < 19 else 0
        match verb:
            case "studied" | "recognised":
                self.rows.append(self._empty(Side(verb), number or 1))
            case "group":
                following = self.next_group()
                self.rows += [self._empty(Side.STUDIED, following), self._empty(Side.RECOGNISED, following)]
            case "drop" if 0 <= number < len(self.rows):
                del self.rows[number]
            case "suggest" if number in self.known:
                self._add_known(self.known[number])
            case _:
                self._bound = True
                return False
        del self.rows[MOST_ROWS:]
        return True

    def next_group(self) -> int:
        return max((int(row["group"]) for row in self.rows), default=0) + 1

    def _add_known(self, known: Equivalence) -> None:
        group = self.next_group()
        self.rows = [
            row
            for row in self.rows
            if row["original"] or any(row[name] for name in ("title", "course", "code"))
        ]
        studied = self._empty(Side.STUDIED, group) | {
            "code": known.host_code,
            "title": known.host_title,
            "credits": credits_text(known.host_credits),
        }
        self.rows.append(studied)
        if known.course is not None:
            self.rows.append(self._empty(Side.RECOGNISED, group) | _course_fields(known.course))

    @property
    def forms(self) -> list[ComponentForm]:
        if not hasattr(self, "_forms"):
            options = [
                (key, f"{c.code} {c.title}, {credits_text(c.credits)}") for key, c in self.courses.items()
            ]
            self._forms = []
            for at, row in enumerate(self.rows):
                given: dict[str, Any] = {
                    "prefix": f"r{at}",
                    "courses": options,
                    "components": self.components,
                    "catalogue": self.catalogue,
                    "is_change": self.is_change,
                }
                if self._bound:
                    given["data"] = {f"r{at}-{name}": value for name, value in row.items() if value}
                else:
                    given["initial"] = row
                form = ComponentForm(**given)
                form.at = at
                self._forms.append(form)
        return self._forms

    def groups(self) -> list[GroupOfRows]:
        found: dict[int, GroupOfRows] = {}
        for form in self.forms:
            number = int(form["group"].value() or 1)
            group = found.setdefault(number, GroupOfRows(number))
            (group.studied if form["side"].value() == Side.STUDIED else group.recognised).append(form)
        return [found[number] for number in sorted(found)]

    def is_valid(self) -> bool:
        return are_valid(self.forms)

    def entries(self) -> list[ComponentEntry]:
        """What the rows say; empty ones are left out, groups are numbered anew."""
        filled = [form for form in self.forms if form.component is not None or not form.is_blank]
        numbers = sorted({form.cleaned_data["group"] for form in filled})
        place = {number: at for at, number in enumerate(numbers, start=1)}
        return [self._entry(form, place[form.cleaned_data["group"]]) for form in filled]

    def _entry(self, form: ComponentForm, group: int) -> ComponentEntry:
        data = form.cleaned_data
        reason, words = ChangeReason(data["reason"]), data["reason_text"]
        if (kept := form.component) is not None and self.is_change:
            return ComponentEntry(
                side=Side(kept.side), group=group, code=kept.code, title=kept.title, credits=kept.credits,
                credit_unit=kept.credit_unit, term=kept.term, course=kept.course, removed=data["removed"],
                reason=reason if data["removed"] else ChangeReason.NONE,
                reason_text=words if data["removed"] else "",
            )  # fmt: skip
        course = self.courses.get(data.get("course") or "")
        return ComponentEntry(
            side=Side(data["side"]),
            group=group,
            code=data["code"] or (course.code if course else ""),
            title=data["title"] or (course.title if course else ""),
            credits=data["credits"]
            if data["credits"] is not None
            else (course.credits if course else Decimal(0)),
            credit_unit=self._unit(form),
            term=data["term"],
            course=course,
            added=self.is_change,
            reason=reason if self.is_change else ChangeReason.NONE,
            reason_text=words if self.is_change else "",
        )

    def _unit(self, form: ComponentForm) -> str:
        """Credits that come from the curriculum are in its unit, whatever the row says."""
        data = form.cleaned_data
        if data["credits"] is None:
            return self.units.get(Side(data["side"]), CreditUnit.ECTS.value)
        return data["credit_unit"] or CreditUnit.ECTS.value

    def amounts(self, side: Side) -> list[tuple[Decimal, str]]:
        """Credits with their unit as they stand in the rows of one side, as far as they can be read."""
        found = []
        for row in self.rows:
            if row["removed"] or row["side"] != side:
                continue
            course = self.courses.get(row["course"])
            text = row["credits"].replace(",", ".").strip()
            unit = row["credit_unit"] or CreditUnit.ECTS.value
            if not text and course is not None:
                text, unit = str(course.credits), self.units.get(side, unit)
            if text.replace(".", "", 1).isdigit() and len(text) < 9:
                found.append((Decimal(text), unit))
        return found


def rows_from(data: QueryDict) -> list[Raw]:
    count = data.get("rows", "0")
    rows = []
    for at in range(min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 5 else 0):
        row = {name: data.get(f"r{at}-{name}", "") for name in FIELDS}
        if row["side"] in Side.values and row["group"].isdecimal() and 0 < int(row["group"][:3]) < 100:
            rows.append(row)
    return rows


def _empty(side: Side, group: int) -> Raw:
    return dict.fromkeys(FIELDS, "") | {"side": str(side.value), "group": str(group)}


def _course_fields(course: Course) -> Raw:
    return {
        "course": str(course.pk),
        "code": course.code,
        "title": course.title,
        "credits": credits_text(course.credits),
    }


def _raw_of(component: Component, is_change: bool) -> Raw:
    """In a change, rows of the version in force are fixed; rows that this change adds stay free."""
    return _empty(Side(component.side), component.group) | {
        "original": str(component.pk) if is_change and not component.added else "",
        "code": component.code,
        "title": component.title,
        "credits": credits_text(component.credits),
        "credit_unit": component.credit_unit,
        "term": component.term,
        "course": str(component.course_id or ""),
        "removed": "on" if component.removed else "",
        "reason": component.reason,
        "reason_text": component.reason_text,
    }


class SendForm(SaparForm):
    """To whom the learning agreement goes for signature; without an address the link is given by hand."""

    student_email = forms.EmailField(label=_("E-mail of the student"), required=False)
    partner_name = forms.CharField(label=_("Who signs for the partner"), max_length=200, required=False)
    partner_email = forms.EmailField(label=_("E-mail of the partner"), required=False)
    partner_language = forms.ChoiceField(label=_("Language of the partner"), choices=settings.LANGUAGES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("partner_email") and not data.get("partner_name"):
            self.add_error("partner_name", _t("Write the name, too: the page greets by it."))
        return data


class VersionForm(SaparForm):
    """Carries what stood there when the page was opened; the rows themselves are the editor's."""

    mark_field = "revision"
    revision = forms.IntegerField(min_value=0, max_value=10**9, required=False, widget=forms.HiddenInput)

    def marked(self, row: Exchange) -> str:
        return str(revision_of(row))

    def seen(self, exchange: Exchange) -> int:
        """A page that does not say it is taken for one that was opened now."""
        sent = self.cleaned_data.get("revision") if self.is_bound and self.is_valid() else None
        return revision_of(exchange) if sent is None else int(sent)


class NoteForm(VersionForm):
    """What the student tells the coordinator with the proposal."""

    note = LongText(
        label=_("Words to your coordinator"), rows=3, max_length=1000, required=False,
        help_text=_("For example: which course you are not sure about."),
    )  # fmt: skip


class RemarkForm(SaparForm):
    """One sentence to the student; it stands on the student's page and in the letter."""

    remark = LongText(label=_("What should the student change?"), rows=4, max_length=1000)


class ObjectForm(SaparForm):
    """Why a party does not sign."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = LongText(label=_("What should be changed before you sign?"), rows=3, max_length=1000)


class SignForm(SaparForm):
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Your full name"), max_length=200)
    read = forms.BooleanField(label=_("I have read this version and sign it."))
