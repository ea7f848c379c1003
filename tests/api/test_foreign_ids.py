"""A token reaches its own office's records only, whichever field of a request an id of another office stands in.

The description of the API names the routes and their ids; a route or an id that is new there fails until it has a
request here. A second office owns a copy of everything (`tests.planted`).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import Settings

from sapar.api.routes import api
from sapar.directory.models import Unit
from sapar.files.models import StoredFile
from sapar.interop.models import Webhook
from sapar.mobility.models import OfficeScale
from sapar.mobility.services.exchanges import note_arrival
from sapar.partners.models import Agreement
from sapar.reporting.models import Report
from tests.api.test_agreement_lists import post
from tests.api.test_routes import client_of
from tests.cast import LATER, NOW, Cast
from tests.mobility.stays import accepted_stay, stay_with_transcript
from tests.partners.signed_list import TIDY, of, partners, workbook
from tests.planted import MARK, SHIFT, owned_models, plant_twin
from tests.story import open_call_with, partner_in_force

CHANGING = ("post", "put", "patch", "delete")
MOST_OF_AN_ID = 2**62
STUDENT = {
    "student_number": "1", "passport_surname": "Demo", "unit": "MED", "programme": "P", "level": "bachelor",
    "year_of_study": "2",
}  # fmt: skip
COURSE = {"unit": "MED", "programme": "P", "code": "A", "title": "Anatomy", "credits": "6"}
LINE = {"title": "Anatomy", "credits": "6", "mark": "A-"}
SCAN = b"%PDF-1.4\n%%EOF\n"


@dataclass
class World:
    """One record of each kind that a request can name."""

    client: Client
    accepted: int
    away: int
    transcript: int
    batch: int
    partner: int
    faculty: int
    webhook: int
    agreement: int
    call: int
    report: int


@pytest.fixture
def world(cast: Cast, settings: Settings) -> World:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    known = partners(cast)
    program = client_of(cast.administrator, cast.office)
    rows = [*TIDY, of("Меморандум", "77", "01.02.2024", "5 лет", faculty="Factory of wonders")]
    rows.append({**rows[0], "ВУЗ-партнёр": "Nowhere Demo College", "№ договора": "78"})
    file = SimpleUploadedFile("list.xlsx", workbook(rows))
    batch = program.post("/api/v1/agreement-lists", {"file": file}).json()["id"]
    post(program, f"{batch}/columns")
    partner = partner_in_force(cast, places=9)
    away = accepted_stay(cast, partner, given="Bermet")
    note_arrival(away, arrived_on=date(2026, 10, 6), by=cast.officer, at=LATER)
    made = World(
        program,
        accepted=accepted_stay(cast, partner).pk,
        away=away.pk,
        transcript=stay_with_transcript(cast, partner, given="Chyngyz").pk,
        batch=batch,
        partner=known["Almaty Demo University"].pk,
        faculty=cast.medicine.pk,
        webhook=Webhook.objects.create(
            office=cast.office, url="https://x.example", secret="s", made_at=NOW
        ).pk,
        agreement=partner.agreement.pk,
        call=open_call_with(cast, partner_in_force(cast, "Izmir Demo University")).pk,
        report=Report.objects.create(
            office=cast.office, academic_year=2025, number=1, as_of=NOW, made_by="Aigul", state="draft"
        ).pk,
    )
    twin = plant_twin(cast.office)
    # What a request names by words: only the second office has these.
    Unit.objects.filter(office=twin, code="MED").update(code="TWIN")
    Agreement.objects.filter(pk=made.agreement + SHIFT).update(number="99-2026")
    OfficeScale.objects.create(
        office=twin, code="twin-scale", title=MARK, holder="KZ", source="https://x.example",
        bands=[{"label": "A-", "passing": True, "points": "3", "low": "80", "high": "100"}],
    )  # fmt: skip
    return made


def requests_of(world: World) -> dict[str, tuple[dict[str, int], Any]]:
    """What each route is sent when all of it is the office's own: ids in the address, and the body."""
    stay = {"pk": world.accepted}
    return {
        "POST /exchanges/{pk}/messages": (stay, {"text": "Hello"}),
        "POST /exchanges/{pk}/arrival": (stay, {"on": "2026-10-20"}),
        "POST /exchanges/{pk}/departure": ({"pk": world.away}, {"on": "2026-10-25"}),
        "POST /exchanges/{pk}/cancelling": (stay, {"reason": "visa"}),
        "POST /exchanges/{pk}/early-end": ({"pk": world.away}, {"reason": "health", "on": "2026-10-25"}),
        "POST /exchanges/{pk}/transcript": ({"pk": world.transcript}, {"scale": "kz-12", "lines": [LINE]}),
        "PUT /keeping": ({}, {"years": None}),
        "POST /arrivals": ({}, [{"exchange": world.accepted, "on": "2026-10-20"}]),
        "POST /departures": ({}, [{"exchange": world.away, "on": "2026-10-25"}]),
        "POST /reminders": ({}, {}),
        "PUT /enrolments": ({}, [STUDENT]),
        "PUT /courses": ({}, [COURSE]),
        "POST /webhooks": ({}, {"url": "https://127.0.0.1/", "facts": []}),
        "DELETE /webhooks/{pk}": ({"pk": world.webhook}, None),
        "POST /agreement-lists": ({}, {"file": ("list.xlsx", workbook(TIDY[:3]))}),
        "POST /agreement-lists/{pk}/columns": ({"pk": world.batch}, {}),
        "POST /agreement-lists/{pk}/names": (
            {"pk": world.batch},
            {
                "partners": {"Nowhere Demo College": world.partner},
                "faculties": {"Factory of wonders": world.faculty},
            },
        ),
        "POST /agreement-lists/{pk}/take": ({"pk": world.batch}, {}),
        "POST /agreement-lists/{pk}/undo": ({"pk": world.batch}, {}),
        "POST /agreement-lists/{pk}/discard": ({"pk": world.batch}, {}),
        "POST /agreement-scans": ({}, {"file": ("scans.zip", scans("12-2021.pdf"))}),
    }


