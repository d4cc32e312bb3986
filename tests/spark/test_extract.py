"""The user's aliases in the extraction: keys, the account, the fingerprint, and a bad table before anything is read."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer import ids, pipeline
from analyzer.errors import ConfigError
from analyzer.settings import ExtractSettings
from analyzer.spark import extract
from analyzer.text.alias_table import load
from tests import tiny

TEXT = "Kestrel Works was founded by Maud Pereth in 1888. Kestrel Works is based in Dunmere."


def aliases(path, *rows):
    surfaces, kinds, keys = zip(*rows, strict=True)
    columns = {"surface": surfaces, "type": kinds, "id": keys}
    pq.write_table(pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()}), path)
    return str(path)


def extracted(text, table):
    names = ("doc_id", "domain", "path", "record", "text")
    batch = pa.RecordBatch.from_pylist([dict(zip(names, ("d", "x", "p", 1, text), strict=True))])
    rows = [
        dict(zip(extract.ITEMS.names, row, strict=True)) for row in extract._rows([batch], ExtractSettings(), table)
    ]
    account = {row["item"]: row["count"] for row in rows if row["kind"] == "account"}
    return [row for row in rows if row["kind"] == "mention"], account


def test_a_name_of_the_table_takes_its_id_as_key_and_keeps_its_spelling(tmp_path):
    plain, _ = extracted(TEXT, None)
    assert {"kestrel works"} == {row["subject"] for row in plain}
    rows = ("Kestrel Works Ltd", None, "Q7"), ("Dunmere", None, "Q8")
    renamed, account = extracted(TEXT, load(aliases(tmp_path / "a.parquet", *rows)))
    assert len(renamed) == len(plain) == account["mentions"]
    for row in renamed:
        assert (row["subject"], row["surface"]) == ("Q7", "Kestrel Works")
        assert row["prompt_id"] == ids.prompt_id("Q7", row["relation"])
        assert row["fact_id"] == ids.fact_id("Q7", row["relation"], row["answer"])
    assert "Q8" in {row["answer"] for row in renamed}
    assert [row["answer"] for row in renamed if row["answer_type"] == "date"] == ["1888"]


def test_what_became_one_thing_with_its_answer_is_dropped_and_counted(tmp_path):
    plain, before = extracted(TEXT, None)
    rows = ("Kestrel Works", None, "Q7"), ("Maud Pereth", "person", "Q7")
    renamed, after = extracted(TEXT, load(aliases(tmp_path / "a.parquet", *rows)))
    lost = sum(row["answer"] == "maud pereth" for row in plain)
    assert lost > 0
    assert len(renamed) == after["mentions"] == before["mentions"] - lost
    assert after["dropped_same_name"] == before.get("dropped_same_name", 0) + lost
    dropped = sum(n for item, n in after.items() if item.startswith("dropped_"))
    assert after["candidates"] == after["mentions"] + dropped


def test_another_content_of_the_table_is_another_extraction(tmp_path):
    path = tmp_path / "a.parquet"
    prints = []
    for key in ("Q7", "Q8", "Q7"):
        settings = ExtractSettings(aliases=aliases(path, ("Kestrel Works", None, key)))
        prints.append(pipeline._extraction(settings)["aliases"])
    assert prints[0] == prints[2] != prints[1]
    assert pipeline._extraction(ExtractSettings())["aliases"] not in prints


def test_a_bad_table_ends_the_run_before_anything_is_read(tmp_path):
    corpus = tiny.write(tmp_path / "corpus")
    bad = aliases(tmp_path / "a.parquet", ("Velmar", None, "Q1"), ("Velmar", None, "Q2"))
    with pytest.raises(ConfigError, match="would get several ids"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config(f"extract.aliases={bad}"))
    assert not (tmp_path / "run" / "ingest").exists()
    with pytest.raises(ConfigError, match="name a readable"):
        pipeline.audit(str(corpus), str(tmp_path / "run"), tiny.config("extract.aliases=nowhere.parquet"))
