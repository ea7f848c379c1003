"""The preview of an erasure in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sapar.directory.models import Person
from sapar.mobility.models import Erasure
from sapar.mobility.personal.holdings import Fate
from sapar.mobility.services.erasures import erasure_preview
from sapar.mobility.states import ErasureState
from sapar.web.components import Related, RelatedRow, State


def fates(person: Person) -> Sequence[Related]:
    """Three lists: what goes, what loses the name and the words, what stays and why."""
    titles = {
        Fate.GOES: (_("Goes"), State(_("removed"), "ended")),
        Fate.EMPTIED: (_("Stays without name, words and files"), State(_("emptied"), "waiting")),
        Fate.STAYS: (_("Is kept"), State(_("kept"), "done")),
    }
    lines = erasure_preview(person)
    found = []
    for fate, (title, state) in titles.items():
        rows = [
            RelatedRow(f"{line.title}: {line.rows}", note=str(line.why), state=state)
            for line in lines
            if line.fate is fate
        ]
        if rows:
            found.append(Related(title, rows, len(rows)))
    return found


def asked_words(asked: Erasure) -> str:
    facts = {
        "name": asked.asked_by.name,
        "day": date_format(asked.asked_at, "DATE_FORMAT"),
        "why": str(asked.get_ground_display()),
    }
    said = _("%(name)s asked on %(day)s to erase this person: %(why)s.") % facts
    if asked.state == ErasureState.DONE and asked.answered_by and asked.answered_at:
        done = {"name": asked.answered_by.name, "day": date_format(asked.answered_at, "DATE_FORMAT")}
        said += " " + _("%(name)s confirmed it on %(day)s.") % done
    return said
