"""The time of keeping and who is past it, as a program sees and sets them."""

from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from sapar.accounts.models import User
from sapar.audit.models import Entry
from sapar.directory.models import Person
from sapar.mobility.models import Exchange
from tests.api.test_routes import client_of
from tests.cast import Cast
from tests.mobility.test_keeping import LAST
from tests.mobility.test_keeping import finished as finished
from tests.story import student

URL = "/api/v1/keeping"


def test_who_is_past_the_time_is_listed_with_the_day_of_the_last_thing(
    cast: Cast, finished: Exchange
) -> None:
    student(cast, "Fresh", "3.5")
    client = client_of(cast.officer, cast.office)
    assert client.get(URL).json() == {"years": 5}
    expected = {"id": finished.person_id, "person": finished.person.display_name, "last_day": str(LAST)}
    assert client.get(f"{URL}/past").json() == {"items": [expected], "after": None}
    assert client_of(cast.other_officer, cast.other_office).get(f"{URL}/past").json()["items"] == []
    Person.objects.update(added_at=cast.office.created_at)
    assert client.get(f"{URL}/past").json()["items"] == []


@pytest.mark.parametrize("who", ["reader", "coordinator"])
def test_who_does_not_work_for_the_office_reads_neither(cast: Cast, finished: Exchange, who: str) -> None:
    user: User = getattr(cast, who)
    client = client_of(user, cast.office)
    assert [client.get(f"{URL}{tail}").status_code for tail in ("", "/past")] == [403, 403]


def test_administrators_set_the_time_and_that_is_on_the_trail(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = client_of(cast.administrator, cast.office)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.put(URL, {"years": 7}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"years": 7})
    assert Entry.objects.filter(action="accounts.office.keeping_set", user=cast.administrator).count() == 1
    for years in (0, 76, "x"):
        assert client.put(URL, {"years": years}, content_type="application/json").status_code == 422
    assert client.put(URL, {}, content_type="application/json").status_code == 422, "no word is not no limit"
    officer = client_of(cast.officer, cast.office)
    assert officer.put(URL, {"years": 1}, content_type="application/json").status_code == 403
    assert client.get(URL).json() == {"years": 7}
    assert client.put(URL, {"years": None}, content_type="application/json").json() == {"years": None}
