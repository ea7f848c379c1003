"""Lists that name the fields their cells read have named all of them, and a file of theirs holds the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Model, Prefetch, QuerySet
from pytest_django import DjangoAssertNumQueries

from sapar.directory.models import Enrolment
from sapar.directory.queries import people_visible_to
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.partners.queries import agreements_of
from sapar.partners.queries.partnerships import partners_listed
from sapar.web.directory.lists import PEOPLE
from sapar.web.mobility.exchanges.lists import STAYS
from sapar.web.partners.lists import AGREEMENTS, PARTNERS
from sapar.web.tables import ListSpec
from sapar.web.tables.lean import lean_rows
from tests.cast import Cast
from tests.mobility.stays import accepted_stay, nominated_stay
from tests.story import partner_in_force


def lists(cast: Cast) -> dict[str, tuple[ListSpec, QuerySet[Model], int]]:  # type: ignore[type-arg]
    """Each list with its rows and how many queries read them."""
    enrolments = Prefetch("enrolments", Enrolment.objects.select_related("unit"), to_attr="all_enrolments")
    people = people_visible_to(cast.officer, cast.office).prefetch_related(enrolments)
    return {
        "stays": (STAYS, exchanges_visible_to(cast.officer, cast.office), 1),
        "agreements": (AGREEMENTS, agreements_of(cast.office).select_related("responsible"), 1),
        "partners": (PARTNERS, partners_listed(cast.office, date(2026, 11, 1)), 1),
        "people": (PEOPLE, people, 2),
    }


@pytest.mark.parametrize("name", ["stays", "agreements", "partners", "people"])
def test_cells_of_all_columns_ask_nothing_more(
    cast: Cast, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    accepted_stay(cast)
    spec, rows, queries = lists(cast)[name]
    with django_assert_num_queries(queries):
        found = list(rows.only(*spec.reads))
        cells = [column.cell(row) for row in found for column in spec.columns]
        addresses = [column.address(row, cast.office) for row in found for column in spec.columns]
    assert len(cells) == len(addresses) == len(spec.columns) * len(found) > 0


@pytest.mark.parametrize("name", ["stays", "agreements", "partners", "people"])
def test_rows_of_a_file_are_those_of_the_page(
    cast: Cast, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    accepted_stay(cast)
    without_faculty = nominated_stay(cast, partner_in_force(cast, "Lake University"), given="Bek")
    type(without_faculty).objects.filter(pk=without_faculty.pk).update(unit=None)
    spec, rows, queries = lists(cast)[name]
    rows = rows.order_by("pk")
    with django_assert_num_queries(queries):
        found = list(lean_rows(rows, spec.reads))
        cells = [[column.cell(row) for column in spec.columns] for row in found]
    assert cells == [[column.cell(row) for column in spec.columns] for row in rows]
    assert len(cells) > 1


def test_rows_of_a_file_share_what_they_point_to_and_know_their_other_fields(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    partner = partner_in_force(cast, places=9)
    stays = [nominated_stay(cast, partner, given=given) for given in ("Aida", "Bek")]
    rows = exchanges_visible_to(cast.officer, cast.office).order_by("pk")
    first, second = lean_rows(rows, ["number", "partner__name", "person__display_name"])
    assert first.partner is second.partner
    assert first.person != second.person
    assert [first, second] == stays
    with django_assert_num_queries(1):
        assert first.planned_from == stays[0].planned_from
