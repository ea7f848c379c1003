"""What a bulk button of a list sends."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

MOST = 500
# Longer numbers are no keys of any table, and databases refuse to compare with them.
DIGITS = 18


def ticked_ids(request: HttpRequest, name: str = "row") -> list[int]:
    """The keys of the ticked rows in the order of the page; what is no key is left out."""
    return keys_in(request.POST.getlist(name))


def keys_in(texts: Sequence[str]) -> list[int]:
    """What could be keys among the texts, in their order."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= DIGITS][:MOST]
