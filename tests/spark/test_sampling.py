"""A sample is the same on every machine, takes whole clusters and whole prompts, and says what it is in every file."""

from __future__ import annotations

import shutil

import pyarrow.compute as pc
import pytest

from analyzer import pipeline
from analyzer.errors import ConfigError
from analyzer.settings import Config, SampleSettings
from analyzer.spark import count, estimate, sampling
from tests import tiny
from tests.spark.worlds import frames, world

pytestmark = pytest.mark.spark

TENTH = SampleSettings(keys=0.1)


@pytest.fixture(scope="module")
def given(spark):
    documents, clusters, mentions = frames(spark, *world(seed=11, documents=120))
    return documents.persist(), clusters.persist(), mentions.persist()


def ids(frame, column):
    return sorted(row[0] for row in frame.select(column).collect())


def test_clusters_are_drawn_whole_and_alike_whatever_the_partitions(given):
    documents, clusters, _ = given
    half = SampleSettings(documents=0.5)
    drawn = sampling.chosen_clusters(clusters, documents, half)
    kept = set(ids(drawn, "doc_id"))
    assert 0.25 < len(kept) / clusters.count() < 0.75
    for row in clusters.collect():
        assert (row["doc_id"] in kept) == (row["cluster_id"] in kept)
    assert ids(sampling.chosen_clusters(clusters.repartition(7), documents.repartition(3), half), "doc_id") == sorted(
        kept
    )
    other = sampling.chosen_clusters(clusters, documents, SampleSettings(documents=0.5, seed=2))
    assert ids(other, "doc_id") != sorted(kept)


def test_a_prompt_is_kept_with_all_its_mentions_or_not_at_all_and_the_frequent_ones_always(given):
    mentions = given[2]
    answered = mentions.where("not abstention").groupBy("prompt_id").count()
    sizes = {row["prompt_id"]: row["count"] for row in answered.collect()}
    frequent = sampling.frequent(mentions, TENTH)
    assert frequent.mentions == sampling.LEAST and frequent.of == sum(sizes.values())
    kept = sampling.chosen_mentions(mentions, TENTH, frequent).where("not abstention").groupBy("prompt_id").count()
    found = {row["prompt_id"]: row["count"] for row in kept.collect()}
    assert all(sizes[prompt] == n for prompt, n in found.items())
    heavy = {prompt for prompt, n in sizes.items() if n >= frequent.mentions}
    assert heavy and heavy <= found.keys()
    assert 0 < len(found.keys() - heavy) < 0.4 * len(sizes.keys() - heavy)


def test_weights_of_one_count_once_and_weights_of_ten_tenfold(given):
    documents, clusters, mentions = given
    placed = count.placed(mentions, documents, clusters)
    prompts, facts = count.prompts(placed, 2), count.facts(placed)
    once = prompts.where("clusters = 1")
    n, a = (f.agg({"cluster_statements": "sum"}).first()[0] for f in (prompts, once))
    tenfold = prompts.selectExpr("*", "CASE WHEN clusters = 1 THEN 10 ELSE 1 END AS weight")
    found = corpus(estimate.statistics(placed, tenfold, facts, least=10))
    assert found["a"] == 10 * a and found["n"] == n + 9 * a
    assert found["singleton_keys"] == 10 * once.count() and found["keys"] == prompts.count() + 9 * once.count()
    assert found["drawn_single"] > 0 and found["drawn_other"] == 0  # those with a weight of one were not drawn


def corpus(found):
    rows = found.sums.to_pylist()
    return next(r for r in rows if (r["slice_kind"], r["key"], r["unit"]) == ("corpus", "prompt", "cluster"))


@pytest.mark.slow
@pytest.mark.parametrize(("setting", "stage"), [("sample.keys=0.5", "count"), ("sample.documents=0.6", "extract")])
def test_a_sampled_audit_rebuilds_what_it_changes_and_never_passes_for_the_whole(audited, tmp_path, setting, stage):
    corpus, whole, _ = audited
    shutil.copytree(whole, tmp_path / "run")
    result = pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(setting))
    assert result.stages["dedup"] == "kept" and result.stages[stage] == "built"
    manifest = result.run.finished(stage)
    assert manifest.settings["sample_share"] == float(setting.split("=")[1])
    assert manifest.counts.rejected["not_in_sample"] > 0
    estimates = result.run.table("estimates")
    assert "whole_singleton_rate" in estimates["statistic"].to_pylist()
    assert pc.all(pc.match_substring(estimates["method"], "sample")).as_py()
    assert set(result.run.table("bounds")["value"].to_pylist()) == {None}
    summary = result.summary
    assert summary.sample is not None and summary.verdict.sentence.startswith("This is a sample")
    assert "This is a sample" in result.run.read("report/report.html")


def test_only_the_stage_that_samples_depends_on_the_sample_and_a_whole_run_on_none():
    whole, keys, part = (Config.load(None, sets) for sets in ([], ["sample.keys=.5"], ["sample.documents=.5"]))
    for stage, sampled in (("count", keys), ("extract", part)):
        assert sampled.fingerprint(stage) != whole.fingerprint(stage)
        reseeded = Config.load(None, [f"sample.{'keys' if sampled is keys else 'documents'}=.5", "sample.seed=2"])
        assert reseeded.fingerprint(stage) != sampled.fingerprint(stage)
        others = {"ingest", "dedup", "extract", "count", "estimate", "report"} - {stage}
        assert all(sampled.fingerprint(other) == whole.fingerprint(other) for other in others)
    assert Config.load(None, ["sample.seed=2"]).fingerprint("extract", "count") == whole.fingerprint("extract", "count")


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (["sample.keys=.3"], "1/2, 1/3"),
        (["sample.keys=.5", "sample.documents=.5"], "cannot be combined"),
        (["sample.documents=0"], "at least"),
    ],
)
def test_shares_that_cannot_be_honoured_are_refused(sets, said):
    with pytest.raises(ConfigError, match=said):
        Config.load(None, sets)
