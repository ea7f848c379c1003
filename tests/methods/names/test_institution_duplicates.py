"""Institutions that a directory has twice."""

from __future__ import annotations

import pytest

from sapar.methods.errors import MethodError
from sapar.methods.names import InstitutionRecord, find_duplicate_institutions


def record(
    key: str, *names: str, country: str = "KG", city: str = "", **more: tuple[str, ...]
) -> InstitutionRecord:
    return InstitutionRecord(key=key, names=names, country=country, city=city, **more)


OSH = record("osh", "Osh State University", city="Osh")
OTHERS = [
    record("tech", "Osh Technological University", city="Osh"),
    record("naryn", "Naryn State University", city="Naryn"),
    record("lyon2", "Université Lumière Lyon 2", country="FR"),
    record("lyon3", "Université Jean Moulin Lyon 3", country="FR"),
]


@pytest.mark.parametrize(
    "again",
    [
        record("again", "Osh State University", city="Osh"),
        record("again", "Ошский государственный университет", city="Ош"),
        record("again", "Ош мамлекеттик университети"),
        record("again", "Pedagogical Institute of Osh", "Osh State University"),
    ],
)
def test_one_institution_entered_twice_is_found_under_any_of_its_names(again: InstitutionRecord) -> None:
    for records in ([OSH, *OTHERS, again], [again, *OTHERS, OSH]):
        (pair, *_) = find_duplicate_institutions(records)
        assert {pair.left, pair.right} == {"osh", "again"}
        assert (pair.left, pair.decision) == (records[0].key, "same")


def test_a_directory_without_doubles_decides_nobody_to_be_another() -> None:
    found = find_duplicate_institutions([OSH, *OTHERS])
    assert [pair for pair in found if pair.decision == "same"] == []
    assert all(pair.left != pair.right for pair in found)
    assert len({frozenset((pair.left, pair.right)) for pair in found}) == len(found)
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)


def test_another_country_or_a_branch_is_only_a_candidate() -> None:
    abroad = record("abroad", "Osh State University", country="KZ")
    branch = record("branch", "Uzgen branch of Osh State University")
    found = {
        frozenset((pair.left, pair.right)): pair
        for pair in find_duplicate_institutions([OSH, abroad, branch])
    }
    assert found[frozenset(("osh", "abroad"))].decision == "perhaps"
    assert found[frozenset(("osh", "branch"))].decision == "perhaps"


def test_progress_and_refusals() -> None:
    heard: list[tuple[int, int]] = []
    find_duplicate_institutions([OSH, *OTHERS], progress=lambda done, total: heard.append((done, total)))
    assert heard == [(5, 5)]
    with pytest.raises(MethodError):
        find_duplicate_institutions([OSH, OSH])
    with pytest.raises(MethodError):
        find_duplicate_institutions([])
