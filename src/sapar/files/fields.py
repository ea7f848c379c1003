"""Fields of a Word document, and links of a workbook, that start a program or fetch a file when it is opened.

A field stands between two signs, `begin` and `end`; `separate` parts its instruction from what it showed last.
An instruction comes in as many pieces as its author likes, and fields stand within fields.
"""

from __future__ import annotations

import re
from typing import IO
from xml.parsers import expat

PIECE = 1 << 16
MOST = 40 * 1024 * 1024  # of a part that has fields; a book of two thousand pages has a tenth of it
INSTRUCTIONS = (b"instrText", b"fldSimple", b"delInstrText", b"ddeLink")
OF_THE_WEB = re.compile(r"https?:", re.IGNORECASE)
# A path on the reader's own machine. All else names another machine or a program that fetches, such as "script:".
NEAR = re.compile(r"(?:file:(?:[\\/]{3}(?![\\/]))?)?(?:[a-z]:)?(?![\\/]{2})[^:]*$", re.IGNORECASE)
WORD = re.compile(r'"([^"]*)"?|(\S+)')
# Field → which of its words names the file.
FILES = {"INCLUDETEXT": 1, "INCLUDEPICTURE": 1, "LINK": 2}


def danger_in(part: IO[bytes]) -> str:
    """What is wrong with this part of an office file: "dde", "elsewhere", "bomb" or nothing.

    Raises:
        expat.ExpatError: it is no XML.
    """
    content = part.read(MOST + 1)
    if not _may_have_fields(content):
        rest = content[-16:]
        while piece := part.read(PIECE):
            if _may_have_fields(rest + piece, at_start=False):
                return "bomb"
            rest = piece[-16:]
        return ""
    return "bomb" if len(content) > MOST else _Reader().read(content)


def _may_have_fields(content: bytes, *, at_start: bool = True) -> bool:
    """Names of elements cannot be written otherwise than as they are, but in an encoding of one's own."""
    plain = content.replace(b"\0", b"")
    if at_start and not plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return True
    return any(name in plain for name in INSTRUCTIONS)


class _Reader:
    def __init__(self) -> None:
        self.open: list[list[str] | None] = []  # the instruction of each field; None once it has ended
        self.loose: list[str] = []
        self.piece: list[str] | None = None
        self.found = ""

    def read(self, content: bytes) -> str:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        parser.CharacterDataHandler = self._says
        parser.Parse(content, True)
        for left in (*self.open, self.loose):
            self._judge(left)
        return self.found

    def _begins(self, tag: str, named: dict[str, str]) -> None:
        attributes = {name.rpartition(":")[2]: value for name, value in named.items()}
        match tag.rpartition(":")[2]:
            case "instrText" | "delInstrText":
                self.piece = []
            case "fldSimple":
                self._judge([attributes.get("instr", "")])
            case "ddeLink":
                self._note("dde")
            case "fldChar":
                self._sign(attributes.get("fldCharType", ""))

    def _says(self, text: str) -> None:
        if self.piece is not None:
            self.piece.append(text)

    def _ends(self, tag: str) -> None:
        if self.piece is None or tag.rpartition(":")[2] not in ("instrText", "delInstrText"):
            return
        text, self.piece = "".join(self.piece), None
        top = self.open[-1] if self.open else self.loose
        if top is not None:
            top.append(text)

    def _sign(self, kind: str) -> None:
        if kind == "begin":
            outer = self.open[-1] if self.open else None
            if outer is not None and not "".join(outer).strip():
                self._note("dde")  # another field makes up the name of this one, which only hides it
            self.open.append([])
        elif kind == "separate" and self.open:
            self._judge(self.open[-1])
            self.open[-1] = None
        elif kind == "end" and self.open:
            self._judge(self.open.pop())

    def _judge(self, instruction: list[str] | None) -> None:
        text = "".join(instruction or ()).strip()
        if text.upper().startswith("DDE") or "DDEAUTO" in text.upper():
            self._note("dde")
        words = [quoted or bare for quoted, bare in WORD.findall(text)]
        at = FILES.get(words[0].upper(), 0) if words else 0
        if not 0 < at < len(words):
            return
        file = words[at].replace("\\\\", "\\")
        picture_of_the_web = words[0].upper() == "INCLUDEPICTURE" and OF_THE_WEB.match(file)
        if not NEAR.match(file) and not picture_of_the_web:
            self._note("elsewhere")

    def _note(self, code: str) -> None:
        self.found = self.found or code
