"""Runs what was enqueued, as the worker does."""

from __future__ import annotations

from datetime import datetime

from django_tasks_db.models import DBTaskResult


def drain(*, until: datetime | None = None) -> list[str]:
    """Run all tasks that are ready, also those that become so; answers their names in order.

    Args:
        until: also run those planned for a time before.

    A task that fails fails the test.
    """
    names: list[str] = []
    while True:
        ready = DBTaskResult.objects.filter(status="READY")
        now = ready.filter(run_after__lte=until) if until else ready.filter(run_after__year__gte=9000)
        found = now.order_by("enqueued_at").first()
        if found is None:
            return names
        names.append(found.task_path.rsplit(".", 1)[-1])
        DBTaskResult.objects.filter(pk=found.pk).update(status="SUCCESSFUL")
        kept = found.args_kwargs
        found.task.call(*kept["args"], **kept["kwargs"])
