"""What may exist once exists once, on every database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sapar.accounts.models import RoleGrant
from sapar.accounts.states import Role, ScopeKind
from sapar.directory.models import Territory
from tests.cast import NOW, Cast


def territory(valid_from: date | None) -> Territory:
    return Territory.objects.create(
        country_code="KG", scheme="soate", code="41706", kind="city", name="Osh", valid_from=valid_from
    )


@pytest.mark.django_db
@pytest.mark.parametrize("valid_from", [None, date(2020, 1, 1)])
def test_territory_exists_once_for_each_beginning(valid_from: date | None) -> None:
    territory(valid_from)
    with pytest.raises(IntegrityError), transaction.atomic():
        territory(valid_from)
    territory(date(2024, 1, 1))


@pytest.mark.parametrize("scoped", [False, True])
def test_role_is_granted_once(cast: Cast, scoped: bool) -> None:
    def grant() -> RoleGrant:
        return RoleGrant.objects.create(
            office=cast.office,
            user=cast.nobody,
            role=Role.COORDINATOR,
            scope_kind=ScopeKind.UNIT if scoped else ScopeKind.OFFICE,
            scope_id=cast.medicine.pk if scoped else None,
            granted_at=NOW,
        )

    grant()
    with pytest.raises(IntegrityError), transaction.atomic():
        grant()
