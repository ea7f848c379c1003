"""The public draw: who sits is settled by a published lottery and a seed that nobody chose.

Publish the hash of the frozen pool and the panels with their tickets first; take the seed from an event
that comes later (the balls of a state lottery, dice thrown in the hall). Then

    ticket = int(SHA-256(pool hash + "\\n" + panels' hash + "\\n" + seed), 16) mod number of tickets,

and the panel is the first in the published order whose tickets, added to those before it, exceed it. Anyone
can do this with `sha256sum` and a calculator. The remainder favours no ticket by more than 10¹² in 2²⁵⁶.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sapar.methods.errors import MethodError, brief
from sapar.methods.sortition import given
from sapar.methods.sortition.portfolio import Panel

MOST_SEED_BITS = 10_000
MOST_TICKETS = 10**18


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Attributes:
    seed: the seed as text.
    text: what was hashed; `digest` is its SHA-256 in hex.
    ticket: from 0 to one less than `tickets`.
    number: the drawn panel's place in the published order, from 1.
    """

    seed: str
    text: str
    digest: str
    ticket: int
    tickets: int
    number: int
    members: tuple[str, ...]


def panels_hash(panels: Sequence[Panel]) -> str:
    """SHA-256 (hex) of the published list: JSON of [tickets, [ids…]] per panel, without spaces, in UTF-8."""
    listed = [[panel.tickets, list(panel.members)] for panel in panels]
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def draw(panels: Sequence[Panel], pool_hash: str, seed: int | str) -> Draw:
    """Draw one panel.

    Raises:
        MethodError: ``sortition.no_seed`` for an empty seed, ``sortition.bad_seed`` for one of several lines or one
            that is neither text nor whole number, ``sortition.bad_hash`` for a hash that is no line of text,
            ``sortition.no_panels`` for an empty list, ``sortition.bad_tickets`` for panels without a ticket or with
            members who have no id.
    """
    if not (given.is_text(seed) or (given.is_whole(seed) and seed.bit_length() <= MOST_SEED_BITS)):
        raise _bad_seed(seed)
    if not given.is_text(pool_hash) or pool_hash.splitlines() != [pool_hash]:
        raise MethodError("sortition.bad_hash", "“{hash}” is no hash of a pool.", hash=brief(pool_hash))
    word = str(seed).strip()
    if not word:
        raise MethodError("sortition.no_seed", "A draw needs a public seed.")
    if word.splitlines() != [word]:
        raise _bad_seed(seed)
    if bad := tuple(
        number
        for number, panel in enumerate(panels, start=1)
        if not given.is_count(panel.tickets, least=1, most=MOST_TICKETS)
        or not all(map(given.is_text, given.listed(panel.members) or [None]))
    ):
        raise MethodError(
            "sortition.bad_tickets", "Every panel has a ticket; not so panels {numbers}.", numbers=bad
        )
    tickets = sum(panel.tickets for panel in panels)
    if tickets < 1:
        raise MethodError("sortition.no_panels", "There is no panel to draw from.")
    text = f"{pool_hash}\n{panels_hash(panels)}\n{word}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    ticket = int(digest, 16) % tickets
    ends = list(accumulate(panel.tickets for panel in panels))
    at = bisect_right(ends, ticket)
    return Draw(
        seed=word,
        text=text,
        digest=digest,
        ticket=ticket,
        tickets=tickets,
        number=at + 1,
        members=panels[at].members,
    )


def _bad_seed(seed: object) -> MethodError:
    return MethodError(
        "sortition.bad_seed", "The seed is one line of text, for it is hashed as a line; not {seed}.",
        seed=brief(seed),
    )  # fmt: skip
