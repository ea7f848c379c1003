"""Suppression that cannot be undone: an independent linear programme tries to, on every kind of table."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from sapar.methods.errors import MethodError
from sapar.methods.surveys.disclosure import (
    AFTER,
    BEFORE,
    Axis,
    Primary,
    Table,
    audit,
    axis,
    combined,
    differences,
    dominance,
    few_contributors,
    p_percent,
    protect_release,
    small_bases,
    small_counts,
    suppress,
    table_of_leaves,
    tabulate,
)
from sapar.methods.surveys.disclosure.inequalities import violated
from sapar.methods.surveys.disclosure.protection import task_of
from sapar.methods.surveys.disclosure.suppression import FEW_ROUNDS
from sapar.methods.surveys.weights.weighting import FloatArray

MINIMUM = 5
TREE = axis(
    "oblast",
    ["Osh", "Batken", "Chui", "Naryn"],
    {"Osh": "south", "Batken": "south", "Chui": "north", "Naryn": "north"},
)
SEX = axis("sex", ["f", "m", "unknown"])
YEAR = axis("year", ["1", "2"])


def recovered(table: Table, hidden: np.ndarray, cell: int, *, whole: bool = False) -> tuple[float, float]:
    """What can be known of one cell, computed otherwise than by `audit`: the unknowns are the leaves.

    Every cell is a sum of leaves; the published ones are equations, and leaves are not negative.
    """
    combine: FloatArray = np.ones((1, 1))
    for one in table.axes:
        combine = np.asarray(np.kron(combine, one.leaf_matrix()), dtype=float)
    shown = ~hidden.ravel()
    equations = LinearConstraint(combine[shown], table.values.ravel()[shown], table.values.ravel()[shown])
    limits = []
    for sign in (1.0, -1.0):
        answer = milp(
            sign * combine[cell],
            constraints=[equations] if shown.any() else [],
            bounds=Bounds(0, np.inf),
            integrality=np.full(combine.shape[1], int(whole)),
        )
        limits.append(float("inf") if answer.fun is None else sign * float(answer.fun))
    return limits[0], limits[1]


def protected(table: Table, hidden: np.ndarray, primary: Primary) -> bool:
    for cell in np.flatnonzero(primary.cells):
        if not hidden.flat[cell]:
            return False
        low, high = recovered(table, hidden, int(cell))
        value = table.values.flat[cell]
        if low > value - primary.lower.flat[cell] + 1e-5 or high < value + primary.upper.flat[cell] - 1e-5:
            return False
    return True


def counts(shape: tuple[int, ...]) -> st.SearchStrategy[FloatArray]:
    """Small counts with many zeros: the hard kind."""
    size = int(np.prod(shape))
    few = st.sampled_from([0, 0, 1, 2, 3, 4, 7, 12, 30, 85])
    return st.lists(few, min_size=size, max_size=size).map(
        lambda cells: np.array(cells, dtype=float).reshape(shape)
    )


def check(table: Table, method: str) -> None:
    primary = small_counts(table, MINIMUM)
    try:
        found = suppress(table, primary, method=method)  # type: ignore[arg-type]
    except MethodError as refusal:
        # Even with everything hidden the rule cannot be kept.
        outcome = refusal.code
        everything = audit(table, np.ones(table.values.shape, dtype=bool), primary)
        beyond_help = bool(everything.exposed)
    else:
        outcome, beyond_help = "", False
        assert protected(table, found.hidden, primary)
        assert not (found.complementary & primary.cells).any()
        np.testing.assert_array_equal(found.hidden, primary.cells | found.complementary)
    assert (outcome == "surveys.protection_impossible") == beyond_help
    assert outcome in ("", "surveys.protection_impossible")


@pytest.mark.parametrize("method", ["heuristic", "optimal"])
@settings(max_examples=25, deadline=None)
@given(leaves=counts((4, 3)))
def test_rows_with_subtotals_cannot_be_undone(method: str, leaves: FloatArray) -> None:
    check(table_of_leaves([TREE, SEX], leaves), method)


@settings(max_examples=20, deadline=None)
@given(counts((2, 3, 2)))
def test_tables_of_three_dimensions_cannot_be_undone(leaves: FloatArray) -> None:
    check(table_of_leaves([axis("level", ["bachelor", "master"]), SEX, YEAR], leaves), "heuristic")


@settings(max_examples=20, deadline=None)
@given(counts((5,)))
def test_a_single_line_cannot_be_undone(leaves: FloatArray) -> None:
    check(table_of_leaves([axis("country", list("abcde"))], leaves), "optimal")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(counts((4, 3, 2)))
def test_subtotals_in_three_dimensions_cannot_be_undone(leaves: FloatArray) -> None:
    check(table_of_leaves([TREE, SEX, YEAR], leaves), "heuristic")


@settings(max_examples=25, deadline=None)
@given(counts((4, 3)), st.integers(0, 1000))
def test_the_audit_finds_what_the_leaves_allow(leaves: FloatArray, seed: int) -> None:
    table = table_of_leaves([TREE, SEX], leaves)
    hidden = np.random.default_rng(seed).random(table.values.shape) < 0.4
    found = audit(table, hidden)
    for cell in np.flatnonzero(hidden)[:6]:
        low, high = recovered(table, hidden, int(cell))
        assert found.low.flat[cell] == pytest.approx(low, abs=1e-5)
        assert found.high.flat[cell] == pytest.approx(high, abs=1e-5)


def test_an_attacker_who_knows_that_counts_are_whole_learns_no_less() -> None:
    table = table_of_leaves([axis("level", ["b", "m", "d"]), SEX, YEAR], np.arange(18.0).reshape(3, 3, 2) % 7)
    found = suppress(table, small_counts(table, 3))
    real, whole = audit(table, found.hidden), audit(table, found.hidden, integer=True)
    assert (whole.low >= real.low - 1e-6).all()
    assert (whole.high <= real.high + 1e-6).all()
    np.testing.assert_allclose(whole.low, np.round(whole.low), atol=1e-6)
    cell = int(np.flatnonzero(found.primary)[0])
    assert (whole.low.flat[cell], whole.high.flat[cell]) == pytest.approx(
        recovered(table, found.hidden, cell, whole=True), abs=1e-6
    )


# Fischetti & Salazar-González (2001): investment of enterprises by activity and region.
INVESTMENT = table_of_leaves(
    [axis("activity", ["I", "II", "III"]), axis("region", ["A", "B", "C"])],
    [[20, 50, 10], [8, 19, 22], [17, 32, 12]],
)


def test_interval_of_a_four_cell_pattern() -> None:
    """With (II, A), (II, C), (III, A), (III, C) hidden, (II, C) = 22 lies in 5 … 30: it moves with 8 and 17."""
    hidden = np.zeros((4, 4), dtype=bool)
    hidden[np.ix_([1, 2], [0, 2])] = True
    found = audit(INVESTMENT, hidden)
    assert (found.low[1, 2], found.high[1, 2]) == pytest.approx((5.0, 30.0), abs=1e-6)


def test_one_hidden_cell_of_a_line_is_found_by_subtraction() -> None:
    hidden = np.zeros((4, 4), dtype=bool)
    hidden[1, 2] = True
    found = audit(INVESTMENT, hidden)
    assert found.low[1, 2] == found.high[1, 2] == 22.0
    assert found.exposed == (6,)


def asks(table: Table, cells: dict[tuple[int, ...], tuple[float, float]]) -> Primary:
    flags, lower, upper = (
        np.zeros(table.values.shape, dtype=bool),
        np.zeros(table.values.shape),
        np.zeros(table.values.shape),
    )
    for place, (down, up) in cells.items():
        flags[place], lower[place], upper[place] = True, down, up
    return Primary(flags, lower, upper, np.where(flags, "given", "").astype(object))


@pytest.mark.parametrize("seed", range(4))
def test_no_cheaper_pattern_than_the_optimal_one_exists(seed: int) -> None:
    """Every cheaper choice of cells is tried, and each is undone."""
    leaves = np.random.default_rng(seed).integers(1, 9, (2, 3))
    table = table_of_leaves([YEAR, SEX], leaves)
    place = (0, int(np.argmin(leaves[0])))
    primary = asks(table, {place: (1, 1)})
    found = suppress(table, primary, method="optimal")
    assert found.optimal
    assert found.bound == found.cost
    costs = 1 + table.values.ravel()
    others = [cell for cell in range(table.values.size) if not primary.cells.flat[cell]]
    cheaper = 0
    for number in range(len(others) + 1):
        for chosen in combinations(others, number):
            if costs[list(chosen)].sum() < found.cost - 1e-6:
                cheaper += 1
                hidden = primary.cells.copy()
                hidden.flat[list(chosen)] = True
                assert audit(table, hidden, primary).exposed
    assert cheaper > 10


def test_optimal_never_costs_more_than_heuristic() -> None:
    chance = np.random.default_rng(5)
    for _ in range(6):
        table = table_of_leaves([TREE, SEX], chance.negative_binomial(1, 0.06, (4, 3)) + 1)
        primary = small_counts(table, MINIMUM)
        optimal, heuristic = (suppress(table, primary, method=one) for one in ("optimal", "heuristic"))
        assert optimal.cost <= heuristic.cost


def test_kept_open_cells_stay_open() -> None:
    primary = asks(INVESTMENT, {(1, 2): (4, 4)})
    keep_open = np.zeros((4, 4), dtype=bool)
    keep_open[:, 0] = keep_open[2] = keep_open[3] = keep_open[:, 3] = True
    found = suppress(INVESTMENT, primary, keep_open=keep_open)
    assert np.argwhere(found.hidden).tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    keep_open[0] = True
    with pytest.raises(MethodError) as caught:
        suppress(INVESTMENT, primary, keep_open=keep_open)
    assert caught.value.code == "surveys.protection_impossible"


def test_nothing_to_hide_hides_nothing() -> None:
    found = suppress(INVESTMENT, small_counts(INVESTMENT, 5))
    assert not found.hidden.any()
    assert found.optimal
    assert found.cost == 0


def test_a_contributor_who_knows_her_own_cell_learns_nothing_of_others() -> None:
    """Two cells of one person each hide one another from the public, but not from these two."""
    table = table_of_leaves([YEAR, SEX], [[1, 1, 20], [30, 40, 25]])
    primary = small_counts(table, 2)
    insiders = table.values == 1
    naive = suppress(table, primary)
    aware = suppress(table, primary, insiders=insiders)
    one, other = (int(cell) for cell in np.flatnonzero(insiders))
    assert audit(table, naive.hidden, primary, known=[one]).exposed == (other,)
    for insider in (one, other):
        assert audit(table, aware.hidden, primary, known=[insider]).exposed == ()


@settings(max_examples=15, deadline=None)
@given(counts((3, 3)))
def test_insiders_are_held_off_wherever_that_is_possible(leaves: FloatArray) -> None:
    table = table_of_leaves([axis("level", list("bmd")), SEX], leaves + 1)
    primary, insiders = small_counts(table, 3), table.values == 1
    try:
        found = suppress(table, primary, insiders=insiders)
    except MethodError as refusal:
        assert_code = refusal.code
    else:
        assert_code = "surveys.protection_impossible"
        for insider in np.flatnonzero(insiders & found.hidden):
            assert audit(table, found.hidden, primary, known=[int(insider)]).exposed == ()
    assert assert_code == "surveys.protection_impossible"


def test_zero_cells_may_be_primary_too() -> None:
    table = table_of_leaves([YEAR, SEX], [[0, 9, 20], [30, 40, 25]])
    assert not small_counts(table, 5).cells.any()
    primary = small_counts(table, 5, zeros=True)
    assert np.argwhere(primary.cells).tolist() == [[0, 0]]
    found = suppress(table, primary)
    assert recovered(table, found.hidden, 0)[1] >= 5


TURNOVER = tabulate(
    [axis("field", ["law", "medicine"])],
    [["law"] * 4 + ["medicine"] * 4],
    [80.0, 10, 6, 4, 30, 30, 25, 15],
    contributors=["a", "b", "c", "d", "e", "f", "g", "g"],
)


def test_largest_contributions_are_by_contributor() -> None:
    assert TURNOVER.largest.tolist() == [[80, 10, 6], [40, 30, 30], [80, 40, 30]]
    assert TURNOVER.counts.values.tolist() == [4, 4, 8]
    assert TURNOVER.sums.values.tolist() == [100, 100, 200]


def test_dominance_asks_for_as_much_room_as_makes_the_rule_hold() -> None:
    rule = dominance(TURNOVER, 1, 75)
    assert rule.cells.tolist() == [True, False, False]
    # 80 is 75 % of 106.67.
    assert rule.upper[0] == pytest.approx(80 / 0.75 - 100, rel=1e-12)
    assert not dominance(TURNOVER, 1, 80).cells.any()


def test_p_percent_rule_takes_the_second_largest_as_attacker() -> None:
    """100 - 80 - 10 = 10 left over; 15 % of 80 are 12."""
    rule = p_percent(TURNOVER, 15)
    assert rule.cells.tolist() == [True, False, False]
    assert rule.upper[0] == pytest.approx(2.0, rel=1e-12)
    assert not p_percent(TURNOVER, 12).cells.any()


def test_rules_are_combined_with_the_widest_room() -> None:
    rule = combined(dominance(TURNOVER, 1, 75), p_percent(TURNOVER, 15), small_counts(TURNOVER.counts, 5))
    assert rule.reasons.tolist() == ["dominance,p percent,small", "small", ""]
    assert rule.upper.tolist() == pytest.approx([80 / 0.75 - 100, 1, 0])


def test_dominated_sums_are_protected_in_their_own_table() -> None:
    field, country = axis("field", ["law", "arts", "medicine"]), axis("country", ["KG", "IN", "PK"])
    chance = np.random.default_rng(8)
    columns = [[one.nodes[place] for place in chance.integers(0, 3, 60)] for one in (field, country)]
    found = tabulate([field, country], columns, np.exp(chance.normal(3, 1.6, 60)))
    rule = combined(p_percent(found, 20), dominance(found, 2, 85))
    assert rule.cells.sum() >= 2
    pattern = suppress(found.sums, rule)
    assert protected(found.sums, pattern.hidden, rule)


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_sums_of_money_are_protected_in_any_currency(scale: float) -> None:
    chance = np.random.default_rng(3)
    axes = [axis(name, list("abcd")) for name in ("field", "country")]
    columns = [["abcd"[place] for place in chance.integers(0, 4, 80)] for _ in axes]
    amounts = np.exp(chance.normal(2, 1.5, 80))
    plain, scaled = (tabulate(axes, columns, amounts * factor) for factor in (1.0, scale))
    patterns = [suppress(one.sums, p_percent(one, 30), costs="cells") for one in (plain, scaled)]
    assert patterns[0].primary.sum() > 1
    assert patterns[0].complementary.sum() > 0
    assert patterns[0].cost == patterns[1].cost
    assert audit(plain.sums, patterns[1].hidden, p_percent(plain, 30)).exposed == ()


def test_small_bases_bar_percentages() -> None:
    bases = table_of_leaves([YEAR], [12, 9])
    assert small_bases(bases, 10).tolist() == [False, True, False]


def test_a_node_may_be_in_two_sums() -> None:
    """A university in its city and in its kind of ownership: the two groupings attack each other."""
    unis = Axis(
        name="university",
        nodes=("A", "B", "C", "D", "Bishkek", "Osh", "state", "private", "all"),
        sums=((4, (0, 1)), (5, (2, 3)), (6, (0, 2)), (7, (1, 3)), (8, (4, 5)), (8, (6, 7))),
    )
    table = table_of_leaves([unis], [3, 40, 50, 60])
    primary = small_counts(table, 5)
    assert audit(table, primary.cells, primary).exposed == (0,)
    assert protected(table, suppress(table, primary).hidden, primary)


@pytest.mark.parametrize(("left", "most"), [(None, 1.0), ([0, 0], 21.0)])
def test_one_more_student_between_two_releases_is_disclosed(left: list[int] | None, most: float) -> None:
    """20 and then 21 in the first year: somebody joined, and exactly one if nobody ever leaves."""
    nothing = np.zeros(3, dtype=bool)
    found = differences(
        [YEAR],
        stayed=[20, 30],
        left=left,
        joined=[1, 6],
        hidden_before=nothing,
        hidden_after=nothing,
        minimum=5,
    )
    (one,) = found.disclosed
    assert (one.group, one.cell, one.value, one.low, one.high) == ("joined", ("1",), 1.0, 1.0, most)


def test_the_second_release_hides_who_joined() -> None:
    """The first table is out: only hiding the first year and another cell of the second one helps."""
    nothing = np.zeros(3, dtype=bool)
    found = protect_release(
        [YEAR], stayed=[20, 30], left=None, joined=[1, 6], hidden_before=nothing, minimum=5
    )
    assert found.hidden[AFTER].tolist() == [True, True, False]
    assert not found.hidden[BEFORE].any()


@settings(max_examples=15, deadline=None)
@given(counts((2, 2)), counts((2, 2)), counts((2, 2)))
def test_a_second_release_is_protected_given_the_first(
    stayed: FloatArray, left: FloatArray, joined: FloatArray
) -> None:
    axes = [YEAR, axis("sex", ["f", "m"])]
    stayed = stayed + 20
    first_table = table_of_leaves(axes, stayed + left)
    first = suppress(first_table, small_counts(first_table, MINIMUM)).hidden
    try:
        second = protect_release(
            axes, stayed=stayed, left=left, joined=joined, hidden_before=first, minimum=MINIMUM
        )
    except MethodError as refusal:
        code = refusal.code
    else:
        code = "surveys.protection_impossible"
        np.testing.assert_array_equal(second.hidden[BEFORE], first)
        found = differences(
            axes,
            stayed=stayed,
            left=left,
            joined=joined,
            hidden_before=first,
            hidden_after=second.hidden[AFTER],
            minimum=MINIMUM,
        )
        assert found.disclosed == ()
    assert code == "surveys.protection_impossible"


def mask(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=bool)


LINE = table_of_leaves([YEAR], [3, 9])


@pytest.mark.parametrize(
    ("expected", "action"),
    [
        ("surveys.axis_invalid", lambda: axis("a", [])),
        ("surveys.axis_invalid", lambda: axis("a", ["x", "x"])),
        ("surveys.axis_invalid", lambda: axis("a", ["Total"])),
        ("surveys.axis_invalid", lambda: axis("a", ["x"], {"x": "g", "g": "h", "h": "g"})),
        ("surveys.axis_invalid", lambda: axis("a", ["x"], {"y": "g"})),
        ("surveys.axis_invalid", lambda: axis("a", ["x", "g"], {"x": "g"})),
        ("surveys.axis_invalid", lambda: Axis(name="a", nodes=("x", "y"), sums=((1, (0, 0)),))),
        (
            "surveys.axis_invalid",
            lambda: Axis(name="a", nodes=("x", "y", "z"), sums=((2, (0, 1)), (2, (0,)))),
        ),
        ("surveys.table_shape", lambda: table_of_leaves([YEAR], [1, 2, 3])),
        ("surveys.wrong_type", lambda: table_of_leaves([], 3.0)),
        ("surveys.table_values", lambda: table_of_leaves([YEAR], [1, -2])),
        ("surveys.table_values", lambda: table_of_leaves([YEAR], [1, np.nan])),
        ("surveys.category_unknown", lambda: tabulate([YEAR], [["1", "9"]])),
        ("surveys.table_shape", lambda: tabulate([YEAR], [["1"], ["1"]])),
        ("surveys.table_shape", lambda: tabulate([YEAR], [["1"]], [1.0, 2.0])),
        ("surveys.table_values", lambda: tabulate([YEAR], [["1"]], [-1.0])),
        ("surveys.rule_invalid", lambda: small_counts(LINE, 0)),
        ("surveys.rule_invalid", lambda: small_bases(LINE, float("nan"))),
        ("surveys.rule_invalid", lambda: dominance(TURNOVER, 4, 75)),
        ("surveys.rule_invalid", lambda: dominance(TURNOVER, 1, 100)),
        ("surveys.rule_invalid", lambda: p_percent(TURNOVER, 0)),
        ("surveys.rule_invalid", combined),
        ("surveys.table_shape", lambda: audit(LINE, mask(2))),
        ("surveys.table_shape", lambda: audit(LINE, np.zeros(3))),
        ("surveys.wrong_type", lambda: audit(LINE, mask(3), upper=5)),
        ("surveys.wrong_type", lambda: audit(LINE, mask(3), lower=np.nan)),
        ("surveys.costs_invalid", lambda: suppress(LINE, small_counts(LINE, 5), costs=np.zeros(3))),
        ("surveys.costs_invalid", lambda: suppress(LINE, small_counts(LINE, 5), costs="dear")),
        ("surveys.method_unknown", lambda: suppress(LINE, small_counts(LINE, 5), method="magic")),  # type: ignore[arg-type]
        ("surveys.keep_open_contradicts", lambda: suppress(LINE, small_counts(LINE, 5), keep_open=~mask(3))),
        (
            "surveys.table_shape",
            lambda: differences(
                [YEAR],
                stayed=[1, 2],
                left=[1],
                joined=[1, 1],
                hidden_before=mask(3),
                hidden_after=mask(3),
                minimum=5,
            ),
        ),
        (
            "surveys.table_shape",
            lambda: differences(
                [YEAR],
                stayed=[1, 2],
                left=[1, 1],
                joined=[1, 1],
                hidden_before=mask(2),
                hidden_after=mask(3),
                minimum=5,
            ),
        ),
        (
            "surveys.keep_open_contradicts",
            lambda: protect_release(
                [YEAR], stayed=[1, 9], left=[0, 0], joined=[0, 0], hidden_before=mask(3), minimum=5
            ),
        ),
    ],
)
def test_bad_input_is_refused_with_a_code(expected: str, action: Callable[[], object]) -> None:
    with pytest.raises(MethodError) as caught:
        action()
    assert caught.value.code == expected


def test_an_empty_table_of_records_is_a_table_of_zeros() -> None:
    found = tabulate([YEAR, SEX], [[], []])
    assert found.counts.values.sum() == 0
    assert found.largest.shape == (3, 4, 3)
    assert not suppress(found.counts, small_counts(found.counts, 5)).hidden.any()


@pytest.mark.parametrize(
    ("seed", "cost"),
    [(0, 363), (1, 380), (2, 246), pytest.param(3, 307, marks=pytest.mark.slow)],
)
def test_the_best_pattern_of_three_dimensions_cannot_be_undone(seed: int, cost: int) -> None:
    """168 cells with their sums; an attacker with another programme than ours gets no nearer than the rule says."""
    axes = [
        axis(name, [f"{name}{at}" for at in range(size)]) for name, size in zip("abc", (6, 5, 3), strict=True)
    ]
    table = table_of_leaves(axes, np.random.default_rng(seed).negative_binomial(1, 0.06, (6, 5, 3)) + 1)
    primary = small_counts(table, MINIMUM)
    found = suppress(table, primary, method="optimal")
    assert found.optimal
    assert found.cost == pytest.approx(cost)
    assert protected(table, found.hidden, primary)
    assert found.cost <= suppress(table, primary, method="heuristic").cost


def test_a_table_that_is_hard_to_prove_is_left_after_a_few_rounds_with_a_bound() -> None:
    """Four axes, 192 cells: the proof takes nineteen rounds and most of a minute."""
    axes = [axis("a", list("123")), axis("b", list("xyz")), axis("c", list("uvw")), axis("d", ["p", "q"])]
    table = table_of_leaves(axes, np.random.default_rng(27).geometric(0.12, (3, 3, 3, 2)))
    primary = small_counts(table, MINIMUM)
    found = suppress(table, primary)
    assert (found.optimal, found.rounds, found.method) == (False, FEW_ROUNDS, "heuristic")
    assert protected(table, found.hidden, primary)
    assert 500 < found.bound <= 554 <= found.cost <= suppress(table, primary, method="heuristic").cost == 588


def test_sums_of_few_contributors_are_hidden() -> None:
    made = tabulate(
        [YEAR], [["1", "1", "1", "2", "2"]], [5, 6, 7, 50, 60], contributors=list("aabcd"), keep=3
    )
    few = few_contributors(made, 3)
    assert few.cells.tolist() == [True, True, False]
    assert few.upper.tolist() == pytest.approx([1.8, 11.0, 0.0])
    for n, within in ((0, 10.0), (4, 10.0), (2, 0.0)):
        with pytest.raises(MethodError) as refused:
            few_contributors(made, n, within=within)
        assert refused.value.code == "surveys.rule_invalid"


def test_every_inequality_rules_its_own_pattern_out() -> None:
    """Else the search would be handed the same pattern again, up to the last round."""
    axes = [
        axis(name, [f"{name}{at}" for at in range(size)]) for name, size in (("a", 6), ("b", 5), ("c", 3))
    ]
    table = table_of_leaves(axes, np.random.default_rng(5).negative_binomial(1, 0.06, (6, 5, 3)) + 1)
    task = task_of(table, small_counts(table, MINIMUM), "values", None, None, None, 0.0, np.inf)
    chance, found = np.random.default_rng(0), 0
    for _ in range(4):
        pattern = task.given | (chance.random(table.values.size) < 0.2)
        for row, value in violated(task, pattern, task.keep_open):
            found += 1
            assert row @ pattern < value - 1e-5
    assert found > 50
