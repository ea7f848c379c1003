"""Who meets the conditions of no wish is not told to wait on the reserve list."""

from __future__ import annotations

import pytest

from sapar.mobility.mails import letter
from sapar.mobility.models import Award
from sapar.mobility.papers.decisions import _decided
from sapar.mobility.states import ApplicationState
from tests.cast import Cast
from tests.mobility.test_nominating import confirmed


@pytest.mark.parametrize(
    ("codes", "waits"),
    [
        (["not_eligible"], False),
        (["not_eligible", "not_eligible"], False),
        (["not_eligible", "below_cutoff"], True),
        (["no_places"], True),
        ([], True),
    ],
)
def test_hope_is_given_only_where_there_is_any(cast: Cast, codes: list[str], waits: bool) -> None:
    last = next(one for one in confirmed(cast, 1, waiting=1) if one.state == ApplicationState.RESERVE)
    last.person.language = "en"
    award = Award.objects.get(application=last)
    assert award.place is None
    award.reasons = [{"code": code} for code in codes]
    award.save()
    _subject, mail = letter("decision", last, "https://sapar.example/l/x/")
    for said in (mail, _decided(award, {})):
        assert ("on the reserve list" in said) is waits
        assert ("do not meet the conditions of any" in said) is not waits
