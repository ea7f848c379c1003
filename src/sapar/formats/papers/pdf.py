"""Papers as PDF/A-2b through Typst, with the fonts inside its package: the same pages on every machine."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path

import segno

from sapar.formats.papers.model import Block, Facts, Grid, Heading, Paper, Paragraph, Signatures

TEMPLATE = Path(__file__).with_name("paper.typ")
KINDS: dict[type, str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Facts: "facts",
    Grid: "grid",
    Signatures: "signatures",
}


def draw_pdf(paper: Paper) -> bytes:
    """The finished PDF; about 40 ms a paper."""
    import typst  # large, and most processes draw no paper

    data = {
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
    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards="a-2b",
    )


def _plain(block: Block) -> dict[str, object]:
    return {"kind": KINDS[type(block)], **asdict(block)}


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()
