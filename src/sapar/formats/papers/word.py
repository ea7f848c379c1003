"""Papers as DOCX, for negotiating a text before it is signed."""

from __future__ import annotations

from sapar.formats.papers.model import Paper
from sapar.formats.papers.signs import drawable

# The library costs some 10 MB in each web process, and most never draw a document: it is loaded by who does.


def draw_docx(paper: Paper) -> bytes:
    """The finished document; words of two languages stand side by side in table cells."""
    from sapar.formats.papers.word_drawing import draw

    return draw(drawable(paper))


def draw_on_letterhead(paper: Paper, document: bytes) -> bytes:
    """The same within an office's own document.

    Raises:
        LetterheadError
    """
    from sapar.formats.papers.letterhead import pour

    return pour(drawable(paper), document)


def check_letterhead(document: bytes) -> None:
    """Whether papers can be poured into the document.

    Raises:
        LetterheadError
    """
    from sapar.formats.papers.letterhead import gaps_of

    gaps_of(document)


def blank_letterhead() -> bytes:
    """A plain document with every gap, to begin an own one with."""
    from sapar.formats.papers.letterhead import blank

    return blank()
