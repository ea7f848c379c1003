"""Papers as PDF/A-2a and PDF/UA-1 through Typst: to be kept, and to be read aloud.

Drawn with the fonts inside its package: the same pages on every machine.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict
from pathlib import Path

import segno

from sapar.formats.papers.model import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures
from sapar.formats.papers.signs import boxed, drawable, only_known

TEMPLATE = Path(__file__).with_name("paper.typ")
# What PDF/A says of a sign that no font has.
MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
TRIES = 12
KINDS: dict[type, str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Facts: "facts",
    Grid: "grid",
    Signatures: "signatures",
}


def draw_pdf(paper: Paper) -> bytes:
    """The finished PDF; about 40 ms a paper."""
    paper = drawable(paper)
    data: dict[str, object] = {
        "languages": list(paper.languages),
        "issuer": dict(paper.issuer),
        "title": dict(paper.title),
        "number": paper.number,
        "on": [paper.on.year, paper.on.month, paper.on.day],
        "on_shown": f"{paper.on:%d.%m.%Y}",
        "digest": paper.digest,
        "verify_url": paper.verify_url,
        "verify_words": dict(paper.verify_words),
        "draft_words": dict(paper.draft_words),
        "qr": _qr(paper.verify_url) if paper.verify_url else "",
        "blocks": [_plain(block) for block in paper.blocks],
    }
    for _try in range(TRIES):
        try:
            return _compiled(data)
        except _failure() as failed:
            missing = "".join(_said(text) for text in MISSING.findall(str(failed)))
            changed = boxed(data, missing)
            if changed == data:
                break
            data = changed
    return _compiled(only_known(data))


def _compiled(data: dict[str, object]) -> bytes:
    import typst  # large, and most processes draw no paper

    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
    )


def _failure() -> type[Exception]:
    import typst  # as above

    return typst.TypstError


def _said(text: str) -> str:
    """The signs that an error of Typst names: a debug text with \\u{…} for what is not printed."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), text)


def _plain(block: Block) -> dict[str, object]:
    return {"kind": KINDS[type(block)], **asdict(block)}


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
