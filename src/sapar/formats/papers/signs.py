"""Signs that a paper can show. People write whatever their keyboards have, and one odd sign must not stop a paper.

What nobody sees or what turns the direction of reading is left out; what the fonts do not have becomes a box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from sapar.formats.papers.model import Paper

T = TypeVar("T")
BOX = "\N{WHITE SQUARE}"
# Turned directions make a paper read otherwise than what was signed.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = {"Cc", "Cs", "Co", "Cn"}
NOT_KNOWN = re.compile(
    r"[^\n\t\x20-\x7e\u00a0-\u024f\u0386-\u03ce\u0400-\u045f\u0490-\u04ff\u1e00-\u1eff\u2010-\u2026\u2030\u2116\u25a1]"
)
# From here on scripts have thousands of signs, and where one is missing its neighbours are.
MANY, NEIGHBOURS = 0x2E80, 0x1000


def drawable(paper: Paper) -> Paper:
    """The paper without signs that are none: controls, halves of pairs, private and unassigned ones."""
    return _changed(paper, _plain)


def boxed(value: T, missing: str) -> T:
    """The same with boxes for the missing signs and, of the large scripts, for their neighbours."""
    few = {ord(sign) for sign in missing if ord(sign) < MANY and not sign.isspace()}
    blocks = {ord(sign) // NEIGHBOURS for sign in missing if ord(sign) >= MANY}

    def box(text: str) -> str:
        return "".join(
            BOX if ord(sign) in few or (ord(sign) >= MANY and ord(sign) // NEIGHBOURS in blocks) else sign
            for sign in text
        )

    return _changed(value, lambda text: text if text.isascii() else box(text))


def only_known(value: T) -> T:
    """The same with boxes for everything that is neither Latin nor Greek nor Cyrillic nor a common sign.

    An accent that stands alone goes, too: over a box no font has it. Old letters of these scripts are not in the fonts.
    """
    return _changed(value, lambda text: NOT_KNOWN.sub(BOX, unicodedata.normalize("NFC", text)))


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign
        for sign in text
        if sign in "\n\t" or (unicodedata.category(sign) not in UNSEEN and sign not in TURNING)
    )


def _changed(value: T, change: Callable[[str], str]) -> T:
    """A copy with each text changed, however deep it lies."""
    return cast(T, _walked(value, change))


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (tuple, list)):
        return type(value)(_walked(one, change) for one in value)
    if isinstance(value, Mapping):
        return {key: _walked(one, change) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        new = {part.name: _walked(getattr(value, part.name), change) for part in fields(value)}
        return replace(value, **new)
    return value
