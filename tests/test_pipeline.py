"""A run as a whole: it resumes, rebuilds only what depends on a change, and accounts for every row."""

from __future__ import annotations

import json
import shutil

import pytest

from analyzer import pipeline
from analyzer.errors import ConfigError, InputError, RunStateError
from analyzer.io import runs
from tests import tiny

pytestmark = pytest.mark.spark
ALL = ("ingest", "dedup", "extract", "count", "estimate", "report")


@pytest.fixture(scope="module")
def finished(audited, tmp_path_factory):
    """A copy of the finished run that these tests may change."""
    corpus, run, result = audited
    return corpus, shutil.copytree(run, tmp_path_factory.mktemp("pipeline") / "run"), result


def test_a_first_run_builds_every_stage_and_is_marked_complete(finished):
    _, run, result = finished
    assert result.stages == dict.fromkeys(ALL, "built")
    assert (run / runs.COMPLETE).exists()
    assert not (run / runs.LOCK).exists()
    assert not list(run.glob(f"*/{runs.WORK}"))


def test_every_stage_accounts_for_what_it_read(finished):
    _, run, _ = finished
    for stage in ALL:
        counts = json.loads((run / stage / runs.MANIFEST).read_text())["counts"]
        assert counts["read"] == counts["kept"] + sum(counts["rejected"].values()), stage
        assert counts["read"] > 0


def test_the_facts_of_the_corpus_are_counted(finished):
    _, run, result = finished
    prompts = {(p["subject"], p["relation"]): p for p in tiny.tables(run)["count/prompts"]}
    assert prompts["tessa orlane", "date of birth"]["documents"] == 2
    assert prompts["tessa orlane", "date of birth"]["clusters"] == 1
    assert prompts["maud pereth", "date of death"]["clusters"] == 1
    assert result.summary is not None
    assert result.summary.corpus.statements == sum(p["cluster_statements"] for p in prompts.values())


def test_the_same_command_again_does_nothing(finished, spark):
    corpus, run, _ = finished
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*.parquet")}
    again = pipeline.audit(str(corpus), str(run), tiny.config())
    assert again.stages == dict.fromkeys(ALL, "kept")
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*.parquet")} == before
    assert again.summary is not None


@pytest.mark.parametrize(
    ("change", "rebuilt"),
    [
        ("report.title=Other", {"report"}),
        ("extract.batch_tokens=500", set()),
        ("estimate.confidence=.9", {"estimate", "report"}),
        ("count.functional_prompts=3", {"count", "estimate", "report"}),
        ("dedup.threshold=.99", {"dedup", "count", "estimate", "report"}),
    ],
)
def test_a_changed_setting_rebuilds_only_what_depends_on_it(finished, tmp_path, change, rebuilt, monkeypatch):
    """Which stages would run, from the fingerprints alone: building them is what the other tests do."""
    corpus, run, _ = finished
    built = []
    monkeypatch.setattr(
        pipeline,
        "_run_stage",
        lambda stage, job, prints, watch, rebuild: built.append((stage.name, prints[stage.name])) or "kept",
    )
    monkeypatch.setattr(pipeline, "summarised", lambda job: None)
    pipeline.audit(str(corpus), str(run), tiny.config(change))
    manifests = {stage: json.loads((run / stage / runs.MANIFEST).read_text()) for stage in ALL}
    assert {name for name, now in built if manifests[name]["fingerprint"] != now} == rebuilt


def test_a_stage_built_again_after_a_change_replaces_its_tables(finished, spark):
    corpus, run, _ = finished
    before = tiny.tables(run)
    result = pipeline.audit(str(corpus), str(run), tiny.config("estimate.confidence=.8"))
    assert {name for name, what in result.stages.items() if what == "built"} == {"estimate", "report"}
    assert tiny.tables(run)["estimate/estimates"] != before["estimate/estimates"]
    back = pipeline.audit(str(corpus), str(run), tiny.config())
    assert {name for name, what in back.stages.items() if what == "built"} == {"estimate", "report"}
    assert tiny.tables(run) == before


def test_one_stage_alone_needs_the_others_as_they_would_be_now(finished, spark):
    _, run, _ = finished
    assert pipeline.audit([], str(run), tiny.config(), only="report").stages == {"report": "built"}
    with pytest.raises(ConfigError, match="stage report reads stage count"):
        pipeline.audit([], str(run), tiny.config("count.functional_prompts=4"), only="report")


def test_a_stage_cannot_run_before_the_ones_it_reads(spark, tmp_path):
    corpus = tiny.write(tmp_path / "corpus")
    with pytest.raises(RunStateError, match="stage ingest is not finished"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(), only="dedup")


def test_a_run_of_nothing_readable_ends_with_the_reasons(spark, tmp_path):
    path = tmp_path / "corpus" / "bad.jsonl"
    path.parent.mkdir()
    path.write_text('{"text": ""}\nnot json\n')
    with pytest.raises(InputError, match="empty_text: 1"):
        pipeline.audit(str(path), str(tmp_path / "run"), tiny.config())
    assert not (tmp_path / "run" / "ingest" / runs.MANIFEST).exists()


def test_unknown_stages_are_refused_before_anything_is_made(tmp_path):
    with pytest.raises(ConfigError, match="stages are ingest"):
        pipeline.audit("x", str(tmp_path / "run"), until="nix")
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_an_interrupted_stage_is_built_again_and_gives_the_same_tables(finished, spark, tmp_path, monkeypatch):
    corpus, run, _ = finished
    other = tmp_path / "run"

    class Power(BaseException):
        """The driver is gone."""

    def out(point):
        if point == "count:written":
            raise Power

    monkeypatch.setattr(pipeline, "_fault", out)
    with pytest.raises(Power):
        pipeline.audit(str(corpus), str(other), tiny.config())
    assert not (other / "count" / runs.MANIFEST).exists()
    monkeypatch.undo()
    resumed = pipeline.audit(str(corpus), str(other), tiny.config())
    assert [name for name, what in resumed.stages.items() if what == "kept"] == ["ingest", "dedup", "extract"]
    assert tiny.tables(other) == tiny.tables(run)


def test_another_text_of_the_relations_or_another_model_version_is_another_extraction(tmp_path, monkeypatch):
    path = tmp_path / "more.toml"
    path.write_text("# one")
    settings = tiny.config(f"extract.relations={path}").extract
    before = pipeline._extraction(settings)
    assert before["version"] not in ("unknown", "")
    path.write_text("# two")
    assert pipeline._extraction(settings) != before
    path.write_text("# one")
    assert pipeline._extraction(settings) == before
    monkeypatch.setattr(pipeline.importlib.metadata, "version", lambda name: "9")
    assert pipeline._extraction(settings) != before


def test_a_relations_file_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        pipeline._extraction(tiny.config("extract.relations=nowhere.toml").extract)
