"""The office's own Word document: filled where it has gaps, refused where it has more."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document
from docx.document import Document as WordDocument

from sapar.audit.queries import breaks_in
from sapar.core.errors import NotAllowed
from sapar.files.errors import FileDangerous, FileTypeRefused, LetterheadRefused
from sapar.files.models import Letterhead, StoredFile
from sapar.files.papers import docx_of
from sapar.files.services import choose_letterhead, drop_letterhead
from sapar.formats.papers import LetterheadError
from sapar.formats.papers.word import blank_letterhead, check_letterhead, draw_on_letterhead
from tests.cast import NOW, Cast
from tests.files.test_papers import LETTERS, paper


def word(*paragraphs: str, head: str = "", also: Callable[[WordDocument], object] | None = None) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if head:
        document.sections[0].header.paragraphs[0].text = head
    if also:
        also(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts(content: bytes) -> list[str]:
    """The body's paragraphs and tables in their order; a table is its cells."""
    found = []
    for block in Document(io.BytesIO(content)).iter_inner_content():
        rows = (
            [cell.text for row in block.rows for cell in row.cells]
            if hasattr(block, "rows")
            else [block.text]
        )
        found.append(" | ".join(rows))
    return [text for text in found if text.strip()]


def test_paper_stands_between_what_the_office_wrote() -> None:
    drawn = texts(
        draw_on_letterhead(paper(), word("Ministry", "{{ title }}, {{date}}", "{{ content }}", "Osh, 2026"))
    )
    assert drawn[:2] == ["Ministry", "Келишим / Agreement, 01.09.2026"]
    assert drawn[-1] == "Osh, 2026"
    assert all(letters in " ".join(drawn[2:-1]) for letters in [*LETTERS.split(), "2026/27", "E. Rector"])


def test_what_has_a_gap_is_said_once() -> None:
    gaps = ("title", "number", "date", "issuer")
    said = {
        "title": "Agreement",
        "number": "2026-001",
        "date": "01.09.2026",
        "issuer": "Ala-Too Demo University",
    }
    plain = " ".join(texts(draw_on_letterhead(paper(), word("{{ content }}"))))
    assert all(said[gap] in plain for gap in gaps)
    for gap in gaps:
        drawn = draw_on_letterhead(paper(), word("{{ content }}", head=f"{{{{ {gap} }}}}"))
        inside = " ".join(texts(drawn)).replace("01.09.2026 | 01.09.2026", "")
        if gap != "date":
            assert said[gap] not in inside
        assert said[gap] in Document(io.BytesIO(drawn)).sections[0].header.paragraphs[0].text


def test_gap_that_word_cut_into_pieces_is_still_a_gap() -> None:
    document = Document()
    pieces = document.add_paragraph()
    for piece in ("{", "{ ti", "tle", " }", "}"):
        pieces.add_run(piece).bold = piece == "tle"
    cut = document.add_paragraph()
    for piece in ("{{ con", "tent }}"):
        cut.add_run(piece)
    out = io.BytesIO()
    document.save(out)
    assert texts(draw_on_letterhead(paper(), out.getvalue()))[0] == "Келишим / Agreement"


def test_names_are_text_and_never_markup() -> None:
    sly = paper()
    object.__setattr__(sly, "title", {"ky": "<w:p>{{ 7*7 }}</w:p> & Co", "en": "<w:p>{{ 7*7 }}</w:p> & Co"})
    assert (
        texts(draw_on_letterhead(sly, word("{{ title }}", "{{ content }}")))[0] == "<w:p>{{ 7*7 }}</w:p> & Co"
    )


def in_a_table(document: WordDocument) -> None:
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ content }}"


def in_the_properties(document: WordDocument) -> None:
    document.core_properties.comments = "{{ 'x' * 9 }}"


@pytest.mark.parametrize(
    ("document", "code", "found"),
    [
        (word("Nothing to fill"), "content", ""),
        (word("{{ content }}", "{{ content }}"), "content", ""),
        (word("Text: {{ content }}"), "content", ""),
        (word(also=in_a_table), "content", ""),
        (word("{{ content }}", head="{{ content }}"), "content", ""),
        (word("{{ content }}", "{{ rector }} {{ seal }}"), "unknown", "rector, seal"),
        (word("{{ content }}", "{{ title"), "syntax", ""),
        (word("{{ content }}", "{% for x in title %}{{ x }}{% endfor %}"), "program", ""),
        (word("{{ content }}", "{{ title.__class__ }}"), "program", ""),
        (word("{{ content }}", "{{ title|upper }}"), "program", ""),
        (word("{{ content }}", head="{{ 'x' * 1000000000 }}"), "program", ""),
        (word("{{ content }}", also=in_the_properties), "program", ""),
        (b"PK\x03\x04 no archive", "damaged", ""),
        (b"", "damaged", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_form_is_refused_with_the_reason(document: bytes, code: str, found: str) -> None:
    with pytest.raises(LetterheadError) as refused:
        check_letterhead(document)
    assert refused.value.code == code
    assert not found or refused.value.found == found


def test_blank_document_to_begin_with_is_a_letterhead() -> None:
    check_letterhead(blank_letterhead())


@pytest.mark.django_db
def test_office_draws_on_its_own_letterhead_until_it_drops_it(cast: Cast) -> None:
    assert "Ministry" not in texts(docx_of(paper(), cast.office))
    for head in ("Ministry", "Republic"):
        choose_letterhead(
            word(head, "{{ content }}"), "our.docx", office=cast.office, by=cast.administrator, at=NOW
        )
        assert texts(docx_of(paper(), cast.office))[0] == head
        assert head not in texts(docx_of(paper(), cast.other_office))
    assert (Letterhead.objects.count(), StoredFile.objects.filter(purpose="letterhead").count()) == (1, 2)
    drop_letterhead(cast.office, by=cast.administrator, at=NOW)
    assert "Republic" not in texts(docx_of(paper(), cast.office))
    assert list(breaks_in(cast.office)) == []


@pytest.mark.django_db
def test_letterhead_is_the_administrator_s_to_choose(cast: Cast) -> None:
    for somebody in (cast.officer, cast.other_officer):
        with pytest.raises(NotAllowed):
            choose_letterhead(blank_letterhead(), "x.docx", office=cast.office, by=somebody, at=NOW)
        with pytest.raises(NotAllowed):
            drop_letterhead(cast.office, by=somebody, at=NOW)


@pytest.mark.django_db
def test_refused_letterhead_leaves_the_old_one_and_nothing_behind(cast: Cast) -> None:
    choose_letterhead(blank_letterhead(), "old.docx", office=cast.office, by=cast.administrator, at=NOW)
    for content, error in (
        (word("{{ seal }}"), LetterheadRefused),
        (b"%PDF-1.4\n%%EOF\n", FileTypeRefused),
        (b"PK\x03\x04 no archive", (FileTypeRefused, FileDangerous)),
    ):
        with pytest.raises(error):
            choose_letterhead(content, "new.docx", office=cast.office, by=cast.administrator, at=NOW)
    with pytest.raises(LetterheadRefused, match=r"nobody knows how to fill seal\."):
        choose_letterhead(
            word("{{ content }}", "{{ seal }}"), "x.docx", office=cast.office, by=cast.administrator, at=NOW
        )
    assert Letterhead.objects.get().file.name == "old.docx"
    assert StoredFile.objects.count() == 1
