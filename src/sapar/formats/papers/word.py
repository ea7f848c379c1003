"""Papers as DOCX, for negotiating a text before it is signed."""

from __future__ import annotations

from sapar.formats.papers.model import Paper


def draw_docx(paper: Paper) -> bytes:
    """The finished document; words of two languages stand side by side in table cells."""
    # Its library costs some 10 MB in each web process, and most never draw a document.
    from sapar.formats.papers.word_drawing import draw

    return draw(paper)