def scans(*names: str) -> bytes:
    room = BytesIO()
    with ZipFile(room, "w") as archive:
        for name in names:
            archive.writestr(name, SCAN)
    return room.getvalue()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all offices; only when a token was last used may change by asking."""
    return {
        model.__name__: sorted(
            model._base_manager.values_list(
                *[field.attname for field in model._meta.concrete_fields if field.name != "last_used_at"]
            ),
            key=lambda row: str(row[0]),
        )
        for model in owned_models()
    }


def send(client: Client, route: str, keys: dict[str, int], body: Any) -> Any:
    method, path = route.split()
    path = "/api/v1" + path.format(**keys)
    if isinstance(body, dict) and "file" in body:
        name, content = body["file"]
        return client.post(path, {"file": SimpleUploadedFile(name, content)})
    return getattr(client, method.lower())(path, json.dumps(body), content_type="application/json")


def undone(client: Client, route: str, keys: dict[str, int], body: Any) -> Any:
    with transaction.atomic():
        answer = send(client, route, keys, body)
        transaction.set_rollback(True)
    return answer


def routes(*methods: str) -> dict[str, dict[str, Any]]:
    """What the description says of each route."""
    described = api.get_openapi_schema(path_prefix="")["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, operations in described.items()
        for method, operation in operations.items()
        if method in methods
    }


def places_of_ids(schema: Any) -> set[str]:
    """Where the description says that an id stands: names of fields, however deep."""
    found: set[str] = set()

    def look(part: Any, name: str) -> None:
        if isinstance(part, list):
            for one in part:
                look(one, name)
        elif isinstance(part, dict):
            if part.get("maximum") == MOST_OF_AN_ID:
                found.add(name)
            if "$ref" in part:
                look(api.get_openapi_schema()["components"]["schemas"][part["$ref"].split("/")[-1]], name)
            for key, inner in part.items():
                if key == "properties":
                    for field, described in inner.items():
                        look(described, field)
                elif isinstance(inner, (dict, list)):
                    look(inner, name)

    look(schema, "")
    return found


def numbers_in(part: Any, name: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Where whole numbers stand that may be ids: in what, at which key, in which field of the description."""
    for key, inner in list(part.items() if isinstance(part, dict) else enumerate(part)):
        field = key if part.__class__ is dict and name not in ("partners", "faculties") else name
        if isinstance(inner, (dict, list)):
            yield from numbers_in(inner, field)
        elif type(inner) is int:
            yield part, key, field


