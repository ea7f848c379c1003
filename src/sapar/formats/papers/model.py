"""What a paper says, independent of how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

Words: TypeAlias = Mapping[str, str]
"""language → text; every language of the paper is there."""


@dataclass(frozen=True)
class Heading:
    words: Words


@dataclass(frozen=True)
class Paragraph:
    words: Words


@dataclass(frozen=True)
class Facts:
    """Label and value, one a line."""

    rows: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True)
class Grid:
    """A table under both languages: heads carry all languages, cells are said once.

    `numeric` are the positions of columns whose cells stand right.
    """

    heads: tuple[Words, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Signatures:
    """One box for each who signs: post, name, and what was signed when."""

    boxes: tuple[tuple[Words, str, str], ...]


Block: TypeAlias = Heading | Paragraph | Facts | Grid | Signatures


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper of an office.

    Attributes:
        languages: one or two; with two, words stand side by side, the first one left.
        issuer: the institution's name as it heads its papers.
        on: the paper's date; PDF/A demands one.
        verify_url: what the QR code opens; empty for a draft, which bears no code.
        digest: of the snapshot that the paper shows; its beginning is printed at the foot.
    """

    languages: tuple[str, ...]
    issuer: Words
    title: Words
    blocks: tuple[Block, ...]
    on: date
    number: str = ""
    verify_url: str = ""
    verify_words: Words = field(default_factory=dict)
    digest: str = ""
    draft_words: Words = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= len(self.languages) <= 2 or len(set(self.languages)) != len(self.languages):
            raise ValueError("a paper has one or two different languages")

    def joined(self, words: Words) -> str:
        """What is said once for both languages; equal words are not repeated."""
        return " / ".join(dict.fromkeys(words.get(language, "") for language in self.languages))
