"""Two officers at one list of signed agreements, and one sheet brought twice, with real transactions."""

from __future__ import annotations

import pytest

from sapar.audit.queries import breaks_in
from sapar.partners.models import Agreement, AgreementImport, Partnership
from sapar.partners.services.signed.taking import take_agreements, undo_agreements
from tests.cast import NOW, Cast
from tests.partners.signed_list import TIDY, partners
from tests.partners.test_concurrency import at_once, real_database
from tests.partners.test_signed import looked_at

__all__ = ["real_database"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def fresh(batch: AgreementImport) -> AgreementImport:
    return AgreementImport.objects.select_related("office").get(pk=batch.pk)


def test_a_list_taken_by_two_at_once_is_taken_once(cast: Cast) -> None:
    partners(cast)
    batch = looked_at(cast, TIDY)
    results = at_once(
        [
            lambda: take_agreements(fresh(batch), by=cast.officer, at=NOW),
            lambda: take_agreements(fresh(batch), by=cast.administrator, at=NOW),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["AgreementImport", "IllegalMove"]
    assert Agreement.objects.filter(imported_by=batch).count() == len(TIDY) - 2
    assert list(breaks_in(cast.office)) == []


def test_the_same_sheet_brought_by_two_is_on_record_once(cast: Cast) -> None:
    partners(cast)
    first, second = looked_at(cast, TIDY), looked_at(cast, TIDY)
    results = at_once(
        [
            lambda: take_agreements(fresh(first), by=cast.officer, at=NOW),
            lambda: take_agreements(fresh(second), by=cast.administrator, at=NOW),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["AgreementImport", "NothingToTake"]
    assert Agreement.objects.count() == len(TIDY) - 2
    assert Partnership.objects.count() == 4


def test_a_list_undone_by_two_at_once_is_undone_once(cast: Cast) -> None:
    partners(cast)
    batch = take_agreements(looked_at(cast, TIDY), by=cast.officer, at=NOW)
    results = at_once([lambda: undo_agreements(fresh(batch), by=cast.officer, at=NOW)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AgreementImport", "IllegalMove"]
    assert not Agreement.objects.exists()
