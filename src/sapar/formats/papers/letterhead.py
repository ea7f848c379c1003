"""An office's own Word document, into which its papers are poured.

The office writes gaps into it: `{{ content }}` on a line of its own, where the paper's text comes, and anywhere
`{{ title }}`, `{{ number }}`, `{{ date }}`, `{{ issuer }}`. What has a gap is not said again in the content.
Anything beyond these gaps is refused: a letterhead is a form, not a program.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from zipfile import BadZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

from sapar.formats.papers.errors import LetterheadError
from sapar.formats.papers.model import Paper
from sapar.formats.papers.word_drawing import draw_content, finished

CONTENT = "content"
GAPS = (CONTENT, "title", "number", "date", "issuer")
MARK = "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}sapar\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name)


def gaps_of(document: bytes) -> frozenset[str]:
    """The gaps that the document has.

    Raises:
        LetterheadError: it cannot be opened, holds more than gaps, gaps that we cannot fill, or `{{ content }}` does
            not stand once, alone in a paragraph of the page itself.
    """
    template = _opened(document)
    gaps: Counter[str] = Counter()
    for text in _texts(template):
        gaps.update(_named(text))
    if unknown := sorted(gaps.keys() - set(GAPS)):
        raise LetterheadError("unknown", ", ".join(unknown))
    alone = [one for one in template.get_docx().paragraphs if _is_gap(one.text, CONTENT)]
    if len(alone) != 1 or gaps[CONTENT] != 1:
        raise LetterheadError("content")
    return frozenset(gaps)


def pour(paper: Paper, document: bytes) -> bytes:
    """The paper on the letterhead, as DOCX.

    Raises:
        LetterheadError
    """
    gaps = gaps_of(document)
    template = _opened(document)
    template.render(
        {
            CONTENT: MARK,
            "title": paper.joined(paper.title),
            "number": paper.number,
            "date": f"{paper.on:%d.%m.%Y}",
            "issuer": paper.joined(paper.issuer),
        },
        _environment(),
        autoescape=True,
    )
    word: WordDocument = template.docx
    place = next(one for one in word.paragraphs if one.text.strip() == MARK)
    body = word.element.body
    there = set(body)
    draw_content(word, paper, without=gaps)
    for element in [one for one in body if one not in there]:
        place._p.addprevious(element)
    _remove(place)
    return finished(word, paper)


def blank() -> bytes:
    """A plain document with every gap, to begin an own one with."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.header.paragraphs[0].text = "{{ issuer }}"
    document.add_heading("{{ title }}", level=1)
    document.add_paragraph("№ {{ number }} · {{ date }}")
    document.add_paragraph("{{ content }}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _opened(document: bytes) -> DocxTemplate:
    template = DocxTemplate(io.BytesIO(document))
    try:
        template.init_docx()
    except (BadZipFile, KeyError, ValueError, OpcError, XMLSyntaxError) as error:
        raise LetterheadError("damaged") from error
    return template


def _texts(template: DocxTemplate) -> Iterator[str]:
    """Whatever the library would fill in: the page, heads and feet, footnotes, the document's properties."""
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _key, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.get_docx().part.package.parts:
        if part.partname.endswith(("footnotes.xml", "endnotes.xml")):
            yield template.patch_xml(part.blob.decode("utf-8", "replace"))
    properties = template.get_docx().core_properties
    for name in ("author", "category", "comments", "content_status", "identifier", "keywords", "language",
                 "last_modified_by", "subject", "title", "version"):  # fmt: skip
        yield str(getattr(properties, name) or "")


def _named(text: str) -> list[str]:
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise LetterheadError("syntax", error.message or "") from error
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, PLAIN):
            raise LetterheadError("program")
    return [node.name for node in tree.find_all(nodes.Name)]


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    environment.globals.clear()
    return environment


def _is_gap(text: str, name: str) -> bool:
    return "".join(text.split()) == f"{{{{{name}}}}}"


def _remove(paragraph: WordParagraph) -> None:
    paragraph._p.getparent().remove(paragraph._p)
