"""Facts that are sent to other systems, and one message as it leaves."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from itertools import groupby
from typing import get_type_hints

from django.utils.module_loading import module_has_submodule

from sapar.core.announce import Fact
from sapar.interop.models import Delivery
from sapar.interop.queries import TOLD_BY, fact_names, name_of, payload_of, signature_of
from sapar.mobility.facts import NominationAnswered
from tools.reference.markdown import table

SECRET = "whsec_example"
SENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def events() -> str:
    kinds = {name_of(kind): kind for kind in _facts()}
    parts = []
    for room, names in groupby(fact_names(), key=lambda name: name.partition(".")[0]):
        rows = [(f"`{name}`", _fields(kinds[name]), _meaning(kinds[name])) for name in names]
        parts.append(f"## {room}\n\n" + table(("fact", "`data` holds", ""), rows))
    return "\n\n".join([*parts, _sample()])


def _facts() -> Iterator[type[Fact]]:
    for prefix in TOLD_BY:
        package = importlib.import_module(prefix.rstrip("."))
        if module_has_submodule(package, "facts"):
            for value in vars(importlib.import_module(f"{prefix}facts")).values():
                if inspect.isclass(value) and issubclass(value, Fact) and value is not Fact:
                    yield value


def _fields(kind: type[Fact]) -> str:
    hints = get_type_hints(kind)
    return ", ".join(f"`{one.name}`" + _type(hints[one.name]) for one in fields(kind))


def _type(kind: object) -> str:
    return {int: "", str: " (text)", bool: " (true or false)", date: " (day)"}.get(kind, "")  # type: ignore[call-overload, no-any-return]


def _meaning(kind: type[Fact]) -> str:
    inherited = kind.__doc__ is None or kind.__doc__.startswith(f"{kind.__name__}(")
    return "" if inherited else inspect.cleandoc(kind.__doc__ or "")


def _sample() -> str:
    """A message as the sender writes it: the same functions make it."""
    fact = NominationAnswered(office_id=1, exchange_id=42, accepted=True)
    delivery = Delivery(pk=7, fact=name_of(type(fact)), body={"data": asdict(fact)}, made_at=SENT)
    payload = payload_of(delivery)
    head = {
        "Content-Type": "application/json",
        "User-Agent": "Sapar",
        "Sapar-Fact": delivery.fact,
        "Sapar-Delivery": str(delivery.pk),
        "Sapar-Signature": signature_of(payload, SECRET, int(SENT.timestamp())),
    }
    lines = "\n".join(f"{name}: {value}" for name, value in head.items())
    shown = json.dumps(json.loads(payload), indent=2)
    return (
        f"## A message\n\nSigned with the secret `{SECRET}`:\n\n```http\nPOST /your/address\n{lines}\n```\n\n"
        f"```json\n{shown}\n```\n\nOn the way it is one line, without spaces, keys in order; the signature is over"
        " exactly these bytes."
    )
