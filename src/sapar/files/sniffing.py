"""What a file is, told by its content and never by its name; and what must not come in whatever it is."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

import puremagic

from sapar.files.fields import NEAR, OF_THE_WEB, danger_in
from sapar.files.workbooks import ODS, XLS, XLSB, XLSB_MAIN, is_open_document, old_danger, open_danger
from sapar.formats.tables import TableError
from sapar.formats.tables.workbooks import is_locked_archive

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG, JPEG, TEXT = "image/png", "image/jpeg", "text/plain"
KNOWN = {
    PDF: "PDF", DOCX: "DOCX", XLSX: "XLSX", XLS: "XLS", XLSB: "XLSB", ODS: "ODS", PNG: "PNG", JPEG: "JPEG",
    TEXT: "CSV, TXT",
}  # fmt: skip
# What is taken beside a record, for others to open; and a table, which is read.
DOCUMENTS = (PDF, DOCX, XLSX, PNG, JPEG, TEXT)
TABLES = (XLSX, XLS, XLSB, ODS, TEXT)
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200
MAX_PARTS = 5_000
MAX_PIXELS = 60_000_000
# By these a name says what the content is; the first one is added to a name that says something else.
ENDINGS = {
    PDF: (".pdf",), DOCX: (".docx",), XLSX: (".xlsx",), XLS: (".xls",), XLSB: (".xlsb",), ODS: (".ods",),
    PNG: (".png",), JPEG: (".jpg", ".jpeg"), TEXT: (".txt", ".csv", ".tsv"),
}  # fmt: skip
PIECE = 1 << 16
# What a document fetches by itself when it is opened; links that a reader clicks are none of these.
FETCHED = ("/attachedtemplate", "/oleobject", "/frame", "/subdocument")
# Pictures of the web come along when somebody pastes a page, and are taken; those of a network drive ask the
# reader's machine to sign in there.
PICTURES = "/image"
# A web page or another document that Word takes in unseen when this one is opened.
TAKEN_IN = "/afchunk"
# Controls, and ribbons of one's own: both run programs when a document is opened.
CONTROLS = ("/control", "/activexcontrolbinary", "/ui/extensibility")
# The main part, or any other, calls itself one with macros, whatever its name is.
MACROS = re.compile(rb"macroEnabled|ms-office\.vbaProject|intlmacrosheet|excel\.macrosheet", re.IGNORECASE)
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
END_OF_ARCHIVE, END_OF_PNG = b"PK\x05\x06", b"IEND\xaeB`\x82"


class Danger(ValueError):
    """The content would harm whoever opens it. `code` is a key of `files.errors.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def media_type(content: bytes) -> str:
    """The media type, or '' when it is none we know.

    Raises:
        Danger
    """
    if content.startswith(b"%PDF-"):
        if END_OF_ARCHIVE in content[-66_000:]:
            raise Danger("two")
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    if content.startswith(COMPOUND_FILE):
        return _old_workbook(content)
    try:
        guess = puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        guess = ""
    looks_binary = b"\x00" in content[:8192]
    return TEXT if not looks_binary and (not guess or guess.startswith("text/")) else ""


def _png(content: bytes) -> str:
    if len(content) < 24 or content[12:16] != b"IHDR":
        return ""
    _refuse_large(*struct.unpack(">II", content[16:24]))
    end = content.rfind(END_OF_PNG)
    if end >= 0 and content[end + len(END_OF_PNG) :].strip(b"\x00\r\n "):
        raise Danger("two")
    return PNG


def _jpeg(content: bytes) -> str:
    for height, width in _frames(content):
        _refuse_large(width, height)
    if END_OF_ARCHIVE in content[-66_000:]:
        raise Danger("two")
    return JPEG


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Height and width that the headers of a JPEG announce."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            yield struct.unpack(">HH", content[at + 5 : at + 9])
        if marker == 0xDA:
            return
        at += 2 + int.from_bytes(content[at + 2 : at + 4])


def _refuse_large(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Danger("pixels")


def _old_workbook(content: bytes) -> str:
    danger = old_danger(content)
    if danger:
        raise Danger(danger)
    return "" if danger is None else XLS


def _office_type(content: bytes) -> str:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, len(content))
            names = {part.filename for part in parts}
            if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
                raise Danger("bomb")
            if any(
                name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names
            ):
                raise Danger("macros")
            kind = _kind(archive, names)
            if not kind:
                return ""
            if is_locked_archive(archive):
                raise Danger("locked")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _refuse_definitions(archive, part)
                if part.filename.lower().endswith(".rels"):
                    _refuse_relations(archive.read(part))
                elif _is_xml(archive, part):
                    with archive.open(part) as xml:
                        if code := danger_in(xml):
                            raise Danger(code)
                if part.filename == "[Content_Types].xml":
                    _refuse_macros(archive.read(part))
            if kind == ODS:
                _refuse_open_document(archive, names)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
        expat.ExpatError,
        TableError,
    ):
        return ""
    return kind


def _kind(archive: ZipFile, names: set[str]) -> str:
    for part, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("xl/workbook.bin", XLSB)):
        if part in names:
            return kind
    return ODS if is_open_document(archive, names) else ""


def _refuse_macros(content_types: bytes) -> None:
    if MACROS.search(content_types.replace(XLSB_MAIN, b"")):
        raise Danger("macros")


def _refuse_open_document(archive: ZipFile, names: set[str]) -> None:
    danger, fetched = open_danger(archive, names)
    if danger:
        raise Danger(danger)
    for tag, address in fetched:
        _refuse_elsewhere(address, is_picture=tag == "image")


def _is_xml(archive: ZipFile, part: ZipInfo) -> bool:
    """By its name, or by how it begins: a list of contents may call any part the text."""
    if part.filename.lower().endswith(".xml"):
        return True
    with archive.open(part) as content:
        head = content.read(64).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")


class _Begun(Exception):
    """The first element was met; no DOCTYPE can follow."""


def _refuse_definitions(archive: ZipFile, part: ZipInfo) -> None:
    """A DOCTYPE stands before the first element, but behind remarks of any length and in any encoding."""

    def refuse(*_found: object) -> None:
        raise Danger("entities")

    def begun(*_found: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begun
    try:
        with archive.open(part) as xml:
            while piece := xml.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)  # newer parsers wait with what may go on: a DOCTYPE behind a long remark, too
    except _Begun:
        return


def _refuse_relations(relations: bytes) -> None:
    """A template or an object at another machine brings its program along, or tells that machine who reads."""

    def relation(_tag: str, named: dict[str, str]) -> None:
        kind = named.get("Type", "").strip().lower()
        if kind.endswith(CONTROLS):
            raise Danger("controls")
        if kind.endswith(TAKEN_IN):
            raise Danger("chunks")
        if named.get("TargetMode", "").strip().lower() != "external":
            return
        if kind.endswith((PICTURES, *FETCHED)):
            _refuse_elsewhere(named.get("Target", ""), is_picture=kind.endswith(PICTURES))

    parser = expat.ParserCreate()
    parser.StartElementHandler = relation
    parser.Parse(relations, True)


def _refuse_elsewhere(address: str, *, is_picture: bool) -> None:
    target = "".join(unquote(address).split())
    if not NEAR.match(target) and not (is_picture and OF_THE_WEB.match(target)):
        raise Danger("elsewhere")


def _refuse_bomb(parts: list[ZipInfo], packed: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    too_dense = unpacked > 1024 * 1024 and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED or too_dense or len(parts) > MAX_PARTS:
        raise Danger("bomb")
