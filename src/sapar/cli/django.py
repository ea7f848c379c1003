"""What words that need the server do first."""

from __future__ import annotations

import importlib.util
import os
import sys

from sapar.cli.tables import err


def start_django() -> None:
    """Load the settings and the apps; says what to install where the server's packages are absent."""
    if importlib.util.find_spec("django") is None:
        err.print("This word needs the server: pip install 'sapar[server]'", style="red")
        sys.exit(2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
    import django  # only where it is installed

    django.setup()


def start_prepared() -> None:
    """`start_django`, for words that work with the database; says so when it was not prepared."""
    start_django()
    from django.db import connection  # after Django has started
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        err.print("The database is not prepared for this version of Sapar: sapar prepare", style="red")
        sys.exit(2)
