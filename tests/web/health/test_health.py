"""Monitors learn whether the server works, strangers learn nothing."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/health/live").json()["status"] == "alive"


@pytest.mark.django_db
def test_ready_when_all_migrations_are_there(client: Client) -> None:
    assert client.get("/health/ready").json()["status"] == "ready"


@pytest.mark.django_db
def test_metrics_are_open_metrics_for_the_machine_itself(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.content.decode().endswith("# EOF\n")
    assert "sapar_exchanges 0.0" in answer.content.decode()


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
