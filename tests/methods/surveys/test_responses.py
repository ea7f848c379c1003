"""Questions with several answers."""

from __future__ import annotations

import numpy as np
import pytest

from sapar.methods.errors import MethodError
from sapar.methods.surveys.estimates import mean, ratio
from sapar.methods.surveys.responses import multiple_responses, response_set, split_answers
from sapar.methods.surveys.sampling import sampling_design
from tests.methods.surveys.reference_designs import SAMPLES, design, near, number

TICKS = {"bus": [1, 0, 1, 0, None], "taxi": [1, 1, 0, 0, None]}


def test_ticks_and_joined_texts_say_the_same() -> None:
    ticked = response_set(TICKS)
    joined = split_answers(["bus taxi", "taxi", "bus", "", None])
    assert ticked.answers == joined.answers == ("bus", "taxi")
    np.testing.assert_array_equal(ticked.chosen, joined.chosen)
    assert ticked.missing == joined.missing == 2
    assert response_set(TICKS, empty="none").missing == 1


def test_shares_of_respondents_and_of_answers() -> None:
    d = sampling_design(weights=[1.0, 2.0, 3.0, 4.0, 5.0])
    found = multiple_responses(d, response_set(TICKS))
    np.testing.assert_allclose(found.respondents.values, [4 / 6, 3 / 6])
    np.testing.assert_allclose(found.responses.values, [4 / 7, 3 / 7])
    np.testing.assert_allclose(found.mean_count.values, [7 / 6])
    assert found.n.tolist() == [2, 2]
    everybody = multiple_responses(d, response_set(TICKS, empty="none"))
    np.testing.assert_allclose(everybody.respondents.values, [4 / 10, 3 / 10])


@pytest.mark.parametrize("name", ["stages_fpc", "jkn"])
def test_errors_are_those_of_means_and_ratios(name: str) -> None:
    at, d = SAMPLES[name], design(name)
    b, z = number(at, "b"), (number(at, "z") > 50).astype(float)
    inside = number(at, "x") > 40
    found = multiple_responses(d, response_set({"b": b, "z": z}, empty="none"), domain=inside)
    near(found.respondents.covariance, mean(d, {"b": b, "z": z}, domain=inside).covariance)
    near(found.responses.covariance, ratio(d, {"b": b, "z": z}, b + z, domain=inside).covariance)
    near(found.responses.values.sum(), 1.0)
    near(found.responses.covariance.sum() + 1, 1.0)


def test_answers_that_are_not_ticks_are_refused() -> None:
    with pytest.raises(MethodError) as refused:
        response_set({"bus": [0, 2]})
    assert refused.value.code == "surveys.not_a_proportion"
    with pytest.raises(MethodError) as refused:
        split_answers(["bus", "ship"], answers=("bus", "taxi"))
    assert (refused.value.code, refused.value.facts["value"]) == ("surveys.unknown_level", "ship")
    with pytest.raises(MethodError) as refused:
        split_answers(["", None])
    assert refused.value.code == "surveys.no_answers"
    with pytest.raises(MethodError) as refused:
        multiple_responses(sampling_design(weights=[1.0, 1.0]), response_set({"bus": [0, 0]}, empty="none"))
    assert refused.value.code == "surveys.no_answers"
