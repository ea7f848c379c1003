"""The durable queue, named by name.

A task calls a service, and a service gives work to a task: as imports that would be a circle. The queue keeps
names anyway, so a service names the task, and the name is looked up when the work is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Later:
    """A task of the queue, such as `Later("sapar.partners.tasks.invite")`; tests resolve every name."""

    name: str

    def enqueue(self, *args: Any, run_after: datetime | None = None, **named: Any) -> None:
        """Give the work out within the transaction: it is done if that is committed, and only then."""
        task = import_string(self.name)
        (task.using(run_after=run_after) if run_after else task).enqueue(*args, **named)
