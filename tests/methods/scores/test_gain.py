from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sapar.methods.errors import MethodError
from sapar.methods.scores import Interval, bca_interval, learning_gain, match_people, percentile_interval
from sapar.methods.scores.bootstrap import resampled

# Thirteen pupils of a published worked example, in percent; single gains .45 -1.00 .50 .00 .14 .50 .13 .75 .92
# .05 .71 .08 .80 and a group average of .31: "Sample Learning Gain Scores Calculation",
# https://www.scribd.com/document/49148228/Gain-Scores
BEFORE = [45, 75, 60, 40, 65, 90, 53, 60, 40, 42, 58, 24, 45]
AFTER = [70, 50, 80, 40, 70, 95, 59, 90, 95, 45, 88, 30, 89]


def code_of(call: object, *arguments: object, **named: object) -> str:
    assert callable(call)
    with pytest.raises(MethodError) as refused:
        call(*arguments, **named)
    return refused.value.code


def class_gain(
    before: NDArray[np.float64], after: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    gain: NDArray[np.float64] = (after.mean(axis) - before.mean(axis)) / (100 - before.mean(axis))
    return gain


def test_published_average_of_single_gains() -> None:
    gain = learning_gain(BEFORE, AFTER, best=100, seed=1, repeats=99)
    assert round(gain.of_people.value, 2) == 0.31
    assert (gain.matched, gain.fell, gain.at_ceiling) == (13, 1, 0)


def test_class_gain_is_the_gain_of_the_means() -> None:
    gain = learning_gain(BEFORE, AFTER, best=100, seed=1, repeats=99)
    assert gain.of_class.value == pytest.approx((901 - 697) / (1300 - 697), rel=1e-14)


def test_a_loss_is_a_share_of_what_could_be_lost() -> None:
    """Marx and Cummings: (post - pre) / pre for a loss, pupils at the top or the bottom twice left out."""
    gain = learning_gain([80, 50, 100, 0], [40, 75, 100, 0], best=100, seed=1, repeats=99)
    assert gain.change is not None
    assert (gain.change.value, gain.change.people) == ((-0.5 + 0.5) / 2, 2)


def test_the_ceiling_counts_in_the_class_and_has_no_gain_of_its_own() -> None:
    gain = learning_gain([10, 20, 20], [20, 20, 15], best=20, seed=1, repeats=999)
    assert gain.at_ceiling == 2
    assert (gain.of_people.value, gain.of_people.people) == (1.0, 1)
    assert gain.of_class.value == pytest.approx(5 / 10)
    assert gain.of_class.percentile is None


def test_people_with_one_test_are_counted_and_not_used() -> None:
    nan = float("nan")
    gain = learning_gain([1, 2, nan, 3, nan], [2, nan, 3, 4, nan], best=5, seed=1, repeats=99)
    assert (gain.matched, gain.unmatched) == (2, 2)
    first, last, alone = match_people({"a": 1, "b": 2, "c": 3}, {"c": 5, "a": 2, "d": 1})
    assert (first.tolist(), last.tolist(), alone) == ([1, 3], [2, 5], ("b", "d"))


def test_the_same_seed_gives_the_same_intervals() -> None:
    one, two, other = (learning_gain(BEFORE, AFTER, best=100, seed=seed, repeats=500) for seed in (7, 7, 8))
    assert one == two
    assert one.of_class.bca != other.of_class.bca


def test_intervals_of_one_distribution_equal_scipys() -> None:
    """scipy.stats.bootstrap takes a ready distribution, so that both compute intervals of the same numbers."""
    data = np.array([BEFORE, AFTER], dtype=np.float64)

    ready = stats.bootstrap(
        tuple(data), class_gain, paired=True, vectorized=True, n_resamples=2000, method="BCa",
        rng=np.random.default_rng(5),
    )  # fmt: skip
    people = data.shape[1]
    left_out = np.array(
        [class_gain(np.delete(data[0], at), np.delete(data[1], at)) for at in range(people)], dtype=np.float64
    )
    estimate = float(class_gain(data[0], data[1]))
    ones = np.ones(people, dtype=np.int64)
    ours = bca_interval(estimate, ready.bootstrap_distribution, left_out, ones, 0.95)
    assert ours is not None
    theirs = ready.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-12)
    again = stats.bootstrap(
        tuple(data), class_gain, paired=True, vectorized=True, n_resamples=0, method="percentile",
        bootstrap_result=ready,
    )  # fmt: skip
    plain = percentile_interval(ready.bootstrap_distribution, 0.95)
    theirs = again.confidence_interval
    assert (plain.low, plain.high) == pytest.approx((theirs.low, theirs.high), rel=1e-12)


