"""A program brings signed agreements: the same steps, the same refusals, one office."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sapar.partners.models import Agreement, AgreementImport
from tests.api.test_routes import client_of
from tests.cast import Cast
from tests.partners.signed_list import BAD, TIDY, partners, workbook

LISTS = "/api/v1/agreement-lists"


def post(client: Client, path: str, data: dict[str, Any] | None = None) -> Any:
    return client.post(f"{LISTS}/{path}", data or {}, content_type="application/json")


@cache
def sheet() -> bytes:
    """A workbook knows when it was written: the same file is made once."""
    return workbook([*TIDY, BAD[0][0]])


def brought(client: Client, **headers: str) -> Any:
    file = SimpleUploadedFile("list.xlsx", sheet())
    return client.post(LISTS, {"file": file}, headers=headers)


def test_from_the_file_to_agreements_and_back(cast: Cast) -> None:
    found = partners(cast)
    program = client_of(cast.officer, cast.office)
    answer = brought(program)
    assert (answer.status_code, answer.json()["state"]) == (201, "mapped")
    pk = answer.json()["id"]
    page = post(program, f"{pk}/columns").json()
    assert (page["state"], len(page["ready"])) == ("previewed", 8)
    assert page["refused"] == [
        {
            "row": 14, "column": "ВУЗ-партнёр", "value": "Nowhere Demo College", "reason": "partner_open",
            "message": "ВУЗ-партнёр: “Nowhere Demo College” is a partner that nobody has chosen yet",
        }
    ]  # fmt: skip
    chosen = {"partners": {"Nowhere Demo College": found["Almaty Demo University"].pk}}
    assert len(post(program, f"{pk}/names", chosen).json()["ready"]) == 9
    assert post(program, f"{pk}/take").json()["state"] == "taken"
    shown = program.get(f"/api/v1/agreements/{Agreement.objects.get(number='12/2024').pk}").json()
    assert (shown["state"], shown["from_list"], len(shown["conditions"])) == ("in_force", pk, 4)
    assert post(program, f"{pk}/take").status_code == 409
    assert post(program, f"{pk}/undo").json()["state"] == "undone"
    assert not Agreement.objects.exists()


def test_a_reader_and_another_office_find_nothing(cast: Cast) -> None:
    partners(cast)
    pk = brought(client_of(cast.officer, cast.office)).json()["id"]
    stranger = client_of(cast.other_officer, cast.other_office)
    assert stranger.get(LISTS).json()["items"] == []
    assert stranger.get(f"{LISTS}/{pk}").status_code == 404
    assert post(stranger, f"{pk}/take").status_code == 404
    reader = client_of(cast.reader, cast.office)
    assert reader.get(f"{LISTS}/{pk}").status_code == 403
    assert brought(reader).status_code == 403
    only_reads = client_of(cast.officer, cast.office, ["read"])
    assert post(only_reads, f"{pk}/take").status_code == 403


def test_the_same_file_sent_again_is_one_list_and_another_file_is_not_taken_for_it(cast: Cast) -> None:
    partners(cast)
    program = client_of(cast.officer, cast.office)
    first = brought(program, **{"Idempotency-Key": "one"})
    again = brought(program, **{"Idempotency-Key": "one"})
    assert first.json() == again.json()
    assert AgreementImport.objects.count() == 1
    other = SimpleUploadedFile("list.xlsx", workbook(TIDY[:2]))
    answer = program.post(LISTS, {"file": other}, headers={"Idempotency-Key": "one"})
    assert answer.status_code in (409, 422)
    assert AgreementImport.objects.count() == 1
