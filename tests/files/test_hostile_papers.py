"""Nothing that people write steers what draws their papers, and no sign of any script stops a paper."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest

from sapar.formats.papers.model import Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.formats.papers.pdf import draw_pdf
from sapar.formats.papers.signs import BOX
from sapar.formats.papers.word import blank_letterhead, draw_docx, draw_on_letterhead
from tests.files.reading import text_of
from tests.machine import program

STEERING = (
    '#read("/etc/passwd")', '#import "@preview/x:0.1.0"', '#panic("x")', "#{1 + 1}", "$x^2$", "*bold* _slanted_",
    "@reference <label>", "`raw`", "= heading", "- list", "\\u{41}", "// comment", "/* comment", "[content](x)",
    "{{ 7 * 7 }}", "{% raw %}", "{# comment #}", "{{ ''.__class__ }}", "{{ content }}",
    "</w:t><w:br/>", "<script>alert(1)</script>", "&amp;lt;", "]]>", '"), eval("1',
)  # fmt: skip
ODD = {
    "emoji": ("Anna \U0001f600", f"Anna {BOX}"),
    "Chinese": ("\u674e\u660e Li", f"{BOX}{BOX} Li"),
    "Korean and Japanese": ("\uae40 \u3042", f"{BOX} {BOX}"),
    "every block": ("".join(map(chr, range(0x2E80, 0x1FFFF, 997))), None),
    "letters of old books": ("".join(map(chr, range(0x4D0, 0x660))), None),
    "accents of all kinds": ("a" + "".join(map(chr, range(0x1AB0, 0x1C40))), None),
    "accents over boxes": ("\u674e\u0301\u20dd" + "".join(map(chr, range(0x1DD0, 0x1F60))), None),
    "signs of sums": ("".join(map(chr, range(0x20F0, 0x2280))), None),
    "controls": ("A\x00\x07\x1bB", "AB"),
    "turned": ("abc\u202efdp.exe", "abcfdp.exe"),
    "isolated": ("a\u2066b\u2069", "ab"),
    "half a pair": ("x\ud800y", "xy"),
    "no sign": ("A\ufffeB\uffffC", "ABC"),
    "private": ("A\ue000B", "AB"),
    "accents without end": ("a" + "\u0301" * 300, None),
    "long": ("x" * 3000, None),
    "Kyrgyz": ("\u04a8\u04a3\u04af\u04e9 \u049b\u04d9\u0456", None),
}


def paper(text: str) -> Paper:
    words = {"en": text, "ru": f"{text} "}
    return Paper(
        languages=("en", "ru"),
        issuer=words,
        title=words,
        number=text[:40],
        on=date(2026, 10, 5),
        verify_url="https://sapar.example/v/abc/",
        verify_words=words,
        draft_words=words,
        blocks=(
            Heading(words),
            Paragraph(words),
            Facts(((words, words),)),
            Grid((words, words), ((text, text),), (1,)),
            Signatures(((words, text, text),)),
        ),
    )


def read_again(pdf: bytes) -> str:
    words = [program("pdftotext"), "-", "-"]
    return subprocess.run(words, input=pdf, capture_output=True, check=True).stdout.decode()


def drawn(text: str) -> tuple[bytes, str, str]:
    shown = paper(text)
    return draw_pdf(shown), text_of(draw_docx(shown)), text_of(draw_on_letterhead(shown, blank_letterhead()))


@pytest.mark.parametrize("text", STEERING)
def test_what_looks_like_a_program_is_printed_as_it_was_written(text: str) -> None:
    pdf, word, letter = drawn(text)
    assert pdf.startswith(b"%PDF-")
    assert text in word
    assert text in letter
    read = read_again(pdf)
    assert "root:" not in read
    assert "".join(text.split()) in "".join(read.split())


@pytest.mark.parametrize("what", ODD)
def test_odd_sign_stops_no_paper(what: str) -> None:
    text, printed = ODD[what]
    pdf, word, letter = drawn(text)
    assert b"pdfaid:part" in pdf
    for read in (word, letter):
        assert not set(read) & set("\x00\x07\x1b\u202e\u2066\ue000\ufffe")
    if printed is not None:
        assert printed in read_again(pdf)
