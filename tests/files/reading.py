"""What a paper says, read back from its file."""

from __future__ import annotations

import io

from docx import Document


def text_of(docx: bytes) -> str:
    """Cells first, then paragraphs, a line each."""
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(one.text for one in document.paragraphs)])
