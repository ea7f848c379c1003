"""What stands in a workbook beside or below the table goes no further, and the pages say so."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sapar.directory.models import Course
from sapar.formats.tables import Note, read_table, write_csv, write_xlsx
from sapar.partners.models import PartnerImport
from tests.cast import Cast

BESIDE = "under no column. It is not read: row 2: “call them first”; row 5: “35 <b>in all</b>”"
LISTS = {
    "imports/new/": ["Partner", "Country"],
    "agreements/lists/new/": ["Partner", "Signed"],
    "stays/earlier/new/": ["Name", "University"],
    "studies/": ["student number", "gpa"],
}


def noted(columns: list[str], first: list[object]) -> bytes:
    """A table of two columns, a note beside its first row, and one two rows below it."""
    width = len(columns)
    rows: list[list[object]] = [[*first, "", "call them first"], [*["x"] * width, "", ""], [""] * (width + 2),
            [*[""] * width, "", "35 <b>in all</b>"]]  # fmt: skip
    return write_xlsx({"S": ([*columns, "", ""], rows)})


def test_a_note_is_neither_a_column_nor_a_row() -> None:
    table = read_table(noted(["a", "b"], ["1", "2"]))
    assert table.columns == ("a", "b")
    assert [row.number for row in table.rows] == [2, 3]
    assert table.notes == (Note(2, ("call them first",)), Note(5, ("35 <b>in all</b>",)))
    text = read_table(write_csv(["a", "b"], [["1", "2", "call"], ["", "", "3"]]))
    assert ([row.number for row in text.moved], text.notes) == ([2, 3], ())


@pytest.mark.parametrize("page", LISTS)
def test_the_preview_says_what_is_not_read(cast: Cast, client: Client, page: str) -> None:
    client.force_login(cast.officer)
    file = SimpleUploadedFile("list.xlsx", noted(LISTS[page], ["Far University", "TR"]))
    answer = client.post(f"/o/{cast.office.slug}/{page}", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    shown = client.get(urlsplit(answer["Location"]).path).content.decode()
    assert BESIDE.replace("<", "&lt;").replace(">", "&gt;") in shown


def test_a_partner_list_counts_rows_and_not_notes(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    file = SimpleUploadedFile("list.xlsx", noted(["Partner", "Country"], ["Far University", "TR"]))
    client.post(f"/o/{cast.office.slug}/imports/new/", {"file": file})
    batch = PartnerImport.objects.get()
    assert (batch.rows_total, batch.notes) == (2, [[2, "call them first"], [5, "35 <b>in all</b>"]])


def test_a_list_that_is_taken_at_once_says_it_with_the_outcome(cast: Cast, client: Client) -> None:
    client.force_login(cast.officer)
    content = write_xlsx({"S": (["code", "title", "credits", ""], [["CS1", "Algebra", 6, "by heart"]])})
    answer = client.post(
        f"/o/{cast.office.slug}/units/{cast.medicine.pk}/courses/",
        {"programme": "CS", "file": SimpleUploadedFile("courses.xlsx", content)},
        follow=True,
    )
    assert Course.objects.filter(code="CS1").exists()
    assert "It is not read: row 2: “by heart”" in answer.content.decode()
