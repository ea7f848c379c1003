"""What a stay needs: putting it down, noting that it was done, taking it off."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sapar.core.policy import require
from sapar.mobility.models import Exchange, StayTask
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.queries.tasks import tasks_of
from sapar.mobility.services.tasks import USUAL, add_task, add_usual_tasks, finish_task, remove_task
from sapar.mobility.states import Need, Whose
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action
from sapar.web.mobility.exchanges.forms.tasks import FinishTaskForm, TasksForm
from sapar.web.mobility.exchanges.views.learning import stay_of
from sapar.web.mobility.exchanges.views.record import act_on_stay
from sapar.web.mobility.exchanges.words import page_url, task_words


def _to_change(request: OfficeRequest, pk: int) -> Exchange:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    return found


@office_view
def add(request: OfficeRequest, pk: int) -> HttpResponse:
    """The usual things with their days, ticked where they are missing, and one of the office's own."""
    found = _to_change(request, pk)
    known = set(tasks_of(found).values_list("need", flat=True))
    missing = [need for need in USUAL[found.direction] if need not in known]
    form = TasksForm(request.POST or None, exchange=found, needs=missing)

    @transaction.atomic
    def do(data: dict[str, Any]) -> None:
        now = timezone.now()
        if data["usual"]:
            add_usual_tasks(found, [Need(one) for one in data["usual"]], by=request.user, at=now)
        if data["text"]:
            add_task(
                found,
                text=data["text"],
                whose=Whose(data["whose"]),
                due_on=data["due_on"],
                by=request.user,
                at=now,
            )

    return act_on_stay(request, found, form, _("What the stay needs"), _("Put down"), do)


@office_view
def finish(request: OfficeRequest, pk: int, task: int) -> HttpResponse:
    found = _to_change(request, pk)
    one = get_object_or_404(StayTask.objects.select_related("exchange"), exchange=found, pk=task)
    form = FinishTaskForm(request.POST or None, initial={"done_on": timezone.localdate()})
    others = [
        Action(
            _("This stay does not need it"),
            page_url("remove_task", request.office, pk, task=task),
            post=True,
            danger=True,
        )
    ]

    def do(data: dict[str, Any]) -> None:
        finish_task(one, **data, by=request.user, at=timezone.now())

    return act_on_stay(request, found, form, task_words(one), _("Mark as done"), do, others=others)


@require_POST
@office_view
def remove(request: OfficeRequest, pk: int, task: int) -> HttpResponse:
    found = _to_change(request, pk)
    one = get_object_or_404(StayTask.objects.select_related("exchange"), exchange=found, pk=task)
    remove_task(one, by=request.user, at=timezone.now())
    return redirect(page_url("exchange", request.office, pk))
