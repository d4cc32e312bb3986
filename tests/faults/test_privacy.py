"""No text of a corpus leaves by a log, an error, a manifest or a page that nobody asked to show examples."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer import cli, logs, pipeline
from analyzer.io import runs
from analyzer.schemas import TABLES
from analyzer.settings import Config
from tests import tiny
from tests.io.make import CODECS, wet

pytestmark = [pytest.mark.spark, pytest.mark.fault]

CANARY = "Qanarybird"
ESCAPES = "../../escaped", "/etc/escaped", "a/b", "..", "", "=1+1", "<script>", "\x1b[2J", "a=b", None


def canaries(folder: Path) -> Path:
    """The canary in every field of records of every format, sound and broken in every way that has a reason."""
    folder.mkdir()
    whole = {name: f"{CANARY} {name}" for name in ("id", "source", "text", "domain")}
    whole["url"] = f"https://{CANARY}.example.org/{CANARY}"
    long = f"{CANARY} " * 9_000
    texts = [{**whole, "text": text} for text in (None, "", [CANARY, 1], {"a": CANARY}, long)]
    bad = [*texts, {**whole, "id": [CANARY]}, [CANARY], CANARY, 7, None]
    lines = [json.dumps(row).encode() for row in (whole, *({**whole, "domain": d} for d in ESCAPES), *bad)]
    lines += [
        json.dumps(whole).encode()[:-9], CANARY.encode(), b'{"text": "' + CANARY.encode() + b'\xff\\ud800"}',
        b'{"text": "' + CANARY.encode() + b'", "text": "' + CANARY.encode() + b'"}', b"[" * 99_999 + CANARY.encode(),
    ]  # fmt: skip
    (folder / "lines.jsonl").write_bytes(b"\n".join(lines))
    for suffix, pack in CODECS.items():
        (folder / f"cut.jsonl{suffix}").write_bytes(pack(b"\n".join(lines))[:-4])
    (folder / "plain.jsonl.gz").write_bytes(CANARY.encode())
    (folder / "notes.txt").write_text(f"{CANARY} was born in {CANARY}ville.")
    page = wet((f"http://a.org/{CANARY}", CANARY.encode()), gzipped=False)
    (folder / "broken.warc.wet").write_bytes(page.replace(b"a.org/", b"a.org/ ")[:-7])
    (folder / "framing.warc.wet").write_bytes(page + CANARY.encode() * 9)
    pq.write_table(pa.table({"text": [CANARY, None], "id": [CANARY, CANARY]}), folder / "whole.parquet")
    (folder / "broken.parquet").write_bytes((folder / "whole.parquet").read_bytes()[:-9])
    return folder


def texts_of(run: Path) -> list[Path]:
    """Every file of a run that is no table and none of the checksums and marks that Spark puts beside them."""
    return [p for p in run.rglob("*") if p.is_file() and p.suffix not in (".parquet", ".crc") and p.name != "_SUCCESS"]


@pytest.fixture(scope="module")
def run(spark, tmp_path_factory):
    """Everything that reading the canaries said and wrote, but for the tables that hold what was kept."""
    folder = tmp_path_factory.mktemp("privacy")
    corpus = canaries(folder / "corpus")
    config = Config.load(None, ["ingest.max_text_chars=50000"])
    pipeline.audit(str(corpus), str(folder / "run"), config, until="ingest")
    return folder / "run"


def test_nothing_of_a_text_is_in_log_manifest_or_explanation_of_a_reject(run):
    small = texts_of(run)
    assert {runs.LOG, runs.SETTINGS, runs.INPUTS, runs.MANIFEST} <= {path.name for path in small}
    assert not [path for path in small if CANARY.lower() in path.read_text().lower()]
    rejects = pq.read_table(run / "ingest" / "rejects").to_pylist()
    assert len({row["reason"] for row in rejects}) >= 5
    assert not [row for row in rejects if CANARY.lower() in (row["detail"] or "").lower()]


def test_names_of_domains_become_no_paths(run):
    assert {row["domain"] for row in pq.read_table(run / "ingest" / "documents").to_pylist()} >= {
        "../../escaped",
        "a/b",
    }
    assert {path.name for path in run.iterdir()} <= {"ingest", runs.LOG, runs.SETTINGS, runs.INPUTS}
    assert {path.name for path in (run / "ingest").iterdir()} == {"documents", "rejects", runs.MANIFEST}
    assert not list(run.parent.rglob("*escaped*"))


def test_a_run_directory_is_its_owners_and_says_which_tables_hold_names(run, audited):
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    _, whole, _ = audited
    private = {name for path in whole.glob("*/_MANIFEST.json") for name in json.loads(path.read_text())["private"]}
    assert private == {
        name for name, table in TABLES.items() if table.private and (whole / table.stage / name).exists()
    }
    assert {"mentions", "facts", "prompts"} <= private


def test_no_name_of_a_fact_is_on_the_page_in_the_summary_or_in_the_log_of_a_whole_run(audited):
    """Domains, sources and relations are; who and what the facts are about is not."""
    _, whole, _ = audited
    names = {name for row in pq.read_table(whole / "count" / "facts").to_pylist() for name in (row["subject"],)}
    assert {"tessa orlane", "velmar", "kestrel works"} <= names
    assert {".html", ".json", ".log", ".toml"} == {path.suffix for path in texts_of(whole)}
    for path in texts_of(whole):
        text = path.read_text().lower()
        assert not [name for name in names if name in text], path


def test_an_exception_that_quotes_a_text_leaves_its_class_alone_in_message_and_log(tmp_path, monkeypatch):
    corpus = tiny.write(tmp_path / "corpus")

    def fails(job):
        raise ValueError(f"could not convert {CANARY}\n  {CANARY} again")

    stage = pipeline.STAGES[0]
    monkeypatch.setattr(pipeline, "STAGES", (type(stage)("ingest", fails),))
    with pytest.raises(SystemExit) as left:
        cli.main(["audit", str(corpus), "--out", str(tmp_path / "run"), "--until", "ingest", "--quiet"])
    assert left.value.code == 6
    log = (tmp_path / "run" / runs.LOG).read_text()
    assert "ValueError" in log and "test_privacy.py" in log
    assert CANARY not in log


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "CORPUS", "--out", "RUN", "--text-field", "nosuch"],
        ["audit", "CORPUS/lines.jsonl", "--out", "RUN", "--set", "ingest.on_corrupt=stop", "--domain-field", "nosuch"],
        ["score", "CORPUS/lines.jsonl", "--out", "RUN"],
        ["predict", "RUN", "CORPUS/lines.jsonl", "--out", "OUT"],
        ["quality", "--knowledgenet", "CORPUS/lines.jsonl", "--out", "RUN"],
        ["evidence", "CORPUS", "--subject", "x"],
    ],
    ids=lambda words: words[0],
)
def test_no_command_that_is_refused_quotes_a_value_of_its_input(tmp_path, capfd, words):
    corpus = canaries(tmp_path / "corpus")
    given = [
        w.replace("CORPUS", str(corpus)).replace("RUN", str(tmp_path / "run")).replace("OUT", str(tmp_path / "o"))
        for w in words
    ]
    with pytest.raises(SystemExit) as left:
        cli.main(given)
    said = "".join(capfd.readouterr())
    assert left.value.code in (2, 4, 5) and "monofact: " in said
    assert CANARY.lower() not in said.lower().replace(str(tmp_path).lower(), "")


@pytest.fixture(autouse=True)
def quiet():
    """Commands set handlers of their own."""
    yield
    for handler in list(logs.LOGGER.handlers):
        logs.LOGGER.removeHandler(handler)
        handler.close()
    logging.getLogger().handlers[:] = [h for h in logging.getLogger().handlers if type(h) is not logging.NullHandler]
