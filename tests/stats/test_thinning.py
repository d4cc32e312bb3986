"""What a sample would measure: against every sample that there is, and against many that were drawn."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest

from analyzer.stats.thinning import (
    Growth,
    Moments,
    Profile,
    Thinned,
    exposure_mass,
    marginal_change,
    thinned_count,
    thinned_rate,
)

NONE = Moments(0.0, 0.0, 0.0)


def sums(**changes) -> Thinned:
    usual = {
        "singletons": 600.0, "statements": 1000.0, "documents": Moments(90.0, 40.0, 120.0),
        "single": Moments(10.0, 2.0, 30.0), "prompts": Moments(20.0, 5.0, 30.0), "shared": 7.0,
        "effective": 50.0,
    }  # fmt: skip
    return Thinned(**{**usual, **changes})


def by_enumeration(weight, kept, clusters, statements, at_most):
    """Expected weighted statements of prompts seen at most so often, over every set of clusters that may be kept."""
    units = [(w, p, m / n) for w, p, n, m in zip(weight, kept, clusters, statements, strict=True) for _ in range(n)]
    total = 0.0
    for there in product((False, True), repeat=len(units)):
        chance = prod(p if t else 1 - p for t, (_, p, _) in zip(there, units, strict=True))
        seen = sum(w for t, (w, _, _) in zip(there, units, strict=True) if t)
        # A unit's statements are expected ones, so given that it is kept there are m / p of them.
        held = sum(w * m / p for t, (w, p, m) in zip(there, units, strict=True) if t)
        total += chance * held * (seen <= at_most)
    return total


@pytest.mark.parametrize(
    "profile",
    [
        Profile((1.0,), (0.3,), (4,), (2.4,)),
        Profile((1.0, 3.0), (0.5, 1.0), (3, 2), (1.5, 4.0)),
        Profile((0.25, 1.0, 2.5), (0.25, 1.0, 1.0), (2, 1, 1), (1.0, 2.0, 5.0)),
    ],
)
def test_exposure_is_that_of_every_sample_weighed_by_its_chance(profile):
    exposures = (1, 2, 3, 4, 8)
    expected = [
        by_enumeration(profile.weight, profile.kept, profile.clusters, profile.statements, r) for r in exposures
    ]
    assert exposure_mass([profile], exposures) == pytest.approx(expected, abs=1e-12)


def test_the_interval_of_a_rate_is_that_of_a_ratio_of_two_random_numbers():
    found = thinned_rate(sums())
    variance = (90 - 2 * 0.6 * 40 + 0.36 * 120) + (20 - 10) - 2 * 0.6 * (5 - 2) + 7
    assert found.value == pytest.approx(0.6)
    assert found.high - found.value == pytest.approx(1.959964 * variance**0.5 / 1000, rel=1e-6)
    assert found.status == "ok"


def test_with_nothing_left_to_chance_the_interval_is_the_value():
    found = thinned_rate(sums(documents=NONE, single=NONE, prompts=NONE, shared=0.0, effective=0.0))
    assert (found.low, found.value, found.high) == (0.6, 0.6, 0.6)
    assert found.status == "ok"


def test_an_interval_that_rests_on_few_documents_says_so():
    assert thinned_rate(sums(effective=3.0)).status == "too_few_documents"


def test_nothing_kept_has_no_rate():
    found = thinned_rate(sums(statements=0.0, singletons=0.0))
    assert (found.value, found.status) == (None, "empty")


def test_a_count_has_the_interval_of_its_variance_and_is_not_negative():
    assert thinned_count(100.0, 25.0).high == pytest.approx(109.8, abs=0.01)
    few = thinned_count(1.0, 25.0)
    assert (few.low, few.status) == (0.0, "clipped")


def test_a_slope_is_the_derivative_of_singletons_over_statements():
    """A million words more of a domain, as a step so small that the ratio is a line."""
    whole = Growth(singletons_change=40.0, statements_change=100.0, words=5e4, singletons=700.0, statements=1000.0)
    step = 1e-6
    after = (700 + step * 40) / (1000 + step * 100)
    found = marginal_change(whole, [], per=1e6)
    assert found.value == pytest.approx((after - 0.7) / (step * 5e4) * 1e6, rel=1e-5)
    assert (found.low, found.status) == (None, "too_few_groups")


def test_the_interval_of_a_slope_is_the_jackknifes():
    whole = Growth(40.0, 100.0, 5e4, 700.0, 1000.0)
    parts = [Growth(40.0 - x, 95.0, 4.75e4, 665.0, 950.0) for x in np.linspace(0, 4, 20)]
    found = marginal_change(whole, parts, per=1e6)
    assert found.low < found.value < found.high
    assert marginal_change(whole, parts[:1] * 20, per=1e6).status == "no_variance"


def test_a_domain_without_statements_has_no_slope():
    assert marginal_change(Growth(0.0, 0.0, 100.0, 7.0, 10.0), [], per=1e6).status == "empty"
