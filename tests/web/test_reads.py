"""Lists that name the fields their cells read have named all of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Model, QuerySet
from pytest_django import DjangoAssertNumQueries

from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.partners.queries import agreements_of
from sapar.partners.queries.partnerships import partners_listed
from sapar.web.mobility.exchanges.lists import STAYS
from sapar.web.partners.lists import AGREEMENTS, PARTNERS
from sapar.web.tables import ListSpec
from tests.cast import Cast
from tests.mobility.stays import accepted_stay


@pytest.mark.parametrize("name", ["stays", "agreements", "partners"])
def test_cells_of_all_columns_ask_nothing_more(
    cast: Cast, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    accepted_stay(cast)
    lists: dict[str, tuple[ListSpec, QuerySet[Model]]] = {  # type: ignore[type-arg]
        "stays": (STAYS, exchanges_visible_to(cast.officer, cast.office)),
        "agreements": (AGREEMENTS, agreements_of(cast.office).select_related("responsible")),
        "partners": (PARTNERS, partners_listed(cast.office, date(2026, 11, 1))),
    }
    spec, rows = lists[name]
    with django_assert_num_queries(1):
        found = list(rows.only(*spec.reads))
        cells = [column.cell(row) for row in found for column in spec.columns]
        addresses = [column.address(row, cast.office) for row in found for column in spec.columns]
    assert len(cells) == len(addresses) == len(spec.columns) * len(found) > 0
