"""A CSV cell never starts a formula, and the rows come back."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report.export import write_csv


def cells(texts):
    stream = io.StringIO(newline="")
    write_csv(pa.table({"name": pa.array(texts, pa.string()), "n": pa.array([-1] * len(texts))}), stream)
    return list(csv.reader(io.StringIO(stream.getvalue(), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=1"])
def test_a_text_that_would_be_a_formula_is_quoted_with_an_apostrophe(text):
    assert cells([text])[1][0] == "'" + text


def test_numbers_stay_numbers_and_gaps_stay_empty():
    assert cells([None, "plain"]) == [["name", "n"], ["", "-1"], ["plain", "-1"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_every_row_comes_back_and_none_starts_a_formula(texts):
    rows = cells(texts)[1:]
    assert [row[0].removeprefix("'") for row in rows] == texts
    assert not [row[0] for row in rows if row[0].lstrip(" ")[:1] in tuple("=+-@\t\r\n") and row[0].strip(" ")]
