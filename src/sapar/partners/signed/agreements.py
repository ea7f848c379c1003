"""An agreement of an office's list: what its cells say, together with what was assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from sapar.directory.said import folded
from sapar.partners.queries.ending import add_months
from sapar.partners.rows import RowReader
from sapar.partners.signed.cells import Span, duration_in, spans_in
from sapar.partners.signed.columns import SignedField
from sapar.partners.signed.said import (
    endless_said,
    kind_said,
    renewal_said,
    status_said,
    whole_university_said,
)
from sapar.partners.states import AgreementKind, AgreementState

_F = SignedField
NUMBER_LENGTH, LONGEST_RENEWAL = 40, 120
USUAL_RENEWAL = 12
_NO_NUMBER = re.compile(
    r"\W*(?:б\W*н|без номера|н\W?д|w\W?n|n\W?a|no number|номери жок|нөмірсіз|raqamsiz)?\W*", re.IGNORECASE
)
_RENEWAL_WORDS = re.compile(
    r"(?:с\s+)?\b(?:авто|пролонг|продл|auto|renew|prolong|узарт|ұзарт|uzay|avto)\S*", re.IGNORECASE
)


@dataclass(frozen=True)
class Meant:
    """What the office said about words of its list and about empty cells."""

    partners: Mapping[str, int | None]
    kinds: Mapping[str, str | None]
    units: Mapping[str, int]
    usual_kind: str = ""
    usual_direction: str = "out"
    empty_is_endless: bool = False
    empty_is_above: bool = False


@dataclass
class Head:
    """All of an agreement but its places."""

    name: str = ""
    partner: int | None = None
    kind: AgreementKind | None = None
    kind_words: str = ""
    title: str = ""
    number: str = ""
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    renewal_months: int = 0
    state: AgreementState = AgreementState.IN_FORCE
    unit: int | None = None
    said: dict[str, str] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)


def read_head(read: RowReader, meant: Meant, *, today: date) -> Head:
    """The head; what cannot be read is in the reader's problems."""
    head = Head(
        name=" ".join(read.text(_F.PARTNER, 300).split()),
        title=" ".join(read.text(_F.TITLE, 250).split()),
        number=_number(read),
    )
    _partner(read, head, meant)
    _kind(read, head, meant)
    head.unit = _unit(read, meant)
    for each in (_F.PARTNER_UNIT, _F.HOME_SIGNER, _F.PARTNER_SIGNER, _F.CONTACT, _F.NOTE):
        if text := " ".join(read.text(each, 1000 if each is _F.NOTE else 200).split()):
            head.said[each.value] = text
    if email := _email(read):
        head.said[_F.EMAIL.value] = email
    _days(read, head, meant, today=today)
    if not any(_refused(read, each) for each in (_F.SIGNED, _F.STARTS, _F.ENDS, _F.RENEWAL)):
        _state(read, head, today=today)
    return head


def _partner(read: RowReader, head: Head, meant: Meant) -> None:
    if not any(letter.isalpha() for letter in head.name):
        if not _refused(read, _F.PARTNER):
            read.refuse(_F.PARTNER, "no_partner")
        return
    head.partner = meant.partners.get(head.name)
    if head.partner is None:
        read.refuse(_F.PARTNER, "partner_open")


def _refused(read: RowReader, each: SignedField) -> bool:
    return read.mapping.get(each.value, "") in {problem.column for problem in read.problems}


def _kind(read: RowReader, head: Head, meant: Meant) -> None:
    words = " ".join(read.text(_F.KIND).split())
    if _refused(read, _F.KIND):
        return
    chosen = kind_said(words) or meant.kinds.get(words) if words else meant.usual_kind
    head.kind_words = words
    if chosen:
        head.kind = AgreementKind(chosen)
    else:
        read.refuse(_F.KIND, "kind_open" if words else "no_kind")


def _number(read: RowReader) -> str:
    text = " ".join(read.text(_F.NUMBER, NUMBER_LENGTH).split())
    text = re.sub(r"^(?:№|No\.?|N)\s*(?=\S)", "", text).strip()
    return "" if _NO_NUMBER.fullmatch(text) else text


def _unit(read: RowReader, meant: Meant) -> int | None:
    text = read.text(_F.FACULTY)
    if not text or whole_university_said(text):
        return None
    unit = meant.units.get(folded(text))
    if unit is None:
        read.refuse(_F.FACULTY, "no_faculty")
    return unit


def _email(read: RowReader) -> str:
    """The address of its own column, or one that stands with the contact person."""
    text = read.text(_F.EMAIL, 254) or next(
        (word for word in re.split(r"[\s,;<>()]+", read.text(_F.CONTACT)) if "@" in word), ""
    )
    first = next((word for word in re.split(r"[\s,;<>()]+", text) if "@" in word), text).strip(". ").lower()
    if first:
        try:
            validate_email(first)
        except ValidationError:
            read.refuse(_F.EMAIL if read.text(_F.EMAIL, 254) else _F.CONTACT, "no_email")
            return ""
    return first


