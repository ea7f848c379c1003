"""The country of the measurements keeps the rules of the tables."""

from __future__ import annotations

from datetime import date

import pytest

from sapar.demo.national import Country, build_country
from sapar.mobility.models import Exchange
from sapar.partners.models import Agreement, AgreementVersion
from sapar.partners.queries import is_intact, snapshot_of
from sapar.reporting.counting import values_of


@pytest.mark.django_db
def test_small_country_has_its_rows_and_can_be_reported() -> None:
    offices = build_country(Country(universities=3, agreements=30, exchanges=600), today=date(2026, 11, 22))
    assert (Agreement.objects.count(), Exchange.objects.count()) == (30, 600)
    for version in AgreementVersion.objects.select_related("agreement__partnership__organisation"):
        assert version.snapshot == snapshot_of(version)
        assert is_intact(version)
    found = {
        value.code: value for value in values_of(offices[0], 2024, today=date(2026, 11, 22)) if not value.row
    }
    stays = Exchange.objects.filter(office=offices[0], academic_year=2024, direction="out").count()
    assert found["exchanges.out"].value == stays
