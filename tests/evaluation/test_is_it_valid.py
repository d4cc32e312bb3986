"""The Is-It-Valid reduction against worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.evaluation import is_it_valid
from analyzer.evaluation.candidates import Candidates, curve


class World:
    """Prompts with one to three valid and several wrong responses, exact p (training) and q (model)."""

    def __init__(self, seed: int, prompts: int = 40, valid_most: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.rng, self.prompts = rng, prompts
        self.mu = rng.dirichlet(np.ones(prompts))
        self.prompt, valid, p, q = [], [], [], []
        for code in range(prompts):
            v, e = int(rng.integers(1, valid_most + 1)), int(rng.integers(4, 12))
            self.prompt += [code] * (v + e)
            valid += [True] * v + [False] * e
            p += [*rng.dirichlet(np.ones(v)), *np.zeros(e)]
            q += list(rng.dirichlet(np.concatenate([np.full(v, 3.0), np.full(e, 0.3)])))
        self.prompt, self.valid = np.array(self.prompt), np.array(valid)
        self.p, self.q = np.array(p), np.array(q)

    def truth(self) -> dict[str, float]:
        """By the definitions, in plain Python."""
        errors = [
            sum(1 for c, v in zip(self.prompt, self.valid, strict=True) if c == k and not v)
            for k in range(self.prompts)
        ]
        valids = [
            sum(1 for c, v in zip(self.prompt, self.valid, strict=True) if c == k and v) for k in range(self.prompts)
        ]
        missed = accepted = shown = error = 0.0
        for c, v, p, q in zip(self.prompt, self.valid, self.p, self.q, strict=True):
            above = q > 1 / min(errors)
            missed += self.mu[c] * p * (not above)
            shown += self.mu[c] * q * above
            accepted += self.mu[c] / errors[c] * (above and not v)
            error += self.mu[c] * q * (not v)
        delta = abs(shown - (1 - missed))
        iiv = (missed + accepted) / 2
        return {"err_iiv": iiv, "delta": delta, "error": error, "bound": 2 * iiv - max(valids) / min(errors) - delta}

    def drawn(self, n: int) -> Candidates:
        def sample(probability: np.ndarray) -> np.ndarray:
            return self.rng.multinomial(n, self.mu[self.prompt] * probability)

        return Candidates(
            self.prompt, np.log(self.q), self.valid, ~self.valid, sample(self.p), sample(self.q), self.prompts
        )


def test_every_term_tends_to_its_definition() -> None:
    world = World(1)
    found, truth = is_it_valid.reduce(world.drawn(4_000_000)), world.truth()
    assert found is not None and found.failed == (is_it_valid.NOT_MULTIPLE_CHOICE,)
    assert found.err_iiv.value == pytest.approx(truth["err_iiv"], abs=0.002)
    assert found.delta.value == pytest.approx(truth["delta"], abs=0.003)
    assert found.error.value == pytest.approx(truth["error"], abs=0.003)
    assert found.theorem1.value == pytest.approx(truth["bound"], abs=0.005)


def test_theorem_1_holds_in_random_worlds_and_without_delta_it_fails_in_some() -> None:
    truths = [World(seed).truth() for seed in range(200)]
    assert all(t["error"] >= t["bound"] - 1e-12 for t in truths)
    silent = Candidates(  # repeats what it saw and else says what is always valid: no error, all of it miscalibration
        np.repeat(np.arange(50), 12), np.log(np.tile([1e-9, 1 - 11e-9, *[1e-9] * 10], 50)),
        np.tile([True, True, *[False] * 10], 50), np.tile([False, False, *[True] * 10], 50),
        np.tile([1, *[0] * 11], 50), np.tile([0, 1, *[0] * 10], 50), 50,
    )  # fmt: skip
    found = is_it_valid.reduce(silent)
    assert found is not None and found.error.value == 0 and found.delta.value == 1
    assert found.delta_star == pytest.approx(1 - 2 / 10)  # without delta the bound would claim this error
    assert found.theorem1.value == pytest.approx(-2 / 10) and found.theorem1.status == "vacuous"


def test_intervals_cover_err_iiv_and_delta_of_the_drawn_prompts() -> None:
    """Many prompts drawn from a superpopulation: 95 % intervals cover the truth of that superpopulation."""
    rng = np.random.default_rng(5)
    q_valid, wrong = 0.6, 5  # the valid response is likely in 60 % of the prompts, else one wrong one is

    def sample() -> Candidates:
        prompts = 150
        right = rng.random(prompts) < q_valid
        logs = np.log(np.where(right[:, None], [0.9, *[0.02] * wrong], [0.1, 0.82, *[0.02] * (wrong - 1)]))
        draws = rng.integers(1, 6, prompts)
        shown = np.stack([rng.multinomial(d, np.exp(row)) for d, row in zip(draws, logs, strict=True)])
        trained = np.zeros_like(shown)
        trained[:, 0] = draws
        valid = np.tile([True, *[False] * wrong], prompts)
        return Candidates(
            np.repeat(np.arange(prompts), wrong + 1),
            logs.ravel(),
            valid,
            ~valid,
            trained.ravel(),
            shown.ravel(),
            prompts,
        )

    truth = {"err_iiv": 0.5 * (1 - q_valid) + 0.5 * (1 - q_valid) / wrong, "delta": 0.4 * 0.82 + 0.6 * 0.9 - 0.6}
    covered = dict.fromkeys(truth, 0)
    for _ in range(400):
        found = is_it_valid.reduce(sample())
        assert found is not None
        for name, value in truth.items():
            estimate = getattr(found, name)
            covered[name] += estimate.low <= value <= estimate.high
    assert all(370 <= hits <= 394 for hits in covered.values()), covered


def test_a_single_prompt_is_corollary_1_with_draws_as_units() -> None:
    valid = np.array([True, True, False, False, False, False])
    given = Candidates(np.zeros(6, int), np.log([0.5, 0.2, 0.26, 0.02, 0.01, 0.01]), valid, ~valid,
                       np.array([60, 40, 0, 0, 0, 0]), np.array([50, 20, 26, 2, 1, 1]), 1)  # fmt: skip
    found = is_it_valid.reduce(given)
    assert found is not None and found.err_iiv.unit == "response"
    assert found.missed.value == 0.4 and found.accepted.value == 0.25 and found.err_iiv.value == pytest.approx(0.325)
    assert found.delta.value == pytest.approx(abs(0.76 - 0.6))
    assert found.theorem1.value == pytest.approx(0.65 - 2 / 4 - 0.16)
    half = found.delta.high - found.delta.value
    assert half == pytest.approx(1.984 * np.sqrt(0.24 / 100 + 0.76 * 0.24 / 100), rel=1e-3)


def test_multiple_choice_gets_theorem_4_and_only_then() -> None:
    valid = np.tile([True, False, False, False], 30)
    uniform = Candidates(np.repeat(np.arange(30), 4), np.full(120, np.log(0.25)), valid, ~valid,
                         np.tile([1, 0, 0, 0], 30), np.tile([1, 1, 1, 1], 30), 30)  # fmt: skip
    found = is_it_valid.reduce(uniform)
    assert found is not None and found.opt.value == pytest.approx(0.5)
    assert found.theorem4.value == pytest.approx(0.75) and found.error.value == 0.75  # attained by guessing
    several = is_it_valid.reduce(World(3).drawn(1000))
    assert several is not None and several.theorem4.status == "conditions_not_met"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("training", is_it_valid.INVALID_TRAINING),
        ("probability", is_it_valid.NOT_A_DISTRIBUTION),
        ("generations", is_it_valid.NO_GENERATIONS),
    ],
)
def test_a_premise_that_fails_leaves_no_bound(change: str, reason: str) -> None:
    world = World(2)
    c = world.drawn(10_000)
    trained, generated, logs = c.trained.copy(), c.generated.copy(), c.logprob.copy()
    if change == "training":
        trained[np.flatnonzero(~c.valid)[0]] += 1
    elif change == "probability":
        logs = np.log(np.exp(logs) * 1.01)
    else:
        generated[:] = 0
    found = is_it_valid.reduce(Candidates(c.prompt, logs, c.valid, c.wrong, trained, generated, c.prompts))
    assert found is not None and reason in found.failed
    assert found.theorem1.value is None and found.theorem1.status == "conditions_not_met"


def test_prompts_without_wrong_responses_are_left_out_and_counted() -> None:
    c = World(4).drawn(5_000)
    keep = c.valid | (c.prompt >= 3)
    thinner = Candidates(
        c.prompt[keep], c.logprob[keep], c.valid[keep], c.wrong[keep], c.trained[keep], c.generated[keep], c.prompts
    )
    found = is_it_valid.reduce(thinner)
    assert found is not None and found.prompts_left_out >= 3 and found.prompts == c.prompts - found.prompts_left_out
    nothing = Candidates(c.prompt, c.logprob, c.valid, np.zeros_like(c.valid), c.trained, c.generated, c.prompts)
    assert is_it_valid.reduce(nothing) is None


def test_the_curve_is_the_roc_with_ties_halved() -> None:
    c = World(6).drawn(2_000)
    line = curve(c)
    weights = c.wrong_weights()
    brute = sum(
        t * w * ((a > b) + 0.5 * (a == b))
        for t, a in zip(c.trained / c.trained.sum(), c.logprob, strict=True)
        for w, b in zip(weights, c.logprob, strict=True)
    )
    assert line.auc == pytest.approx(brute)
    assert (line.trained[-1], line.wrong[-1], line.err_iiv[0], line.err_iiv[-1]) == pytest.approx((1, 1, 0.5, 0.5))
    tied = Candidates(c.prompt, np.zeros_like(c.logprob), c.valid, c.wrong, c.trained, c.generated, c.prompts)
    assert curve(tied).auc == pytest.approx(0.5) and len(curve(tied).threshold) == 2


def test_the_deviation_of_every_threshold_is_that_of_the_ratio_over_prompts() -> None:
    c = World(7).drawn(900)
    line = curve(c)
    weight = c.per_prompt(c.trained)
    keep = (weight > 0) & (c.per_prompt(c.wrong) > 0)
    c = c.of_prompts(keep)
    line, weight = curve(c), c.per_prompt(c.trained)
    for k in range(0, len(line.threshold), 17):
        above = c.logprob > line.threshold[k]
        x = (c.per_prompt(c.trained * ~above) + weight * c.per_prompt(above & c.wrong) / c.per_prompt(c.wrong)) / 2
        error = x.sum() / weight.sum()
        assert line.err_iiv[k] == pytest.approx(error)
        variance = c.prompts / (c.prompts - 1) * np.sum((x - error * weight) ** 2) / weight.sum() ** 2
        assert line.deviation[k] == pytest.approx(np.sqrt(variance), abs=1e-12)


def test_the_lower_limit_of_opt_lies_below_the_truth_of_the_best_threshold() -> None:
    world = World(8, valid_most=1)
    true = is_it_valid.reduce(world.drawn(3_000_000)).opt.value
    held = sum(is_it_valid.reduce(World(8, valid_most=1).drawn(60 + k)).opt.low <= true for k in range(60))
    assert held >= 55


def test_agreement_of_all_prompts_is_not_certainty() -> None:
    valid = np.tile([True, False, False, False], 30)
    sure = Candidates(np.repeat(np.arange(30), 4), np.log(np.tile([0.97, 0.01, 0.01, 0.01], 30)), valid, ~valid,
                      np.tile([1, 0, 0, 0], 30), np.tile([1, 0, 0, 0], 30), 30)  # fmt: skip
    found = is_it_valid.reduce(sure)
    assert found is not None
    for estimate in (found.error, found.err_iiv, found.delta, found.opt):
        assert estimate.value == pytest.approx(0) and estimate.high > 0.03
