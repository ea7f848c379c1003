"""From coded spans to units: boundaries, uncoded text, overlaps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sapar.methods.errors import MethodError
from sapar.methods.surveys.agreement import (
    Coding,
    character_bounds,
    code_presence,
    code_units,
    cohen_kappa,
    krippendorff_alpha,
    segment_bounds,
    sentence_bounds,
    turn_bounds,
)

TEXT = "I: How was it? R: Warm. People helped me… Даже дома помогли!\nR: And then, in spring, we moved."
CODERS = ("Aida", "Bek")


def spans(coder: str, *parts: tuple[str, int, int]) -> list[Coding]:
    return [Coding(coder=coder, code=code, start=start, end=end) for code, start, end in parts]


def test_sentences_end_at_their_punctuation_or_line() -> None:
    pieces = [TEXT[start:end] for start, end in sentence_bounds(TEXT)]
    assert pieces == [
        "I: How was it?",
        "R: Warm.",
        "People helped me…",
        "Даже дома помогли!",
        "R: And then, in spring, we moved.",
    ]


def test_urdu_and_hindi_sentences_end_too() -> None:
    assert len(sentence_bounds("آپ کیسے ہیں؟ میں ٹھیک ہوں۔ شکریہ۔")) == 3
    assert len(sentence_bounds("मैं ठीक हूँ। धन्यवाद।")) == 2


def test_turns_begin_with_a_name() -> None:
    text = "Notes first.\nI: How?\nWell?\nAizada 2: Like this: so.\n\nI: Good."
    pieces = [text[start:end] for start, end in turn_bounds(text)]
    assert pieces == ["Notes first.", "I: How?\nWell?", "Aizada 2: Like this: so.", "I: Good."]


def test_segments_lie_between_all_boundaries() -> None:
    codings = spans("Aida", ("x", 2, 6)) + spans("Bek", ("x", 4, 9))
    assert segment_bounds(codings, 12).tolist() == [[0, 2], [2, 4], [4, 6], [6, 9], [9, 12]]


def test_the_code_that_covers_most_of_a_unit_is_its_value() -> None:
    bounds = np.array([[0, 10], [10, 20]])
    codings = spans("Aida", ("short", 0, 3), ("long", 3, 10), ("long", 8, 12)) + spans("Bek", ("long", 0, 20))
    units = code_units(codings, bounds, coders=CODERS)
    assert units.ratings == (("long", "long"), ("long", "long"))
    assert units.split == 1
    covered_half = code_units(codings, bounds, coders=CODERS, coverage=0.5)
    assert covered_half.ratings == (("long", ""), ("long", "long"))
    assert covered_half.split == 0


def test_overlapping_spans_of_one_code_are_counted_once() -> None:
    codings = spans("Aida", ("x", 0, 5), ("x", 2, 6), ("y", 0, 8)) + spans("Bek", ("y", 0, 1))
    # x covers 6 and not 9 characters, y 8.
    assert code_units(codings, np.array([[0, 10]]), coders=CODERS).ratings == (("y",), ("y",))


def test_uncoded_text_may_count_be_dropped_or_be_missing() -> None:
    bounds = np.array([[0, 10], [10, 20], [20, 30]])
    codings = spans("Aida", ("x", 0, 10), ("y", 10, 20)) + spans("Bek", ("x", 0, 10))
    count, drop, missing = (
        code_units(codings, bounds, coders=CODERS, uncoded=how) for how in ("count", "drop", "missing")
    )
    assert count.ratings == (("x", "y", ""), ("x", "", ""))
    assert drop.ratings == (("x", "y"), ("x", ""))
    assert drop.dropped == 1
    assert missing.ratings == (("x", "y"), ("x", None))


def test_uncoded_characters_inflate_kappa() -> None:
    """The longer the text that nobody coded, the higher kappa over characters; left out, it has no effect."""
    codings = spans("Aida", ("x", 0, 10), ("y", 10, 16)) + spans("Bek", ("x", 0, 8), ("y", 8, 16))

    def kappa(length: int, how: str) -> float:
        units = code_units(codings, character_bounds(length), coders=CODERS, uncoded=how)  # type: ignore[arg-type]
        return cohen_kappa(*units.ratings).kappa

    assert kappa(1000, "count") > kappa(100, "count") > kappa(20, "count") > kappa(20, "drop")
    assert kappa(1000, "drop") == kappa(20, "drop")


def test_presence_of_a_code_that_may_overlap_others() -> None:
    bounds = np.array([[0, 10], [10, 20], [20, 30]])
    codings = spans("Aida", ("x", 0, 10), ("y", 0, 10), ("y", 10, 20)) + spans("Bek", ("x", 0, 20))
    assert code_presence(codings, bounds, "x", coders=CODERS).ratings == (
        ("yes", "no", "no"),
        ("yes", "yes", "no"),
    )
    dropped = code_presence(codings, bounds, "x", coders=CODERS, uncoded="drop")
    assert dropped.ratings == (("yes", "no"), ("yes", "yes"))
    assert code_presence(codings, bounds, "z", coders=CODERS).ratings == (("no",) * 3,) * 2


coded_spans = st.lists(
    st.tuples(st.sampled_from(CODERS), st.sampled_from("xyz"), st.integers(0, 39), st.integers(1, 12)),
    max_size=12,
).map(lambda drawn: [Coding(coder=a, code=b, start=c, end=min(c + d, 40)) for a, b, c, d in drawn])


@settings(max_examples=80, deadline=None)
@given(coded_spans, st.sampled_from("xyz"))
def test_presence_over_characters_is_what_one_would_count_by_hand(codings: list[Coding], code: str) -> None:
    found = code_presence(codings, character_bounds(40), code, coders=CODERS)
    for coder, row in zip(CODERS, found.ratings, strict=True):
        by_hand = [
            any(c.coder == coder and c.code == code and c.start <= place < c.end for c in codings)
            for place in range(40)
        ]
        assert [value == "yes" for value in row] == by_hand


@settings(max_examples=60, deadline=None)
@given(coded_spans)
def test_within_segments_a_code_covers_all_or_nothing(codings: list[Coding]) -> None:
    """So over segments the asked coverage cannot matter."""
    bounds = segment_bounds(codings, 40)
    one = code_presence(codings, bounds, "x", coders=CODERS, coverage=0.0)
    assert one.ratings == code_presence(codings, bounds, "x", coders=CODERS, coverage=1.0).ratings


def test_units_go_straight_into_alpha() -> None:
    codings = spans("Aida", ("warm", 18, 23), ("help", 24, 41)) + spans("Bek", ("warm", 15, 41))
    units = code_units(codings, sentence_bounds(TEXT), coders=CODERS, uncoded="drop")
    assert units.ratings == (("warm", "help"), ("warm", "warm"))
    assert krippendorff_alpha(units.ratings).alpha == 0.0


GOOD = np.array([[0, 5], [5, 9]])


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.bounds_invalid", lambda: code_units([], sentence_bounds("  \n "), coders=CODERS)),
        ("surveys.bounds_invalid", lambda: code_units([], np.array([[0, 5], [4, 9]]), coders=CODERS)),
        ("surveys.bounds_invalid", lambda: code_units([], np.array([[3, 3]]), coders=CODERS)),
        ("surveys.span_invalid", lambda: code_units(spans("Aida", ("x", 4, 4)), GOOD, coders=CODERS)),
        ("surveys.span_invalid", lambda: code_units(spans("Aida", ("x", -1, 4)), GOOD, coders=CODERS)),
        ("surveys.span_invalid", lambda: code_units(spans("Aida", ("x", 9, 12)), GOOD, coders=CODERS)),
        ("surveys.coder_unknown", lambda: code_units(spans("Cholpon", ("x", 0, 4)), GOOD, coders=CODERS)),
        ("surveys.ratings_shape", lambda: code_units([], GOOD, coders=["Aida"])),
        ("surveys.ratings_shape", lambda: code_units([], GOOD, coders=["Aida", "Aida"])),
        ("surveys.coverage_invalid", lambda: code_units([], GOOD, coders=CODERS, coverage=1.5)),
        ("surveys.uncoded_unknown", lambda: code_units([], GOOD, coders=CODERS, uncoded="hide")),  # type: ignore[arg-type]
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    with pytest.raises(MethodError) as caught:
        action()
    assert caught.value.code == expected
