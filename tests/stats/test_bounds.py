from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.stats import (
    Stratum,
    delta_star,
    kalai_vempala_lower,
    nonuniform_lower,
    refined_lower,
    samples_for_slack,
    stratified_lower,
    theorem2_lower,
    theorem2_upper,
)
from analyzer.stats.bounds import missing_mass_lower, theorem2_slack
from tests.stats.worlds import zipf

LOWER = (theorem2_lower, refined_lower, kalai_vempala_lower)

# N, (35 + 6 ln N)/sqrt N, 13/sqrt N, 7/sqrt N
SLACKS = [
    (10**3, 2.417451593097057, 0.41109609582188933, 0.22135943621178655),
    (10**4, 0.902620422318571, 0.13, 0.07),
    (10**5, 0.3291221201122473, 0.04110960958218893, 0.022135943621178652),
    (10**6, 0.11789306334778564, 0.013, 0.007),
    (10**7, 0.041649908091478886, 0.0041109609582188926, 0.0022135943621178654),
    (10**8, 0.014552408446371418, 0.0013, 0.0007),
    (10**9, 0.005038760417173305, 0.00041109609582188933, 0.00022135943621178657),
    (10**12, 0.0002007861266955713, 1.3e-05, 7e-06),
]


@pytest.mark.parametrize(("n", "lower", "upper", "vempala"), SLACKS)
def test_slack_table(n, lower, upper, vempala):
    assert theorem2_lower(0.5, n, 10).slack == pytest.approx(lower, rel=1e-12)
    assert theorem2_upper(0.5, n, 10).slack == pytest.approx(upper, rel=1e-12)
    assert kalai_vempala_lower(0.5, n, 1000).slack == pytest.approx(vempala, rel=1e-9)


@pytest.mark.parametrize(
    ("slack", "n"),
    [(1, 7893), (0.5, 38718), (0.2, 306954), (0.1, 1442159), (0.05, 6686759), (0.02, 49956620), (0.01, 226272288)],
)
def test_samples_needed_for_a_slack(slack, n):
    assert samples_for_slack(slack) == n
    assert theorem2_slack(n) <= slack < theorem2_slack(n - 1)


def test_printed_constants_are_no_smaller_than_the_general_ones_they_round():
    assert 6 * log(300) <= 35
    assert 5 * sqrt(log(500)) <= 13
    assert sqrt(6 * log(600)) <= 7
    assert theorem2_slack(10**6) >= theorem2_slack(10**6, 0.01 * (1 - 1e-12))


@pytest.mark.parametrize(
    ("n", "rate", "literal", "refined", "no_idk"),
    [
        (10**4, 0.2415, -0.6666149278, 0.0709341329, 0.1149226367),
        (10**5, 0.16672, -0.1678966256, 0.1075687875, 0.1234400597),
        (10**6, 0.12153, -0.0018575688, 0.0991794712, 0.1044123641),
        (10**6, 0.21323, 0.0898424312, 0.1890229314, 0.1942883408),
        (10**8, 0.1, 0.0799530861, 0.0927914813, 0.0933259853),
    ],
)
def test_worked_examples_with_364_wrong_answers(n, rate, literal, refined, no_idk):
    assert theorem2_lower(rate, n, 364).value == pytest.approx(literal, abs=1e-9)
    assert refined_lower(rate, n, 364).value == pytest.approx(refined, abs=1e-9)
    assert refined_lower(rate, n, 364, has_idk=False).value == pytest.approx(no_idk, abs=1e-9)


def test_upper_bound_worked_example():
    assert theorem2_upper(0.2415, 10**4, 364).value == pytest.approx(0.37083835616438354, abs=1e-12)


@pytest.mark.parametrize("bound", LOWER)
@given(rate=st.floats(0, 1), exponent=st.floats(0, 12), wrong=st.floats(1, 1e9), delta=st.floats(0, 1))
def test_value_is_the_rate_less_what_was_taken_off(bound, rate, exponent, wrong, delta):
    n = 10.0**exponent
    result = bound(rate, n, wrong, delta)
    per_answer = 300 if bound is kalai_vempala_lower else 2
    assert result.value == pytest.approx(rate - result.slack - per_answer / wrong - delta, abs=1e-9)
    assert result.status == ("ok" if result.value > 0 else "vacuous")
    assert result.value <= rate


@pytest.mark.parametrize("bound", LOWER)
@given(rate=st.floats(0, 1), more=st.floats(0, 1), n=st.floats(1, 1e12), gamma=st.floats(1e-6, 0.4))
def test_lower_bounds_rise_with_the_rate_and_with_the_chance_of_failure(bound, rate, more, n, gamma):
    higher = min(rate + more, 1)
    assert bound(rate, n, 50, 0, gamma).value <= bound(higher, n, 50, 0, gamma).value + 1e-12
    assert bound(rate, n, 50, 0, gamma / 2).value <= bound(rate, n, 50, 0, gamma).value + (gamma == 0.01)


@pytest.mark.parametrize("bound", [*LOWER, theorem2_upper])
@pytest.mark.parametrize(
    ("n", "wrong"), [(10**6, 0.5), (10**6, 0), (0, 10), (0.3, 10), (float("inf"), 10), (10**6, float("nan"))]
)
def test_no_bound_where_the_conditions_fail(bound, n, wrong):
    result = bound(0.5, n, wrong)
    assert (result.value, result.status) == (None, "conditions_not_met")


