"""How a paper is drawn as DOCX; loaded when the first one is wanted."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime, time

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph as WordParagraph

from sapar.formats.papers.model import Facts, Grid, Heading, Paper, Paragraph, Signatures, Words

FONT = "Noto Serif"
MOST_OF_A_PROPERTY = 255
QUIET = RGBColor(0x6B, 0x65, 0x5C)


def draw(paper: Paper) -> bytes:
    """The finished document on plain A4; words of two languages stand side by side in table cells."""
    document = Document()
    _set_up(document, paper)
    draw_content(document, paper)
    return finished(document, paper)


def draw_content(document: WordDocument, paper: Paper, *, without: Collection[str] = ()) -> None:
    """Write the paper at the document's end; `without` names what stands elsewhere on the page already."""
    if "issuer" not in without:
        _side_by_side(document, paper, paper.issuer, bold=True)
    if paper.draft_words:
        _side_by_side(document, paper, paper.draft_words, color=RGBColor(0x8A, 0x1F, 0x11))
    if "title" not in without:
        _side_by_side(document, paper, paper.title, bold=True, size=15)
    number = f"№ {paper.number}" if paper.number and "number" not in without else ""
    on = f"{paper.on:%d.%m.%Y}" if "date" not in without else ""
    if shown := " · ".join(filter(None, (number, on))):
        _write(document.add_paragraph(), shown, color=QUIET)
    for block in paper.blocks:
        match block:
            case Heading(words):
                _side_by_side(document, paper, words, bold=True, size=12)
            case Paragraph(words):
                _side_by_side(document, paper, words)
            case Facts(rows):
                _facts(document, paper, rows)
            case Grid():
                _grid(document, paper, block)
            case Signatures(boxes):
                _signatures(document, paper, boxes)
    if paper.verify_url:
        _side_by_side(document, paper, paper.verify_words, size=8.5, color=QUIET)
        _write(document.add_paragraph(), paper.verify_url, size=8.5, color=QUIET)


def finished(document: WordDocument, paper: Paper) -> bytes:
    """The document as a file that says what it is and whose."""
    document.core_properties.title = paper.title[paper.languages[0]][:MOST_OF_A_PROPERTY]
    document.core_properties.author = paper.issuer[paper.languages[0]][:MOST_OF_A_PROPERTY]
    document.core_properties.created = datetime.combine(paper.on, time())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: WordDocument, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    # Word asks for the font of each script separately.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _write(footer, " ".join(filter(None, (paper.issuer[paper.languages[0]], "·", paper.number, " "))), size=8)
    _field(footer, "PAGE")
    _write(footer, " / ", size=8)
    _field(footer, "NUMPAGES")


def _field(paragraph: WordParagraph, code: str) -> None:
    """A field that Word fills in: the number of the page, of all pages."""
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _write(
    paragraph: WordParagraph,
    text: str,
    *,
    bold: bool = False,
    size: float = 10.5,
    color: RGBColor | None = None,
) -> None:
    run = paragraph.add_run(text)
    run.bold = bold
    run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color


def _side_by_side(
    document: WordDocument,
    paper: Paper,
    words: Words,
    *,
    bold: bool = False,
    size: float = 10.5,
    color: RGBColor | None = None,
) -> None:
    if len(paper.languages) == 1:
        _write(document.add_paragraph(), words.get(paper.languages[0], ""), bold=bold, size=size, color=color)
        return
    table = document.add_table(rows=1, cols=2)
    for cell, language in zip(table.rows[0].cells, paper.languages, strict=True):
        _write(cell.paragraphs[0], words.get(language, ""), bold=bold, size=size, color=color)


def _facts(document: WordDocument, paper: Paper, rows: tuple[tuple[Words, Words], ...]) -> None:
    table = document.add_table(rows=0, cols=2)
    for label, value in rows:
        cells = table.add_row().cells
        _write(cells[0].paragraphs[0], paper.joined(label), color=QUIET)
        _write(cells[1].paragraphs[0], paper.joined(value))
    document.add_paragraph()


def _grid(document: WordDocument, paper: Paper, block: Grid) -> None:
    table = document.add_table(rows=1, cols=len(block.heads))
    _rule(table)
    for cell, head in zip(table.rows[0].cells, block.heads, strict=True):
        _write(cell.paragraphs[0], paper.joined(head), bold=True, size=9)
    for row in block.rows:
        for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _write(cell.paragraphs[0], text, size=9)
            if at in block.numeric:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _rule(table: Table) -> None:
    """Thin lines around every cell, whatever styles the document knows."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "8C867C")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _signatures(document: WordDocument, paper: Paper, boxes: tuple[tuple[Words, str, str], ...]) -> None:
    table = document.add_table(rows=1, cols=len(boxes))
    for cell, (post, name, signed) in zip(table.rows[0].cells, boxes, strict=True):
        _write(cell.paragraphs[0], paper.joined(post))
        _write(cell.add_paragraph(), "\n\n____________________________")
        _write(cell.add_paragraph(), name, size=9)
        if signed:
            _write(cell.add_paragraph(), signed, size=8, color=QUIET)
