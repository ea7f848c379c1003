"""The transcript's form, one thing a page: the scale, the lines, a look over all, and the scan.

Nothing is kept between the pages but what the form itself carries, so a link may be opened on another
machine and nothing half-given stays behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from sapar.formats.tables import CellProblem, RefusedRows
from sapar.methods.errors import MethodError
from sapar.methods.recognition import GradeScale, shipped_scales
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.models import Component, Exchange, OfficeScale
from sapar.mobility.queries.exchanges import signed_learning_agreement
from sapar.mobility.queries.grades import scale_by_code, scale_codes
from sapar.mobility.queries.learning import units_for
from sapar.mobility.services.transcripts import LineEntry
from sapar.mobility.sheets.columns import beside
from sapar.mobility.sheets.transcripts import read_transcript
from sapar.mobility.states import CreditUnit, Side
from sapar.mobility.wording.credits import amount_words, credits_text
from sapar.mobility.wording.grades import mark_refusal
from sapar.web.forms import DateField, DecimalNumber, SaparForm, SearchSelect, table_input
from sapar.web.mobility.exchanges.forms.uploads import Upload, are_valid

MOST_LINES = 80
NAMES = ("code", "title", "credits", "mark", "examined_on")
Raw = dict[str, str]


class ScaleForm(SaparForm):
    scale = forms.ChoiceField(label=_("Grade scale of the marks"), widget=SearchSelect)
    unit = forms.ChoiceField(label=_("Unit of the credits"), choices=CreditUnit.choices, required=False)
    issued_on = DateField(label=_("Date of the transcript"), required=False)
    table = Upload(
        label=_("Table with the results"),
        required=False,
        widget=table_input(),
        help_text=_(
            "CSV, XLSX, XLS or ODS with the columns title, credits, mark, and if you like code and date."
        ),
    )


class LineForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40, required=False)
    title = forms.CharField(label=_("Title"), max_length=250)
    credits = DecimalNumber(label=_("Credits"), max_digits=5, decimal_places=2, min_value=Decimal("0.01"))
    mark = forms.CharField(label=_("Mark"), max_length=20, strip=True)
    examined_on = DateField(label=_("Examined on"), required=False)
    at = 0

    def __init__(self, *args: Any, scale: GradeScale | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.scale = scale

    def clean_mark(self) -> str:
        mark = str(self.cleaned_data["mark"])
        if self.scale is not None:
            try:
                self.scale.band(mark)
            except MethodError as refused:
                raise forms.ValidationError(mark_refusal(mark, refused, self.scale)) from refused
        return mark


class FinishForm(SaparForm):
    scan = Upload(label=_("Scan of the signed transcript"), required=False, help_text=_("PDF, PNG or JPEG."))


@dataclass(frozen=True)
class Given:
    """A whole transcript, ready for the service."""

    lines: Sequence[LineEntry]
    scale: str
    issued_on: date | None
    file: bytes
    file_name: str


class Wizard:
    """Reads where the person stands from the request. After `read`, `given` is set at the last step."""

    def __init__(self, request: HttpRequest, exchange: Exchange) -> None:
        self.data, self.files = request.POST, request.FILES
        self.posted = request.method == "POST"
        self.exchange, self.office = exchange, exchange.office
        self.step = "scale"
        self.rows: list[Raw] = []
        self.problems: Sequence[CellProblem] = ()
        self.given: Given | None = None
        self.beside = ""
        self.scale: GradeScale | None = None
        self.first = ScaleForm(self.data if self.posted else None, self.files or None, initial=self._start())
        field = self.first.fields["scale"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *scale_choices(exchange)]
        self.finish = FinishForm(self.data or None, self.files or None)
        self.bound = False

    def _start(self) -> dict[str, str]:
        """The scale of the host's country where exactly one is known."""
        code = self.exchange.partner.country_code
        fitting = [scale.id for scale in shipped_scales() if scale.holder == code and scale.valid_to is None]
        agreed = self._agreed()
        unit = agreed[0].credit_unit if agreed else units_for(self.exchange)[Side.STUDIED]
        return {"scale": fitting[0] if len(fitting) == 1 else "", "unit": unit}

    def read(self) -> None:
        if not self.posted or not self.first.is_valid():
            return
        self.scale = scale_by_code(self.office, self.first.cleaned_data["scale"])
        do = self.data.get("do", "")
        self.rows = self._posted_rows()
        verb, _colon, value = do.partition(":")
        match verb:
            case "rows":
                self._begin_rows()
            case "add":
                self.step = "rows"
                self.rows.append(dict.fromkeys(NAMES, ""))
            case "drop":
                self.step = "rows"
                if value.isdecimal() and int(value[:4]) < len(self.rows):
                    del self.rows[int(value[:4])]
            case "back":
                self.step = "rows"
            case "check" | "send":
                self._check(send=verb == "send")

    def _begin_rows(self) -> None:
        table = self.first.cleaned_data["table"]
        if table is not None:
            try:
                content = table.read()
                lines = read_transcript(content, table.name, self._scale())
            except RefusedRows as refused:
                self.problems = refused.problems
                return
            except SheetUnreadable as refused:
                self.first.add_error("table", str(refused))
                return
            self.rows = [_raw(line) for line in lines]
            self.beside = beside(content, table.name)
        elif not self.rows:
            self.rows = [_expected(row) for row in self._agreed()] or [dict.fromkeys(NAMES, "")]
        self.step = "rows"

    def _check(self, *, send: bool) -> None:
        self.step = "rows"
        self.rows = [row for row in self.rows if any(row.values())]
        self.bound = True
        if not self.rows:
            self.bound = False
            self.rows = [dict.fromkeys(NAMES, "")]
            self.first.add_error(None, _t("Write at least one line."))
            return
        if not are_valid(self.lines):
            return
        self.step = "check"
        if send and self.finish.is_valid():
            scan = self.finish.cleaned_data["scan"]
            self.given = Given(
                [
                    LineEntry(
                        code=form.cleaned_data["code"],
                        title=form.cleaned_data["title"],
                        credits=form.cleaned_data["credits"],
                        credit_unit=self.unit,
                        mark=form.cleaned_data["mark"],
                        examined_on=form.cleaned_data["examined_on"],
                    )
                    for form in self.lines
                ],
                self._scale().id,
                self.first.cleaned_data["issued_on"],
                scan.read() if scan else b"",
                scan.name if scan else "",
            )

    def _scale(self) -> GradeScale:
        assert self.scale is not None
        return self.scale

    def _agreed(self) -> list[Component]:
        agreed = signed_learning_agreement(self.exchange)
        if agreed is None:
            return []
        return list(agreed.components.filter(side=Side.STUDIED, removed=False).order_by("group", "pk"))

    def _posted_rows(self) -> list[Raw]:
        count = self.data.get("lines", "0")
        size = min(int(count), MOST_LINES) if count.isdecimal() and len(count) < 5 else 0
        return [{name: self.data.get(f"l{at}-{name}", "").strip() for name in NAMES} for at in range(size)]

    @property
    def lines(self) -> list[LineForm]:
        if not hasattr(self, "_lines"):
            self._lines = []
            for at, row in enumerate(self.rows):
                given: dict[str, Any] = {"prefix": f"l{at}", "scale": self.scale}
                if self.bound:
                    given["data"] = {f"l{at}-{name}": value for name, value in row.items()}
                else:
                    given["initial"] = row
                form = LineForm(**given)
                form.at = at
                self._lines.append(form)
        return self._lines

    @property
    def unit(self) -> str:
        return self.first.cleaned_data["unit"] or CreditUnit.ECTS.value

    @property
    def total(self) -> str:
        return amount_words(sum((form.cleaned_data["credits"] for form in self.lines), Decimal(0)), self.unit)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the first page said, as hidden inputs of the later ones."""
        return [(name, self.data.get(name, "")) for name in ("scale", "unit", "issued_on")]

    @property
    def hidden_lines(self) -> list[tuple[str, str]]:
        pairs = [(f"l{at}-{name}", row[name]) for at, row in enumerate(self.rows) for name in NAMES]
        return [("lines", str(len(self.rows))), *pairs]


def scale_choices(exchange: Exchange) -> list[tuple[str, str]]:
    """The office's own scales first, then shipped ones, those of the host's country on top."""
    own = dict(OfficeScale.objects.filter(office=exchange.office).values_list("code", "title"))
    shipped = {scale.id: scale for scale in shipped_scales()}
    found = [(code, own[code]) for code in scale_codes(exchange.office) if code in own]
    country = exchange.partner.country_code
    rest = sorted(shipped.values(), key=lambda scale: (scale.holder != country, scale.title))
    return found + [(scale.id, scale.title) for scale in rest if scale.id not in own]


def _raw(line: LineEntry) -> Raw:
    return {
        "code": line.code,
        "title": line.title,
        "credits": credits_text(line.credits),
        "mark": line.mark,
        "examined_on": f"{line.examined_on:%d.%m.%Y}" if line.examined_on else "",
    }


def _expected(row: Component) -> Raw:
    return dict.fromkeys(NAMES, "") | {
        "code": row.code,
        "title": row.title,
        "credits": credits_text(row.credits),
    }
