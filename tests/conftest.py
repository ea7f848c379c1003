"""What all tests share. The methods' tests run where Django is absent, so nothing here needs it."""

from __future__ import annotations

import importlib.util
import os
from contextlib import ExitStack

import hypothesis
import pytest

# How fast a busy machine draws examples says nothing about the code under test.
hypothesis.settings.register_profile(
    "sapar", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("sapar")

HAS_DJANGO = importlib.util.find_spec("django") is not None
_running = ExitStack()

if HAS_DJANGO:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    # Playwright's synchronous interface runs inside a loop; our code is synchronous all the same.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for all workers, started before Django reads its settings."""
    wanted = os.environ.get("SAPAR_TEST_DATABASE") == "postgres"
    if wanted and not hasattr(config, "workerinput"):
        from tests.postgres import NoPostgres, server  # needs a Unix machine; other runs do not

        try:
            os.environ["SAPAR_DATABASE_URL"] = _running.enter_context(server())
        except NoPostgres as missing:
            raise pytest.UsageError(str(missing)) from missing
    if HAS_DJANGO:
        import django  # only after the database is known

        django.setup()
        config.pluginmanager.import_plugin("tests.cast")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _running.close()
