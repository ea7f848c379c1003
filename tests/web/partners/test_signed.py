"""The officer brings the sheet of signed agreements: columns, names, preview, records, scans, undo."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sapar.files.queries import files_of
from sapar.formats.tables import read_table
from sapar.partners.import_tasks import read_agreements, take_agreements
from sapar.partners.models import Agreement, AgreementImport
from sapar.partners.services.signed.bringing import AT_ONCE_ROWS, stop_reading
from sapar.web.partners.signed.forms import fields_of_words
from tests.cast import NOW, Cast, signed_in
from tests.partners.signed_list import BAD, TIDY, Line, many, partners, workbook

HOME = "/o/alatoo/agreements/lists/"
LEFT_OPEN = [BAD[0][0], BAD[1][0], BAD[14][0]]


@pytest.fixture
def officer(cast: Cast) -> Client:
    partners(cast)
    return signed_in(cast.officer)


def columns_chosen(officer: Client, lines: list[Line]) -> AgreementImport:
    officer.post(f"{HOME}new/", {"file": SimpleUploadedFile("договоры.xlsx", workbook(lines))})
    batch = AgreementImport.objects.latest("pk")
    meanings = {column: field for field, column in batch.mapping.items()}
    chosen = {f"column-{at}": meanings.get(column, "") for at, column in enumerate(batch.columns)}
    officer.post(f"{HOME}{batch.pk}/columns/", {**chosen, "usual_direction": "out"})
    batch.refresh_from_db()
    return batch


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_an_office_that_begins_is_shown_the_way(officer: Client) -> None:
    desk = text_of(officer, "/o/alatoo/")
    assert "Your partners are here, and none of your agreements yet." in desk
    assert f"{HOME}new/" in desk
    assert "Bring the list of agreements" in text_of(officer, "/o/alatoo/agreements/")
    assert "No list yet" in text_of(officer, HOME)


def test_from_the_sheet_to_records_and_back(cast: Cast, officer: Client) -> None:
    batch = columns_chosen(officer, [*TIDY, *LEFT_OPEN])
    url = f"{HOME}{batch.pk}/"
    assert "The list of agreements “договоры.xlsx” is not on record yet." in text_of(officer, "/o/alatoo/")
    names = text_of(officer, f"{url}names/")
    assert all(words in names for words in ("Nowhere Demo College", "акт", "Факультет магии"))
    batch.refresh_from_db()
    partners, kinds, units = fields_of_words(batch)
    chosen = {
        partners["Nowhere Demo College"]: "",
        kinds["акт"]: "research",
        units["Факультет магии"]: cast.medicine.pk,
    }
    officer.post(f"{url}names/", chosen)
    page = text_of(officer, url)
    assert "Put 10 agreements on record" in page
    assert "ВУЗ-партнёр: “Nowhere Demo College” is a partner that nobody has chosen yet" in page
    assert "Assumed: of the day of signing only month or year is known" in page
    assert officer.post(f"{url}take/").status_code == 302
    assert "10 agreements are on record." in text_of(officer, url)
    assert text_of(officer, "/o/alatoo/agreements/?brought=yes").count("Ankara Demo University") >= 2
    agreement = Agreement.objects.get(number="12/2024")
    page = text_of(officer, f"/o/alatoo/agreements/{agreement.pk}/")
    assert "Taken from the office’s list" in page
    assert "Its paper was signed outside Sapar. What stands here is what row 4, 5, 6" in page
    assert "Make the PDF anew" not in page
    assert "Draft to negotiate" not in page
    officer.post(f"{url}undo/")
    assert not Agreement.objects.exists()


def test_rejected_rows_come_back_as_a_file(officer: Client) -> None:
    batch = columns_chosen(officer, [*TIDY, *(bad for bad, _column, _reason in BAD)])
    content = officer.get(f"{HOME}{batch.pk}/rejected/").content
    table = read_table(content, name="rejected.xlsx")
    assert len(table.rows) == len(BAD)
    officer.post(f"{HOME}new/", {"file": SimpleUploadedFile("rejected.xlsx", content)})
    assert AgreementImport.objects.latest("pk").mapping == batch.mapping


def test_a_long_list_is_read_and_taken_in_the_background(officer: Client) -> None:
    batch = columns_chosen(officer, many(AT_ONCE_ROWS + 1))
    url = f"{HOME}{batch.pk}/"
    assert batch.state == "reading"
    assert "Your list is being read" in text_of(officer, url)
    assert "Your list is being read" in text_of(officer, f"{url}progress/")
    read_agreements.func(batch.pk)
    assert f"Put {AT_ONCE_ROWS + 1} agreements on record" in text_of(officer, url)
    assert "Show all rows" in text_of(officer, url)
    officer.post(f"{url}take/")
    assert "The agreements are being put on record" in text_of(officer, url)
    assert not Agreement.objects.exists()
    take_agreements.func(batch.pk)
    take_agreements.func(batch.pk)
    assert Agreement.objects.filter(imported_by=batch).count() == AT_ONCE_ROWS + 1
    assert officer.get(f"{url}progress/")["HX-Refresh"] == "true"


def test_work_that_stopped_can_be_begun_again(officer: Client) -> None:
    batch = columns_chosen(officer, many(AT_ONCE_ROWS + 1))
    stop_reading(batch, at=NOW)
    assert "The work stopped before its end." in text_of(officer, f"{HOME}{batch.pk}/")


def test_a_file_that_is_no_table_is_refused_in_words(officer: Client) -> None:
    response = officer.post(f"{HOME}new/", {"file": SimpleUploadedFile("empty.csv", "Вуз;Номер\n".encode())})
    assert response.status_code == 422
    assert "it has names of columns and no rows" in response.content.decode()
    assert not AgreementImport.objects.exists()


def test_others_neither_see_nor_take_it(cast: Cast, officer: Client) -> None:
    batch = columns_chosen(officer, TIDY)
    for stranger in (cast.other_officer, cast.reader, cast.coordinator, cast.nobody):
        client = signed_in(stranger)
        for path in ("", "columns/", "names/", "rejected/", "progress/"):
            assert client.get(f"{HOME}{batch.pk}/{path}").status_code in (403, 404)
        for path in ("take/", "undo/", "discard/"):
            assert client.post(f"{HOME}{batch.pk}/{path}").status_code in (403, 404)
        assert client.get(f"{HOME}scans/").status_code in (403, 404)
    assert not Agreement.objects.exists()


def archive(**files: bytes) -> SimpleUploadedFile:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name, data in files.items():
            packed.writestr(f"scans/{name.replace('_', '-')}.pdf", data)
    return SimpleUploadedFile("scans.zip", content.getvalue())


def test_scans_are_attached_by_number(officer: Client) -> None:
    batch = columns_chosen(officer, TIDY)
    officer.post(f"{HOME}{batch.pk}/take/")
    pdf = b"%PDF-1.4\n% a scan\n%%EOF\n"
    files = {"12_2024": pdf, "M_7": pdf + b"%", "99": pdf, "KZ_3": b"no paper at all"}
    page = officer.post(f"{HOME}scans/", {"file": archive(**files)}).content.decode()
    assert "2 scans are attached." in page
    assert "No signed agreement has this number." in page
    agreement = Agreement.objects.get(number="12/2024")
    assert [(one.name, one.purpose) for one in files_of(agreement)] == [("12-2024.pdf", "agreement_scan")]
    assert not files_of(Agreement.objects.get(number="KZ-3")).exists()
    assert "The scan is not attached yet." not in text_of(officer, f"/o/alatoo/agreements/{agreement.pk}/")
    again = officer.post(f"{HOME}scans/", {"file": archive(**files)}).content.decode()
    assert "It is attached already." in again
    assert files_of(agreement).count() == 1


def test_what_is_no_archive_is_refused_in_words(officer: Client) -> None:
    response = officer.post(f"{HOME}scans/", {"file": SimpleUploadedFile("scans.zip", b"%PDF-1.4")})
    assert response.status_code == 422
    assert "is no ZIP archive that can be read" in response.content.decode()
