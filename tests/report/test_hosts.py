"""Hosts by volume: who is counted as what, and how many a summary lists."""

from __future__ import annotations

import pyarrow as pa
import pytest

from analyzer.report import hosts

SCHEMA = pa.schema([("url", pa.string()), ("source", pa.string()), ("words", pa.int64()), ("characters", pa.int64())])


def batches(rows, size=2):
    table = pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)
    return table.to_batches(max_chunksize=size)


ROWS = [
    ("https://www.Example.org:8080/a?b#c", "crawl", 10, 100),
    ("http://user@blog.example.org/x", "crawl", 5, 50),
    ("other.net/page", "crawl", 1, 200),
    (None, "books", 30, 300),
    ("not a url", "notes", 4, 40),
    ("mailto:someone@example.org", "notes", 1, 10),
]


def test_urls_count_to_their_registrable_domain_and_the_rest_to_its_source():
    found = hosts.listed(batches(ROWS)).table.to_pylist()
    assert [(r["rank"], r["host"], r["kind"], r["documents"], r["words"], r["characters"]) for r in found] == [
        (1, "other.net", "host", 1, 1, 200),
        (2, "example.org", "host", 2, 15, 150),
        (None, "books", "source", 1, 30, 300),
        (None, "notes", "source", 2, 5, 50),
    ]
    assert [r["share"] for r in found] == [200 / 700, 150 / 700, 300 / 700, 50 / 700]
    assert [r["cumulated"] for r in found] == [200 / 700, 350 / 700, None, None]


def test_neither_the_order_of_rows_nor_of_batches_matters(monkeypatch):
    expected = hosts.listed(batches(ROWS)).table
    monkeypatch.setattr(hosts, "PARTS", 2)
    assert hosts.listed(batches(ROWS[::-1], 1)).table == expected


@pytest.mark.parametrize(
    ("number", "small", "listed"),
    [(25, False, 3), (10, False, 1), (1, False, 1), (25, True, 2), (30_000, True, 1_000), (30_000, False, 3_000)],
)
def test_as_many_are_listed_as_the_template_asks_for(number, small, listed):
    rows = [(f"http://h{i}.com/", "crawl", 1, number - i) for i in range(number)]
    found = hosts.listed(batches(rows, 5_000), small=small)
    flags = found.table["listed"].to_pylist()
    assert (found.hosts, sum(flags)) == (number, listed)
    assert all(flags[:listed])


def test_a_corpus_without_urls_lists_no_host():
    found = hosts.listed(batches([(None, "books", 1, 2)]))
    assert (found.hosts, found.table["listed"].to_pylist()) == (0, [False])
    assert hosts.listed([]).table.num_rows == 0
