"""Several workers look at the same moment what is due."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sapar.config.schedule import DUE, give_out
from tests.partners.test_concurrency import at_once, real_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
__all__ = ["real_database"]


def test_each_due_task_is_given_out_once() -> None:
    now = timezone.now()
    given = at_once([lambda: len(give_out(now))] * 2)
    assert sorted(given, key=str) == [0, len(DUE)]
    assert DBTaskResult.objects.count() == len(DUE)
