"""A sampled audit's intervals hold the rate of the whole: shown in worlds whose whole is known."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.stats import UnitCounts, UnitRows, leave_one_unit_out
from analyzer.stats.sampling import gamma_mixed, prompt_variance, rate_from_prompts, rate_of_whole

GROUPS, TRIALS = 20, 60


def rows(counts: UnitCounts) -> UnitRows:
    r, _, statements = counts.rows()
    return UnitRows(r, statements, counts.units)


def world(seed: int, units: int = 400, tail: float = 0.9) -> UnitCounts:
    """Units of eight statements over keys whose popularity follows a power law."""
    rng = np.random.default_rng(seed)
    keys = np.floor(rng.pareto(tail, units * 8) * 50).astype(np.int64)
    return UnitCounts.from_arrays(np.repeat(np.arange(units), 8), keys)


def sampled(counts: UnitCounts, share: float, rng: np.random.Generator):
    """(rows, jackknife rows, multiple) of a sample of the units."""
    drawn = rng.random(counts.units) < share
    mine = counts.without(~drawn)
    groups = rng.integers(0, GROUPS, mine.units)
    deleted = [rows(mine.without(groups == g)) for g in range(GROUPS)]
    return rows(mine), [r for r in deleted if r.n > 0], counts.units / drawn.sum()


def test_a_quarter_of_the_units_holds_the_rate_of_all_and_its_own_rate_is_too_high():
    inside = above = 0
    errors = []
    for seed in range(TRIALS):
        counts, rng = world(seed), np.random.default_rng(1000 + seed)
        truth = leave_one_unit_out(counts).value
        part, deleted, multiple = sampled(counts, 0.25, rng)
        found = rate_of_whole(part, deleted, multiple)
        assert found.low <= found.value <= found.high
        inside += found.low <= truth <= found.high
        above += truth < float(np.asarray(part.statements)[np.asarray(part.r) == 1].sum() / part.n)
        errors.append(found.value - truth)
    assert inside >= 0.93 * TRIALS
    assert above >= 0.93 * TRIALS  # taken for the whole, the sample's own rate would be wrong nearly every time
    assert abs(np.mean(errors)) < 0.02


def test_a_sample_of_everything_says_what_was_counted():
    counts = world(1)
    part, deleted, _ = sampled(counts, 1.1, np.random.default_rng(0))
    found = rate_of_whole(part, deleted, 1.0)
    assert found.value == pytest.approx(leave_one_unit_out(counts).value)


@pytest.mark.parametrize("multiple", [1.0, 4.0, 100.0])
def test_mixed_exponentials_are_continued_exactly(multiple):
    """A curve of the family is met, from a power law to an exponential."""
    for tau, a in ((1e-3, 0.2), (1.0, 1.5), (1e6, 2e6)):
        half, one, wanted = np.exp(-a * np.log1p(np.array([0.5, 1.0, multiple]) / tau)).tolist()
        assert gamma_mixed(half, one, multiple) == pytest.approx(wanted, rel=1e-5, abs=1e-12)


def test_a_curve_that_never_falls_or_falls_at_once_is_continued_as_it_is():
    assert gamma_mixed(1.0, 1.0, 4.0) == 1.0
    assert gamma_mixed(0.7, 0.7, 4.0) == 0.7
    assert gamma_mixed(0.9, 0.0, 4.0) == 0.0


def test_where_nothing_was_repeated_the_lower_limit_says_how_little_that_means():
    counts = UnitCounts.from_arrays(np.arange(60), np.arange(60))
    part, deleted, _ = sampled(counts, 1.1, np.random.default_rng(0))
    near, far = (rate_of_whole(part, deleted, multiple) for multiple in (2.0, 50.0))
    assert (near.value, near.high, near.status) == (1.0, 1.0, "all_once")
    assert far.low < near.low < 0.95


def test_one_unit_says_nothing_of_the_whole():
    part = UnitRows([1], [9.0], 1)
    found = rate_of_whole(part, [], 4.0)
    assert (found.low, found.high, found.status) == (0.0, 1.0, "too_few_groups")


def test_a_tenth_of_the_prompts_holds_the_rate_of_all_when_the_frequent_ones_are_certain():
    """4000 prompts stated once, 1000 stated two to nine times, and one that is a fifth of all statements."""
    every, inside, blind = 10, 0, 0
    rng = np.random.default_rng(7)
    s = np.concatenate([np.ones(4000), rng.integers(2, 10, 1000), [2500.0]])
    single = np.arange(len(s)) < 4000
    truth, certain = s[single].sum() / s.sum(), s >= 5
    for _ in range(TRIALS):
        drawn = rng.random(len(s)) < 1 / every
        found = estimate(s, single, certain, drawn & ~certain, every)
        inside += found.low <= truth <= found.high
        chance = estimate(s, single, np.zeros_like(certain), drawn, every)
        blind += chance.low <= truth <= chance.high
    assert inside >= 0.9 * TRIALS
    assert blind < 0.5 * TRIALS  # a frequent prompt that is not drawn is missed without a sign of it


def estimate(s, single, certain, drawn, every):
    weighted = np.where(certain, 1.0, every) * s * (certain | drawn)
    squares = weighted**2 * drawn
    totals = int(weighted[single].sum()), int(weighted.sum())
    return rate_from_prompts(*totals, every, squares[single].sum(), squares[~single].sum(), 0.95)


def test_the_variance_is_that_of_drawing_prompts_again_and_again():
    rng = np.random.default_rng(3)
    s, single, every = rng.integers(1, 6, 3000).astype(float), rng.random(3000) < 0.6, 4
    single &= s < 3
    rate, n = s[single].sum() / s.sum(), s.sum()
    expected = prompt_variance(rate, n, every, every * (s[single] ** 2).sum(), every * (s[~single] ** 2).sum())
    found = []
    for _ in range(4000):
        drawn = rng.random(3000) < 1 / every
        found.append(s[drawn & single].sum() / s[drawn].sum())
    assert np.var(found) == pytest.approx(float(expected), rel=0.1)


def test_prompts_that_are_all_certain_leave_nothing_to_chance():
    found = rate_from_prompts(3, 10, 4, 0.0, 0.0, 0.95)
    assert (found.value, found.low, found.high) == (0.3, 0.3, 0.3)
    assert rate_from_prompts(0, 0, 4, 0.0, 0.0, 0.95).status == "empty"
