"""Public registers of institutions."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

import pytest

from sapar.formats.registries import normal_erasmus_code, read_register
from sapar.formats.tables import RefusedRows, TableError

ROR_2 = {
    "id": "https://ror.org/01wntqw50", "status": "active", "established": 1946, "domains": ["ankara.edu.tr"],
    "names": [
        {"value": "AÜ", "types": ["acronym"], "lang": None},
        {"value": "Ankara University", "types": ["ror_display", "label"], "lang": "en"},
        {"value": "Ankara Üniversitesi", "types": ["label"], "lang": "tr"},
    ],
    "links": [{"type": "wikipedia", "value": "x"}, {"type": "website", "value": "https://www.ankara.edu.tr"}],
    "locations": [{"geonames_details": {"country_code": "TR", "name": "Ankara", "lat": 39.9, "lng": 32.8}}],
}  # fmt: skip
ROR_1 = {
    "id": "https://ror.org/01wntqw50", "name": "Ankara University", "links": ["https://www.ankara.edu.tr"],
    "addresses": [{"city": "Ankara", "lat": 39.9, "lng": 32.8}], "country": {"country_code": "TR"},
    "acronyms": ["AÜ"], "labels": [{"iso639": "tr", "label": "Ankara Üniversitesi"}], "established": 1946,
}  # fmt: skip
OWN = {
    "name": "Ankara University", "country": "TR", "city": "Ankara", "website": "https://www.ankara.edu.tr",
    "acronyms": ["AÜ"], "labels": {"tr": "Ankara Üniversitesi"}, "former": ["Old Name"], "established": 1946,
}  # fmt: skip


def as_json(*records: object) -> bytes:
    return json.dumps(list(records), ensure_ascii=False).encode()


@pytest.mark.parametrize("record", [ROR_2, ROR_1, OWN], ids=["schema 2", "schema 1", "own form"])
def test_json_record_is_read_whole(record: dict[str, object]) -> None:
    (one,) = read_register(as_json(record)).institutions
    assert (one.name, one.country, one.city, one.established) == ("Ankara University", "TR", "Ankara", 1946)
    assert one.website == "https://www.ankara.edu.tr"
    assert (one.acronyms, dict(one.labels)) == (("AÜ",), {"tr": "Ankara Üniversitesi"})
    assert one.identifiers == ({} if record is OWN else {"ror": "01wntqw50"})
    assert one.former == (("Old Name",) if record is OWN else ())


def test_withdrawn_records_are_left_out() -> None:
    assert read_register(as_json({**ROR_2, "status": "withdrawn"})).institutions == []


def test_csv_of_the_dump_is_read_whole() -> None:
    content = (
        "id,names.types.ror_display,names.types.label,names.types.alias,names.types.acronym,links.type.website,"
        "locations.geonames_details.country_code,locations.geonames_details.name,established\n"
        'https://ror.org/01wntqw50,en: Ankara University,"en: Ankara University; tr: Ankara Üniversitesi",'
        "no_lang_code: Ankara Univ.,no_lang_code: AÜ,https://www.ankara.edu.tr,TR,Ankara,1946\n"
    )
    (one,) = read_register(content.encode()).institutions
    assert (one.name, dict(one.labels)) == ("Ankara University", {"tr": "Ankara Üniversitesi"})
    assert (one.aliases, one.acronyms, one.identifiers) == (("Ankara Univ.",), ("AÜ",), {"ror": "01wntqw50"})


def test_plain_table_is_read_whole() -> None:
    content = "ror_id,name,country_code,label_ru,erasmus_code\nhttps://ror.org/0a,Osh,kg,Ош,X  OSH01\n"
    (one,) = read_register(content.encode()).institutions
    assert (one.country, dict(one.labels)) == ("KG", {"ru": "Ош"})
    assert one.identifiers == {"ror": "0a", "erasmus": "X  OSH01"}


def test_archive_prefers_the_later_schema() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("v1_ror_data.json", as_json({**ROR_1, "name": "Old"}))
        archive.writestr("v2_ror_data_schema_v2.csv", "nonsense")
        archive.writestr("v2_ror_data_schema_v2.json", as_json(ROR_2))
        archive.writestr("readme.md", "x")
    assert [one.name for one in read_register(out.getvalue(), "dump.zip").institutions] == [
        "Ankara University"
    ]


def test_charter_list_keeps_the_spaces_of_the_codes() -> None:
    content = (
        "legal_name,country,erasmus_code,city,website,pic,oid\nFU BERLIN,DE,D BERLIN01,BERLIN,www.x.de,1,E1\n"
    )
    (one,) = read_register(content.encode()).institutions
    assert (one.city, one.identifiers) == ("Berlin", {"erasmus": "D  BERLIN01", "pic": "1", "oid": "E1"})


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("D  BERLIN01", "D  BERLIN01"), ("d berlin01", "D  BERLIN01"), ("TR ANKARA02", "TR ANKARA02"),
        ("TR  ANKARA02", "TR ANKARA02"), ("IRLDUBLIN01", "IRLDUBLIN01"), ("LUX LUX-VIL01", "LUXLUX-VIL01"),
        ("UK LONDON097", "UK LONDON097"), ("E  SANTIAG01", "E  SANTIAG01"), ("", ""), ("nonsense", ""), ("D 1", ""),
    ],
)  # fmt: skip
def test_erasmus_code_is_written_in_its_normal_form(written: str, code: str) -> None:
    assert normal_erasmus_code(written) == code
    assert normal_erasmus_code(code) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[{]", "registries.broken_json"),
        (b'["\xff"]', "registries.broken_json"),
        (as_json(1), "registries.unknown_record"),
        (as_json({"names": [], "id": "x"}), "registries.unknown_record"),
        (as_json({"name": "No country"}), "registries.unknown_record"),
        (b"PK\x03\x04broken", "registries.broken_archive"),
        (b"a,b\n1,2\n", "tables.missing_columns"),
        (b"", "tables.empty"),
    ],
)
def test_what_is_no_register_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(TableError) as refused:
        read_register(content, "register.csv")
    assert refused.value.code == code


def test_empty_archive_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("readme.md", "x")
    with pytest.raises(TableError) as refused:
        read_register(out.getvalue(), "dump.zip")
    assert refused.value.code == "registries.no_data"


def test_rows_without_name_or_country_are_all_named() -> None:
    with pytest.raises(RefusedRows) as refused:
        read_register(b"name,country_code\nOsh,KG\n,KG\nAnkara,Turkey\n")
    assert [(p.row, p.column, p.value) for p in refused.value.problems] == [
        (3, "name", ""),
        (4, "country", "TURKEY"),
    ]
