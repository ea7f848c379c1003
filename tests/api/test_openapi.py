"""Schemathesis sends what the description allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from sapar.accounts.services import make_token
from sapar.config.wsgi import application
from tests.api.test_routes import ALL
from tests.cast import NOW, Cast
from tests.story import partner_in_force

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def key(cast: Cast) -> str:
    partner_in_force(cast)
    return make_token(
        cast.administrator, cast.office, name="t", scopes=ALL, days=None, by=cast.administrator, at=NOW
    )[1]


@pytest.fixture(autouse=True)
def keep_the_connection() -> Iterator[None]:
    """A request to the real application ends by closing a connection that is inside a transaction: the test's."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_fit_the_description(case: schemathesis.Case[Any], key: str) -> None:
    answer = case.call(headers={"Authorization": f"Bearer {key}"})
    case.validate_response(
        answer, checks=[not_a_server_error, status_code_conformance, response_schema_conformance]
    )


def test_the_page_on_the_api_names_every_route() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/api.md").read_text(encoding="utf-8")
    routes = [
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in schema.raw_schema["paths"].items()
        for method in methods
    ]
    told = page.replace("`GET`, `POST /webhooks`", "GET /webhooks POST /webhooks")
    assert [route for route in routes if route not in told] == []
