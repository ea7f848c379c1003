"""Stays by month and year: months without stays, steps of the axis, the page whose figures open lists."""

from __future__ import annotations

import json
from datetime import date

import pytest
from bs4 import BeautifulSoup

from sapar.partners.states import Direction
from sapar.web.series import months_between, series
from tests.cast import Cast, signed_in
from tests.mobility.stays import nominated_stay
from tests.story import partner_in_force


def test_months_run_through_without_gaps() -> None:
    months = months_between(date(2025, 11, 1), date(2026, 2, 1))
    assert months == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_a_month_without_a_count_is_nought_and_the_axis_is_round() -> None:
    drawn = series("T", "U", {"out": {date(2025, 9, 1): 12}, "in": {date(2025, 11, 1): 3}})
    assert drawn is not None
    assert [list(line.values) for line in drawn.lines] == [[12, 0, 0], [0, 0, 3]]
    assert [tick.words for tick in drawn.up] == ["0", "2", "4", "6", "8", "10", "12"]
    assert drawn.data["months"] == ["09.2025", "10.2025", "11.2025"]


def test_labels_at_the_ends_do_not_lie_on_each_other() -> None:
    drawn = series(
        "T", "U", {"out": {date(2025, 9, 1): 0}, "in": {date(2025, 9, 1): 1, date(2025, 10, 1): 0}}
    )
    assert drawn is not None
    first, second = (line.label_at for line in drawn.lines)
    assert abs(first - second) >= 16


def test_nothing_is_drawn_without_months() -> None:
    assert series("T", "U", {"out": {}, "in": {}}) is None


@pytest.mark.django_db
def test_page_without_stays_says_so_and_belongs_to_those_who_read_reports(cast: Cast) -> None:
    answer = signed_in(cast.officer).get("/o/alatoo/reports/years/")
    assert "No stays yet" in answer.content.decode()
    assert signed_in(cast.nobody).get("/o/alatoo/reports/years/").status_code == 404


@pytest.mark.django_db
def test_each_figure_opens_a_list_of_as_many_stays(cast: Cast) -> None:
    partner = partner_in_force(cast, places=9)
    for given, direction in (("Aida", "out"), ("Bermet", "out"), ("Deniz", "in")):
        nominated_stay(cast, partner, given=given, direction=Direction(direction))
    client = signed_in(cast.officer)
    page = BeautifulSoup(client.get("/o/alatoo/reports/years/").content, "html.parser")
    data = page.select_one("#series-data")
    assert data is not None
    assert sum(sum(line["values"]) for line in json.loads(data.text)["lines"]) == 3
    for link in page.select(".years-table a.figure"):
        listed = BeautifulSoup(client.get(str(link["href"])).content, "html.parser")
        assert len(listed.select(".rows tbody tr")) == int(link.text)