def _days(read: RowReader, head: Head, meant: Meant, *, today: date) -> None:
    signed, starts = _spans(read, _F.SIGNED), _spans(read, _F.STARTS)
    term = read.text(_F.ENDS)
    months = duration_in(term) if term else None
    ends = [] if not term or months or endless_said(term) else _spans(read, _F.ENDS)
    if len(ends) == 2 and not starts:
        starts = [ends[0]]
    elif len(starts) == 2 and not ends:
        ends = [starts[1]]
    if any(_refused(read, each) for each in (_F.SIGNED, _F.STARTS, _F.ENDS)):
        return
    _beginning(read, head, signed, starts, today=today)
    if head.starts_on is None:
        return
    if ends:
        head.ends_on = ends[-1].last
        _assume(head, "ends_day", not ends[-1].whole)
    elif months:
        head.ends_on = add_months(head.starts_on, months) - timedelta(days=1)
    elif not term and not meant.empty_is_endless:
        read.refuse(_F.ENDS if _F.ENDS in read.mapping else _F.SIGNED, "no_end")
    if head.ends_on is not None and head.ends_on < head.starts_on:
        read.refuse(_F.ENDS, "wrong_order")
    _renewal(read, head, term)


def _beginning(read: RowReader, head: Head, signed: list[Span], starts: list[Span], *, today: date) -> None:
    """Where only one of the two days is said, it is both; which was assumed is kept."""
    if not signed and not starts:
        read.refuse(_F.SIGNED if _F.SIGNED in read.mapping else _F.STARTS, "no_signed")
        return
    head.signed_on, head.starts_on = (signed or starts)[0].first, (starts or signed)[0].first
    _assume(head, "signed_on", not signed)
    _assume(head, "starts_on", not starts)
    _assume(head, "signed_day", bool(signed) and not signed[0].whole)
    _assume(head, "starts_day", bool(starts) and not starts[0].whole)
    if head.signed_on > today:
        read.refuse(_F.SIGNED if signed else _F.STARTS, "signed_later")


def _assume(head: Head, what: str, really: bool) -> None:
    if really:
        head.assumed.append(what)


def _spans(read: RowReader, each: SignedField) -> list[Span]:
    text = read.text(each)
    if not text or text.strip("-–— ") == "":
        return []
    try:
        found = spans_in(_RENEWAL_WORDS.sub(" ", text))
        if len(found) > 2:
            raise ValueError(text)
    except ValueError:
        read.refuse(each, "no_date")
        return []
    return found


def _renewal(read: RowReader, head: Head, term: str) -> None:
    text = read.text(_F.RENEWAL)
    says = renewal_said(text) if text else bool(_RENEWAL_WORDS.search(term))
    months = duration_in(text) if text else None
    if says is None and months is None:
        read.refuse(_F.RENEWAL, "no_renewal")
        return
    if says is False or head.ends_on is None:
        return
    head.renewal_months = min(months or USUAL_RENEWAL, LONGEST_RENEWAL)
    _assume(head, "renewal", months is None)


def _state(read: RowReader, head: Head, *, today: date) -> None:
    """By its own words where they fit the days, else by the days."""
    over = head.ends_on is not None and head.ends_on < today and not head.renewal_months
    text = read.text(_F.STATUS)
    known, said = status_said(text) if text else (True, None)
    if not known:
        read.refuse(_F.STATUS, "no_status")
    elif text and said is None:
        read.refuse(_F.STATUS, "not_signed")
    elif said == AgreementState.IN_FORCE and over:
        read.refuse(_F.STATUS, "over_by_days")
    elif said == AgreementState.EXPIRED and (head.ends_on is None or head.ends_on >= today):
        read.refuse(_F.STATUS, "not_over_by_days")
    elif said is not None:
        head.state = said
    elif over:
        head.state = AgreementState.EXPIRED
    if head.state == AgreementState.EXPIRED:
        head.renewal_months = 0


def plain_of(head: Head) -> dict[str, Any]:
    """For the page that shows what would be taken."""
    return {
        "name": head.name,
        "partner": head.partner,
        "kind": head.kind.value if head.kind else "",
        "number": head.number,
        "signed_on": head.signed_on.isoformat() if head.signed_on else "",
        "starts_on": head.starts_on.isoformat() if head.starts_on else "",
        "ends_on": head.ends_on.isoformat() if head.ends_on else "",
        "renewal_months": head.renewal_months,
        "state": head.state.value,
        "assumed": head.assumed,
    }
