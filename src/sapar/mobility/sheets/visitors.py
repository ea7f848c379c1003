"""A group's list as a sheet, or pasted from one."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from sapar.core.cells import reader_words
from sapar.directory.services.people import PersonEntry
from sapar.formats.tables import Reader, RefusedRows, Row, parse_date
from sapar.methods.names import mixed_script, search_key
from sapar.mobility.services.visits import VisitorEntry
from sapar.mobility.sheets.columns import find_columns, table_of

CALLED = {
    "surname": ("surname", "last name", "family name", "фамилия", "тегі", "familiya"),
    "given": ("given names", "given", "first name", "name", "имя", "аты", "ism"),
    "email": ("e-mail", "email", "почта", "электронная почта"),
    "citizenship": ("citizenship", "country", "гражданство", "страна", "жарандыгы", "азаматтығы"),
    "birth_date": ("date of birth", "birth date", "born", "дата рождения", "туулган күнү", "туған күні"),
    "year": ("year of study", "year", "course", "курс", "kurs"),
}  # fmt: skip


def read_visitors(content: bytes, name: str) -> list[VisitorEntry]:
    """All lines of the list, or none.

    Raises:
        SheetUnreadable; RefusedRows.
    """
    table = table_of(content, name)
    columns = find_columns(table, CALLED, required=("surname",))
    reader = Reader(table, words=reader_words())
    entries = [_entry(row, columns, reader) for row in table.rows]
    if reader.problems:
        raise RefusedRows(reader.problems)
    return entries


def _entry(row: Row, columns: dict[str, str], reader: Reader) -> VisitorEntry:
    def text(field: str) -> str:
        return row[columns[field]] if field in columns else ""

    for field in ("surname", "given"):
        if mixed := mixed_script(text(field)):
            words = _("“%(word)s” mixes letters of two alphabets.") % {"word": mixed[0].word}
            reader.refuse(row, columns[field], words)
    if not text("surname") and not text("given"):
        reader.refuse(row, columns["surname"], _("The name is missing."))
    if max(len(text("surname")), len(text("given"))) > 120:
        reader.refuse(row, columns["surname"], _("The name is longer than 120 letters."))
    born: date | None = None
    if text("birth_date"):
        try:
            born = parse_date(text("birth_date"))
        except ValueError:
            reader.refuse(row, columns["birth_date"], _("Write the date like 05.03.2027."))
    country = text("citizenship").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        reader.refuse(row, columns["citizenship"], _("Write the country's two letters, such as UZ."))
    year: int | None = None
    if text("year"):
        if text("year").isascii() and text("year").isdecimal() and 1 <= int(text("year")[:3]) <= 12:
            year = int(text("year"))
        else:
            reader.refuse(row, columns["year"], _("A year of study is a number from 1 to 12."))
    email = text("email")
    if email and ("@" not in email or " " in email or len(email) > 254):
        reader.refuse(row, columns["email"], _("This is no e-mail address."))
    return VisitorEntry(
        person=PersonEntry(
            passport_surname=text("surname"),
            passport_given=text("given"),
            email=email,
            citizenship=country[:2],
            birth_date=born,
        ),
        year_of_study=year,
    )


def pasted_table(text: str) -> bytes:
    """Pasted lines as a table: with the sheet's own head, or `surname, given names, year` without one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return b""
    names = {search_key(name) for called in CALLED.values() for name in called}
    separator = next((sign for sign in "\t;," if sign in lines[0]), "")
    cells = [line.split(separator) if separator else line.split(maxsplit=1) for line in lines]
    if not {search_key(cell) for cell in cells[0]} & names:
        cells.insert(0, ["surname", "given names", "year of study"])
    return "\n".join("\t".join(cell.strip() for cell in line) for line in cells).encode()
