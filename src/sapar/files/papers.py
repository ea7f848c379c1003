"""Papers as the office draws them."""

from __future__ import annotations

from sapar.accounts.models import Office
from sapar.files.queries import content_of, letterhead_of
from sapar.formats.papers import Paper
from sapar.formats.papers.word import draw_docx, draw_on_letterhead


def docx_of(paper: Paper, office: Office) -> bytes:
    """The paper as DOCX, on the office's letterhead where it has one."""
    letterhead = letterhead_of(office)
    if letterhead is None:
        return draw_docx(paper)
    return draw_on_letterhead(paper, content_of(letterhead.file))
