"""The estimate of split names recovers what was planted, within its interval, and says when it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.stats.split_rate import LEAST_STATEMENTS, SplitSums, relation_rates, split_rate

ALPHA, BETA = 0.9, 0.05


def evidence(equal: bool, k: int, alpha: float = ALPHA, beta: float = BETA) -> float:
    """T of one singleton."""
    c = 1 - (1 - beta) ** k
    a = 1 - (1 - alpha) * (1 - beta) ** (k - 1)
    return (equal - c) / (a - c)


def sums(t, w, cluster, pairs=(), equal=0) -> SplitSums:
    """The sums of singletons one by one."""
    t, w, cluster = (np.asarray(x, dtype=float) for x in (t, w, cluster))
    in_cluster = [cluster == c for c in np.unique(cluster)]
    per_t, per_w = (np.array([x[mine].sum() for mine in in_cluster]) for x in (t, w))
    across = [(t[i] * t[j], t[i] * w[j] + t[j] * w[i], w[i] * w[j]) for i, j in pairs]
    tt, tw, ww = np.sum(across, axis=0) if across else (0.0, 0.0, 0.0)
    of_t = (float(t.sum()), float((per_t**2).sum()), float((per_t * per_w).sum()), float((per_w**2).sum()))
    return SplitSums(int(w.sum()), equal, len(in_cluster), *of_t, float(tt), float(tw), float(ww))


def drawn(rng: np.random.Generator, n: int, sigma: float) -> tuple[SplitSums, float]:
    """n singletons, some of them two halves of one thing; names of other things look alike too. (sums, true sigma)"""
    halves = int(rng.binomial(n // 2, sigma / 2))  # pairs of singletons that are one thing
    t, truth, pairs = [], [], []
    for i in range(halves):
        agree = rng.random() < ALPHA
        pairs.append((2 * i, 2 * i + 1))
        t += [evidence(agree, 1)] * 2
        truth += [1, 1]
    while len(t) < n:
        split = rng.random() < sigma / 2  # the other name stands in several places
        others = int(rng.poisson(0.4))
        k = split + others
        chance = rng.random() < 1 - (1 - BETA) ** others
        equal = chance or (split and rng.random() < ALPHA)
        t.append(evidence(bool(equal), k) if k else 0.0)
        truth.append(int(split))
    return sums(t, np.ones(len(t)), rng.integers(0, n // 3, len(t)), pairs), float(np.mean(truth))


@pytest.mark.parametrize("sigma", [0.02, 0.1, 0.3])
def test_a_planted_split_rate_is_covered_and_not_biased(sigma):
    """Beside coincidence, which alone would give .4 x .05 = .02. 95 % intervals miss at most 8 % of the time."""
    rng = np.random.default_rng(17)
    hits, errors = 0, []
    for _ in range(400):
        found, truth = drawn(rng, 600, sigma)
        e = split_rate(found)
        hits += e.low <= truth <= e.high
        errors.append(found.t / found.statements - truth)
    assert hits >= 0.92 * 400
    assert abs(np.mean(errors)) < 4 * np.std(errors) / 20
    assert abs(np.mean(errors)) < 0.005


def test_pairs_of_singletons_widen_the_interval_because_their_evidence_is_the_same():
    t = [evidence(True, 1)] * 40 + [0.0] * 160
    pairs = [(2 * i, 2 * i + 1) for i in range(20)]
    apart, together = (split_rate(sums(t, np.ones(200), np.arange(200), p)) for p in ((), pairs))
    assert apart.value == together.value
    assert together.high - together.low > 1.2 * (apart.high - apart.low)


def test_equal_answers_by_chance_alone_are_no_splits():
    t = [evidence(True, 1)] * 5 + [evidence(False, 1)] * 95 + [0.0] * 100
    e = split_rate(sums(t, np.ones(200), np.arange(200), equal=5))
    assert e.value == pytest.approx(0, abs=1e-12)
    assert 0 == e.low < e.high < 0.05
    assert (e.numerator, e.denominator) == (5, 200)


def test_without_enough_singletons_there_is_no_value():
    for n in (0, LEAST_STATEMENTS - 1):
        e = split_rate(sums(np.zeros(n), np.ones(n), np.arange(n)))
        assert (e.value, e.status) == (None, "too_few_singletons")
    in_one = split_rate(sums(np.zeros(50), np.ones(50), np.zeros(50)))
    assert in_one.status == "too_few_singletons"


def test_only_declared_functional_relations_with_hard_answers_are_evidence():
    usual = {"tier": "typed", "functional": True, "prompts": 50, "agreement": 0.9, "repeated_prompts": 20,
             "effective_answers": 40.0}  # fmt: skip
    rows = [
        usual | {"relation": "usual"},
        usual | {"relation": "open", "tier": "open"},
        usual | {"relation": "many", "functional": False},
        usual | {"relation": "easy", "effective_answers": 9.5},
        usual | {"relation": "disputed", "agreement": 0.3},
        usual | {"relation": "rare", "prompts": 9},
        usual | {"relation": "unrepeated", "agreement": None, "repeated_prompts": 0, "effective_answers": None},
        usual | {"relation": "hardly", "agreement": 0.2, "repeated_prompts": 1},
    ]
    found = relation_rates(rows)
    assert set(found) == {"usual", "unrepeated", "hardly"}
    assert found["usual"] == (0.9, 1 / 40)
    # "open" and "many" do not vouch for others, but "easy" and "disputed" do: they are functional.
    pooled = (0.9 * 40 + 0.3 * 20 + 0.2) / 61
    assert found["unrepeated"] == (pytest.approx(pooled), 0.0)
    assert found["hardly"] == (pytest.approx(pooled), 1 / 40)
