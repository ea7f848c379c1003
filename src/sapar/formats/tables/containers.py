"""What stands inside the files of spreadsheets: elements of XML, records of binary parts, streams of compound files.

Sources: ECMA-376 (XLSX), OASIS OpenDocument 1.2 (ODS), [MS-CFB] and [MS-XLS] (XLS), [MS-XLSB] (XLSB).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from sapar.formats.tables.model import TableError

BOF, EOF = 0x0809, 0x000A
# Sector numbers from here on are marks and not places.
LAST_SECTOR = 0xFFFFFFFA
ROOT = 5  # the kind of the entry that all others stand under


def elements(xml: bytes) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Elements in the order in which they begin: name and attributes without prefix, the text directly inside.

    Definitions (DOCTYPE), with which a small file can be made to unpack without end, are refused.
    """
    found: list[tuple[str, dict[str, str], list[str]]] = []
    within: list[list[str]] = []

    def begin(tag: str, named: dict[str, str]) -> None:
        # Of two that differ in their prefix alone, value-type by name, that of Calc says "error".
        ordered = sorted(named.items(), key=lambda item: item[0].startswith("calcext:"))
        plain = {name.rpartition(":")[2]: value for name, value in ordered}
        within.append([])
        found.append((tag.rpartition(":")[2], plain, within[-1]))

    def refuse(*_: object) -> None:
        raise TableError("tables.broken_workbook", "The workbook is damaged.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: within.pop()
    parser.CharacterDataHandler = lambda text: within[-1].append(text)
    for at in range(0, len(xml), 1 << 16):
        parser.Parse(xml[at : at + (1 << 16)], False)
        # The text of the last one may go on in the next piece.
        ready = found[:-1]
        del found[:-1]
        yield from ready
    parser.Parse(b"", True)
    yield from found


def repeated(named: dict[str, str], name: str) -> int:
    number = named.get(name, "1")
    return max(int(number), 1) if re.fullmatch(r"\d{1,7}", number) else 1


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream; parts within it, such as charts, are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1 and kind != BOF:
            yield kind, stream[at + 4 : at + 4 + size]
        if depth <= 0:
            return
        at += 4 + size


def span(stream: bytes, at: int) -> int:
    """Where the part that begins at `at` ends, with all parts within it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        at += 4 + int(size)
        if depth <= 0:
            break
    return at


def binary_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content; both number and length are written in groups of seven bits, the lowest first."""
    at = 0
    while at < len(stream):
        kind, at = _sevens(stream, at, 2)
        size, at = _sevens(stream, at, 4)
        yield kind, stream[at : at + size]
        at += size


def _sevens(stream: bytes, at: int, most: int) -> tuple[int, int]:
    number = 0
    for group in range(most):
        byte = stream[at] if at < len(stream) else 0
        number, at = number | (byte & 0x7F) << 7 * group, at + 1
        if byte < 0x80:
            break
    return number, at


@dataclass(frozen=True)
class Compound:
    """A compound file: names of everything inside, and the stream of its workbook, empty when there is none."""

    names: tuple[str, ...]
    workbook: bytes


def compound(content: bytes) -> Compound:
    """What a compound file holds.

    Raises:
        struct.error: the file is damaged.
    """
    shift, short_shift = struct.unpack_from("<HH", content, 30)
    directory, cutoff, short_table = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    size = 1 << shift if shift in (9, 12) else 512

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    table = _sector_table(content, sector)

    def whole(start: int) -> bytes:
        return b"".join(map(sector, _chain(start, table)))

    names: list[str] = []
    root = workbook = b""
    entries = whole(directory)
    for at in range(0, len(entries) - 127, 128):
        entry = entries[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<II", entry, 116)
        names.append(name)
        if entry[66] == ROOT:
            root = whole(start)
        elif name.lower() in ("workbook", "book") and not workbook and length >= cutoff:
            workbook = whole(start)[:length]
        elif name.lower() in ("workbook", "book") and not workbook:
            short, piece = _numbers(whole(short_table)), 1 << min(short_shift, 12)
            workbook = b"".join(root[n * piece : (n + 1) * piece] for n in _chain(start, short))[:length]
    return Compound(tuple(filter(None, names)), workbook)


def _sector_table(content: bytes, sector: Callable[[int], bytes]) -> list[int]:
    """By the number of a sector, the one that follows it."""
    places = list(struct.unpack_from("<109I", content, 76))
    further = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while further < LAST_SECTOR and further not in seen:
        seen.add(further)
        more = _numbers(sector(further))
        if not more:
            break
        places += more[:-1]
        further = more[-1]
    known = dict.fromkeys(place for place in places if place < LAST_SECTOR)
    return [next_ for place in known for next_ in _numbers(sector(place))]


def _chain(start: int, following: list[int]) -> Iterator[int]:
    passed: set[int] = set()
    while start < len(following) and start not in passed:
        passed.add(start)
        yield start
        start = following[start]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))
