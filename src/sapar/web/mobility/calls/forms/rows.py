"""Tables that grow: rows are added and taken away by buttons that need no script.

A button `rows=rules:add` or `rows=rules:remove:2` sends the whole form; nothing is saved, the page comes
back with one row more or less and everything that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django import forms
from django.http import QueryDict

from sapar.web.components import Text
from sapar.web.forms import SaparForm
from sapar.web.meanwhile import Difference, rows_differ

F = TypeVar("F", bound=SaparForm)
MOST_ROWS = 60


class Rows(Generic[F]):
    """The rows `name-0-…`, `name-1-…` of one page.

    Args:
        data: what was sent, or None for a fresh page.
        initial: one mapping a row; used while nothing was sent.
    """

    def __init__(
        self,
        name: str,
        form: type[F],
        data: QueryDict | None,
        initial: Sequence[Mapping[str, Any]] = (),
        *,
        title: Text = "",
        add: Text = "",
        help: Text = "",
    ) -> None:
        self.name, self.title, self.add, self.help = name, title, add, help
        self.forms: list[F] = []
        if data is None:
            self.forms = [
                form(prefix=f"{name}-{at}", initial=dict(one), use_required_attribute=False)
                for at, one in enumerate(initial)
            ]
            return
        asked = data.get("rows", "")
        numbers = [at for at in range(_count(data, name)) if asked != f"{name}:remove:{at}"]
        for place, at in enumerate(numbers):
            self.forms.append(
                form(_renamed(data, f"{name}-{at}", f"{name}-{place}"), prefix=f"{name}-{place}")
            )
        if asked == f"{name}:add" and len(self.forms) < MOST_ROWS:
            self.forms.append(form(prefix=f"{name}-{len(self.forms)}"))

    @property
    def count(self) -> int:
        return len(self.forms)

    def is_valid(self) -> bool:
        return not [one for one in self.forms if not one.is_valid()]

    @property
    def cleaned(self) -> list[dict[str, Any]]:
        return [one.cleaned_data for one in self.forms]


def tables_differ(typed: Sequence[Rows[Any]], stored: Sequence[Rows[Any]]) -> list[Difference]:
    """Rows that were typed and say something else than those on record now."""
    return [
        one
        for mine, theirs in zip(typed, stored, strict=True)
        for one in rows_differ(mine.title, mine.forms, theirs.forms)
    ]


def asks_for_rows(data: QueryDict) -> bool:
    """Only rows were added or removed; nothing is to be saved."""
    return "rows" in data


def unvalidated(rows: Sequence[Rows[Any]], form: forms.Form) -> None:
    """Keep what was typed, but complain about nothing yet."""
    for one in (form, *(each for group in rows for each in group.forms)):
        if one.is_bound:
            one._errors = forms.utils.ErrorDict()
            one.cleaned_data = {}


def _count(data: QueryDict, name: str) -> int:
    text = data.get(f"{name}-count", "0")
    return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < 4 else 0


def _renamed(data: QueryDict, old: str, new: str) -> QueryDict:
    if old == new:
        return data
    renamed = QueryDict(mutable=True)
    for key, values in data.lists():
        if key.startswith(f"{old}-"):
            renamed.setlist(f"{new}{key[len(old) :]}", values)
    return renamed