def test_intervals_agree_with_scipys_own_resampling() -> None:
    gain = learning_gain(BEFORE, AFTER, best=100, seed=3, repeats=20_000)
    data = (np.array(BEFORE, dtype=np.float64), np.array(AFTER, dtype=np.float64))

    theirs = stats.bootstrap(
        data, class_gain, paired=True, vectorized=True, n_resamples=20_000, method="BCa",
        rng=np.random.default_rng(4),
    ).confidence_interval  # fmt: skip
    assert gain.of_class.bca is not None
    assert gain.of_class.bca.low == pytest.approx(theirs.low, abs=0.01)
    assert gain.of_class.bca.high == pytest.approx(theirs.high, abs=0.01)


def test_equal_people_drawn_as_counts_are_drawn_alike() -> None:
    """Mean and variance of a resampled mean: m and s²/n with the divisor n."""
    counts = np.array([3, 5, 2], dtype=np.int64)
    values = np.array([0.0, 1.0, 4.0])
    draws = resampled(counts, lambda sample: sample @ values / 10, repeats=40_000, seed=2)
    mean = counts @ values / 10
    assert draws.mean() == pytest.approx(mean, abs=0.01)
    assert draws.var() == pytest.approx(counts @ (values - mean) ** 2 / 100, rel=0.03)


def test_a_million_equal_people_are_quick_and_have_no_spread() -> None:
    many = np.full(1_000_000, 10.0)
    gain = learning_gain(many, many + 5, best=20, seed=1)
    assert gain.of_class.value == 0.5
    assert gain.of_class.percentile == Interval(0.5, 0.5)
    assert gain.of_class.bca is None


def test_progress_ends_at_the_total() -> None:
    heard: list[tuple[int, int]] = []
    learning_gain(
        np.arange(2000.0), np.arange(2000.0), best=3000, seed=1, repeats=4500,
        progress=lambda done, total: heard.append((done, total)),
    )  # fmt: skip
    assert heard[-1] == (4500, 4500)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert len(heard) == 3


def test_bad_input_is_refused() -> None:
    cases: list[tuple[object, object, dict[str, float], str]] = [
        ([1, 2], [1], {}, "scores.columns_differ"),
        ([[1, 2]], [[1, 2]], {}, "scores.columns_differ"),
        ([], [], {}, "scores.too_few"),
        ([1, float("nan")], [1, 2], {}, "scores.too_few"),
        ([20, 20], [10, 20], {}, "scores.no_room"),
        ([1, 21], [1, 2], {}, "scores.outside_range"),
        ([1, 2], [-1, 2], {}, "scores.outside_range"),
        ([1, float("inf")], [1, 2], {}, "scores.outside_range"),
        ([1, 2], [1, 2], {"best": 0}, "scores.bad_setting"),
        ([1, 2], [1, 2], {"best": float("nan")}, "scores.bad_setting"),
        ([1, 2], [1, 2], {"repeats": 0}, "scores.bad_setting"),
        ([1, 2], [1, 2], {"level": 1.0}, "scores.bad_setting"),
        ([1, 2], [1, 2], {"repeats": 2_000_000_000}, "scores.too_much_work"),
    ]
    for before, after, named, code in cases:
        settings_of_call = {"best": 20.0, "seed": 1, "repeats": 99, **named}
        assert code_of(learning_gain, before, after, **settings_of_call) == code


scores_strategy = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 20)), min_size=3, max_size=12)


@settings(max_examples=40, deadline=None)
@given(scores_strategy, st.sampled_from([0.1, 3.0, 7.5]))
def test_gain_does_not_mind_the_unit_or_the_order(pairs: list[tuple[int, int]], unit: float) -> None:
    before, after = np.array(pairs, dtype=np.float64).T
    gain = learning_gain(before, after, best=20, seed=1, repeats=50)
    scaled = learning_gain(before[::-1] * unit, after[::-1] * unit, best=20 * unit, seed=1, repeats=50)
    assert scaled.of_class.value == pytest.approx(gain.of_class.value, rel=1e-9, abs=1e-12)
    assert scaled.of_people.value == pytest.approx(gain.of_people.value, rel=1e-9, abs=1e-12)
    assert gain.of_class.value <= 1
    interval = gain.of_class.percentile
    assert interval is not None
    assert interval.low <= interval.high
