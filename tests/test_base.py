"""A run that grows from another is the run over everything, and refuses a base that it cannot be grown from."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analyzer import pipeline
from analyzer.errors import ConfigError, InputError, RunStateError
from analyzer.io import runs
from analyzer.report import evidence
from analyzer.schemas import TABLES
from analyzer.settings import Config
from analyzer.spark import base as bases
from analyzer.spark import extract, ingest
from analyzer.stages import STAGES
from tests import tiny

pytestmark = pytest.mark.spark

OLD, NEW = tiny.DOCUMENTS[:5], tiny.DOCUMENTS[5:]
EXTRA = [
    ("west", tiny.DOCUMENTS[0][1]),  # an exact copy of an old document, in a domain of its own
    ("west", "Tessa Orlane was born in Velmar in 1902. Tessa Orlane died in Kallan in 1980."),
]


@dataclass(frozen=True)
class Grown:
    """A corpus, a base run over part of it, a run grown from a copy of it that is gone, and a run from nothing."""

    corpus: Path
    base: Path
    run: Path
    whole: Path
    read: set[str]  # files that the grown run opened for their texts
    parsed: list[int]  # characters that it handed to the parser


@pytest.fixture(scope="module")
def grown(spark, tmp_path_factory):
    """Three audits: all tests that can look at them do not change them."""
    folder = tmp_path_factory.mktemp("grown")
    corpus = folder / "corpus"
    tiny.write(corpus, "old.jsonl", OLD)
    (corpus / "bad.jsonl").write_text('{"text": ""}\n')
    pipeline.audit(str(corpus), str(folder / "base"), tiny.config())
    new = tiny.write(corpus / "more", "new.jsonl", [*NEW, *EXTRA])
    with new.open("a") as stream:
        stream.write("not json\n")
    copy = shutil.copytree(folder / "base", folder / "copy")
    read: set[str] = set()
    parsed: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        pack, arranged = ingest.pack, extract.arranged
        patch.setattr(ingest, "pack", lambda files: read.update(f.path for f in files) or pack(files))
        patch.setattr(
            extract, "arranged", lambda texts, c, n, **more: parsed.append(n) or arranged(texts, c, n, **more)
        )
        pipeline.audit(str(new), str(folder / "grown"), tiny.config(), base=str(copy))
    shutil.rmtree(copy)
    pipeline.audit(str(corpus), str(folder / "whole"), tiny.config())
    return Grown(corpus, folder / "base", folder / "grown", folder / "whole", read, parsed)


def test_every_table_equals_that_of_a_run_over_everything(grown):
    run, whole = grown.run, grown.whole
    found, expected = tiny.tables(run), tiny.tables(whole)
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name] == expected[name], name


def test_fingerprints_and_counts_are_those_of_a_run_over_everything(grown):
    run, whole = grown.run, grown.whole
    for stage in STAGES:
        mine, theirs = (runs.opened(str(where)).finished(stage.name) for where in (run, whole))
        assert mine.fingerprint == theirs.fingerprint
        assert mine.counts == theirs.counts
        assert {t: mine.rows(t) for t in mine.tables} == {t: theirs.rows(t) for t in theirs.tables}


def test_the_manifests_name_the_base_that_rows_were_taken_from(grown):
    base, run, whole = grown.base, grown.run, grown.whole
    for stage in bases.TAKEN:
        before, after, apart = (runs.opened(str(where)).finished(stage) for where in (base, run, whole))
        assert after.notes["base"] == before.fingerprint
        assert "base" not in apart.notes


def test_only_the_added_files_are_read_signed_and_parsed(grown):
    assert grown.read == {"more/new.jsonl"}
    assert grown.parsed == [sum(len(text) for _, text in [*NEW, *EXTRA])]


def test_a_grown_run_works_when_its_base_is_gone(grown, spark):
    found = evidence.of_run(str(grown.run), "tessa orlane")
    assert {s.status for s in found.sentences} == {"ok"}
    assert {s.path for s in found.sentences} == {"old.jsonl", "more/new.jsonl"}
    again = pipeline.audit(str(grown.corpus), str(grown.run), tiny.config())
    assert set(again.stages.values()) == {"kept"}


def test_rows_are_linked_and_where_they_cannot_be_copied(grown, tmp_path, monkeypatch):
    base, run = bases.opened(str(grown.base)), runs.opened(str(tmp_path / "run"), create=True)

    def took(name: str) -> set[int]:
        (tmp_path / "run" / "ingest" / name).mkdir(parents=True)
        bases.take(base, run, "ingest", name)
        return {path.stat().st_ino for path in (tmp_path / "run" / "ingest" / name).iterdir()}

    def refuse(*_):
        raise OSError(18, "Invalid cross-device link")

    inodes = {path.stat().st_ino for path in grown.base.rglob("*.parquet")}
    assert took("documents") <= inodes
    monkeypatch.setattr(os, "link", refuse)
    assert not took("rejects") & inodes
    rows = pq.read_table(tmp_path / "run" / "ingest" / "rejects").to_pylist()
    assert rows == tiny.tables(grown.base)["ingest/rejects"]


def test_a_base_is_only_read(grown):
    assert not list(grown.base.rglob("base-*"))
    assert not (grown.base / runs.LOCK).exists()
    assert list(grown.run.glob("*/*/base-*.parquet"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("extract.tiers=typed", "extract.tiers = 'all', now 'typed'"),
        ("dedup.permutations=256", "dedup.permutations = 128, now 256"),
        ("ingest.private_suffixes=true", "ingest.private_suffixes = False, now True"),
    ],
)
def test_a_base_of_other_settings_is_refused_by_the_name_of_the_setting(grown, tmp_path, change, named):
    corpus, base = grown.corpus, grown.base
    with pytest.raises(ConfigError, match=named.replace("(", r"\(")):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(change), base=str(base))
    assert not (tmp_path / "run" / "ingest").exists()


def test_a_base_of_another_model_is_refused(grown, tmp_path, monkeypatch):
    corpus, base = grown.corpus, grown.base
    monkeypatch.setattr(pipeline, "_extraction", lambda settings: {"model": "another"})
    with pytest.raises(ConfigError, match="stage extract by other versions, another model or other relations"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(), base=str(base))


def test_a_base_of_another_schema_is_refused(grown, tmp_path):
    """Its rows would lack columns that those of the added files have."""
    old = shutil.copytree(grown.base, tmp_path / "base")
    path = old / "extract" / runs.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": "1.0"}))
    with pytest.raises(ConfigError, match=r"table schema 1\.0"):
        pipeline.audit(str(grown.corpus), str(tmp_path / "run"), tiny.config(), base=str(old))


def test_a_refused_base_changes_nothing_in_a_run_that_stands(grown, tmp_path):
    run = shutil.copytree(grown.whole, tmp_path / "run")
    before = {path: path.read_bytes() for path in run.iterdir() if path.is_file() and path.name != runs.LOG}
    with pytest.raises(ConfigError):
        pipeline.audit(str(grown.corpus), str(run), tiny.config("extract.tiers=typed"), base=str(grown.base))
    assert {path: path.read_bytes() for path in before} == before


def test_settings_that_only_later_stages_read_may_differ(grown, spark, tmp_path):
    corpus, base = grown.corpus, grown.base
    other = tiny.config("estimate.confidence=.9")
    result = pipeline.audit(str(corpus), str(tmp_path / "run"), other, base=str(base), until="ingest")
    assert result.stages == {"ingest": "built"}


def test_files_outside_the_base_s_folder_are_refused(grown, tmp_path):
    """A run over everything would start paths further up, and every id of the base hangs on its path."""
    base = grown.base
    outside = tiny.write(tmp_path / "elsewhere", "new.jsonl", NEW)
    with pytest.raises(InputError, match=r"lies outside .*/corpus, where the paths of the earlier run start"):
        pipeline.audit(str(outside), str(tmp_path / "run"), tiny.config(), base=str(base))


def test_a_base_whose_files_changed_or_are_gone_is_refused(grown, spark, tmp_path):
    corpus, base = grown.corpus, grown.base
    here = shutil.copytree(corpus, tmp_path / "corpus")
    recorded = json.loads((base / runs.INPUTS).read_text())
    moved = shutil.copytree(base, tmp_path / "base")
    entries = [{**e, "uri": e["uri"].replace(str(corpus), str(here))} for e in recorded]
    (moved / runs.INPUTS).write_text(json.dumps(entries))
    assert len(bases.listed(bases.opened(str(moved)), [str(here)])) == 3
    os.utime(here / "old.jsonl", (1, 1))
    with pytest.raises(InputError, match=r"old\.jsonl: has changed since it was read"):
        pipeline.audit(str(here), str(tmp_path / "run"), tiny.config(), base=str(moved))
    (here / "old.jsonl").unlink()
    with pytest.raises(InputError, match=r"an input of the earlier run: .*old\.jsonl: no such file"):
        pipeline.audit(str(here), str(tmp_path / "run"), tiny.config(), base=str(moved))


def test_nothing_new_an_unfinished_base_and_the_base_as_its_own_output_are_refused(grown, tmp_path):
    corpus, base, run = grown.corpus, grown.base, grown.run
    with pytest.raises(InputError, match="nothing to add"):
        pipeline.audit(str(corpus / "old.jsonl"), str(tmp_path / "run"), tiny.config(), base=str(base))
    with pytest.raises(ConfigError, match="is --out itself"):
        pipeline.audit(str(corpus), str(base), tiny.config(), base=f"{base}/../base")
    with pytest.raises(InputError, match="nowhere"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(), base=str(tmp_path / "nowhere"))
    part = shutil.copytree(base, tmp_path / "part")
    (part / "extract" / runs.MANIFEST).unlink()
    with pytest.raises(RunStateError, match="stage extract is not finished"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(), base=str(part))
    assert run.exists()


def test_every_table_of_these_stages_is_either_taken_over_or_computed_again():
    """A table that is added to a stage later must be put on one of the two lists."""
    for stage in STAGES:
        if stage.name in bases.TAKEN:
            assert sorted(stage.tables) == sorted((*bases.TAKEN[stage.name], *bases.AGAIN[stage.name]))
    assert {"documents", "sentences", "mentions"} <= TABLES.keys()


def test_without_a_config_the_command_takes_the_settings_of_the_base(grown, monkeypatch, tmp_path):
    from analyzer import cli

    corpus, base = grown.corpus, grown.base
    seen: list[Config] = []

    def stop(inputs, out, config, **how):
        seen.append(config)
        raise InputError(str(how["base"]))

    monkeypatch.setattr(pipeline, "audit", stop)
    command = ["audit", str(corpus), "--out", str(tmp_path / "run"), "--base", str(base), "--quiet"]
    for more in ([], ["--set", "estimate.confidence=.8"]):
        with pytest.raises(SystemExit):
            cli.main([*command, *more])
    assert [c.estimate.min_statements for c in seen] == [3, 3]
    assert [c.estimate.confidence for c in seen] == [0.95, 0.8]
