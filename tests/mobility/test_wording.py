"""Sentences about results: to the applicant as "you", to the office about somebody; names instead of codes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sapar.methods.recognition import pass_or_fail, shipped_scale
from sapar.mobility.papers.minutes import part_name
from sapar.mobility.wording.reasons import reason_sentences, unused_sentence
from sapar.mobility.wording.recognition import method_sentence
from sapar.mobility.wording.rules import rule_sentence

PART = {"part": "open", "places": 2, "position": 3, "own": "60", "last": "71", "cutoff": "71"}
FAILURE = {"rule": "r", "fact": "faculty", "test": "equals", "required": "MED", "actual": "ECO"}
REASONS: list[dict[str, Any]] = [
    {"code": "placed", "score": "80", "parts": [PART]},
    {"code": "kept"},
    {"code": "not_eligible", "failures": [FAILURE, {**FAILURE, "actual": None}]},
    {"code": "placed_higher"},
    {"code": "frozen_elsewhere"},
    {"code": "reserved"},
    {"code": "no_places"},
    {"code": "given_earlier"},
    *(
        {"code": "below_cutoff", "parts": [{**PART, "decided_by": decided}]}
        for decided in ("score", "tier", "lottery", "mechanism", "places", "reserved", "gpa")
    ),
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason["code"])
def test_office_is_not_spoken_to_as_the_applicant(reason: dict[str, Any]) -> None:
    own, about = reason_sentences(reason), reason_sentences(reason, own=False)
    assert len(about) == len(own)
    assert not re.search(r"\byou", " ".join(about), re.IGNORECASE)


def test_faculties_have_their_names_where_they_are_known() -> None:
    names = {"MED": "Faculty of Medicine", "ECO": "Faculty of Economics"}
    assert rule_sentence(FAILURE) == "Faculty: MED"
    assert rule_sentence(FAILURE, names) == "Faculty of Medicine"
    assert (
        reason_sentences(REASONS[2], names, own=False)[1]
        == "Faculty of Medicine; here: Faculty of Economics."
    )


def test_one_person_is_not_all_of_them() -> None:
    facts = {"code": "all_placed", "wished": 1, "eligible": 1, "entitled": 1}
    assert unused_sentence(facts).startswith("The 1 person")
    assert unused_sentence({**facts, "entitled": 4}).startswith("All 4 ")


def test_a_scale_is_called_by_its_title() -> None:
    scale = shipped_scale("kz-12")
    assert f"“{scale.title}”" in method_sentence(pass_or_fail("C", scale).plain())


def test_places_kept_for_a_faculty_are_called_by_its_name() -> None:
    kept = {**PART, "part": "MED", "decided_by": "score"}
    below = reason_sentences({"code": "below_cutoff", "parts": [kept]}, {"MED": "Faculty of Medicine"})
    placed = reason_sentences({"code": "placed", "parts": [kept]}, {"MED": "Faculty of Medicine"})
    assert "reserved for “Faculty of Medicine”" in " ".join(below)
    assert "reserved for “Faculty of Medicine”" in " ".join(placed)
    assert (part_name("MED", {"MED": "Faculty of Medicine"}), part_name("girls", {})) == (
        "reserved: Faculty of Medicine",
        "reserved: girls",
    )
