"""What is due is given to the queue once in its time, and really done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from typer.testing import CliRunner

from sapar.cli.tick import app
from sapar.config.schedule import DUE, Due, give_out
from sapar.partners import tasks
from sapar.partners.models import Agreement
from tests.cast import Cast
from tests.core.work import do_what_is_ready
from tests.story import partner_in_force

pytestmark = pytest.mark.django_db


def test_due_tasks_are_given_out_once_until_their_time_has_come_again() -> None:
    now = timezone.now()
    due = [Due("warnings", tasks.warn_of_ends, timedelta(hours=6))]
    assert give_out(now, due) == due
    assert give_out(now + timedelta(hours=5), due) == []
    # Nobody has done it yet: a second one would pile up behind it.
    assert give_out(now + timedelta(hours=7), due) == []
    do_what_is_ready()
    assert give_out(now + timedelta(hours=7), due) == due
    assert DBTaskResult.objects.filter(task_path="sapar.partners.tasks.warn_of_ends").count() == 2


def test_names_and_tasks_of_the_list_are_unique_and_need_no_arguments() -> None:
    assert len({due.name for due in DUE}) == len({due.task.module_path for due in DUE}) == len(DUE)
    for due in DUE:
        assert due.task.func.__code__.co_argcount == 0


def test_tick_says_what_is_due_and_then_that_nothing_is() -> None:
    runner = CliRunner()
    first, second = runner.invoke(app), runner.invoke(app)
    assert (first.exit_code, first.output.count("due: ")) == (0, len(DUE))
    assert (second.exit_code, second.output.strip()) == (0, "Nothing is due.")
    listed = runner.invoke(app, ["--list"])
    assert listed.output.count(": every ") == len(DUE)


def test_scheduled_task_lets_an_old_agreement_expire(cast: Cast) -> None:
    agreement = partner_in_force(cast).agreement
    Agreement.objects.filter(pk=agreement.pk).update(starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
    assert tasks.end_agreements.call() == 1
    agreement.refresh_from_db()
    assert agreement.state == "expired"
    assert tasks.end_agreements.call() == 0
