"""A cell of a spreadsheet as the office sees it."""

from __future__ import annotations

import datetime as dt
from typing import Any


def shown(cell: Any) -> str:
    """Whole numbers without '.0', dates as dd.mm.yyyy."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return f"{cell:%d.%m.%Y}" if cell.time() == dt.time() else f"{cell:%d.%m.%Y %H:%M}"
    if isinstance(cell, dt.date):
        return f"{cell:%d.%m.%Y}"
    return str(cell).strip()
