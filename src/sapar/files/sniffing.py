"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import io
from zipfile import BadZipFile, ZipFile

import puremagic

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG, JPEG, TEXT = "image/png", "image/jpeg", "text/plain"
KNOWN = {PDF: "PDF", DOCX: "DOCX", XLSX: "XLSX", PNG: "PNG", JPEG: "JPEG", TEXT: "CSV, TXT"}
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200


def media_type(content: bytes) -> str:
    """The media type, or '' when it is none we know or the archive inside is a bomb."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    try:
        guess = puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        guess = ""
    looks_binary = b"\x00" in content[:8192]
    return TEXT if not looks_binary and (not guess or guess.startswith("text/")) else ""


def _office_type(content: bytes) -> str:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            items = archive.infolist()
            unpacked = sum(item.file_size for item in items)
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(content), 1):
                return ""
            names = {item.filename for item in items}
    except BadZipFile:
        return ""
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else ""
