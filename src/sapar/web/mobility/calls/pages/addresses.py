"""Addresses of this room."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from sapar.accounts.models import Office


def to(name: str, office: Office, *args: int, **query: object) -> str:
    """The page `calls:name` of the office; `query` are filters of a list."""
    address = reverse(f"calls:{name}", args=[office.slug, *args])
    return f"{address}?{urlencode(query)}" if query else address
