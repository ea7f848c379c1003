"""Scales, tables and factors that come with the library, each from a public page.

Nothing is shipped for Indian and Pakistani CGPA: three public pages give three different formulas under the
same ministry's name, and no official table could be read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sapar.methods.errors import MethodError
from sapar.methods.recognition.conversion import FixedTable, TableRow
from sapar.methods.recognition.credits import CreditFactor
from sapar.methods.recognition.scales import Band, GradeScale, pick_scale

UNSOURCED: Mapping[str, str] = {
    "IN": "public pages give contradicting formulas for CGPA; no official table was found",
    "PK": "public pages give contradicting formulas for CGPA; no official table was found",
}


@cache
def shipped_scales() -> tuple[GradeScale, ...]:
    return tuple(
        GradeScale(
            id=entry["id"], version=entry["version"], title=entry["title"], holder=entry["holder"],
            source=entry["source"], note=entry["note"], level=entry.get("level", ""),
            valid_from=_day(entry["valid_from"]), valid_to=_day(entry["valid_to"]),
            bands=tuple(
                Band(label=band["label"], passing=band["passing"], words=band["words"],
                     points=_decimal(band.get("points")), low=_decimal(band.get("low")),
                     high=_decimal(band.get("high")))
                for band in entry["bands"]
            ),
        )
        for entry in _read("scales.json")
    )  # fmt: skip


@cache
def shipped_tables() -> tuple[FixedTable, ...]:
    return tuple(
        FixedTable(
            id=entry["id"], version=entry["version"], title=entry["title"], holder=entry["holder"],
            source=entry["source"], target_scale=entry["target_scale"],
            valid_from=_day(entry["valid_from"]), valid_to=_day(entry["valid_to"]),
            rows=tuple(
                TableRow(mark=row["mark"], result=row["result"], passing=row["passing"],
                         value=_decimal(row["value"]), percent=_decimal(row["percent"]))
                for row in entry["rows"]
            ),
        )
        for entry in _read("tables.json")
    )  # fmt: skip


@cache
def shipped_factors() -> tuple[CreditFactor, ...]:
    return tuple(
        CreditFactor(
            id=":".join(part for part in (page["holder"].lower(), entry["level"], entry["activity"]) if part),
            version=page["version"], holder=page["holder"], source=page["source"],
            from_unit=page["from_unit"], to_unit=page["to_unit"],
            level=entry["level"], activity=entry["activity"],
            low=Decimal(entry["low"]), high=Decimal(entry["high"]),
        )
        for page in _read("factors.json")
        for entry in page["factors"]
    )  # fmt: skip


def shipped_scale(id: str) -> GradeScale:
    """The scale of this id.

    Raises:
        MethodError: `recognition.no_scale`.
    """
    for scale in shipped_scales():
        if scale.id == id:
            return scale
    raise MethodError("recognition.no_scale", "No scale of {holder} for {level} on {on} is known.",
                      holder=id, level="any level", on="any day")  # fmt: skip


def scale_of(holder: str, *, on: date, level: str = "") -> GradeScale:
    """The shipped scale of a country or institution on the date of a mark; see `pick_scale`.

    Raises:
        MethodError: `recognition.unsourced` for India and Pakistan, `recognition.no_scale`,
            `recognition.ambiguous_scale`.
    """
    refuse_unsourced(holder)
    return pick_scale(shipped_scales(), holder=holder, on=on, level=level)


def refuse_unsourced(holder: str) -> None:
    """Stop where only contradicting formulas are public; keep the mark with its maximum and its issuer.

    Raises:
        MethodError: `recognition.unsourced`.
    """
    if why := UNSOURCED.get(holder):
        raise MethodError("recognition.unsourced", "Marks of {holder} are not converted: {why}.",
                          holder=holder, why=why)  # fmt: skip


def _read(name: str) -> list[dict[str, Any]]:
    text = (files("sapar.methods.recognition") / "data" / name).read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = json.loads(text)
    return entries


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
