"""Observation 1 and behavioural calibration; letters inside tokens."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.lab import letters, policies


@given(seed=st.integers(0, 2**32 - 1), graders=st.integers(1, 8), responses=st.integers(1, 8))
def test_observation_1_under_no_belief_over_binary_graders_is_abstaining_among_the_best_responses(
    seed: int, graders: int, responses: int
) -> None:
    rng = np.random.default_rng(seed)
    pays = rng.random((graders, responses)) < 0.3
    pays[np.arange(graders), rng.integers(responses, size=graders)] = True  # something is right
    best = policies.best_responses(pays, rng.dirichlet(np.ones(graders)))
    assert len(best) and responses not in best
    assert policies.best_responses(np.zeros((1, 2), dtype=np.bool_), np.ones(1)).tolist() == [0, 1, 2]


def test_binary_grading_never_rewards_abstaining_and_a_target_rewards_answering_iff_belief_exceeds_it() -> None:
    rows = policies.scores(policies.beliefs(seed=1))
    assert policies.best(rows, 0.0).threshold == 0 and policies.best(rows, 0.0).answered == 1
    for target in (0.5, 0.75, 0.9):
        found = policies.best(rows, target)
        assert found.threshold == pytest.approx(target)
        assert found.accuracy / found.answered > target  # those it answers are right more often than the target


def test_one_policy_that_is_told_the_target_is_best_at_all_of_them_and_a_fixed_one_is_not() -> None:
    rows = policies.scores(policies.beliefs(seed=2))
    score = {(row.target, row.threshold): row.score for row in rows}
    told = {t: policies.best(rows, t).score for t in policies.TARGETS}
    for threshold in policies.THRESHOLDS:
        assert any(score[t, threshold] < told[t] - 1e-3 for t in policies.TARGETS)


def test_a_model_of_subwords_miscounts_where_tokens_were_not_learnt_and_one_of_characters_does_not() -> None:
    pytest.importorskip("tokenizers", reason="needs the extra lab")
    subwords, characters = letters.compare(seed=1, trained=200, tested=400)
    assert characters.error.value == 0 and subwords.error.value > 0.2
    assert subwords.error_unseen.value > subwords.error_seen.value
    assert subwords.err_iiv.value > characters.err_iiv.value == 0
    for learner in (subwords, characters):
        assert learner.error.value >= learner.theorem1.value - 0.01
        assert learner.error.value >= learner.theorem4.value - 0.01
