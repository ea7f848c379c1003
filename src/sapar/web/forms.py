"""Form fields in the office's own shape. Forms check and hand on; they never write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db import models
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sapar.core.marks import mark_of
from sapar.web.components import Text
from sapar.web.drawing import draw_options
from sapar.web.meanwhile import Difference, Guarded, differences, last_act, nothing
from sapar.web.numbers import decimal_sign

POINTED = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class Section:
    """Fields that belong together on an officer's page."""

    title: Text
    fields: Sequence[str]
    help: Text = ""


class NamedChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Records by what their reader calls them: units have names in several languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": "—", **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        return str(getattr(obj, "said", "") or obj.name)


class SaparForm(forms.Form):
    """Labels above, help under them, errors summed up on top. `sections` group a long form.

    A field may have `unit` (shown beside it) and `wide`/`narrow` in `width`.
    """

    required_css_class = "required"
    sections: Sequence[Section] = ()
    # The hidden field with what the page was opened with.
    mark_field = "seen"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.guarded: Guarded | None = None
        self.meanwhile: list[Difference] = []
        self.last_act = ""

    def guard(
        self,
        row: models.Model,
        values: Callable[[Any], Mapping[str, Any]],
        *,
        parts: Callable[[Any], Iterable[models.Model]] = nothing,
        again: Callable[[], models.Model] | None = None,
        beside: Callable[[Any], Sequence[Difference]] = nothing,
    ) -> None:
        """Two people may have the record open: `mark` goes to the service, which refuses the later of them.

        Args:
            values: what the form shows of the row; it is where the form starts, and it is read anew to tell
                the later one what stands there now.
            parts: rows that are written on the same page; the service marks the same ones.
            again: reads the row anew where its number does not find it.
            beside: what tables below the form differ in from the row as it stands now.
        """
        self.guarded = Guarded(row, values, parts, again, beside)
        if self.mark_field not in self.fields:
            self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
        shown = {name: value for name, value in values(row).items() if not self._takes_file(name)}
        self.initial = {**self.initial, **shown, self.mark_field: self.marked(row)}

    def _takes_file(self, name: str) -> bool:
        """A page never sends a stored file back; its name stands in `values` only to be told."""
        return isinstance(self.fields.get(name), forms.FileField)

    def marked(self, row: Any) -> str:
        """What the page was opened with; drafts that are kept while they are typed count their revisions instead."""
        assert self.guarded is not None
        return mark_of(row, self.guarded.parts(row))

    @property
    def mark(self) -> str:
        return str(self.cleaned_data.get("seen", ""))

    def see_again(self, *, told: bool = True) -> None:
        """Who was told that somebody else changed the record sees how, and may save over it knowingly.

        Args:
            told: False where a part was saved and nobody else changed anything.
        """
        if self.guarded is None or not isinstance(self.data, QueryDict):
            return
        now = self.guarded.now()
        if told:
            self.meanwhile = [*differences(self, self.guarded.values(now)), *self.guarded.beside(now)]
            self.last_act = last_act(now)
        data = self.data.copy()
        data[self.add_prefix(self.mark_field)] = self.marked(now)
        self.data = data


class DateField(forms.DateField):
    """A date typed as on paper: 05.03.2027."""

    unit = _("dd.mm.yyyy")
    width = "narrow"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.DateInput(
                format="%d.%m.%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "10"}
            ),
        )
        kwargs.setdefault("input_formats", ["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"])
        kwargs.setdefault("error_messages", {"invalid": _("Write the date like 05.03.2027.")})
        super().__init__(**kwargs)


class WholeNumber(forms.IntegerField):
    width = "narrow"

    def __init__(self, *, unit: Text = "", **kwargs: Any) -> None:
        self.unit = unit
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "9"})
        )
        super().__init__(**kwargs)


class DecimalNumber(forms.DecimalField):
    """A number with a point or a comma."""

    width = "narrow"

    def __init__(self, *, unit: Text = "", **kwargs: Any) -> None:
        self.unit = unit
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": "12"}),
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(
            value.replace(",", ".").replace(" ", "") if isinstance(value, str) else value
        )

    def prepare_value(self, value: Any) -> Any:
        """With the decimal sign of the reader's language; what is no number stays as it was typed."""
        text = str(value) if isinstance(value, (Decimal, float)) else value
        if isinstance(text, str) and POINTED.fullmatch(text):
            return text.replace(".", decimal_sign())
        return text


class SearchSelect(forms.Select):
    """A long list of choices: a plain list without script, one that can be searched in any script with it.

    An office has thousands of agreements: the list is drawn as those of filters are, without a template for
    each choice.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-search": _("Search"), **(attrs or {})}, choices)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        parts: list[SafeString] = []
        loose: list[tuple[str, Text, bool]] = []
        for key, words in self.choices:
            if isinstance(words, (list, tuple)):
                inside = draw_options([(str(one), said, str(one) in chosen) for one, said in words])
                parts += [draw_options(loose), format_html('<optgroup label="{}">{}</optgroup>', key, inside)]
                loose = []
            else:
                loose.append((str(key), cast("Text", words), str(key) in chosen))
        around = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        drawn = format_html_join("", "{}", ((part,) for part in (*parts, draw_options(loose))))
        return format_html("<select{}>{}</select>", around, drawn)


class LongText(forms.CharField):
    width = "wide"

    def __init__(self, *, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


def table_input() -> forms.ClearableFileInput:
    """Where a file with a table is chosen; its content decides later what it is."""
    return forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.xlsb,.ods"})


class ListFile(forms.FileField):
    """A sheet that an office brings."""

    widget = table_input()


class ListForm(SaparForm):
    """Brings a list; each kind adds `file`, a `ListFile` that says what it should hold."""

    field_order = ("file", "header_row")
    header_row = WholeNumber(
        label=_("Row with the names of the columns"),
        required=False,
        min_value=1,
        help_text=_("Only if it was not found by itself: the first line of the file is 1."),
    )
