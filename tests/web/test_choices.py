"""Long lists of choices are drawn by ourselves, and mean what Django's own would."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.utils.translation import gettext_lazy as _

from sapar.web.forms import SearchSelect

PLAIN = [("", "—"), ("1", "Ankara & sons"), ("2", '<b>"Bishkek"</b>'), (3, _("State"))]
GROUPED = [
    ("", "—"),
    ("North <1>", [("4", "Oslo"), ("5", "Lund")]),
    ("6", "Rome"),
    ("South", [("7", "Bari")]),
]


def meaning(drawn: str) -> list[object]:
    select = BeautifulSoup(drawn, "html.parser").find_all(["select", "optgroup", "option"])
    return [
        (
            one.name,
            sorted((key, value) for key, value in one.attrs.items() if key != "selected"),
            "selected" in one.attrs,
            one.string if one.name == "option" else "",
            one.parent.get("label") if one.parent else None,
        )
        for one in select
    ]


@pytest.mark.parametrize("choices", [PLAIN, GROUPED])
@pytest.mark.parametrize("value", ["", None, "1", "2", 3, "5", "7", "unknown"])
def test_choices_are_those_that_djangos_list_offers(choices: list[Any], value: object) -> None:
    ours = SearchSelect({"class": "wide"}, choices)
    theirs = forms.Select({"data-search": "Search", "class": "wide"}, choices)
    attrs = {"id": "id_partner", "required": True, "aria-describedby": "help"}
    assert meaning(ours.render("partner", value, attrs)) == meaning(theirs.render("partner", value, attrs))
    assert "<b>" not in ours.render("partner", value)
