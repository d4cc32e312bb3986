"""Each experiment makes its claim at a small size."""

from __future__ import annotations

from functools import cache

import pytest

from analyzer.lab.experiments import EXPERIMENTS


def rows(name: str) -> list[dict]:
    if name == "letter_counting":
        pytest.importorskip("tokenizers", reason="needs the extra lab")
    return _rows(name)


@cache
def _rows(name: str) -> list[dict]:
    return EXPERIMENTS[name](1, True)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_a_table_with_one_shape_and_the_same_rows_every_time(name: str) -> None:
    found = rows(name)
    assert len(found) > 1 and {tuple(row) for row in found} == {tuple(found[0])}
    assert EXPERIMENTS[name](1, True) == found


def test_no_bound_of_the_table_is_violated() -> None:
    assert all(row["holds"] for row in rows("bounds_tried"))
    assert all(row["false"] and row["true_with_it"] for row in rows("terms_dropped"))


def test_a_bound_is_closer_the_more_is_known() -> None:
    found = [r for r in rows("bounds_tried") if r["bound"] == "theorem2_refined" and r["model"] == "memoriser"]
    uniform = {r["n"]: r["loose"] for r in found if r["law"] == "uniform" and r["wrong_answers"] == 364}
    assert uniform[10_000] < uniform[1_000]


def test_letters_inside_tokens_cost_the_subword_model_and_not_the_other() -> None:
    found = rows("letter_counting")
    assert {r["error"] for r in found if r["sees"] == "characters"} == {0.0}
    assert all(r["error"] > 0.2 for r in found if r["sees"] == "subwords")
