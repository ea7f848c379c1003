"""A worker killed after it made a key and before the letter went: the letter goes at once, and once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.machine import Machine, machine

ASKED = """
from datetime import timedelta
from django.utils import timezone
from sapar.mobility.models import Call
from sapar.mobility.services.applications import ask_for_link
from tests.cast import build_cast
from tests.story import open_call_with, partner_in_force, student
cast, now = build_cast(), timezone.now()
call = open_call_with(cast, partner_in_force(cast))
student(cast, "Aida", "3.5", number="S-77")
Call.objects.update(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=2))
call.refresh_from_db()
from django_tasks_db.models import DBTaskResult
DBTaskResult.objects.all().delete()
for _ in range(2):
    ask_for_link(call, "S-77", consent_text="Yes", language="en", at=now)
"""
OPENS = """
from django.utils import timezone
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Application
link = link_by_key("{key}", LinkPurpose.APPLY, at=timezone.now())
print(link.subject_id == Application.objects.get().pk)
"""
UNDONE = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status <> 'SUCCESSFUL'"


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("machine")) as found:
        found.env["DJANGO_SETTINGS_MODULE"] = "tests.mobility.deadly_mail"
        yield found


@pytest.mark.slow
def test_first_letter_goes_at_once_and_once_after_its_worker_was_killed(here: Machine) -> None:
    here.python(ASKED)
    letters = here.folder / "data" / "letters"
    assert here.worker().wait(timeout=120) == -9
    assert here.rows("SELECT count(*) FROM mobility_application") == [(1,)]
    assert not letters.exists()
    here.worker()
    here.wait_for(UNDONE, lambda count: count == 0, seconds=60)
    (line,) = letters.read_text().splitlines()
    address, key = line.split()
    assert address == "aida@example.org"
    assert here.python(OPENS.format(key=key)) == "True"
