"""The menu of places says where one is."""

from __future__ import annotations

from django.urls import resolve

from sapar.web.shell import PLACES
from tests.web.test_heads import PAGES


def test_every_page_of_an_office_belongs_to_one_place() -> None:
    rooms = [room for place in PLACES for room in place.rooms]
    pages = {resolve(path).namespace for path in PAGES if path.startswith("/o/")}
    assert len(rooms) == len(set(rooms))
    assert pages - set(rooms) == set()
