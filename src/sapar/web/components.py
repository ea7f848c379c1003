"""What pages are made of. A view fills these, `templates/components/` draw them; templates query nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise

# draft ○  active ◐  needs ▲ (somebody here must act)  waiting ◇ (somebody else must)  done ●  ended ■  danger ✕
Tone = Literal["draft", "active", "needs", "waiting", "done", "ended", "danger"]


@dataclass(frozen=True)
class State:
    """A word and a shape; colour only repeats what they say."""

    word: Text
    tone: Tone = "active"


@dataclass(frozen=True)
class Link:
    text: Text
    url: str


@dataclass(frozen=True)
class Figure:
    """A number that opens the records behind it; `decimals` are shown always, so that columns align."""

    value: int | float | Decimal | None
    url: str = ""
    decimals: int = 0
    unit: Text = ""


Cell: TypeAlias = (
    str
    | Promise
    | int
    | float
    | Decimal
    | date
    | datetime
    | bool
    | State
    | Link
    | Figure
    | Sequence[Link]
    | None
)


@dataclass(frozen=True)
class Action:
    """A link, or with `post` a button that changes something. `asks` is read before the last click.

    `fields` are sent along. The label says what will happen: "Sign and send to Ankara".
    """

    label: Text
    url: str
    post: bool = False
    danger: bool = False
    icon: str = ""
    asks: Text = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    primary: bool = False


@dataclass(frozen=True)
class Crumb:
    label: Text
    url: str


@dataclass(frozen=True)
class Head:
    """The title line of a page: what this is, its state, who is waited for, what comes next."""

    title: Text
    kind: Text = ""
    number: Text = ""
    state: State | None = None
    waiting: Text = ""
    crumbs: Sequence[Crumb] = ()
    next: Action | None = None
    others: Sequence[Action] = ()
    lead: Text = ""


@dataclass(frozen=True)
class Fact:
    label: Text
    value: Cell
    note: Text = ""


@dataclass(frozen=True)
class FactGroup:
    title: Text
    facts: Sequence[Fact]


@dataclass(frozen=True)
class RelatedRow:
    text: Text
    url: str = ""
    note: Text = ""
    state: State | None = None


@dataclass(frozen=True)
class Related:
    """A short list on a record; `url` opens all `count` of them."""

    title: Text
    rows: Sequence[RelatedRow]
    count: int | None = None
    url: str = ""
    empty: Text = ""
    add: Action | None = None


@dataclass(frozen=True)
class Change:
    label: Text
    before: Cell
    after: Cell


@dataclass(frozen=True)
class Moment:
    """One act of a timeline."""

    at: datetime
    who: Text
    what: Text
    changes: Sequence[Change] = ()
    note: Text = ""
    times: int = 1


@dataclass(frozen=True)
class Empty:
    """Why nothing is here and what the first step is."""

    title: Text
    text: Text = ""
    action: Action | None = None


@dataclass(frozen=True)
class Tab:
    label: Text
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Step:
    """One page of a form that goes one thing at a time."""

    label: Text
    url: str = ""
    status: Literal["done", "current", "todo"] = "todo"


@dataclass(frozen=True)
class Answer:
    """A line of "check your answers"."""

    label: Text
    value: Cell
    change_url: str = ""


@dataclass(frozen=True)
class Work:
    """Long work. While it runs the page asks `poll_url` every two seconds; it may be left alone."""

    title: Text
    done: int
    total: int
    sentence: Text = ""
    poll_url: str = ""
    finished: bool = False
    failed: bool = False
    result: Action | None = None

    @property
    def percent(self) -> int:
        return 100 if self.finished else (100 * self.done // self.total if self.total else 0)


@dataclass(frozen=True)
class Notice:
    """A sentence that stands on the page, not one that passes by."""

    text: Text
    tone: Literal["info", "needs", "danger", "done"] = "info"
    title: Text = ""
    action: Action | None = None
