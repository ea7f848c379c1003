"""Sheets that offices brought and that name a person: of earlier stays and of the student system.

What was taken from them is in the tables; the files hold their rows as they came, with everybody in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sapar.directory.models import Person
from sapar.files.models import StoredFile
from sapar.files.queries import content_of
from sapar.formats.tables import Table, TableError, read_table
from sapar.methods.names import search_key

SHEETS = ("stay_list", "studies")


def sheets_naming(person: Person) -> Iterator[tuple[StoredFile, Sequence[str]]]:
    """Each file with the names of its columns. Rows know a person by number, address or full name."""
    names = [words for words in map(_words, _names_of(person)) if len(words) > 1]
    keys = {person.email.lower(), *person.enrolments.values_list("student_number", flat=True)} - {""}
    sheets = StoredFile.objects.filter(office=person.office_id, purpose__in=SHEETS)
    for stored in sheets.order_by("pk"):
        try:
            table = read_table(content_of(stored), name=stored.name)
        except TableError:
            continue
        if _names(table, names, keys):
            yield stored, table.columns


def _names_of(person: Person) -> Iterator[str]:
    yield f"{person.passport_surname} {person.passport_given}"
    yield from (f"{one.passport_surname} {one.passport_given}" for one in person.former_names.all())
    yield from (f"{one.get('surname', '')} {one.get('given', '')}" for one in person.local_names)


def _words(text: str) -> frozenset[str]:
    return frozenset(search_key(text).split())


def _names(table: Table, names: Sequence[frozenset[str]], keys: set[str]) -> bool:
    for row in table.rows:
        cells = [row[column].strip() for column in table.columns]
        if any(cell in keys or cell.lower() in keys for cell in cells):
            return True
        words = _words(" ".join(cells))
        if any(name <= words for name in names):
            return True
    return False
