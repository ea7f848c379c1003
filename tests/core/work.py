"""Tasks of the tests, run by real workers."""

from __future__ import annotations

import time
from pathlib import Path
from unittest import mock

from django.db import transaction
from django_tasks_db.management.commands import db_worker

from sapar.accounts.models import NumberSeries, Office
from sapar.core import worker
from sapar.core.queue import AT_ONCE, background


@background(about=Office, failure="A number was not given.")
def count_up(office_id: int, folder: str) -> None:
    """Two rows in one transaction; between them it says where it is, and stands still while told so."""
    here = Path(folder)
    with transaction.atomic():
        NumberSeries.objects.create(office_id=office_id, series="first", year=2026)
        (here / "in-the-middle").touch()
        while (here / "stand-still").exists():
            time.sleep(0.02)
        NumberSeries.objects.create(office_id=office_id, series="second", year=2026)


@background(about=Office, failure="The office was not told.")
def fail(office_id: int, secret: str = "") -> None:
    raise ConnectionRefusedError("no such luck")


@background(about=Office, patience=AT_ONCE, failure="The office was not told at once.")
def fail_at_once(office_id: int) -> None:
    raise LookupError("never")


def note_on_office(office_id: int, error: str) -> None:
    Office.objects.filter(pk=office_id).update(name=error)


@background(about=Office, patience=(1,), given_up=note_on_office, failure="The office was not told twice.")
def fail_and_note(office_id: int) -> None:
    raise LookupError("never")


@background(about=None, failure="Nobody was told.")
def fail_for_all() -> None:
    raise LookupError("never")


@background(about=Office, failure="Nobody gave the word.")
def wait_for_word(office_id: int, folder: str) -> None:
    while not (Path(folder) / "go-on").exists():
        time.sleep(0.02)
    with (Path(folder) / "done").open("a") as notes:
        notes.write("once\n")


def do_what_is_ready() -> None:
    """A worker in this process. It would close the connection that holds the transaction of the test."""
    with (
        mock.patch.object(db_worker, "close_old_connections"),
        mock.patch.object(worker, "close_old_connections"),
    ):
        worker.PatientWorker(once=True).run()
