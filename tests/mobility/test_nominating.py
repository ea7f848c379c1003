"""Many people are nominated at once: the same questions for each number of them, all of them or nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sapar.audit.queries import breaks_in, timeline
from sapar.core.errors import IllegalMove
from sapar.mobility.errors import AlreadyNominated
from sapar.mobility.models import Application, Exchange
from sapar.mobility.queries.exchanges import to_nominate
from sapar.mobility.services.applications.checking import accept_papers
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.nominating import nominate, nominate_together
from sapar.mobility.services.placing.adoption import adopt_run
from sapar.mobility.services.placing.answers import confirm_place
from sapar.mobility.services.placing.runs import run_placing
from sapar.mobility.states import ApplicationState
from tests.cast import NOW, Cast, signed_in
from tests.story import apply, open_call_with, partner_in_force, student

NAMES = ("Aida", "Bek", "Cholpon", "Damir", "Elnura", "Farhod")


def confirmed(cast: Cast, count: int, *, waiting: int = 0) -> list[Application]:
    """So many who confirmed their places in a call of their own; those `waiting` were given none."""
    call = open_call_with(cast, partner_in_force(cast, f"University for {count}", places=count))
    made = [
        apply(call, student(cast, name, "3.9", number=f"N-{count}-{name}"))
        for name in NAMES[: count + waiting]
    ]
    close_call(call, by=cast.officer, at=NOW)
    for application, _link in made:
        accept_papers(application, by=cast.officer, at=NOW)
    adopt_run(run_placing(call, seed=1, by=cast.officer, at=NOW), by=cast.officer, at=NOW)
    for application, link in made:
        application.refresh_from_db()
        if application.state == ApplicationState.PLACED:
            confirm_place(application, by=link, at=NOW)
    return [Application.objects.get(pk=application.pk) for application, _link in made]


def test_nominating_asks_the_same_questions_however_many_they_are(cast: Cast) -> None:
    asked, numbers = [], []
    for count in (1, 2, 6):  # the first one begins the register of numbers
        applications = confirmed(cast, count)
        with CaptureQueriesContext(connection) as queries:
            made = nominate_together(applications, by=cast.officer, at=NOW)
        asked.append(len(queries))
        numbers += [one.number for one in made]
        assert [one.application_id for one in made] == sorted(one.pk for one in applications)
        for one in made:
            kept = Exchange.objects.get(pk=one.pk)
            assert (kept.number, kept.person, kept.condition) == (one.number, one.person, one.condition)
            [entry] = timeline(kept).filter(action="mobility.exchange.nominated")
            assert entry.data == {"application": one.application_id}
    assert asked[1] == asked[2] <= 20
    year = made[0].academic_year
    assert numbers == [f"O-{year}-{at:04d}" for at in range(1, 10)]
    assert list(breaks_in(cast.office)) == []


def test_one_who_holds_no_place_keeps_all_of_them_back(cast: Cast) -> None:
    applications = confirmed(cast, 2, waiting=1)
    with pytest.raises(IllegalMove):
        nominate_together(applications, by=cast.officer, at=NOW)
    assert not Exchange.objects.exists()
    assert to_nominate(cast.office).count() == 2


def test_who_was_nominated_before_is_told_by_name(cast: Cast) -> None:
    """Two officers with the same list open: the second used to see an error of the server."""
    aida, bek = confirmed(cast, 2)
    nominate(aida, by=cast.officer, at=NOW)
    with pytest.raises(AlreadyNominated, match="Aida"):
        nominate_together([aida, bek], by=cast.officer, at=NOW)
    answer = signed_in(cast.officer).post(
        "/o/alatoo/stays/nominate/", {"row": [aida.pk, bek.pk]}, follow=True
    )
    assert "Aida" in answer.content.decode()
    assert "has been nominated before" in answer.content.decode()
    assert Exchange.objects.count() == 1
