"""How a paper is drawn as DOCX; loaded when the first one is wanted.

Two tables that follow each other without a paragraph between them become one in Word and in LibreOffice: every table
is followed by a small one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from datetime import datetime, time

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph as WordParagraph

from sapar.formats.papers.model import Facts, Grid, Heading, Paper, Paragraph, Signatures, Words

# On every office machine, with the letters of all our languages.
FONT = "Times New Roman"
MOST_OF_A_PROPERTY = 255
# Between two letters or digits: that of a name.
HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
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
                _side_by_side(document, paper, words, bold=True, size=12, heads=True)
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
    document.styles["Footer"].font.size = Pt(8)  # which the fields that are filled in later take, too
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
    language: str = "",
) -> None:
    run = paragraph.add_run()
    # Headings and names of institutions are not divided at their hyphens.
    first, *others = HYPHEN.split(text) if bold else [text]
    run.add_text(first)
    for other in others:
        run._r.append(OxmlElement("w:noBreakHyphen"))
        run.add_text(other)
    run.bold = bold
    run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color
    if language:
        # So that each language is checked by its own dictionary.
        tongue = OxmlElement("w:lang")
        tongue.set(qn("w:val"), language)
        run._r.get_or_add_rPr().append(tongue)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _side_by_side(
    document: WordDocument,
    paper: Paper,
    words: Words,
    *,
    bold: bool = False,
    size: float = 10.5,
    color: RGBColor | None = None,
    heads: bool = False,
) -> None:
    """One text in the paper's languages; `heads` stay with what follows them."""
    if len(paper.languages) == 1:
        cells = [document.add_paragraph()]
    else:
        table = _table(document, (1, 1))
        cells = [cell.paragraphs[0] for cell in _row(table).cells]
    for paragraph, language in zip(cells, paper.languages, strict=True):
        _write(paragraph, words.get(language, ""), bold=bold, size=size, color=color, language=language)
        paragraph.paragraph_format.keep_with_next = heads
        if heads:
            paragraph.paragraph_format.space_before = Pt(10)
    if len(paper.languages) > 1:
        _gap(document, keep=heads)


def _facts(document: WordDocument, paper: Paper, rows: tuple[tuple[Words, Words], ...]) -> None:
    table = _table(document, (1, 1.4))
    for label, value in rows:
        cells = _row(table).cells
        _write(cells[0].paragraphs[0], paper.joined(label), color=QUIET)
        _write(cells[1].paragraphs[0], paper.joined(value))
    _gap(document, 6)


def _grid(document: WordDocument, paper: Paper, block: Grid) -> None:
    table = _table(
        document, block.widths if len(block.widths) == len(block.heads) else (1,) * len(block.heads)
    )
    _rule(table)
    head = _row(table)
    _repeat(head)
    for at, (cell, words) in enumerate(zip(head.cells, block.heads, strict=True)):
        first, *others = dict.fromkeys(words.get(language, "") for language in paper.languages)
        _write(cell.paragraphs[0], first, bold=True, size=9)
        for other in others:
            _write(cell.add_paragraph(), other, size=8, color=QUIET)
        _align(cell.paragraphs, right=at in block.numeric)
    for row in block.rows:
        for at, (cell, text) in enumerate(zip(_row(table).cells, row, strict=True)):
            _write(cell.paragraphs[0], text, size=9)
            _align(cell.paragraphs, right=at in block.numeric)
    _gap(document, 6)


def _signatures(document: WordDocument, paper: Paper, boxes: tuple[tuple[Words, str, str], ...]) -> None:
    """Posts above, lines below: all lines of a row stand at one height, and no page divides them."""
    for start in range(0, len(boxes), 3):
        group = boxes[start : start + 3]
        table = _table(document, (1,) * max(len(group), 2))
        posts, lines = _row(table).cells, _row(table).cells
        for post, line, (words, name, signed) in zip(posts, lines, group, strict=False):
            _write(post.paragraphs[0], paper.joined(words))
            post.paragraphs[0].paragraph_format.keep_with_next = True
            _write(line.paragraphs[0], "_" * 24)
            line.paragraphs[0].paragraph_format.space_before = Pt(30)
            line.paragraphs[0].paragraph_format.keep_with_next = True
            # Whose name is not known writes it by hand.
            _write(line.add_paragraph(), name or "_" * 18, size=9, color=None if name else QUIET)
            if signed:
                _write(line.add_paragraph(), signed, size=8, color=QUIET)
        _gap(document, 6)


def _table(document: WordDocument, widths: Sequence[float]) -> Table:
    """A table without rows that fills the width of the text; the shares of its columns are kept as they are."""
    section = document.sections[-1]
    whole = (
        (section.page_width or Mm(210)) - (section.left_margin or Mm(20)) - (section.right_margin or Mm(20))
    )
    table: Table = document.add_table(rows=0, cols=len(widths))
    table.autofit = False
    for column, share in zip(table.columns, widths, strict=True):
        column.width = Length(int(whole * share / sum(widths)))
    return table


def _row(table: Table) -> Row:
    row: Row = table.add_row()  # type: ignore[no-untyped-call]
    return row


def _gap(document: WordDocument, points: float = 1, *, keep: bool = False) -> None:
    """The small paragraph after a table."""
    paragraph = document.add_paragraph()
    _write(paragraph, "", size=1)
    paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.space_after = Pt(points)
    paragraph.paragraph_format.line_spacing = Pt(1)
    paragraph.paragraph_format.keep_with_next = keep


def _align(paragraphs: Sequence[WordParagraph], *, right: bool) -> None:
    for paragraph in paragraphs:
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat(row: Row) -> None:
    """The heads come again on every page."""
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)


def _rule(table: Table) -> None:
    """Thin lines between the rows, whatever styles the document knows."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "8C867C")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
