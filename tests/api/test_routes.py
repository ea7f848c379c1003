"""The API shows one office, within the token's scopes, and changes through services."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from sapar.accounts.models import Office, User
from sapar.accounts.services import make_token, withdraw_token
from sapar.directory.models import Course, Enrolment
from sapar.mobility.models import Exchange
from sapar.mobility.services.exchanges import answer_nomination
from sapar.mobility.services.nominating import nominate_directly
from sapar.mobility.services.recognition import open_case
from sapar.mobility.states import Term
from tests.cast import NOW, Cast
from tests.mobility.stays import returned_stay, stay_with_transcript
from tests.story import partner_in_force, student

ALL = ["read", "write", "connect"]


def client_of(user: User, office: Office, scopes: list[str] | None = None) -> Client:
    _token, key = make_token(user, office, name="t", scopes=scopes or ALL, days=None, by=user, at=NOW)
    return Client(headers={"authorization": f"Bearer {key}"})


def stay(cast: Cast) -> Exchange:
    partner = partner_in_force(cast)
    exchange = nominate_directly(
        student(cast, "Best", "3.9").person,
        partner.outgoing,
        term=Term.SPRING,
        planned_from=date(2027, 2, 1),
        planned_to=date(2027, 6, 30),
        unit=cast.medicine,
        by=cast.officer,
        at=NOW,
    )
    return answer_nomination(exchange, accepted=True, by=cast.officer, at=NOW)


def arrive(client: Client, exchange: Exchange) -> Any:
    url = f"/api/v1/exchanges/{exchange.pk}/arrival"
    return client.post(url, {"on": "2026-10-20"}, content_type="application/json")


@pytest.mark.parametrize("path", ["partnerships", "agreements", "calls", "exchanges", "reports", "webhooks"])
def test_without_token_nothing_is_shown(cast: Cast, client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, "items" in answer.json()) == (401, False)


def test_pages_go_on_after_the_last_id(cast: Cast) -> None:
    for number in range(3):
        partner_in_force(cast, f"Partner University {number}")
    client = client_of(cast.officer, cast.office)
    first = client.get("/api/v1/agreements?limit=2").json()
    second = client.get(f"/api/v1/agreements?limit=2&after={first['after']}").json()
    assert [len(first["items"]), len(second["items"]), second["after"]] == [2, 1, None]


def test_other_office_finds_nothing_by_list_or_by_id(cast: Cast) -> None:
    exchange = stay(cast)
    stranger = client_of(cast.other_officer, cast.other_office)
    assert stranger.get("/api/v1/exchanges").json()["items"] == []
    for path in (f"exchanges/{exchange.pk}", f"agreements/{exchange.agreement_id}"):
        assert stranger.get(f"/api/v1/{path}").status_code == 404


def test_coordinator_sees_stays_of_the_own_faculty_only(cast: Cast) -> None:
    exchange = stay(cast)
    coordinator = client_of(cast.coordinator, cast.office)
    assert coordinator.get(f"/api/v1/exchanges/{exchange.pk}").status_code == 200
    Exchange.objects.update(unit=cast.economics)
    assert coordinator.get(f"/api/v1/exchanges/{exchange.pk}").status_code == 404


def test_arrival_is_noted_once_and_a_second_time_refused_in_words(cast: Cast) -> None:
    exchange, client = stay(cast), client_of(cast.officer, cast.office)
    first, second = arrive(client, exchange), arrive(client, exchange)
    assert (first.status_code, first.json()["state"]) == (200, "away")
    assert (second.status_code, second.json()["code"]) == (409, "IllegalMove")


def test_token_without_scope_is_refused(cast: Cast) -> None:
    exchange = stay(cast)
    client = client_of(cast.officer, cast.office, ["read"])
    answer = client.post(
        f"/api/v1/exchanges/{exchange.pk}/arrival", {"on": "2026-10-20"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")


def test_reader_may_not_write_even_with_the_scope(cast: Cast) -> None:
    exchange = stay(cast)
    client = client_of(cast.reader, cast.office)
    answer = client.post(
        f"/api/v1/exchanges/{exchange.pk}/arrival", {"on": "2026-10-20"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "NotAllowed")


def test_withdrawn_token_is_worth_nothing(cast: Cast) -> None:
    token, key = make_token(
        cast.officer, cast.office, name="t", scopes=ALL, days=None, by=cast.officer, at=NOW
    )
    withdraw_token(token, by=cast.officer, at=NOW)
    assert Client(headers={"authorization": f"Bearer {key}"}).get("/api/v1/calls").status_code == 401


def test_transcript_with_a_mark_off_its_scale_is_refused_and_nothing_kept(cast: Cast) -> None:
    exchange = stay(cast)
    client = client_of(cast.officer, cast.office)
    client.post(
        f"/api/v1/exchanges/{exchange.pk}/arrival", {"on": "2026-10-20"}, content_type="application/json"
    )
    data = {"scale": "kz-12", "lines": [{"title": "Anatomy", "credits": "5", "mark": "A++"}]}
    answer = client.post(f"/api/v1/exchanges/{exchange.pk}/transcript", data, content_type="application/json")
    assert (answer.status_code, exchange.transcripts.count()) == (422, 0)
    assert "Anatomy" in answer.json()["message"]


def test_student_feed_adds_and_renews_all_or_nothing(cast: Cast) -> None:
    client = client_of(cast.officer, cast.office)
    row = {
        "student_number": "77",
        "passport_surname": "Demo",
        "unit": "MED",
        "programme": "General medicine",
        "level": "bachelor",
        "year_of_study": 2,
        "gpa": "3.5",
    }
    put: dict[str, Any] = {"content_type": "application/json"}
    assert client.put("/api/v1/enrolments", [row], **put).json() == {"added": 1, "changed": 0}
    assert client.put("/api/v1/enrolments", [row | {"gpa": "3.6"}], **put).json() == {
        "added": 0,
        "changed": 1,
    }
    bad = client.put(
        "/api/v1/enrolments", [row | {"gpa": "1.0"}, row | {"student_number": "78", "unit": "XXX"}], **put
    )
    assert (bad.status_code, str(Enrolment.objects.get().gpa)) == (422, "3.60")
    zero = client.put("/api/v1/enrolments", [row | {"programme": "General\0medicine"}], **put)
    assert (zero.status_code, zero.json()["details"][0]["where"][-1]) == (422, "programme")


def test_description_is_open_and_names_every_refusal(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path in described["paths"].values():
        for operation in path.values():
            assert {"401", "403", "404"} <= set(operation["responses"])


def test_a_stay_with_its_agreement_recognition_and_messages(cast: Cast) -> None:
    exchange = stay_with_transcript(cast)
    open_case(exchange, commission=["Dean"], by=cast.officer, at=NOW)
    client, url = client_of(cast.officer, cast.office), f"/api/v1/exchanges/{exchange.pk}"
    [version] = client.get(f"{url}/learning-agreements").json()
    assert [(one["side"], one["code"], one["credits"]) for one in version["components"]] == [
        ("recognised", "ANA2", "6.00"),
        ("studied", "AN-201", "6.00"),
    ]
    assert {one["digest"] for one in version["signatures"]} == {version["digest"]}
    case = client.get(f"{url}/recognition").json()
    assert (case["state"], case["decisions"][0]["studied"][0]["mark"]) == ("open", "A-")
    sent = client.post(f"{url}/messages", {"text": "Welcome back."}, content_type="application/json")
    assert (sent.status_code, sent.json()["from_office"]) == (201, True)
    assert [one["text"] for one in client.get(f"{url}/messages").json()] == ["Welcome back."]
    assert [one["id"] for one in client.get("/api/v1/exchanges?state=transcript").json()["items"]] == [
        exchange.pk
    ]
    assert client.get("/api/v1/exchanges?state=away").json()["items"] == []
    stranger, reader = client_of(cast.other_officer, cast.other_office), client_of(cast.reader, cast.office)
    for part in ("learning-agreements", "recognition", "messages"):
        assert stranger.get(f"{url}/{part}").status_code == 404
    refused = reader.post(f"{url}/messages", {"text": "Hello"}, content_type="application/json")
    assert refused.status_code == 403
    assert client.get(f"/api/v1/exchanges/{stay(cast).pk}/recognition").status_code == 404


def test_the_directory_is_searched_in_any_script(cast: Cast) -> None:
    partner_in_force(cast, "Ankara Demo University")
    client = client_of(cast.reader, cast.office)
    found = client.get("/api/v1/organisations?q=анкара").json()["items"]
    assert [one["name"] for one in found] == ["Ankara Demo University"]
    assert client.get("/api/v1/organisations?q=ankara&country=DE").json()["items"] == []
    assert client.get("/api/v1/organisations?country=tr").status_code == 422


def course_row(code: str, **more: object) -> dict[str, object]:
    return {
        "unit": "MED",
        "programme": "General medicine",
        "code": code,
        "title": "Anatomy",
        "credits": "6",
        **more,
    }


def test_curricula_are_fed_whole_or_with_every_fault_named(cast: Cast) -> None:
    client = client_of(cast.officer, cast.office)

    def feed(*rows: dict[str, object]) -> Any:
        return client.put("/api/v1/courses", list(rows), content_type="application/json")

    wrong = feed(course_row("A"), course_row("A"), course_row("B", unit="XYZ"))
    assert (wrong.status_code, Course.objects.count()) == (422, 0)
    assert [(one["row"], one["field"], one["value"]) for one in wrong.json()["details"]] == [
        (2, "code", "A"),
        (3, "unit", "XYZ"),
    ]
    assert feed(course_row("A"), course_row("B")).json() == {"taken": 2}
    feed(course_row("A", title="Anatomy I"))
    assert sorted(Course.objects.values_list("code", "title")) == [("A", "Anatomy I"), ("B", "Anatomy")]
    assert client_of(cast.reader, cast.office).put("/api/v1/courses", [course_row("C")],
        content_type="application/json").status_code == 403  # fmt: skip


def test_every_fault_of_a_feed_of_students_is_named(cast: Cast) -> None:
    row = {"student_number": "1", "passport_surname": "Demo", "unit": "MED", "programme": "P",
           "level": "bachelor", "year_of_study": 2}  # fmt: skip
    answer = client_of(cast.officer, cast.office).put(
        "/api/v1/enrolments", [row, row, {**row, "student_number": "2", "unit": "?"}],
        content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, Enrolment.objects.count()) == (422, 0)
    assert [(one["row"], one["field"]) for one in answer.json()["details"]] == [
        (2, "student_number"),
        (3, "unit"),
    ]
    assert "row 3, unit “?”: no faculty has this code" in answer.json()["message"]


def test_every_line_of_a_transcript_that_cannot_be_taken_is_named(cast: Cast) -> None:
    exchange = returned_stay(cast)
    lines = [{"title": "Anatomy", "credits": "6", "mark": "A-"}, {"title": "Histology", "credits": "0", "mark": "A"},
             {"title": "Surgery", "credits": "3", "mark": "Q"}]  # fmt: skip
    answer = client_of(cast.officer, cast.office).post(
        f"/api/v1/exchanges/{exchange.pk}/transcript", {"scale": "kz-12", "lines": lines},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 422
    assert [(one["row"], one["value"]) for one in answer.json()["details"]] == [(2, "0"), (3, "Q")]
    assert not exchange.transcripts.exists()
