"""The officer brings the sheet of earlier years: columns, names, what cannot be taken, records, undo."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sapar.formats.tables import read_table
from sapar.mobility.models import Exchange, StayImport
from sapar.web.mobility.earlier.forms import host_field, unit_field
from tests.cast import Cast, signed_in
from tests.story import partner_in_force

HOME = "/o/alatoo/stays/earlier/"
ROWS = """Name;University;Academic year;Term;Faculty
Aida Demo;Ankara Demo University;2022/23;autumn;Old Faculty
Bek Demo;Somewhere Else;2022/23;autumn;MED
Chynara Demo;Ankara Demo University;2022;spring;MED
Dastan Demo;Ankara Demo University;2022/23;never;MED
"""


@pytest.fixture
def officer(cast: Cast) -> Client:
    partner_in_force(cast)
    return signed_in(cast.officer)


def columns_chosen(officer: Client) -> StayImport:
    file = SimpleUploadedFile("old.csv", ROWS.encode())
    response = officer.post(f"{HOME}new/", {"file": file})
    batch = StayImport.objects.get()
    assert response["Location"] == f"{HOME}{batch.pk}/columns/"
    page = officer.get(response["Location"]).content.decode()
    # What stands in a column is shown beside it, and what we guessed is chosen.
    assert '<span class="example">2022/23</span>' in page
    assert '<option value="year" selected>' in page
    meanings = {f"column-{batch.columns.index(name)}": field for field, name in batch.mapping.items()}
    response = officer.post(response["Location"], {**meanings, "way": "out"})
    assert response["Location"] == f"{HOME}{batch.pk}/names/"
    batch.refresh_from_db()
    return batch


def test_from_the_sheet_to_records_and_back(cast: Cast, officer: Client) -> None:
    batch = columns_chosen(officer)
    url = f"{HOME}{batch.pk}/"
    assert "The list of stays “old.csv” is not on record yet." in officer.get("/o/alatoo/").content.decode()
    page = officer.get(f"{url}names/").content.decode()
    assert "Somewhere Else" in page
    assert "Old Faculty" in page
    chosen = {host_field(batch, "Somewhere Else"): "", unit_field(batch, "Old Faculty"): cast.medicine.pk}
    officer.post(f"{url}names/", chosen)
    page = officer.get(url).content.decode()
    assert "Put 2 stays on record" in page
    assert "Term: “never” is no term" in page
    assert officer.post(f"{url}take/").status_code == 302
    stays = Exchange.objects.filter(imported_by=batch)
    assert {(stay.person.passport_given, stay.unit_id) for stay in stays} == {
        ("Demo", cast.medicine.pk),
    }
    assert officer.get("/o/alatoo/stays/?earlier=yes").content.decode().count("Ankara Demo University") >= 2
    for stay in stays:
        assert officer.get(f"/o/alatoo/stays/{stay.pk}/").status_code == 200
    officer.post(f"{url}undo/")
    assert not Exchange.objects.exists()


def test_rejected_rows_come_back_as_a_file(officer: Client) -> None:
    batch = columns_chosen(officer)
    content = officer.get(f"{HOME}{batch.pk}/rejected/").content
    table = read_table(content, name="rejected.xlsx")
    assert table.columns == ("Name", "University", "Academic year", "Term", "Faculty")
    assert table.column("Name") == ["Aida Demo", "Bek Demo", "Dastan Demo"]
    # Corrected, it is a list like the first one.
    officer.post(f"{HOME}new/", {"file": SimpleUploadedFile("rejected.xlsx", content)})
    assert StayImport.objects.latest("pk").mapping == batch.mapping


def test_a_file_that_is_no_table_is_refused_in_words(officer: Client) -> None:
    response = officer.post(f"{HOME}new/", {"file": SimpleUploadedFile("empty.csv", b"Name;University\n")})
    assert response.status_code == 422
    assert "it has names of columns and no rows" in response.content.decode()
    assert not StayImport.objects.exists()


def test_others_neither_see_nor_take_it(cast: Cast, officer: Client) -> None:
    batch = columns_chosen(officer)
    for stranger in (cast.other_officer, cast.reader, cast.nobody):
        client = signed_in(stranger)
        assert client.get(f"{HOME}{batch.pk}/").status_code in (403, 404)
        assert client.post(f"{HOME}{batch.pk}/take/").status_code in (403, 404)
    assert not Exchange.objects.exists()
