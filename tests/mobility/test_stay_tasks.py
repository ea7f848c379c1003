"""What a stay needs: the usual things with their days, the office's own, done, too short, taken off."""

from __future__ import annotations

from datetime import date

import pytest

from sapar.core.errors import BadInput, NotAllowed
from sapar.mobility.errors import TaskDone
from sapar.mobility.models import Exchange, StayTask
from sapar.mobility.queries.tasks import tasks_due, tasks_of
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.tasks import USUAL, add_task, add_usual_tasks, finish_task, remove_task
from sapar.mobility.states import EndReason, Need, Whose
from sapar.partners.states import Direction
from tests.cast import NOW, TODAY, Cast
from tests.mobility.stays import nominated_stay


@pytest.fixture
def stay(cast: Cast) -> Exchange:
    """Planned from 01.02. to 30.06.2027."""
    return nominated_stay(cast)


def needs(stay: Exchange, cast: Cast, *wanted: Need) -> list[StayTask]:
    return add_usual_tasks(stay, wanted, by=cast.officer, at=NOW)


def test_usual_things_are_due_by_the_planned_days(cast: Cast, stay: Exchange) -> None:
    needs(stay, cast, *USUAL[Direction.OUTGOING])
    due = {task.need: task.due_on for task in tasks_of(stay)}
    assert due[Need.PASSPORT] == date(2026, 12, 3)
    assert due[Need.VISA] == date(2027, 1, 11)
    assert due[Need.REGISTRATION] == date(2027, 2, 6)
    assert Need.INVITATION not in due
    # Put down again, nothing is doubled.
    assert needs(stay, cast, Need.VISA) == []
    assert stay.tasks.count() == len(USUAL[Direction.OUTGOING])


def test_what_the_other_direction_needs_is_refused(cast: Cast, stay: Exchange) -> None:
    with pytest.raises(BadInput):
        needs(stay, cast, Need.MEETING)


def test_guests_need_what_the_office_does(cast: Cast) -> None:
    guest = nominated_stay(cast, direction=Direction.INCOMING)
    made = {task.need: task.whose for task in needs(guest, cast, *Need)}
    assert made[Need.INVITATION] == made[Need.HOUSING] == Whose.OFFICE
    assert made[Need.VISA] == Whose.STUDENT


def test_what_is_due_and_what_ends_too_early_is_found(cast: Cast, stay: Exchange) -> None:
    visa, insurance = needs(stay, cast, Need.VISA, Need.INSURANCE)
    own = add_task(
        stay, text="Grant agreement", whose=Whose.OFFICE, due_on=date(2026, 10, 1), by=cast.officer, at=NOW
    )
    assert list(tasks_due(cast.office, until=TODAY)) == [own]
    assert set(tasks_due(cast.office, until=date(2027, 1, 31))) == {own, visa, insurance}
    for task, until in ((visa, date(2027, 5, 31)), (insurance, date(2027, 6, 30)), (own, None)):
        finish_task(task, done_on=TODAY, valid_until=until, by=cast.officer, at=NOW)
    # The visa ends in the middle of the stay; the insurance reaches to its last day.
    assert list(tasks_due(cast.office, until=date(2027, 5, 30))) == []
    assert list(tasks_due(cast.office, until=date(2027, 5, 31))) == [visa]
    cancel_exchange(stay, reason=EndReason.HEALTH, by=cast.officer, at=NOW)
    assert not tasks_due(cast.office, until=date(2028, 1, 1)).exists()
    assert not tasks_due(cast.other_office, until=date(2028, 1, 1)).exists()


def test_done_once_and_not_in_the_future(cast: Cast, stay: Exchange) -> None:
    (visa,) = needs(stay, cast, Need.VISA)
    with pytest.raises(BadInput, match="has not come yet"):
        finish_task(visa, done_on=date(2027, 1, 1), by=cast.officer, at=NOW)
    with pytest.raises(BadInput, match=r"01\.10\.2026 is before"):
        finish_task(visa, done_on=TODAY, valid_until=date(2026, 10, 1), by=cast.officer, at=NOW)
    finish_task(visa, done_on=TODAY, remark=" No. 77 ", by=cast.officer, at=NOW)
    visa.refresh_from_db()
    assert (visa.done_on, visa.remark) == (TODAY, "No. 77")
    with pytest.raises(TaskDone, match=r"05\.10\.2026"):
        finish_task(visa, done_on=TODAY, by=cast.officer, at=NOW)


def test_only_the_office_changes_them(cast: Cast, stay: Exchange) -> None:
    (visa,) = needs(stay, cast, Need.VISA)
    for person in (cast.reader, cast.coordinator, cast.other_officer):
        with pytest.raises(NotAllowed):
            remove_task(visa, by=person, at=NOW)
    remove_task(visa, by=cast.officer, at=NOW)
    assert not stay.tasks.exists()
    assert needs(stay, cast, Need.VISA)
