from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from analyzer import ids


@given(st.text(), st.text())
def test_where_one_part_ends_matters(a, b):
    assert ids.digest(a + "x", b) != ids.digest(a, "x" + b)
    assert ids.key64(a, b + "x") != ids.key64(a, b, "x")


def test_ids_do_not_depend_on_the_hash_seed():
    code = "from analyzer import ids; print(ids.document_id('a.jsonl', 3, 'text'), ids.prompt_id('a', 'b'))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(seen) == 1


def test_a_fingerprint_ignores_the_order_of_keys_and_nothing_else():
    assert ids.fingerprint({"a": 1, "b": 2}) == ids.fingerprint({"b": 2, "a": 1})
    assert ids.fingerprint({"a": 1}) != ids.fingerprint({"a": "1"})


def test_a_prompt_and_a_fact_of_the_same_words_have_different_keys():
    assert ids.prompt_id("a", "b") != ids.fact_id("a", "b", "")
    assert -(2**63) <= ids.prompt_id("a", "b") < 2**63


def test_lone_surrogates_have_an_id_too():
    assert ids.digest("\ud800") != ids.digest("\ud801")
