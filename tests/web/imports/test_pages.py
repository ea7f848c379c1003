"""An office's own list, from the file to partners, through the pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sapar.formats.tables import read_table
from sapar.partners.import_tasks import compare
from sapar.partners.models import PartnerImport, PartnerImportRow, Partnership
from sapar.partners.services.imports.bringing import bring_list, choose_columns
from tests.cast import NOW, Cast, signed_in
from tests.partners.test_imports import ankara, compared, osh, sheet

__all__ = ["ankara", "osh"]
IMPORTS = "/o/alatoo/imports/"


def upload(client: Client, content: bytes = b"", name: str = "partners.xlsx") -> PartnerImport:
    file = SimpleUploadedFile(name, content or sheet())
    answer = client.post(f"{IMPORTS}new/", {"file": file})
    batch = PartnerImport.objects.get()
    assert answer["Location"] == f"{IMPORTS}{batch.pk}/columns/"
    return batch


def chosen(batch: PartnerImport, mapping: dict[str, str]) -> dict[str, str]:
    """What the form of the columns sends for a field → column."""
    return {f"column-{batch.columns.index(column)}": field for field, column in mapping.items()}


def row(batch: PartnerImport, number: int) -> PartnerImportRow:
    return PartnerImportRow.objects.get(batch=batch, number=number)


@pytest.mark.usefixtures("osh", "ankara")
def test_list_goes_from_file_to_partners_and_back(cast: Cast) -> None:
    client = signed_in(cast.officer)
    batch = upload(client)
    page = client.get(f"{IMPORTS}{batch.pk}/columns/").content.decode()
    assert '<span class="example">Ошский гос. университет</span>' in page
    answer = client.post(f"{IMPORTS}{batch.pk}/columns/", chosen(batch, batch.mapping))
    assert answer["Location"] == f"{IMPORTS}{batch.pk}/"
    assert "being compared with the directory" in client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    assert client.get(f"{IMPORTS}{batch.pk}/progress/").content.decode().count("<progress") == 1
    compare.call(batch.pk)
    assert client.get(f"{IMPORTS}{batch.pk}/progress/")["HX-Refresh"] == "true"
    page = client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    assert (
        "3 rows are in the directory. 2 are new. 1 waits for you. 1 cannot be taken. 2 name partners" in page
    )
    assert "is not imported yet" in client.get("/o/alatoo/").content.decode()
    assert "Decide 1 row" in page
    refused = client.post(
        f"{IMPORTS}{batch.pk}/take/", headers={"referer": f"http://testserver{IMPORTS}{batch.pk}/"}
    )
    assert refused.status_code == 302
    assert "1 row still needs your decision" in client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    asked = row(batch, 4)
    page = client.get(f"{IMPORTS}rows/{asked.pk}/").content.decode()
    assert "An acronym alone is not enough." in page
    answer = client.post(
        f"{IMPORTS}rows/{asked.pk}/choose/", {"organisation": asked.candidates[0]["organisation"]}
    )
    assert answer["Location"] == f"{IMPORTS}{batch.pk}/"
    assert "Import 3 partners" in client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    client.post(f"{IMPORTS}{batch.pk}/take/")
    assert Partnership.objects.count() == 3
    assert "Undo the import" in client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    client.post(f"{IMPORTS}{batch.pk}/undo/")
    assert Partnership.objects.count() == 0


@pytest.mark.usefixtures("osh", "ankara")
def test_rejected_rows_come_back_as_a_file(cast: Cast) -> None:
    batch = compared(cast)
    answer = signed_in(cast.officer).get(f"{IMPORTS}{batch.pk}/rejected/")
    rows, why = read_table(answer.content, sheet="Rows to correct"), read_table(answer.content, sheet="Why")
    assert rows.columns == tuple(batch.columns)
    assert rows.column("№") == ["6"]
    assert [tuple(line.cells.values()) for line in why.rows] == [
        ("7", "Вуз-партнёр", "", "is empty", "Write the name of the partner.")
    ]


@pytest.mark.usefixtures("osh", "ankara")
def test_row_without_a_name_says_so_and_what_to_do(cast: Cast) -> None:
    batch = compared(cast)
    client = signed_in(cast.officer)
    listed = client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    assert "Row 7 has no name" in listed
    assert "Вуз-партнёр: is empty. Write the name of the partner." in listed
    page = client.get(f"{IMPORTS}rows/{row(batch, 7).pk}/").content.decode()
    assert page.count("Row 7 has no name") == 2
    assert f'href="{IMPORTS}{batch.pk}/rejected/"' in page
    assert f'href="{IMPORTS}{batch.pk}/columns/"' in page
    reading = signed_in(cast.reader).get(f"{IMPORTS}rows/{row(batch, 7).pk}/").content.decode()
    assert f'href="{IMPORTS}{batch.pk}/rejected/"' in reading
    assert f'href="{IMPORTS}{batch.pk}/columns/"' not in reading


def test_every_cell_that_cannot_be_taken_has_words_and_a_remedy(cast: Cast) -> None:
    batch = compared(
        cast,
        b"Name,Country,Email,Erasmus code,ROR,Since,City\n"
        b"2024,Atlantis,nobody,ANKARA,0000,soon," + b"x" * 130 + b"\n",
    )
    (only,) = PartnerImportRow.objects.filter(batch=batch)
    assert sorted(problem["reason"] for problem in only.problems) == [
        "no_country", "no_date", "no_email", "no_erasmus_code", "no_letters", "no_ror", "too_long",
    ]  # fmt: skip
    page = signed_in(cast.officer).get(f"{IMPORTS}rows/{only.pk}/").content.decode()
    assert (
        "Country: “Atlantis” is no country that we know. Write the country&#x27;s name or its two letters."
        in page
    )


@pytest.mark.usefixtures("osh", "ankara")
def test_rows_are_told_in_the_reader_s_language(cast: Cast) -> None:
    batch = compared(cast)
    client = signed_in(cast.officer)
    client.cookies["sapar_language"] = "ru"
    page = client.get(f"{IMPORTS}{batch.pk}/").content.decode()
    for words in ("будет добавлено", "Вуз-партнёр: пусто", "<b>Sapar (импорт)</b>"):
        assert words in page
    assert "will be added" not in page


@pytest.mark.usefixtures("osh", "ankara")
def test_rows_are_narrowed_searched_and_decided_in_bulk(cast: Cast) -> None:
    batch = compared(cast)
    client = signed_in(cast.officer)
    page = client.get(f"{IMPORTS}{batch.pk}/", {"decision": "new"}).content.decode()
    assert page.count('<tr role="row">') == 3
    page = client.get(f"{IMPORTS}{batch.pk}/", {"q": "несущ"}).content.decode()
    assert page.count('<tr role="row">') == 3
    page = client.get(f"{IMPORTS}{batch.pk}/", {"q": "akademiia gor"}).content.decode()
    assert page.count('<tr role="row">') == 3
    client.post(f"{IMPORTS}rows/leave/", {"row": [row(batch, 5).pk, row(batch, 6).pk, row(batch, 7).pk]})
    assert [row(batch, number).decision for number in (5, 6, 7)] == ["skip", "skip", "reject"]
    assert client.get(f"{IMPORTS}{batch.pk}/", {"export": "csv"}).content.decode().count("left out") == 2


def test_another_organisation_is_looked_for_and_chosen(cast: Cast, osh: object, ankara: object) -> None:
    batch = compared(cast)
    client = signed_in(cast.officer)
    asked = row(batch, 5)
    page = client.get(f"{IMPORTS}rows/{asked.pk}/", {"look": "анкара"}).content.decode()
    assert "Ankara University" in page
    page = client.get(f"{IMPORTS}rows/{asked.pk}/", {"look": "nothing of the kind"}).content.decode()
    assert "Nothing is found" in page


@pytest.mark.usefixtures("osh")
def test_new_organisation_without_country_is_asked_for_one(cast: Cast) -> None:
    batch = compared(cast, b"Name\nAcademy Nobody Knows\n")
    client = signed_in(cast.officer)
    asked = row(batch, 2)
    assert 'name="country"' in client.get(f"{IMPORTS}rows/{asked.pk}/").content.decode()
    client.post(f"{IMPORTS}rows/{asked.pk}/add/", {"country": "KG"})
    asked.refresh_from_db()
    assert asked.decision == "new"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.4 nothing", "list.pdf", "is not one of the kinds of file taken here"),
        (b"Name,Country\n", "list.csv", "names of columns and no rows"),
        (b"PK\x03\x04broken", "list.xlsx", "is not one of the kinds of file taken here"),
    ],
)
def test_file_that_is_no_list_is_refused_in_the_form(
    cast: Cast, content: bytes, name: str, said: str
) -> None:
    answer = signed_in(cast.officer).post(f"{IMPORTS}new/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.usefixtures("osh")
def test_meaning_given_to_two_columns_is_refused_beside_the_second_and_nothing_is_lost(cast: Cast) -> None:
    client = signed_in(cast.officer)
    batch = upload(client)
    country, name = batch.columns.index("Страна"), batch.columns.index("Вуз-партнёр")
    first, second = sorted((country, name))
    data = {f"column-{country}": "name", f"column-{name}": "name"}
    answer = client.post(f"{IMPORTS}{batch.pk}/columns/", data)
    assert answer.status_code == 422
    said = f"“Name of the partner” is already taken from the column “{batch.columns[first]}”."
    assert answer.content.decode().count(said) == 2
    form = answer.context["form"]
    assert list(form.errors) == [f"column-{second}"]
    assert form[f"column-{second}"].value() == "name"


def test_list_without_the_partner_s_name_is_refused_in_the_form(cast: Cast) -> None:
    client = signed_in(cast.officer)
    batch = upload(client)
    answer = client.post(f"{IMPORTS}{batch.pk}/columns/", chosen(batch, {"country": "Страна"}))
    assert answer.status_code == 422
    assert "Say which column holds the name of the partner." in answer.content.decode()


def test_name_that_was_not_found_is_asked_for(cast: Cast) -> None:
    client = signed_in(cast.officer)
    batch = upload(client, b"Whom,Country\nOsh University,KG\n", "a.csv")
    page = client.get(f"{IMPORTS}{batch.pk}/columns/").content.decode()
    assert "We did not find the column with the partner&#x27;s name." in page


def test_columns_from_which_nothing_is_taken_are_named(cast: Cast) -> None:
    content = "Name,Country,Подписано,Shelf\nOsh University,KG,1999,B4\n".encode()
    client = signed_in(cast.officer)
    client.post(f"{IMPORTS}new/", {"file": SimpleUploadedFile("a.csv", content)})
    batch = PartnerImport.objects.get()
    page = client.get(f"{IMPORTS}{batch.pk}/columns/").content.decode()
    assert "2 columns are not used" in page
    assert '<span class="help">Подписано, Shelf</span>' in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.usefixtures("osh")
def test_pages_ask_the_same_questions_however_many_rows(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        batch = bring_list(
            b"Name,Country\nOsh University,KG\n" * 1, "a.csv", office=cast.office, by=cast.officer, at=NOW
        )
        choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
        compare.call(batch.pk)
    lines = "".join(f"Osh State University{number},KG\n" for number in range(rows))
    big = compared(cast, f"Name,Country\n{lines}".encode())
    client = signed_in(cast.officer)
    # session, user, roles with their offices; count, rows, saved views
    with django_assert_num_queries(6):
        client.get(IMPORTS)
    # the same three; the list; five for the counts, the first undecided row; timeline; count, rows, views
    with django_assert_num_queries(14):
        client.get(f"{IMPORTS}{big.pk}/")


@pytest.mark.usefixtures("osh", "ankara")
def test_each_role_opens_what_it_may_and_nothing_else(cast: Cast) -> None:
    batch = compared(cast)
    one = row(batch, 4)
    reading = [IMPORTS, f"{IMPORTS}{batch.pk}/", f"{IMPORTS}rows/{one.pk}/", f"{IMPORTS}{batch.pk}/rejected/"]
    writing = [f"{IMPORTS}new/", f"{IMPORTS}{batch.pk}/columns/"]
    posting = [f"{IMPORTS}{batch.pk}/{act}/" for act in ("take", "undo", "discard")]
    posting += [f"{IMPORTS}rows/{one.pk}/{act}/" for act in ("add", "leave")]
    posting += [f"{IMPORTS}rows/{act}/" for act in ("match", "add", "leave")]
    for user in (cast.reader, cast.lawyer, cast.rector, cast.coordinator):
        client = signed_in(user)
        assert {client.get(address).status_code for address in reading} == {200}
        assert {client.get(address).status_code for address in writing} == {403}
        assert {client.post(address, {"row": one.pk}).status_code for address in posting} == {403}
    for user in (cast.nobody, cast.other_officer):
        client = signed_in(user)
        assert {client.get(address).status_code for address in [*reading, *writing]} == {404}
        assert {client.post(address, {"row": one.pk}).status_code for address in posting} == {404}
    own = signed_in(cast.other_officer)
    for address in [*reading[1:], *writing[1:]]:
        assert own.get(address.replace("/alatoo/", "/tianshan/")).status_code == 404
    assert own.post(f"/o/tianshan/imports/rows/{one.pk}/leave/").status_code == 404
    own.post("/o/tianshan/imports/rows/leave/", {"row": one.pk})
    one.refresh_from_db()
    assert one.decision == "ask"
