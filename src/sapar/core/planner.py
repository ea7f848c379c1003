"""What the database's planner knows about the rows."""

from __future__ import annotations

from django.db import connection


def refresh_statistics(*, filled: bool = False) -> None:
    """Let SQLite look at a sample of each index, in a moment; PostgreSQL does so by itself.

    Where other indexes have statistics, SQLite takes a new one without them for the best of all, and
    every list of a large office becomes slow. `filled`: so many rows came at once that PostgreSQL is told too, and
    may read long lists from their index alone.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")
        elif connection.vendor == "postgresql" and filled:
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")
