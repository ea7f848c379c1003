"""Two officers at one list, with real transactions on the database under test."""

from __future__ import annotations

import pytest

from sapar.audit.queries import breaks_in
from sapar.core.errors import IllegalMove
from sapar.directory.models import Organisation
from sapar.partners.models import PartnerImport, PartnerImportRow, Partnership
from sapar.partners.services.imports.deciding import add_as_new, leave_out
from sapar.partners.services.imports.taking import take_list
from sapar.partners.services.imports.undoing import undo_list
from tests.cast import NOW, Cast
from tests.partners.test_concurrency import at_once, real_database
from tests.partners.test_imports import compared, known

__all__ = ["real_database"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LIST = b"Partner,Country\nAnkara University,TR\nAcademy of Far Mountains,KG\n"


def fresh(batch: PartnerImport) -> PartnerImport:
    return PartnerImport.objects.select_related("office").get(pk=batch.pk)


def test_list_taken_by_two_at_once_is_taken_once(cast: Cast) -> None:
    known(cast, "Ankara University", "TR")
    batch = compared(cast, LIST)
    organisations = Organisation.objects.count()
    results = at_once(
        [
            lambda: take_list(fresh(batch), by=cast.officer, at=NOW),
            lambda: take_list(fresh(batch), by=cast.administrator, at=NOW),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["IllegalMove", "PartnerImport"]
    assert Partnership.objects.filter(imported_by=batch).count() == 2
    assert Organisation.objects.count() == organisations + 1
    assert list(breaks_in(cast.office)) == []


def test_list_undone_by_two_at_once_is_undone_once(cast: Cast) -> None:
    known(cast, "Ankara University", "TR")
    batch = take_list(compared(cast, LIST), by=cast.officer, at=NOW)
    results = at_once([lambda: undo_list(fresh(batch), by=cast.officer, at=NOW)] * 2)
    assert sum(isinstance(result, IllegalMove) for result in results) == 1
    assert not Partnership.objects.exists()


def test_row_decided_while_the_list_is_taken_is_in_or_refused(cast: Cast) -> None:
    known(cast, "Ankara University", "TR")
    batch = compared(cast, LIST)
    row = PartnerImportRow.objects.select_related("office").get(batch=batch, number=3)
    leave_out(row, by=cast.officer, at=NOW)
    results = at_once(
        [
            lambda: take_list(fresh(batch), by=cast.officer, at=NOW),
            lambda: add_as_new(row, by=cast.administrator, at=NOW),
        ]
    )
    decided = not isinstance(results[1], IllegalMove)
    assert Partnership.objects.filter(imported_by=batch).count() == (2 if decided else 1)
