"""Nobody is asked to sign a page on which nothing else stands."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from sapar.formats.papers import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.formats.papers.pdf import draw_pdf

LANGUAGES = ("ru", "en")
BOTH = Signatures(
    (({"ru": "Party A", "en": "Party A"}, "", ""), ({"ru": "Party B", "en": "Party B"}, "", ""))
)


def words(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def filled(kind: str, count: int) -> list[Block]:
    if kind == "grid":
        rows = tuple((f"line {n}", "4") for n in range(count))
        return [Grid(heads=(words("Year"), words("Places")), rows=rows, numeric=(1,))]
    if kind == "facts":
        return [Facts(tuple((words(f"line {n}"), words("4")) for n in range(count)))]
    return [
        Paragraph(words(f"line {n} of an article, which fills its column and goes on")) for n in range(count)
    ]


# So many lines that the signatures do not fit below them any more; of others all lines fit.
@pytest.mark.parametrize(
    ("kind", "counts"), [("grid", range(28, 40)), ("facts", range(28, 40)), ("paragraphs", range(12, 18))]
)
def test_last_lines_stay_with_the_signatures(kind: str, counts: range) -> None:
    pages = []
    for count in counts:
        paper = Paper(
            languages=LANGUAGES, issuer=words("Demo"), title=words("Agreement"), on=date(2026, 5, 4),
            blocks=(Heading(words("Article")), *filled(kind, count), BOTH),
        )  # fmt: skip
        read = [page.extract_text() for page in PdfReader(io.BytesIO(draw_pdf(paper))).pages]
        signed = next(page for page in read if "Party A" in page)
        assert "line" in signed.partition("Party A")[0], f"{count} lines"
        assert sum(page.count(f"line {count - 1}") for page in read) in (1, 2), (
            "each line once, in one or two columns"
        )
        pages.append(len(read))
    assert {1, 2} <= set(pages), "the lines of some fill the page"
