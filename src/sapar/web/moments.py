"""The timeline of a record, told from its audit entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.audit.models import Entry
from sapar.web.components import Change, Moment, Text

ACCOUNT_WORDS: Mapping[str, Text] = {
    "accounts.role.granted": _("gave a role"),
    "accounts.role.withdrawn": _("withdrew a role"),
    "accounts.office.keeping_set": _("set another time of keeping"),
    "accounts.password": _("changed the own password"),
    "accounts.sign_on.linked": _("signed in through %(which)s for the first time"),
    "accounts.sign_on.unlinked": _("no longer signs in through %(which)s"),
    "accounts.second_step.added": _("added a second step of signing in (%(which)s)"),
    "accounts.second_step.removed": _("removed a second step of signing in (%(which)s)"),
    "accounts.token.made": _("made the token “%(name)s”"),
    "accounts.token.withdrawn": _("withdrew the token “%(name)s”"),
    "files.letterhead.chosen": _("took “%(name)s” as the letterhead"),
    "files.letterhead.dropped": _("removed the letterhead"),
    "mobility.letter.saved": _("saved the letter “%(title)s”"),
    "mobility.letter.removed": _("removed the saved letter “%(title)s”"),
    "audit.task.tried_again": _("had a failed background task tried again (%(code)s)"),
    "audit.task.left": _("left a failed background task as it is (%(code)s)"),
}
# Tasks in which Sapar itself acts; the trail keeps them in English, since its entries are never rewritten.
TASK_WORDS: Mapping[str, Text] = {
    "application form": pgettext_lazy("task", "application form"),
    "confirmation deadline": pgettext_lazy("task", "confirmation deadline"),
    "decisions": pgettext_lazy("task", "decisions"),
    "demo": pgettext_lazy("task", "demo"),
    "directory": pgettext_lazy("task", "directory"),
    "end of agreements": pgettext_lazy("task", "end of agreements"),
    "import": pgettext_lazy("task", "import"),
    "papers": pgettext_lazy("task", "papers"),
    "places": pgettext_lazy("task", "places"),
    "reminders": pgettext_lazy("task", "reminders"),
    "report": pgettext_lazy("task", "report"),
    "set-up": pgettext_lazy("task", "set-up"),
    "webhooks": pgettext_lazy("task", "webhooks"),
}


def actor_of(entry: Entry) -> str:
    """Who acted: a person as written then, Sapar itself in the reader's language."""
    by_itself = re.fullmatch(r"Sapar \((.+)\)", entry.actor)
    if by_itself is None or entry.user_id is not None or entry.link_id is not None:
        return entry.actor
    return f"Sapar ({TASK_WORDS.get(by_itself[1], by_itself[1])})"


def words_for(entry: Entry, words: Mapping[str, Text]) -> Text:
    """What was done; where an act has several moves, the words of the move. Empty where nothing is known."""
    move = entry.data.get("move", "") if isinstance(entry.data, dict) else ""
    return words.get(f"{entry.action}.{move}", words.get(entry.action, ""))


def moments(
    entries: Iterable[Entry], words: Mapping[str, Text], labels: Mapping[str, Text] | None = None
) -> list[Moment]:
    """Entries as moments.

    Args:
        words: action → what the actor did, continuing the name: "signed the agreement".
        labels: names of columns, for entries whose data hold `changes: {column: [before, after]}`.
    """
    labels = labels or {}
    told = []
    for entry in entries:
        raw = entry.data.get("changes", {}) if isinstance(entry.data, dict) else {}
        changes = [
            Change(labels.get(name, name), _short(pair[0]), _short(pair[1]))
            for name, pair in raw.items()
            if isinstance(pair, list) and len(pair) == 2
        ]
        note = entry.data.get("reason", "") if isinstance(entry.data, dict) else ""
        told.append(
            Moment(
                at=entry.at,
                who=actor_of(entry),
                what=words_for(entry, words) or entry.action,
                changes=changes,
                note=str(note),
            )
        )
    return told


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