@pytest.mark.parametrize("bound", [*LOWER, theorem2_upper])
def test_impossible_inputs_are_refused(bound):
    for rate in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="rate"):
            bound(rate, 10**6, 10)
    with pytest.raises(ValueError, match="gamma"):
        bound(0.5, 10**6, 10, gamma=0)
    if bound is not theorem2_upper:
        with pytest.raises(ValueError, match="delta"):
            bound(0.5, 10**6, 10, delta=-0.1)


def test_one_yes_no_relation_voids_the_union_but_not_the_strata():
    dates, yes_no = Stratum(0.4, 10**8, 364), Stratum(0.4, 10**6, 1)
    assert theorem2_lower(0.4, 1.01 * 10**8, 1).status == "vacuous"
    bound = stratified_lower([dates, yes_no])
    alone = theorem2_lower(0.4, 10**8, 364, gamma=0.005).value
    assert bound.value == pytest.approx(alone / 1.01, abs=1e-12)
    assert (bound.status, bound.n, bound.gamma) == ("ok", 1.01 * 10**8, 0.01)
    assert bound.value == pytest.approx(bound.rate - bound.slack, abs=1e-12)


def test_strata_without_their_conditions_count_as_nothing():
    good, bad = Stratum(0.4, 10**8, 364), Stratum(0.9, 10**8, 0)
    assert stratified_lower([good, bad]).value == pytest.approx(stratified_lower([good, Stratum(0.9, 10**8, 1)]).value)
    assert stratified_lower([bad]).status == "conditions_not_met"
    assert stratified_lower([]).status == "conditions_not_met"
    assert stratified_lower([Stratum(0.1, 100, 364)]).status == "vacuous"
    assert stratified_lower([Stratum(0.1, 100, 364)]).value == 0


def test_delta_star_is_the_miscalibration_that_voids_the_bound():
    edge = delta_star(0.4, 10**8, 364)
    assert theorem2_lower(0.4, 10**8, 364, edge).value == pytest.approx(0, abs=1e-15)
    assert delta_star(0.4, 10**8, 0) is None


def test_skewed_answers_lower_the_error_of_the_memoriser():
    uniform, skewed = nonuniform_lower(0.4, 10**8, 365), nonuniform_lower(0.4, 10**8, 1.5)
    assert uniform.value == pytest.approx(missing_mass_lower(0.4, 10**8, 0.01) * 364 / 365)
    assert skewed.value < uniform.value
    assert nonuniform_lower(0.4, 10**8, 1).value == 0
    assert nonuniform_lower(0.4, 10**8, 0.5).status == "conditions_not_met"


class ArbitraryFacts:
    """Definition 1 of Kalai et al. 2025: prompts of Zipf mass, one uniform answer of `answers`, or none at all."""

    def __init__(self, prompts, exponent, answered, answers):
        self.mass, self.answered, self.answers = zipf(prompts, exponent), answered, answers

    def draw(self, rng, n):
        """(singleton rate, missing mass MM, error of the calibrated memoriser) of n training pairs."""
        prompt = rng.choice(len(self.mass), n, p=self.mass)
        spoken = prompt[rng.random(n) < self.answered]
        times = np.bincount(spoken, minlength=len(self.mass))
        missing = self.answered * self.mass[times == 0].sum()
        return (times == 1).sum() / n, missing, missing * (1 - 1 / self.answers)


@pytest.mark.parametrize("exponent", [0.8, 1.0])
@pytest.mark.parametrize(("n", "answered"), [(2_000, 0.7), (20_000, 0.7), (200_000, 1.0)])
def test_no_bound_is_violated_in_worlds_of_arbitrary_facts(exponent, n, answered):
    """The memoriser that guesses uniformly is calibrated (delta = 0); one that never guesses errs never, delta = MM."""
    rng, world = np.random.default_rng(12), ArbitraryFacts(100_000, exponent, answered, 365)
    for _ in range(15):
        rate, missing, error = world.draw(rng, n)
        assert missing_mass_lower(rate, n, 0.01, has_idk=answered < 1) <= missing
        for bound in LOWER:
            assert bound(rate, n, 364).value <= error
            assert bound(rate, n, 364, missing).value <= 0
        assert refined_lower(rate, n, 364, has_idk=answered < 1).value <= error
        assert nonuniform_lower(rate, n, 365).value <= error
        assert theorem2_upper(rate, n, 364).value >= error


def test_no_stratified_bound_is_violated():
    rng = np.random.default_rng(13)
    worlds = [ArbitraryFacts(50_000, 0.8, 1.0, answers) for answers in (365, 50, 2)]
    informative = 0
    for _ in range(10):
        sizes, draws = (60_000, 30_000, 10_000), []
        for world, n in zip(worlds, sizes, strict=True):
            draws.append(world.draw(rng, n))
        error = sum(n * e for n, (_, _, e) in zip(sizes, draws, strict=True)) / sum(sizes)
        strata = [Stratum(d[0], n, w.answers - 1) for d, n, w in zip(draws, sizes, worlds, strict=True)]
        for bound in (theorem2_lower, refined_lower):
            assert stratified_lower(strata, bound=bound).value <= error
        informative += stratified_lower(strata, bound=refined_lower).status == "ok"
    assert informative == 10


def test_the_refined_bound_speaks_where_the_literal_one_is_silent():
    rate, _, error = ArbitraryFacts(100_000, 0.8, 1.0, 365).draw(np.random.default_rng(14), 50_000)
    assert theorem2_lower(rate, 50_000, 364).status == "vacuous"
    refined = refined_lower(rate, 50_000, 364, has_idk=False)
    assert refined.status == "ok"
    assert 0.5 * error < refined.value <= error
