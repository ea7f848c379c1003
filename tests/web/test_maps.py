"""The map of the world: classes of colour, outlines, small countries, the page with its links."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from sapar.partners.states import Direction
from sapar.web.maps import HEIGHT, WIDTH, bounds_of, project, world_map
from tests.cast import Cast, signed_in
from tests.mobility.stays import nominated_stay
from tests.story import partner_in_force


@pytest.mark.parametrize(
    ("most", "bounds"),
    [
        (0, []),
        (1, [(5, 1, 1)]),
        (2, [(1, 1, 1), (5, 2, 2)]),
        (40, [(1, 1, 2), (2, 3, 4), (3, 5, 9), (4, 10, 19), (5, 20, 40)]),
    ],
)
def test_classes_cover_all_numbers_and_end_dark(most: int, bounds: list[tuple[int, int, int]]) -> None:
    assert bounds_of(most) == bounds


@pytest.mark.parametrize("most", range(1, 300))
def test_each_number_belongs_to_one_class(most: int) -> None:
    assert [n for _shade, first, last in bounds_of(most) for n in range(first, last + 1)] == list(
        range(1, most + 1)
    )


def test_equal_earth_has_its_published_width_and_height() -> None:
    """The equator is 2.05458 times as long as the meridian (Šavrič, Patterson, Jenny 2018)."""
    west, east = project(-180, 0)[0], project(180, 0)[0]
    assert (round(west), round(east)) == (0, WIDTH)
    north, middle = project(0, 90)[1], project(0, 0)[1]
    assert (east - west) / (2 * (middle - north)) == pytest.approx(2.05458, abs=1e-4)


def test_countries_are_where_they_are_and_small_ones_are_dots() -> None:
    drawn = world_map("Partners", {"KG": 3, "SG": 1, "XX": 2, "DE": 0}, str, lambda code: f"/?country={code}")
    lands = {land.name: land for land in drawn.lands}
    assert set(lands) == {"KG", "SG"}
    assert lands["KG"].dot is None
    x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", lands["KG"].path).groups())  # type: ignore[union-attr]
    bishkek = project(74.6, 42.9)
    assert abs(x - bishkek[0]) < 120
    assert abs(y - bishkek[1]) < 120
    dot, singapore = lands["SG"].dot, project(103.8, 1.35)
    assert dot is not None
    assert (abs(dot[0] - singapore[0]) < 8, abs(dot[1] - singapore[1]) < 8) == (True, True)
    assert 0 < dot[0] < WIDTH
    assert 0 < dot[1] < HEIGHT


@pytest.mark.django_db
def test_map_page_counts_and_links_to_the_list_that_it_counted(cast: Cast) -> None:
    partner_in_force(cast, "Ankara Demo University")
    partner_in_force(cast, "Izmir Demo University")
    client = signed_in(cast.officer)
    page = BeautifulSoup(client.get("/o/alatoo/partners/map/").content, "html.parser")
    assert [a["aria-label"] for a in page.select(".map svg a")] == ["Türkiye: 2"]
    row = page.select_one(".small-table tbody tr")
    assert row is not None
    assert row.get_text(" ", strip=True) == "Türkiye 2 0 0"
    address = str(page.select(".map svg a")[0]["href"])
    listed = BeautifulSoup(client.get(address).content, "html.parser")
    assert len(listed.select(".rows tbody tr")) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("measure", "number"), [("outgoing", 2), ("incoming", 1)])
def test_stays_on_the_map_open_the_list_of_those_stays(cast: Cast, measure: str, number: int) -> None:
    partner = partner_in_force(cast, places=9)
    for given, direction in (("Aida", "out"), ("Bermet", "out"), ("Deniz", "in")):
        nominated_stay(cast, partner, given=given, direction=Direction(direction))
    client = signed_in(cast.officer)
    page = BeautifulSoup(client.get(f"/o/alatoo/partners/map/?by={measure}").content, "html.parser")
    (land,) = page.select(".map svg a")
    assert land["aria-label"] == f"Türkiye: {number}"
    listed = BeautifulSoup(client.get(str(land["href"])).content, "html.parser")
    assert len(listed.select(".rows tbody tr")) == number


@pytest.mark.django_db
def test_map_of_other_offices_shows_nothing_of_ours(cast: Cast) -> None:
    partner_in_force(cast)
    page = signed_in(cast.other_officer).get("/o/tianshan/partners/map/?by=outgoing")
    assert "Türkiye" not in page.content.decode()
    assert signed_in(cast.other_officer).get("/o/alatoo/partners/map/").status_code == 404
