"""What changed between two versions."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sapar.partners.queries.changes import Piece, changes_between, pieces_of

HEAD = {"kind": "exchange", "title": "Exchange", "ends_on": "2029-08-31"}


def snapshot(head: dict[str, Any], rows: list[dict[str, Any]], text: str = "Two places") -> dict[str, Any]:
    return {
        "agreement": {**HEAD, **head},
        "conditions": rows,
        "texts": {"en": [{"heading": "Places", "text": text}]},
    }


def row(year: int, places: int, **more: Any) -> dict[str, Any]:
    usual = {"direction": "out", "kind": "study", "isced_f": "", "level": "", "unit": None, "months": "5"}
    return {
        **usual, "academic_year": year, "places": places, "language": "", "language_level": "", "note": "", **more
    }  # fmt: skip


def test_same_snapshots_have_no_changes() -> None:
    same = snapshot({}, [row(2026, 2)])
    assert not changes_between(same, same)


def test_changed_head_rows_and_texts_are_told_apart() -> None:
    before = snapshot({}, [row(2026, 2), row(2027, 2)])
    after = snapshot({"ends_on": "2030-08-31"}, [row(2026, 3), row(2028, 2)], "Three places")
    changes = changes_between(before, after)
    assert [(one.name, one.before, one.after) for one in changes.head] == [
        ("ends_on", "2029-08-31", "2030-08-31")
    ]
    told = [
        (one.before and one.before["places"], one.after and one.after["places"], one.changed)
        for one in changes.rows
    ]
    assert told == [(2, 3, ("places",)), (None, 2, ()), (2, None, ())]
    assert [one.pieces for one in changes.texts] == [
        (Piece("kept", "Places"), Piece("out", "Two"), Piece("in", "Three"), Piece("kept", "places"))
    ]


def test_equal_rows_are_paired_one_by_one() -> None:
    twice = snapshot({}, [row(2026, 2), row(2026, 2)])
    once = snapshot({}, [row(2026, 2)])
    assert [one.after for one in changes_between(twice, once).rows] == [None]
    assert [one.before for one in changes_between(once, twice).rows] == [None]


def test_article_added_at_the_end_is_new_as_a_whole() -> None:
    before, after = snapshot({}, []), snapshot({}, [])
    after["texts"]["en"].append({"heading": "Term", "text": "Five years"})
    (change,) = changes_between(before, after).texts
    assert (change.number, change.heading, change.pieces) == (2, "Term", (Piece("in", "Term Five years"),))


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12).map(" ".join)


@given(WORDS, WORDS)
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = list(pieces_of(before, after))
    assert " ".join(one.words for one in pieces if one.kind != "in") == before
    assert " ".join(one.words for one in pieces if one.kind != "out") == after
