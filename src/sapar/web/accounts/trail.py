"""The office's whole trail as a list: who did what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.audit.models import Entry
from sapar.web.components import Empty, Text
from sapar.web.mobility.calls import words as calls
from sapar.web.mobility.exchanges import words as exchanges
from sapar.web.mobility.visits import words as visits
from sapar.web.moments import ACCOUNT_WORDS, actor_of
from sapar.web.partners import told
from sapar.web.tables import Choice, Column, Dates, ListSpec, Words


def kind_of(subject_type: str) -> str:
    """The record's kind in words, from the model's own name."""
    return str(apps.get_model(subject_type)._meta.verbose_name)


def kinds_of(office: Office) -> Sequence[tuple[str, str]]:
    """All kinds of records that a trail can speak of; the database is not asked."""
    own = [model for model in apps.get_models() if model.__module__.startswith("sapar.")]
    return sorted(((m._meta.label_lower, str(m._meta.verbose_name)) for m in own), key=lambda pair: pair[1])


# action → words, as timelines tell them. Each room adds its own book.
WORD_BOOKS: tuple[Mapping[str, Text], ...] = (
    ACCOUNT_WORDS,
    told.WORDS,
    calls.CALL_ACTS,
    calls.APPLICATION_ACTS,
    exchanges.ACTS,
    visits.ACTS,
)


class _Gaps(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def act(entry: Entry) -> Text:
    """What was done, in words; the bare code where no room has words for it."""
    words = next((book[entry.action] for book in WORD_BOOKS if entry.action in book), entry.action)
    return str(words) % _Gaps(entry.data) if "%(" in str(words) else words


def details(entry: Entry) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.data.items() if value not in (None, "", []))


TRAIL: ListSpec[Entry] = ListSpec(
    name="trail",
    title=_("Activity log"),
    default_order="-at",
    columns=[
        Column("at", _("When"), lambda entry: entry.at, order=["position"]),
        Column("who", _("Who"), actor_of, order=["actor"]),
        Column("what", _("Act"), act, order=["action"]),
        Column("record", _("Record"), lambda entry: f"{kind_of(entry.subject_type)} {entry.subject_id}"),
        Column("data", _("Details"), details, shown=False),
        Column("position", _("Number"), lambda entry: entry.position, order=["position"], align="end"),
    ],
    filters=[
        Dates("on", _("acts"), "at", timed=True),
        Choice("kind", _("Record"), kinds_of, field="subject_type"),
        Words("action", _("Act"), "action"),
    ],
    search=["actor", "action"],
    search_hint=_("Person or act"),
    empty=Empty(_("Nothing has happened yet"), _("Every act that changes a record is written here.")),
)
