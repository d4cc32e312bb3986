"""A share's interval holds the truth although items of a document are alike; what is not known is not claimed."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.evaluation.marks import weighted
from analyzer.evaluation.shares import share_of
from analyzer.stats import clopper_pearson


def test_one_item_a_document_is_the_exact_binomial_interval():
    share = share_of([(1, 1)] * 80 + [(0, 1)] * 20)
    low, high = clopper_pearson(80, 100)
    assert share.estimate.value == 0.8 and share.effective == pytest.approx(100, rel=0.02)
    assert (share.estimate.low, share.estimate.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_documents_that_are_all_right_or_all_wrong_count_once_each():
    share = share_of([(10, 10)] * 80 + [(0, 10)] * 20)
    assert share.estimate.denominator == 1000
    assert share.effective == pytest.approx(100, rel=0.05)


def test_where_all_items_agree_a_document_counts_once():
    assert share_of([(5, 5)] * 10).effective == 10
    assert share_of([(5, 5)] * 10).estimate.low == pytest.approx(clopper_pearson(10, 10)[0])


def test_one_document_says_nothing_and_none_has_no_value():
    one, none = share_of([(7, 9)]), share_of([(0, 0)])
    assert (one.estimate.low, one.estimate.high, one.estimate.status) == (0, 1, "one_unit")
    assert (none.estimate.value, none.estimate.status) == (None, "empty")


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.8])
def test_95_percent_intervals_cover_at_least_94_percent_of_clustered_worlds(alike):
    """Documents of 1 to 8 items; in a share `alike` of them every item has the fate of the first."""
    rng = np.random.default_rng(7)
    truth, covered, naive, worlds = 0.85, 0, 0, 400
    for _ in range(worlds):
        sizes = rng.integers(1, 9, 60)
        same = rng.random(60) < alike
        hits = np.where(same, (rng.random(60) < truth) * sizes, rng.binomial(sizes, truth))
        e = share_of(list(zip(hits.tolist(), sizes.tolist(), strict=True))).estimate
        covered += e.low <= truth <= e.high
        low, high = clopper_pearson(int(hits.sum()), int(sizes.sum()))
        naive += low <= truth <= high
    assert covered / worlds >= 0.94
    if alike == 0.8:
        assert naive / worlds < 0.8  # what the effective number is for


def test_strata_weigh_as_they_do_in_the_run():
    share = weighted([(900, 50, 50), (100, 25, 50)], 0.95)
    assert share.estimate.value == pytest.approx(0.9 * 1 + 0.1 * 0.5)
    assert (share.estimate.numerator, share.estimate.denominator) == (75, 100) and share.effective <= 100
    assert share.estimate.low < share.estimate.value < share.estimate.high


def test_a_small_stratum_in_which_all_agree_does_not_pass_for_known():
    share = weighted([(990, 3, 3), (10, 50, 100)], 0.95)
    assert share.effective < 10 and share.estimate.low < 0.6


@pytest.mark.parametrize("truths", [(0.95, 0.6), (1.0, 0.3), (0.5, 0.5)])
def test_weighted_intervals_cover_too(truths):
    rng = np.random.default_rng(11)
    truth, covered = 0.8 * truths[0] + 0.2 * truths[1], 0
    for _ in range(400):
        hits = [int(rng.binomial(50, p)) for p in truths]
        e = weighted([(800, hits[0], 50), (200, hits[1], 50)], 0.95).estimate
        covered += e.low <= truth <= e.high
    assert covered / 400 >= 0.94
