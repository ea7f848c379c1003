"""When something below breaks, people read a calm page and programs an answer they can parse."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from sapar.directory.models import Person
from tests.cast import Cast, signed_in

LOST = OperationalError("the connection is lost")


def raising(error: Exception, when: str = "") -> AbstractContextManager[None]:
    """The database answers with this error; `when` is the beginning of the statements that it is about."""

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(when):
            raise error
        return run(sql, params, many, context)

    return connection.execute_wrapper(execute)


def visitor(cast: Cast) -> Client:
    client = signed_in(cast.officer)
    client.raise_request_exception = False
    return client


def full_disk() -> OperationalError:
    """As Django passes on what PostgreSQL says."""
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull("could not extend file")
    return error


@pytest.mark.parametrize("error", [LOST, InterfaceError("the connection is closed")])
def test_database_that_is_away_is_told_calmly_and_the_page_looks_again(cast: Cast, error: Exception) -> None:
    client = visitor(cast)
    with raising(error):
        answer = client.get("/o/alatoo/people/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "20", "no-store")
    assert "Sapar is away for a moment" in page
    assert '<meta http-equiv="refresh" content="20">' in page


def test_form_sent_to_a_database_that_is_away_is_not_loaded_again_by_itself(cast: Cast) -> None:
    client = visitor(cast)
    with raising(LOST, "INSERT"):
        answer = client.post("/o/alatoo/people/new/", {"passport_surname": "Demo", "language": "ky"})
    assert (answer.status_code, "refresh" in answer.content.decode()) == (503, False)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "error",
    [full_disk(), OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space left")],
)
def test_full_disk_is_told_as_such(cast: Cast, error: Exception) -> None:
    client = visitor(cast)
    with raising(error, "INSERT"):
        answer = client.post("/o/alatoo/people/new/", {"passport_surname": "Demo", "language": "ky"})
    assert (answer.status_code, "The server has no room left" in answer.content.decode()) == (503, True)
    assert not Person.objects.exists()


def test_program_gets_an_answer_that_it_can_read(db: None) -> None:
    client = Client(raise_request_exception=False, headers={"authorization": "Bearer sapar_" + "a" * 43})
    with raising(LOST):
        away = client.get("/api/v1/exchanges")
    with raising(ValueError("a fault of ours")):
        broken = client.get("/api/v1/exchanges")
    assert (away.status_code, away.json()["code"], away["Retry-After"]) == (503, "DatabaseAway", "20")
    assert (broken.status_code, broken.json()["code"]) == (500, "500")


def test_fault_of_ours_keeps_its_own_page(cast: Cast) -> None:
    client = visitor(cast)
    with raising(ValueError("a fault of ours")):
        answer = client.get("/o/alatoo/people/")
    assert (answer.status_code, "Something broke on our side" in answer.content.decode()) == (500, True)
