"""The acts that stand in the trail, with the words in which the activity log tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from sapar.web.accounts.trail import WORD_BOOKS
from tools.reference.markdown import table


def acts() -> str:
    words: Mapping[str, str] = {code: str(text) for book in WORD_BOOKS for code, text in book.items()}
    return "\n\n".join(_rooms(words))


def _rooms(words: Mapping[str, str]) -> Iterator[str]:
    for room, codes in groupby(sorted(words), key=lambda code: code.partition(".")[0]):
        yield f"## {room}\n\n" + table(("act", "words"), [(f"`{code}`", words[code]) for code in codes])
