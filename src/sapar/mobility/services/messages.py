"""Words between the office and the people it sends and receives: one by one, or one text to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.models import Office, User
from sapar.audit.services import record, record_each
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.core.queue import Later
from sapar.mobility.errors import NothingChosen, ReasonMissing, SavedAlready, UnknownGap
from sapar.mobility.models import Application, Award, Exchange, Message, SavedLetter
from sapar.mobility.policies import may_keep_letters, may_write_about_stay, may_write_application
from sapar.mobility.states import LetterKind, RunState
from sapar.mobility.wording.letters import (
    filled,
    gaps_of,
    unknown_gap,
    values_for_applicant,
    values_for_stay,
)

NOTIFY = Later("sapar.mobility.tasks.applications.notify")
MAIL_MESSAGE = Later("sapar.mobility.tasks.exchanges.mail_message")

SENT_TWICE = timedelta(minutes=1)

Subject: TypeAlias = Application | Exchange


def _may_write(by: Actor, about: Subject) -> None:
    if isinstance(about, Application):
        require(may_write_application, by, about)
    else:
        require(may_write_about_stay, by, about)


@transaction.atomic
def write_message(about: Subject, text: str, *, by: Actor, at: datetime) -> Message:
    """A word to the other side; the office's words go out by e-mail as well.

    The same words of the same person within `SENT_TWICE` are the form sent twice: the first message stands.
    """
    _may_write(by, about)
    if not text.strip():
        raise ReasonMissing(what=_("what you want to write"))
    applies = isinstance(about, Application)
    type(about)._default_manager.select_for_update(no_key=True).get(pk=about.pk)
    said = about.messages.filter(
        from_office=isinstance(by, User),
        author=label_of(by),
        text=text.strip(),
        sent_at__gt=at - SENT_TWICE,
    )
    if before := said.first():
        return before
    message = Message.objects.create(
        office=about.office,
        **{"application" if applies else "exchange": about},
        from_office=isinstance(by, User),
        author=label_of(by),
        text=text.strip(),
        sent_at=at,
    )
    _send(message)
    record(f"mobility.{'application' if applies else 'exchange'}.message", subject=about, by=by, at=at)
    return message


@transaction.atomic
def read_messages(about: Subject, *, by: Actor, at: datetime) -> int:
    """Note that this side has seen what the other wrote; answers how many were new."""
    _may_write(by, about)
    theirs = about.messages.filter(from_office=not isinstance(by, User), read_at=None)
    return theirs.update(read_at=at)


@dataclass(frozen=True)
class Letter:
    """What one person will read; `reachable` says whether it goes out by e-mail as well."""

    about: Subject
    text: str
    reachable: bool


def letters_to(kind: LetterKind, chosen: Sequence[Subject], text: str) -> list[Letter]:
    """The text as each of them will read it, for the look before sending.

    Args:
        chosen: applications or stays, as the kind says.

    Raises:
        ReasonMissing, UnknownGap
    """
    _check_gaps(text, kind)
    hosts = _hosts(chosen) if kind == LetterKind.APPLICATION else {}
    return [Letter(one, filled(text.strip(), _values(one, hosts)), bool(one.person.email)) for one in chosen]


def _hosts(chosen: Sequence[Subject]) -> dict[int, str]:
    """Application → where the place is that it was given."""
    awards = Award.objects.filter(
        application__in=[one.pk for one in chosen], run__state=RunState.ADOPTED, place__isnull=False
    )
    return dict(awards.values_list("application_id", "place__host__name"))


def _values(about: Subject, hosts: Mapping[int, str]) -> dict[str, str]:
    if isinstance(about, Application):
        return values_for_applicant(about, hosts.get(about.pk, ""))
    return values_for_stay(about)


@transaction.atomic
def write_to_many(
    kind: LetterKind,
    chosen: Sequence[Subject],
    text: str,
    *,
    keep_as: str = "",
    by: Actor,
    at: datetime,
) -> list[Message]:
    """One text to several people, with each one's own words in the gaps: all of them get it or nobody.

    Args:
        keep_as: the title under which the text is saved for the next time; empty: it is not saved.
    """
    letters = letters_to(kind, chosen, text)
    if not letters:
        raise NothingChosen
    if keep_as.strip():
        save_letter(chosen[0].office, kind, keep_as, text, by=by, at=at)
    for letter in letters:
        _may_write(by, letter.about)
    # In one order: two such letters at once would otherwise wait for each other.
    in_order = sorted(letters, key=lambda letter: letter.about.pk)
    column = "application" if kind == LetterKind.APPLICATION else "exchange"
    keys = [letter.about.pk for letter in in_order]
    rows = type(chosen[0])._default_manager.filter(pk__in=keys).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    said = _said_just_now(column, keys, by=by, at=at)
    new = [letter for letter in in_order if (letter.about.pk, letter.text) not in said]
    made = Message.objects.bulk_create(
        Message(
            office=letter.about.office,
            **{column: letter.about},
            from_office=isinstance(by, User),
            author=label_of(by),
            text=letter.text,
            sent_at=at,
        )
        for letter in new
    )
    for message in made:
        _send(message)
    record_each(f"mobility.{column}.message", subjects=[letter.about for letter in new], by=by, at=at)
    fresh = {_about_id(message): message for message in made}
    return [fresh.get(letter.about.pk) or said[letter.about.pk, letter.text] for letter in in_order]


def _said_just_now(
    column: str, keys: Sequence[int], *, by: Actor, at: datetime
) -> dict[tuple[int, str], Message]:
    """What this person wrote to them within `SENT_TWICE`: record and text → the message."""
    found = Message.objects.filter(
        **{f"{column}__in": keys},
        from_office=isinstance(by, User),
        author=label_of(by),
        sent_at__gt=at - SENT_TWICE,
    )
    return {(_about_id(message), message.text): message for message in found.order_by("-pk")}


def _about_id(message: Message) -> int:
    key = message.application_id if message.application_id is not None else message.exchange_id
    assert key is not None  # the table's own rule
    return key


def _send(message: Message) -> None:
    """What the office wrote goes out by e-mail as well."""
    if not message.from_office:
        return
    if message.application_id is not None:
        NOTIFY.enqueue(message.application_id, "message", message.pk)
    else:
        MAIL_MESSAGE.enqueue(message.pk)


@transaction.atomic
def save_letter(
    office: Office,
    kind: LetterKind,
    title: str,
    text: str,
    *,
    new: bool = False,
    by: Actor,
    at: datetime,
) -> SavedLetter:
    """Keep a text to write it again; one of the same title is replaced, or with `new` refused.

    Raises:
        ReasonMissing, UnknownGap, SavedAlready
    """
    require(may_keep_letters, by, office)
    title = _checked(title, text, kind)
    if new:
        _once(office.pk, kind, title)
    letter, _new = SavedLetter.objects.update_or_create(
        office=office,
        kind=kind,
        title=title,
        defaults={"text": text.strip(), "changed_at": at, "changed_by": label_of(by)},
    )
    record("mobility.letter.saved", subject=letter, by=by, at=at, title=title)
    return letter


@transaction.atomic
def change_letter(
    letter: SavedLetter, *, title: str, text: str, seen: str = "", by: Actor, at: datetime
) -> SavedLetter:
    """Raises SavedAlready where another letter of this kind has the title, and ChangedMeanwhile."""
    require(may_keep_letters, by, letter.office)
    letter = SavedLetter.objects.select_for_update().get(pk=letter.pk)
    refuse_changed(letter, seen)
    title = _checked(title, text, letter.kind)
    _once(letter.office_id, letter.kind, title, but=letter.pk)
    letter.title, letter.text, letter.changed_at, letter.changed_by = title, text.strip(), at, label_of(by)
    letter.save()
    record("mobility.letter.saved", subject=letter, by=by, at=at, title=title)
    return letter


@transaction.atomic
def remove_letter(letter: SavedLetter, *, by: Actor, at: datetime) -> None:
    require(may_keep_letters, by, letter.office)
    record("mobility.letter.removed", subject=letter, by=by, at=at, title=letter.title)
    letter.delete()


def _once(office_id: int, kind: str, title: str, *, but: int = 0) -> None:
    if SavedLetter.objects.filter(office=office_id, kind=kind, title=title).exclude(pk=but).exists():
        raise SavedAlready(field="title", title=title)


def _checked(title: str, text: str, kind: str) -> str:
    if not title.strip():
        raise ReasonMissing(what=_("the title of the letter"))
    _check_gaps(text, kind)
    return " ".join(title.split())[:120]


def _check_gaps(text: str, kind: str) -> None:
    if not text.strip():
        raise ReasonMissing(what=_("what you want to write"))
    if gap := unknown_gap(text, kind):
        raise UnknownGap(gap=gap, known=", ".join(gap for gap, _meaning in gaps_of(kind)))
