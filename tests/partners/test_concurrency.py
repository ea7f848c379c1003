"""Two people at once, with real transactions on the database under test."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections

from sapar.audit.queries import breaks_in
from sapar.core.errors import DomainError
from sapar.files.queries import files_of
from sapar.partners.models import Agreement, ApprovalStep
from sapar.partners.queries import current_version
from sapar.partners.services.approval import answer_step, bring_into_force, send_for_approval
from tests.cast import NOW, Cast
from tests.partners.test_route import SIGNING
from tests.story import approve, draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SCAN = b"%PDF-1.4\n% a scan\n%%EOF\n"


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Start all acts at the same moment; answers what each returned or was refused with."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=10)
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result(timeout=60) for one in [threads.submit(run, act) for act in acts]]


@pytest.fixture(autouse=True)
def real_database(cast: Cast, tmp_path: Path) -> Iterator[None]:
    """PostgreSQL as it is; SQLite moved from memory into a file, as in use: only there do writers wait."""
    if connection.vendor != "sqlite":
        yield
        return
    settings = connection.settings_dict
    in_memory, name = connection.connection, settings["NAME"]
    file = tmp_path / "office.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        in_memory.backup(copy)
        # Set before anybody comes, as the first migration does: two who set it at once do not wait.
        copy.execute("PRAGMA journal_mode=WAL")
    connection.connection, settings["NAME"] = None, str(file)
    yield
    connection.close()
    connection.connection, settings["NAME"] = in_memory, name


def names_of(results: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def test_two_lawyers_answer_one_step_and_one_is_refused(cast: Cast) -> None:
    agreement = send_for_approval(draft(cast), by=cast.officer, at=NOW)
    digest = current_version(agreement).digest

    def answer(approved: bool) -> Callable[[], object]:
        return lambda: answer_step(
            Agreement.objects.get(pk=agreement.pk),
            approved=approved,
            remark="" if approved else "Name the law",
            digest=digest,
            by=cast.lawyer,
            at=NOW,
        )

    results = at_once([answer(True), answer(False)])
    assert names_of(results) == ["Agreement", "NotYourStep"]
    agreement.refresh_from_db()
    answered = ApprovalStep.objects.exclude(state="waiting").get()
    assert (agreement.state, answered.state) in {("in_approval", "approved"), ("draft", "returned")}
    assert list(breaks_in(cast.office)) == []


def test_double_click_brings_into_force_once(cast: Cast) -> None:
    agreement = approve(draft(cast), cast)

    def click() -> object:
        return bring_into_force(
            Agreement.objects.get(pk=agreement.pk),
            **SIGNING,
            scan=SCAN,
            by=cast.officer,
            at=NOW,
        )

    assert names_of(at_once([click, click])) == ["Agreement", "AlreadyInForce"]
    agreement.refresh_from_db()
    assert (agreement.state, agreement.number, files_of(agreement).count()) == ("in_force", "2026-001", 1)
    assert list(breaks_in(cast.office)) == []


def test_numbers_have_no_gap_and_no_twin_when_all_sign_at_once(cast: Cast) -> None:
    agreements = [approve(draft(cast, f"Demo University {n}"), cast) for n in range(5)]

    def sign(pk: int) -> Callable[[], object]:
        return lambda: bring_into_force(Agreement.objects.get(pk=pk), **SIGNING, by=cast.officer, at=NOW)

    assert names_of(at_once([sign(one.pk) for one in agreements])) == ["Agreement"] * 5
    numbers = sorted(Agreement.objects.values_list("number", flat=True))
    assert numbers == [f"2026-00{n}" for n in range(1, 6)]
    assert list(breaks_in(cast.office)) == []


def test_two_officers_send_one_draft_and_it_is_frozen_once(cast: Cast) -> None:
    agreement = draft(cast)

    def send() -> object:
        return send_for_approval(Agreement.objects.get(pk=agreement.pk), by=cast.officer, at=NOW)

    assert names_of(at_once([send, send])) == ["Agreement", "IllegalMove"]
    assert ApprovalStep.objects.count() == 4
