"""Timelines of partners and agreements in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.audit.models import Entry
from sapar.partners.states import AgreementKind, ApprovalRole, PartnershipState
from sapar.web.components import Cell, Change, Moment, Text
from sapar.web.moments import moments

WORDS: Mapping[str, Text] = {
    "partners.partnership.begun": _l("took the partner among ours"),
    "partners.partnership.imported": _l("brought the partner with a list"),
    "partners.partnership.changed": _l("changed the partner’s record"),
    "partners.partnership.merged": _l("merged two organisations of the directory"),
    "partners.partnership.separated": _l("separated two organisations of the directory"),
    "partners.partnership.contacted": _l("was in contact with the partner"),
    "partners.contact.added": _l("added the contact %(name)s"),
    "partners.contact.changed": _l("changed the contact %(name)s"),
    "partners.contact.removed": _l("took the contact %(name)s away"),
    "partners.agreement.drafted": _l("drafted the agreement"),
    "partners.agreement.changed": _l("changed version %(version)s"),
    "partners.agreement.sent_for_approval": _l("sent version %(version)s for approval"),
    "partners.agreement.taken_back": _l("took version %(version)s back"),
    "partners.agreement.partner_invited": _l("invited %(name)s to read and answer"),
    "partners.agreement.paper_issued": _l("made the paper to sign, number %(number)s"),
    "partners.agreement.memo_issued": _l("wrote the memo on renewal"),
    "partners.agreement.imported": _l("took the agreement from the office’s list, number %(number)s"),
    "partners.agreement.in_force": _l("brought the agreement into force, number %(number)s"),
    "partners.agreement.continued": _l("began a successor"),
    "partners.agreement.replaced": _l("replaced it by %(by_number)s"),
    "partners.agreement.renewed": _l("renewed the agreement"),
    "partners.agreement.expired": _l("let the agreement expire"),
    "partners.agreement.terminated": _l("ended the agreement"),
    "partners.agreement.end_announced": _l("wrote that the end is near"),
    "mobility.nominations.sent": _l("sent nominations to the partner"),
    "partners.obligation.added": _l("put down: %(text)s"),
    "partners.obligation.done": _l("did: %(text)s"),
}
LABELS: Mapping[str, Text] = {
    "organisation": _l("Organisation"),
    "kind": _l("Kind"),
    "title": _l("Title"),
    "starts_on": _l("Begins"),
    "ends_on": _l("Ends"),
    "renews_automatically": _l("Renews itself"),
    "renewal_months": _l("Renewed for"),
    "notice_months": _l("Notice"),
    "state": _l("State"),
    "since": _l("Partner since"),
    "last_contact_on": _l("Last contact"),
    "note": _l("Note"),
}
KNOWN_VALUES: Mapping[str, Mapping[str, Text]] = {
    "kind": dict(AgreementKind.choices),
    "state": dict(PartnershipState.choices),
}


class _Known(dict[str, object]):
    """Gaps for which an older entry has nothing stay empty."""

    def __missing__(self, key: str) -> str:
        return ""


def told(entries: Iterable[Entry]) -> list[Moment]:
    """The acts on a record, newest first as given, each as a sentence."""
    entries = list(entries)
    return [
        replace(
            moment, what=_what(entry), note=_note(entry, moment), changes=[_shown(e) for e in moment.changes]
        )
        for entry, moment in zip(
            entries, moments(entries, WORDS, {name: name for name in LABELS}), strict=True
        )
    ]


def _what(entry: Entry) -> str:
    data = entry.data if isinstance(entry.data, dict) else {}
    if entry.action == "partners.agreement.answered":
        station = ApprovalRole(data["station"]).label
        words = _("approved it (%(station)s)") if data.get("approved") else _("returned it (%(station)s)")
        return words % {"station": station}
    return str(WORDS.get(entry.action, entry.action)) % _Known(data)


def _note(entry: Entry, moment: Moment) -> str:
    data = entry.data if isinstance(entry.data, dict) else {}
    return str(data.get("remark") or data.get("result") or moment.note)


def _shown(change: Change) -> Change:
    name = str(change.label)
    return Change(LABELS.get(name, name), _value(name, change.before), _value(name, change.after))


def _value(name: str, value: Cell) -> Cell:
    text = str(value or "")
    if name in KNOWN_VALUES:
        return KNOWN_VALUES[name].get(text, text)
    if name.endswith("_on") or name == "since":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    if name == "renews_automatically":
        return _("yes") if text == "True" else _("no")
    return text
