"""Monitors learn whether the server works, strangers learn nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from sapar.accounts.tasks import tidy
from tests.machine import ROOT


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/health/live").json()["status"] == "alive"


@pytest.mark.django_db
def test_ready_when_all_migrations_are_there(client: Client) -> None:
    assert client.get("/health/ready").json()["status"] == "ready"


@pytest.mark.django_db
def test_ready_before_the_first_file_made_the_folder(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "not" / "yet"
    assert client.get("/health/ready").json()["status"] == "ready"
    assert client.get("/metrics").status_code == 200


@pytest.mark.django_db
def test_not_ready_when_there_is_no_room_to_write(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(10**12, 10**12 - 1000, 1000))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "no room", "free_bytes": 1000})


def measured(client: Client) -> dict[tuple[str, ...], float]:
    """What a monitor reads, by its own parser: name and labels → value."""
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    text = answer.content.decode()
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # the library has no types
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.django_db
def test_metrics_are_open_metrics_for_the_machine_itself(client: Client) -> None:
    found = measured(client)
    assert (found["sapar_exchanges",], found["sapar_tasks", "failed"]) == (0, 0)
    assert found["sapar_free_bytes",] > 0


@pytest.mark.django_db
def test_metrics_say_how_long_work_waits_that_no_worker_does(client: Client) -> None:
    now = timezone.now()
    assert measured(client)["sapar_task_waiting_seconds",] == 0
    tidy.using(run_after=now + timedelta(days=60)).enqueue()
    DBTaskResult.objects.update(enqueued_at=now - timedelta(days=30))
    assert measured(client)["sapar_task_waiting_seconds",] == 0, "its time has not come"
    tidy.enqueue()
    late = DBTaskResult.objects.ready().get()
    DBTaskResult.objects.filter(pk=late.pk).update(enqueued_at=now - timedelta(minutes=10))
    assert 600 <= measured(client)["sapar_task_waiting_seconds",] < 700
    assert measured(client)["sapar_tasks", "ready"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_monitor_may_ask_by_the_address_of_the_machine(client: Client, path: str) -> None:
    with override_settings(ALLOWED_HOSTS=["sapar.example.org"]):
        assert client.get(path, headers={"host": "127.0.0.1:8000"}).status_code == 200
        assert client.get("/accounts/login/", headers={"host": "127.0.0.1:8000"}).status_code == 400


ASK = """
import django, json
django.setup()
from django.test import Client
client = Client(headers={"host": "localhost"}, raise_request_exception=False)
paths = ["/health/live", "/health/ready", "/metrics", "/accounts/login/", "/o/osh/"]
client.cookies["sessionid"] = "a" * 32
answers = {path: client.get(path) for path in paths}
print(json.dumps([[path, answer.status_code, answer.content.decode()] for path, answer in answers.items()]))
"""


def test_without_a_database_it_lives_is_not_ready_and_tells_people_so() -> None:
    nobody_there = {
        "SAPAR_DATABASE_URL": "postgres://sapar@127.0.0.1:1/sapar",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=dict(os.environ) | nobody_there, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = {path: (status, page) for path, status, page in json.loads(asked.stdout.splitlines()[-1])}
    assert {path: status for path, (status, _page) in found.items()} == {
        "/health/live": 200, "/health/ready": 503, "/metrics": 503, "/accounts/login/": 503, "/o/osh/": 503,
    }  # fmt: skip
    assert "Sapar is away for a moment" in found["/o/osh/"][1]


@pytest.mark.django_db
@pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}])
def test_metrics_do_not_exist_for_strangers(client: Client, extra: dict[str, str]) -> None:
    assert client.get("/metrics", **extra).status_code == 404  # type: ignore[arg-type]


@pytest.mark.django_db
@override_settings(METRICS_TOKEN="long-token")
def test_metrics_with_token_from_afar(client: Client) -> None:
    assert (
        client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer long-token").status_code
        == 200
    )
    assert client.get("/metrics").status_code == 404
