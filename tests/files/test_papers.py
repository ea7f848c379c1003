"""Papers say the same as PDF and as DOCX, in the letters of all our languages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from sapar.formats.papers import Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.formats.papers.model import Block
from sapar.formats.papers.pdf import draw_pdf
from sapar.formats.papers.word import draw_docx

LETTERS = "Өмүрбек Құнанбаева Ғайрат Һәкім Ҷамшед oʻgʻil gʻalaba"


def paper(verify_url: str = "") -> Paper:
    return Paper(
        languages=("ky", "en"),
        issuer={"ky": "Ала-Тоо демо университети", "en": "Ala-Too Demo University"},
        title={"ky": "Келишим", "en": "Agreement"},
        number="2026-001",
        on=date(2026, 9, 1),
        verify_url=verify_url,
        verify_words={"ky": "Текшерүү", "en": "Verify"},
        digest="ab" * 32,
        blocks=(
            Heading({"ky": "Тараптар", "en": "Parties"}),
            Paragraph({"ky": LETTERS, "en": "Both sides agree."}),
            Facts((({"ky": "Башталышы", "en": "Starts"}, {"ky": "01.09.2026", "en": "01.09.2026"}),)),
            Grid(({"ky": "Жыл", "en": "Year"}, {"ky": "Орун", "en": "Places"}), (("2026/27", "2"),), (1,)),
            Signatures((({"ky": "Ректор", "en": "Rector"}, "E. Rector", "05.10.2026"),)),
        ),
    )


def pdf_text(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_pdf_holds_every_letter_and_is_archivable() -> None:
    content = draw_pdf(paper())
    assert all(word in pdf_text(content) for word in LETTERS.split())
    assert b"pdfaid" in content


def test_pdf_can_be_kept_and_read_aloud() -> None:
    """Level A of PDF/A, PDF/UA, headings, heads of tables and the code in words: what a paper is read aloud by."""
    reader = PdfReader(io.BytesIO(draw_pdf(paper("https://sapar.example.org/v/abc"))))
    root: Any = reader.trailer["/Root"]
    described = root["/Metadata"].get_data().decode()
    assert re.search("pdfaid:conformance>A<", described)
    assert re.search("pdfuaid:part>1<", described)
    assert root["/MarkInfo"]["/Marked"]
    tags = list(tags_below(root["/StructTreeRoot"]))
    assert {tag["/S"] for tag in tags} >= {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"}
    assert [tag["/Alt"] for tag in tags if tag["/S"] == "/Figure"] == ["https://sapar.example.org/v/abc"]


@pytest.mark.parametrize("title", ["", " "])
def test_paper_without_a_title_is_drawn(title: str) -> None:
    nameless = dict.fromkeys(paper().issuer, "")
    untitled = replace(paper(), title=dict.fromkeys(paper().title, title), issuer=nameless)
    assert draw_pdf(untitled).startswith(b"%PDF-")


def tags_below(node: Any) -> Iterator[Any]:
    """What the parts of a PDF are, as it says itself."""
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object() if hasattr(child, "get_object") else child
        if isinstance(found, dict) and "/S" in found:
            yield found
            yield from tags_below(found)


def test_pdf_with_address_bears_it_in_words() -> None:
    address = "https://sapar.example.org/v/abc"
    assert address in pdf_text(draw_pdf(paper(address)))


def test_docx_holds_every_letter() -> None:
    document = Document(io.BytesIO(draw_docx(paper())))
    text = " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert all(word in text for word in LETTERS.split())
    assert "2026/27" in text


def test_docx_keeps_its_tables_apart_and_its_columns_wide() -> None:
    """Word makes one table of two that touch; a table without widths gives a number as much room as a sentence."""
    blocks: tuple[Block, ...] = (
        Grid(({"ky": "Код", "en": "Code"}, {"ky": "Аты", "en": "Title"}), (("A", "Anatomy"),), widths=(1, 4)),
        Paragraph({"ky": "Ооба", "en": "Yes"}),
        Signatures((({"ky": "Ректор", "en": "Rector"}, "A. B.", ""),) * 4),
    )
    document = Document(io.BytesIO(draw_docx(replace(paper(), blocks=blocks))))
    kinds = [child.tag.rpartition("}")[2] for child in document.element.body]
    assert "tbl" in kinds
    assert ("tbl", "tbl") not in set(pairwise(kinds))
    grid = next(table for table in document.tables if table.cell(0, 0).text.startswith("Код"))
    narrow, wide = (column.width for column in grid.columns)
    assert wide == pytest.approx(4 * narrow, rel=0.01)
    assert grid.cell(0, 0).text == "Код\nCode"


def test_paper_in_three_languages_is_refused() -> None:
    with pytest.raises(ValueError, match="one or two"):
        Paper(languages=("ky", "ru", "en"), issuer={}, title={}, blocks=(), on=date(2026, 1, 1))


@pytest.mark.parametrize("lines", [22, 23, 24])
def test_heading_stays_with_what_it_heads(lines: int) -> None:
    blocks: tuple[Block, ...] = (
        *(Paragraph({"en": f"Line {number}"}) for number in range(lines)),
        Heading({"en": "Places offered"}),
        Facts((({"en": "Alpha"}, {"en": "beta"}),)),
    )
    content = draw_pdf(
        Paper(
            languages=("en",),
            issuer={"en": "Office"},
            title={"en": "Minutes"},
            blocks=blocks,
            on=date(2026, 3, 5),
        )
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert ["Places offered" in page for page in pages] == ["Alpha" in page for page in pages]


def test_who_signs_without_a_known_name_writes_it_on_a_line() -> None:
    """A second, thinner line below that of the signature."""

    def drawn(name: str) -> int:
        block = Signatures((({"ky": "Ректор", "en": "Rector"}, name, ""),))
        page = PdfReader(io.BytesIO(draw_pdf(replace(paper(), blocks=(block,))))).pages[0]
        return len(re.findall(rb" l\s+S", page.get_contents().get_data()))  # type: ignore[union-attr]

    assert drawn("") == drawn("E. Rector") + 1
    block = Signatures((({"ky": "Ректор", "en": "Rector"}, "", ""),))
    tables = Document(io.BytesIO(draw_docx(replace(paper(), blocks=(block,))))).tables
    (box,) = (table for table in tables if "Ректор" in table.rows[0].cells[0].text)
    assert [set(line.text) for line in box.rows[1].cells[0].paragraphs] == [{"_"}, {"_"}]


@pytest.mark.parametrize("before", range(2, 40, 3))
def test_names_in_headings_are_not_divided_at_their_hyphen(before: int) -> None:
    """Wherever the name stands in its line."""
    words = dict.fromkeys(("ky", "en"), f"{'a ' * before}Osh-State University")
    named = replace(paper(), issuer=words, title=words, blocks=(Heading(words),), digest="", number="")
    lines = PdfReader(io.BytesIO(draw_pdf(named))).pages[0].extract_text().splitlines()
    assert not [line for line in lines if line.rstrip().endswith("Osh-")]
    assert sum(line.count("Osh-State") for line in lines) >= 6
    document = Document(io.BytesIO(draw_docx(named)))
    heads = [cell.paragraphs[0] for table in document.tables[:2] for cell in table.rows[0].cells]
    assert all("Osh-State" in one.text and "noBreakHyphen" in one._p.xml for one in heads)
