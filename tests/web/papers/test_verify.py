"""The public page of a paper tells its state and nothing about the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import Client

from sapar.files.models import Paper
from sapar.files.services import issue_paper, new_code, revoke_paper
from tests.cast import NOW, Cast

PDF = b"%PDF-1.7 demo"


def issued(cast: Cast, number: str = "1") -> Paper:
    return issue_paper(
        PDF,
        kind="stay_certificate",
        number=number,
        code=new_code(),
        subject=cast.medicine,
        by=cast.officer,
        at=NOW,
    )


def test_valid_paper_says_so_without_who_it_is_about(cast: Cast, client: Client) -> None:
    answer = client.get(f"/v/{issued(cast).code}/")
    page = answer.content.decode()
    assert (answer.status_code, "valid" in page, cast.medicine.name in page) == (200, True, False)
    assert answer["Cache-Control"] == "no-store, private"


def test_second_paper_replaces_the_first(cast: Cast, client: Client) -> None:
    first = issued(cast)
    issue_paper(
        PDF, kind="stay_certificate", number="2", code=new_code(), subject=cast.medicine, by=cast.officer,
        at=NOW + timedelta(days=1),
    )  # fmt: skip
    assert "A later paper replaced this one." in client.get(f"/v/{first.code}/").content.decode()


def test_revoked_paper_is_void_and_its_reason_stays_inside(cast: Cast, client: Client) -> None:
    paper = revoke_paper(issued(cast), reason="forged marks", by=cast.officer, at=NOW)
    page = client.get(f"/v/{paper.code}/").content.decode()
    assert ("void" in page, "forged marks" in page) == (True, False)


def test_day_is_that_of_the_place_and_not_of_utc(cast: Cast, client: Client) -> None:
    late = datetime(2026, 10, 5, 20, 30, tzinfo=UTC)  # half past two at night in Bishkek
    paper = issue_paper(
        PDF,
        kind="stay_certificate",
        number="1",
        code=new_code(),
        subject=cast.medicine,
        by=cast.officer,
        at=late,
    )
    assert "06.10.2026" in client.get(f"/v/{paper.code}/").content.decode()


def test_unknown_code_answers_404_with_advice(cast: Cast, client: Client) -> None:
    answer = client.get("/v/never-issued/")
    assert (answer.status_code, "Compare the address" in answer.content.decode()) == (404, True)