def with_foreign_ids(body: Any) -> Iterator[tuple[str, Any]]:
    """The body once for each of its ids, which becomes another office's; with the name of the field."""
    for number in range(len(list(numbers_in(body or {})))):
        changed = copy.deepcopy(body)
        part, key, field = list(numbers_in(changed))[number]
        part[key] += SHIFT
        yield field, changed


def test_ids_of_another_office_are_refused_in_every_address_and_field(world: World) -> None:
    requests, wrong, tried = requests_of(world), [], set()
    assert set(requests) == set(routes(*CHANGING))
    before = everything()
    for route, (keys, body) in requests.items():
        own = undone(world.client, route, keys, body)
        if own.status_code in (401, 403, 404, 422):
            wrong.append((route, "its own", own.status_code, own.content.decode()))
        attempts = [("pk", {"pk": keys["pk"] + SHIFT}, body)] if keys else []
        attempts += [(field, keys, changed) for field, changed in with_foreign_ids(body)]
        for field, there, changed in attempts:
            answer = send(world.client, route, there, changed)
            tried.add((route, field))
            if answer.status_code not in (404, 422) or MARK in answer.content.decode():
                wrong.append((route, field, answer.status_code, answer.content.decode()))
    assert wrong == []
    assert {name: rows for name, rows in everything().items() if rows != before[name]} == {}
    described = {
        (route, field)
        for route, operation in routes(*CHANGING).items()
        for field in places_of_ids(operation.get("requestBody")) | ({"pk"} if "{pk}" in route else set())
    }
    assert tried == described


def test_nothing_is_read_by_an_id_of_another_office(world: World) -> None:
    ids = {
        "agreements": world.agreement,
        "agreement-lists": world.batch,
        "calls": world.call,
        "exchanges": world.transcript,
        "reports": world.report,
    }
    wrong = []
    for route in routes("get"):
        path = "/api/v1" + route.removeprefix("GET ")
        if "{pk}" not in path:
            answers = [world.client.get(path, {"limit": 200}), world.client.get(path, {"after": SHIFT})]
            wrong += [
                path for answer in answers if answer.status_code != 200 or MARK in answer.content.decode()
            ]
            continue
        pk = ids[path.split("/")[3]]
        mine, foreign = (world.client.get(path.format(pk=one)) for one in (pk, pk + SHIFT))
        if foreign.status_code != 404 or (mine.status_code != 200 and "recognition" not in path):
            wrong.append(path)
    assert wrong == []


@pytest.mark.parametrize(
    ("route", "change"),
    [
        ("PUT /enrolments", {"unit": "TWIN"}),
        ("PUT /courses", {"unit": "TWIN"}),
        ("POST /exchanges/{pk}/transcript", {"scale": "twin-scale"}),
        ("POST /agreement-lists/{pk}/names", {"kinds": {"Меморандум": "a kind of theirs"}}),
    ],
)
def test_words_that_only_another_office_knows_are_unknown(
    world: World, route: str, change: dict[str, Any]
) -> None:
    keys, body = requests_of(world)[route]
    body = [body[0] | change] if isinstance(body, list) else body | change
    before = everything()
    answer = send(world.client, route, keys, body)
    assert (answer.status_code, MARK in answer.content.decode()) == (422, False)
    assert everything() == before


@pytest.mark.parametrize(
    ("route", "change"),
    [
        ("POST /exchanges/{pk}/messages", {"text": "Hel\0lo"}),
        ("PUT /courses", {"title": "Ana\0tomy"}),
        ("POST /agreement-lists/{pk}/columns", {"mapping": {"partner": "Part\0ner"}}),
        ("POST /agreement-lists/{pk}/names", {"faculties": {"Fac\0ulty": None}}),
        ("POST /webhooks", {"facts": ["Credits\0Recognised"]}),
    ],
)
def test_a_zero_in_a_text_is_no_error_of_ours(world: World, route: str, change: dict[str, Any]) -> None:
    keys, body = requests_of(world)[route]
    answer = send(world.client, route, keys, [body[0] | change] if isinstance(body, list) else body | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "Invalid")


def test_a_scan_with_a_number_of_another_office_is_attached_to_nothing(world: World) -> None:
    answer = send(world.client, "POST /agreement-scans", {}, {"file": ("scans.zip", scans("99-2026.pdf"))})
    assert [(one["agreement"], one["problem"]) for one in answer.json()] == [(None, "no_such_number")]
    assert not StoredFile.objects.filter(name__contains="99-2026").exists()
