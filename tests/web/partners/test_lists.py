"""The lists of partners and agreements."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, signed_in
from tests.story import draft, partner_in_force

PARTNERS, AGREEMENTS = "/o/alatoo/partners/", "/o/alatoo/agreements/"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", [PARTNERS, AGREEMENTS])
def test_list_asks_the_same_questions_however_many_rows(
    cast: Cast, rows: int, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        draft(cast, f"Demo University {number}")
    client = signed_in(cast.officer)
    # session, user, roles with their offices; count, rows, saved views
    with django_assert_num_queries(6):
        assert client.get(address).content.decode().count('<tr role="row">') == rows + 1
    # the same; countries and for agreements faculties to choose from
    with django_assert_num_queries(7 if address == PARTNERS else 8):
        client.get(address + "?panel=filter")


def test_record_pages_open(cast: Cast) -> None:
    partner = partner_in_force(cast)
    client = signed_in(cast.officer)
    assert client.get(f"{AGREEMENTS}{partner.agreement.pk}/").status_code == 200
    assert client.get(f"{PARTNERS}{partner.agreement.partnership_id}/").status_code == 200


def test_filter_panel_comes_alone_when_a_script_asks_and_with_the_page_when_a_person_does(cast: Cast) -> None:
    draft(cast)
    client = signed_in(cast.officer)
    assert 'name="zone"' not in client.get(PARTNERS).content.decode()
    alone = client.get(PARTNERS + "?panel=filter&q=ankara", headers={"HX-Request": "true"}).content.decode()
    assert 'name="zone"' in alone
    assert 'name="q" value="ankara"' in alone
    assert "<html" not in alone
    whole = client.get(PARTNERS + "?panel=filter").content.decode()
    assert 'name="zone"' in whole
    assert "<html" in whole
    assert "hx-get" not in whole


def test_a_day_that_is_none_opens_the_panel_that_says_so(cast: Cast) -> None:
    page = signed_in(cast.officer).get(PARTNERS + "?contact_from=31.02.2026").content.decode()
    assert "Write dates like 05.03.2027." in page
