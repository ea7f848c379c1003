"""Papers in one or two languages side by side: written once, drawn as PDF to sign or DOCX to negotiate.

    paper = Paper(languages=("ky", "en"), title={...}, blocks=(Paragraph({...}), Facts(...), Grid(...)))
    pdf = draw_pdf(paper)       # PDF/A-2b, fonts embedded, QR code
    docx = draw_docx(paper)     # Word

The renderers need the server's packages (typst, python-docx, segno).
"""

from sapar.formats.papers.errors import LetterheadError
from sapar.formats.papers.model import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures, Words

__all__ = [
    "Block",
    "Facts",
    "Grid",
    "Heading",
    "LetterheadError",
    "Paper",
    "Paragraph",
    "Signatures",
    "Words",
]
