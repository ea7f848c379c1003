"""Expiry, automatic renewal, warnings, successors, termination."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from sapar.accounts.actors import System
from sapar.accounts.states import Role
from sapar.audit.queries import breaks_in
from sapar.core.errors import NotAllowed
from sapar.files.queries import papers_of
from sapar.partners import tasks
from sapar.partners.errors import HasSuccessor, RemarkMissing
from sapar.partners.models import Agreement
from sapar.partners.queries import agreed_conditions, current_version
from sapar.partners.queries.ending import add_months, ending_soon, in_notice
from sapar.partners.services.approval import bring_into_force
from sapar.partners.services.ending import draft_successor, pass_end_dates, terminate, warn_of_ends
from sapar.partners.services.papers import issue_agreement
from tests.cast import NOW, TODAY, Cast, grant, make_user
from tests.partners.test_route import SIGNING
from tests.story import approve, draft, partner_in_force

BY = System("end of agreements")
END = date(2029, 8, 31)


def in_force(cast: Cast, name: str = "Ankara Demo University", **changed: object) -> Agreement:
    agreement = partner_in_force(cast, name).agreement
    Agreement.objects.filter(pk=agreement.pk).update(**changed)
    agreement.refresh_from_db()
    return agreement


def test_agreement_expires_on_the_day_after_its_last(cast: Cast) -> None:
    agreement = in_force(cast)
    assert pass_end_dates(on=END, by=BY, at=NOW) == 0
    assert pass_end_dates(on=END + timedelta(days=1), by=BY, at=NOW) == 1
    agreement.refresh_from_db()
    assert agreement.state == "expired"
    assert pass_end_dates(on=END + timedelta(days=1), by=BY, at=NOW) == 0
    assert list(breaks_in(cast.office)) == []


def test_agreement_without_end_never_expires(cast: Cast) -> None:
    in_force(cast, ends_on=None)
    assert pass_end_dates(on=date(2999, 1, 1), by=BY, at=NOW) == 0


def test_automatic_renewal_moves_the_end_and_warns_anew(cast: Cast) -> None:
    agreement = in_force(cast, renews_automatically=True, renewal_months=12, renewal_alerted_at=NOW)
    pass_end_dates(on=END + timedelta(days=1), by=BY, at=NOW)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ends_on, agreement.renewal_alerted_at) == (
        "in_force",
        date(2030, 8, 31),
        None,
    )


def test_renewal_missed_for_years_catches_up_without_losing_the_day(cast: Cast) -> None:
    agreement = in_force(cast, ends_on=date(2027, 1, 31), renews_automatically=True, renewal_months=1)
    pass_end_dates(on=date(2027, 5, 1), by=BY, at=NOW)
    agreement.refresh_from_db()
    assert agreement.ends_on == date(2027, 5, 31)


def send_warning(agreement: Agreement) -> None:
    """As workers do it: each reader's letter by itself, so one refused address delays no other."""
    tasks.warn.call(agreement.pk)
    for one in DBTaskResult.objects.filter(task_path="sapar.partners.tasks.warn_reader").order_by(
        "enqueued_at"
    ):
        tasks.warn_reader.call(*one.args_kwargs["args"])


def test_office_is_warned_once_when_the_notice_begins(cast: Cast) -> None:
    agreement = in_force(cast, notice_months=6, responsible=cast.officer)
    begins = date(2029, 2, 28)
    assert warn_of_ends(on=begins - timedelta(days=1), by=BY, at=NOW) == 0
    assert warn_of_ends(on=begins, by=BY, at=NOW) == 1
    assert warn_of_ends(on=begins + timedelta(days=1), by=BY, at=NOW) == 0
    waiting = DBTaskResult.objects.filter(task_path="sapar.partners.tasks.warn")
    assert [one.args_kwargs["args"] for one in waiting] == [[agreement.pk]]
    send_warning(agreement)
    assert [one.to for one in mail.outbox] == [["aigul@example.org"]]
    assert "31.08.2029" in str(mail.outbox[0].body)
    assert f"/o/alatoo/agreements/{agreement.pk}/" in str(mail.outbox[0].body)


def test_warning_goes_to_all_officers_where_nobody_is_responsible(cast: Cast) -> None:
    second = make_user("Second")
    grant(second, cast.office, Role.OFFICER)
    send_warning(in_force(cast))
    assert [one.to for one in mail.outbox] == [["aigul@example.org"], ["second@example.org"]]


def test_ending_soon_leaves_out_what_is_already_continued(cast: Cast) -> None:
    agreement = in_force(cast, notice_months=6)
    in_force(cast, "Other Demo University", ends_on=date(2035, 1, 1))
    day = date(2029, 6, 1)
    assert ending_soon(cast.office, day) == [agreement]
    assert ending_soon(cast.other_office, day) == []
    draft_successor(agreement, by=cast.officer, at=NOW)
    assert ending_soon(cast.office, day) == []


def test_successor_has_the_same_content_in_later_years(cast: Cast) -> None:
    agreement = in_force(cast)
    made = draft_successor(agreement, by=cast.officer, at=NOW)
    assert (made.state, made.number, made.starts_on, made.ends_on) == (
        "draft",
        "",
        date(2029, 9, 1),
        date(2032, 8, 31),
    )
    rows = current_version(made).conditions.order_by("pk").values_list("academic_year", "direction", "places")
    assert list(rows) == [(2029, "out", 2), (2029, "in", 2)]
    with pytest.raises(HasSuccessor):
        draft_successor(agreement, by=cast.officer, at=NOW)


def test_signed_successor_ends_its_predecessor_the_day_before(cast: Cast) -> None:
    agreement = in_force(cast)
    made = approve(draft_successor(agreement, by=cast.officer, at=NOW), cast)
    bring_into_force(made, **SIGNING, by=cast.officer, at=NOW)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ends_on) == ("expired", TODAY - timedelta(days=1))
    assert {row.version.agreement_id for row in agreed_conditions(cast.office)} == {made.pk}


def test_termination_needs_a_reason_and_voids_the_paper(cast: Cast) -> None:
    agreement = in_force(cast)
    issue_agreement(agreement, on=TODAY, by=cast.officer, at=NOW)
    with pytest.raises(RemarkMissing):
        terminate(agreement, reason=" ", by=cast.rector, at=NOW)
    with pytest.raises(NotAllowed):
        terminate(agreement, reason="No need", by=cast.officer, at=NOW)
    terminate(agreement, reason="No need", by=cast.rector, at=NOW)
    assert [paper.state for paper in papers_of(agreement)] == ["revoked"]


def test_draft_is_not_touched_by_the_calendar(cast: Cast) -> None:
    agreement = draft(cast)
    assert pass_end_dates(on=date(2999, 1, 1), by=BY, at=NOW) == 0
    assert warn_of_ends(on=END, by=BY, at=NOW) == 0
    agreement.refresh_from_db()
    assert agreement.state == "draft"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_added_by_the_calendar(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.integers(-60, 60))
def test_months_move_by_whole_months_and_never_past_the_day(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day


def test_notice_of_an_endless_agreement_never_begins(cast: Cast) -> None:
    assert not in_notice(Agreement(ends_on=None, notice_months=6), TODAY)
