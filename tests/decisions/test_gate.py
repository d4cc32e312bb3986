"""Every kind of rule can pass, fail and be undecided; what cannot be judged is never passed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.decisions import judge
from analyzer.decisions.judge import Verdict, overall
from analyzer.decisions.measured import Sources, judged
from analyzer.decisions.rules import Rule, load
from analyzer.errors import ConfigError
from analyzer.stats.intervals import student_quantile
from tests.decisions import built

NONE = "there is none"


def rules(folder: Path, text: str) -> tuple[Rule, ...]:
    path = folder / "gate.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def gate(folder: Path, text: str, tables: dict[str, Any] | None = None, **other: Any) -> Verdict:
    """The verdict on the one rule of `text`."""
    run = built.run(folder / "run", {"estimates": [], "duplication": []} | (tables or {}), other.pop("rejected", None))
    sources = Sources(run, other.get("quality", NONE), other.get("differences", NONE))
    (verdict,) = judged(rules(folder, text), sources)
    return verdict


ESTIMATE = '[[rule]]\nkind = "estimate"\nstatistic = "singleton_rate"\nat_most = 0.6\n'


@pytest.mark.parametrize(
    ("row", "outcome", "counts_as"),
    [
        (built.estimate(0.5, 0.45, 0.6), "passed", "passed"),
        (built.estimate(0.7, 0.61, 0.8), "failed", "failed"),
        (built.estimate(0.59, 0.5, 0.7), "undecided", "failed"),
        (built.estimate(0.65, 0.6, 0.7), "undecided", "failed"),
        (built.estimate(None, status="empty"), "unjudged", "unjudged"),
        (built.estimate(0.1, 0.0, 0.2, status="beyond_range"), "unjudged", "unjudged"),
        (built.estimate(0.1, method="a guess"), "unjudged", "unjudged"),
        (built.estimate(0.6, method="counted, not estimated"), "passed", "passed"),
        (built.estimate(0.7, method="counted, not estimated"), "failed", "failed"),
        (built.estimate(0.5, 0.4, None), "undecided", "failed"),
    ],
)
def test_an_estimate_is_judged_by_the_whole_of_its_interval(tmp_path, row, outcome, counts_as):
    found = gate(tmp_path, ESTIMATE, {"estimates": [row]})
    assert (found.outcome, found.counts_as) == (outcome, counts_as)


def test_at_least_is_judged_from_the_other_side(tmp_path):
    text = ESTIMATE.replace("at_most", "at_least")
    for i, (ends, outcome) in enumerate((((0.6, 0.7), "passed"), ((0.5, 0.59), "failed"), ((0.5, 0.6), "undecided"))):
        (tmp_path / str(i)).mkdir()
        assert gate(tmp_path / str(i), text, {"estimates": [built.estimate(sum(ends) / 2, *ends)]}).outcome == outcome


@pytest.mark.parametrize(
    ("take", "row", "outcome"),
    [
        ("low", built.estimate(0.7, 0.55, 0.8), "passed"),
        ("low", built.estimate(0.7, 0.65, None), "failed"),
        ("high", built.estimate(0.5, 0.4, 0.61), "failed"),
        ("high", built.estimate(0.5, 0.4, None), "unjudged"),
        ("point", built.estimate(0.59, 0.1, 0.9), "passed"),
        ("point", built.estimate(0.61, method="a guess"), "failed"),
    ],
)
def test_an_end_or_the_point_is_judged_by_itself_and_is_never_undecided(tmp_path, take, row, outcome):
    assert gate(tmp_path, f'{ESTIMATE}take = "{take}"\n', {"estimates": [row]}).outcome == outcome


def test_a_rule_over_all_slices_leaves_small_ones_out_and_fails_with_the_worst(tmp_path):
    rows = [
        built.estimate(0.5, 0.4, 0.55, slice_kind="domain", slice="good", denominator=900),
        built.estimate(0.6, 0.5, 0.7, slice_kind="domain", slice="unsure", denominator=900),
        built.estimate(0.9, 0.8, 1.0, slice_kind="domain", slice="bad", denominator=900),
        built.estimate(0.9, 0.8, 1.0, slice_kind="domain", slice="small", denominator=899),
    ]
    found = gate(tmp_path, f'{ESTIMATE}slices = "domain"\nn_at_least = 900\n', {"estimates": rows})
    assert (found.outcome, found.left_out) == ("failed", 1)
    assert [(j.number.subject.split()[-1], j.outcome) for j in found.judgements] == [
        ("bad", "failed"), ("good", "passed"), ("unsure", "undecided"),
    ]  # fmt: skip
    assert found.reason == "3 numbers: 1 passed, 1 failed, 1 undecided"


def among(limit: str, others: int, *ends: tuple[float, float, float]) -> tuple[str, list[dict[str, Any]]]:
    """A rule over domains, of which `others` keep the limit, and the rows."""
    kept = [(0.5, 0.45, 0.55) if limit == "at_most" else (0.7, 0.65, 0.75)] * others
    rows = [
        built.estimate(*number, slice_kind="domain", slice=f"d{i:03d}", denominator=900)
        for i, number in enumerate([*ends, *kept])
    ]
    return f'{ESTIMATE.replace("at_most", limit)}slices = "domain"\n', rows


@pytest.mark.parametrize(
    ("limit", "others", "ends", "outcomes"),
    [
        ("at_most", 0, [(0.65, 0.605, 0.695)], ["failed"]),
        ("at_most", 40, [(0.65, 0.605, 0.695)], ["undecided"]),  # 2.3 standard errors: one of 41 may lie so far off
        ("at_most", 40, [(0.9, 0.85, 0.95)], ["failed"]),
        ("at_most", 1, [(0.9, 0.85, 0.95), (0.65, 0.605, 0.695)], ["failed", "undecided"]),
        (
            "at_most",
            0,
            [(0.9, 0.85, 0.95), (0.65, 0.605, 0.695)],
            ["failed", "failed"],
        ),  # what has failed counts no more
        ("at_least", 40, [(0.55, 0.505, 0.595)], ["undecided"]),
        ("at_least", 40, [(0.3, 0.25, 0.35)], ["failed"]),
    ],
)
def test_among_many_numbers_one_that_chance_explains_does_not_fail_the_rule(tmp_path, limit, others, ends, outcomes):
    text, rows = among(limit, others, *ends)
    found = gate(tmp_path, text, {"estimates": rows})
    assert [j.outcome for j in found.judgements[: len(ends)]] == outcomes
    assert all(j.outcome == "passed" for j in found.judgements[len(ends) :])
    told = [j.reason for j in found.judgements if j.outcome == "undecided"]
    assert all(f"beyond it by itself, not among {len(rows)} numbers" in reason for reason in told)


def test_counted_numbers_fail_however_many_there_are(tmp_path):
    counted = "counted, not estimated"
    rows = [
        built.estimate(0.61 if i == 0 else 0.5, slice_kind="domain", slice=f"d{i:03d}", method=counted)
        for i in range(100)
    ]
    found = gate(tmp_path, f'{ESTIMATE}slices = "domain"\n', {"estimates": rows})
    assert (found.outcome, found.judgements[0].outcome) == ("failed", "failed")


def test_a_rule_over_many_true_numbers_at_the_limit_fails_seldom(tmp_path):
    """400 gates over 50 domains whose rate is the limit: 2.5 % may fail; without the guard most of them would."""
    draw = np.random.default_rng(7)
    rule = rules(tmp_path, f'{ESTIMATE}slices = "domain"\n')[0]
    half = 0.05 * float(student_quantile(0.95, 19))
    failed = {False: 0, True: 0}
    for _ in range(400):
        values = 0.6 + 0.05 * draw.standard_t(19, 50)
        numbers = [judge.Number("d", v, v - half, v + half, confidence=0.95) for v in values]
        failed[True] += judge.verdict(rule, numbers, 0, "").outcome == "failed"
        failed[False] += any(judge.judge(rule, number).outcome == "failed" for number in numbers)
    assert failed[True] <= 20 < 250 < failed[False]


def test_a_number_of_a_sample_says_so(tmp_path):
    row = built.estimate(
        0.5, 0.4, 0.55, method="leave-one-unit-out; from a sample of 25 % of the clusters, at its size"
    )
    found = gate(tmp_path, ESTIMATE, {"estimates": [row]})
    assert found.reason.endswith("from a sample of 25 % of the clusters, at its size")


def test_nothing_to_judge_is_not_passed_unless_the_rule_says_so(tmp_path):
    text = f'{ESTIMATE}slices = "domain"\nn_at_least = 5000\n'
    rows = [built.estimate(0.9, 0.8, 1.0, slice_kind="domain", slice="small")]
    found = gate(tmp_path, text, {"estimates": rows})
    assert (found.outcome, found.reason) == ("unjudged", "no such slice has N of at least 5,000")
    (tmp_path / "other").mkdir()
    assert gate(tmp_path / "other", f'{text}if_none = "pass"\n', {"estimates": rows}).outcome == "passed"


def test_a_slice_that_is_not_there_is_unjudged_and_the_nearest_is_named(tmp_path):
    rows = [built.estimate(0.1, 0.0, 0.2, slice_kind="domain", slice="wiki.example")]
    found = gate(tmp_path, f'{ESTIMATE}slices = "domain"\nslice = "wikii.example"\n', {"estimates": rows})
    assert (found.outcome, found.reason) == ("unjudged", "no domain 'wikii.example': did you mean 'wiki.example'?")


REJECTS = '[[rule]]\nkind = "rejects"\nat_most = 0.01\n'


@pytest.mark.parametrize(
    ("rejected", "outcome"),
    [
        ({"malformed_json": 10}, "passed"),
        ({"malformed_json": 11}, "failed"),
        ({"malformed_json": 5, "corrupt_stream": 1}, "undecided"),  # the rest of a file: nobody knows how many
        ({"malformed_json": 10, "corrupt_stream": 1}, "failed"),
    ],
)
def test_rejects_are_counted_but_the_rest_of_a_broken_file_is_not_known(tmp_path, rejected, outcome):
    assert gate(tmp_path, REJECTS, rejected=rejected).outcome == outcome


def test_rejects_of_one_reason_leave_the_others_alone(tmp_path):
    found = gate(tmp_path, f'{REJECTS}stage = "ingest"\nreason = "empty_text"\n', rejected={"corrupt_stream": 500})
    assert (found.outcome, found.judgements[0].number.value) == ("passed", 0)


def measure(value: float | None, low: float, high: float, **other: Any) -> dict[str, Any]:
    return {
        "gold": "gold", "measure": "precision", "level": "document", "relation": "*", "tier": "typed", "stratum": "all",
        "numerator": 90, "denominator": 100, "value": value, "low": low, "high": high, "status": "ok",
        "confidence": 0.95,
    } | other  # fmt: skip


QUALITY = '[[rule]]\nkind = "quality"\nmeasure = "precision"\nat_least = 0.85\n'


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([measure(0.9, 0.86, 0.93)], "passed"),
        ([measure(0.8, 0.75, 0.84)], "failed"),
        ([measure(0.9, 0.84, 0.93)], "undecided"),
        ([measure(0.9, 0.86, 0.93), measure(0.8, 0.7, 0.84, gold="other")], "failed"),
        ([measure(0.9, 0.86, 0.93, tier="open")], "unjudged"),
        (NONE, "unjudged"),
    ],
)
def test_quality_is_judged_on_every_gold_set_of_the_card(tmp_path, rows, outcome):
    assert gate(tmp_path, QUALITY, quality=rows).outcome == outcome


DEDUPLICATION = '[[rule]]\nkind = "deduplication"\nat_most = 0.9\n'


@pytest.mark.parametrize(
    ("row", "sample", "outcome"),
    [
        (built.duplication(100, 90), "false", "passed"),
        (built.duplication(100, 91), "false", "failed"),
        (built.duplication(1000, 800), "true", "passed"),
        (built.duplication(1000, 990, largest=10), "true", "failed"),
        (built.duplication(100, 88), "true", "undecided"),
        (built.duplication(1000, 999, largest=1000), "true", "undecided"),  # one template is one observation
        (built.duplication(19, 18), "false", "unjudged"),
    ],
)
def test_what_a_source_loses_is_a_count_and_as_a_sample_an_estimate(tmp_path, row, sample, outcome):
    assert gate(tmp_path, f"{DEDUPLICATION}sample = {sample}\n", {"duplication": [row]}).outcome == outcome


def test_a_run_of_a_version_without_that_count_is_unjudged(tmp_path):
    run = built.run(tmp_path / "run", {"estimates": []})
    (verdict,) = judged(rules(tmp_path, DEDUPLICATION), Sources(run, NONE, NONE))
    assert (verdict.outcome, "did not count" in verdict.reason) == ("unjudged", True)


RISE = '[[rule]]\nkind = "rise"\nat_most = 0.02\n'


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (built.difference(0.0, -0.01, 0.02), "passed"),
        (built.difference(0.05, 0.03, 0.07), "failed"),
        (built.difference(0.0, -0.03, 0.03), "undecided"),
        (built.difference(None, status="too_small"), "unjudged"),
    ],
)
def test_a_rise_against_the_base_is_judged_by_its_interval(tmp_path, row, outcome):
    assert gate(tmp_path, RISE, differences=built.table("differences", row)).outcome == outcome


def test_a_rise_without_a_base_is_unjudged(tmp_path):
    assert gate(tmp_path, RISE).outcome == "unjudged"


def test_an_undecided_rule_counts_as_the_file_or_the_rule_says(tmp_path):
    row = {"estimates": [built.estimate(0.59, 0.5, 0.7)]}
    for i, (text, counts_as) in enumerate((
        (f'undecided = "pass"\n{ESTIMATE}', "passed"),
        (f'undecided = "fail"\n{ESTIMATE}', "failed"),
        (f'undecided = "pass"\n{ESTIMATE}undecided = "fail"\n', "failed"),
    )):  # fmt: skip
        (tmp_path / str(i)).mkdir()
        assert gate(tmp_path / str(i), text, row).counts_as == counts_as


def test_a_gate_fails_if_a_rule_fails_and_is_unjudged_only_if_none_does():
    def one(outcome: str) -> Verdict:
        rule = Rule(1, "r", "rejects", 0.1, True, "pass", "fail", {})
        return Verdict(rule, (), 0, outcome, "")

    assert judge.EXIT == {"passed": 0, "failed": 1, "unjudged": 2}
    assert overall([one("passed"), one("undecided")]) == "passed"
    assert overall([one("passed"), one("unjudged")]) == "unjudged"
    assert overall([one("unjudged"), one("failed")]) == "failed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rule]]\nkind = "estimate"\nstatistc = "singleton_rate"\nat_most = 1\n', "did you mean 'statistic'"),
        ('[[rule]]\nkind = "estmate"\n', "no kind 'estmate': did you mean 'estimate'"),
        ('[[rule]]\nkind = "rejects"\nat_mots = 0.1\n', "'at_mots': did you mean 'at_most'"),
        ('[[rule]]\nknd = "rejects"\n', "'knd': did you mean 'kind'"),
        ('undecidet = "pass"\n', "'undecidet': did you mean 'undecided'"),
        ('undecided = "maybe"\n[[rule]]\nkind = "rejects"\nat_most = 0.1\n', "known are fail, pass"),
        ('[[rule]]\nkind = "estimate"\nstatistic = "s"\nslices = "domains"\nat_most = 1\n', "did you mean 'domain'"),
        ('[[rule]]\nkind = "rejects"\nat_most = 0.1\nat_least = 0.1\n', "not both"),
        ('[[rule]]\nkind = "rejects"\n', "say at_most or at_least"),
        ('[[rule]]\nkind = "rise"\nat_least = 0.1\n', "unknown key 'at_least'"),
        ('[[rule]]\nkind = "rejects"\nat_most = 1.5\n', "between 0 and 1"),
        ('[[rule]]\nkind = "rejects"\nat_most = nan\n', "finite"),
        ('[[rule]]\nkind = "rejects"\nat_most = true\n', "must be a number"),
        ('[[rule]]\nkind = "estimate"\nat_most = 1\n', "needs statistic"),
        ('[[rule]]\nat_most = 1\n', "kind is missing"),
        ('[rule]\nkind = "rejects"\nat_most = 0.1\n', "two brackets"),
        ("", "holds no rule"),
        ("[[rule\n", "not TOML"),
    ],
)  # fmt: skip
def test_a_mistyped_rule_is_refused_and_the_nearest_name_is_said(tmp_path, text, said):
    with pytest.raises(ConfigError) as raised:
        rules(tmp_path, text)
    assert said in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "other", "said"),
    [
        (ESTIMATE.replace("singleton_rate", "singelton_rate"), {}, "did you mean 'singleton"),
        (QUALITY.replace("precision", "precison"), {"quality": [measure(0.9, 0.8, 1)]}, "did you mean 'precision'"),
        (f'{REJECTS}reason = "empty_txt"\n', {}, "did you mean 'empty_text'"),
    ],
)  # fmt: skip
def test_a_mistyped_name_of_a_statistic_measure_or_reason_is_refused(tmp_path, text, other, said):
    with pytest.raises(ConfigError, match=said):
        gate(tmp_path, text, {"estimates": [built.estimate(0.5, 0.4, 0.6)]}, **other)
