"""Icons of one set, drawn into the page so that they take the colour of the text."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIcon(LookupError):
    """A name the set does not have: a slip of the pen in a template."""


@cache
def strokes(name: str) -> SafeString:
    """The drawing without its frame. Lucide, ISC licence; the files are trusted parts of the set-up."""
    path = settings.ICONS / f"{name}.svg"
    if not path.exists():
        raise UnknownIcon(name)
    inside = INSIDE.search(path.read_text(encoding="utf-8"))
    if inside is None:
        raise UnknownIcon(name)
    return mark_safe(re.sub(r"\s+", " ", inside[1]).strip())  # noqa: S308
