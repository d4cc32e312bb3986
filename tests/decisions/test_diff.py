"""Differences of two runs: none where there is none, found where there is one, and how they are told."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from analyzer.decisions.comparable import demand_comparable
from analyzer.decisions.differences import Limits, differences
from analyzer.decisions.turnover import turnover
from analyzer.errors import ConfigError, RunStateError
from analyzer.report.diff_summary import summarise
from analyzer.settings import ReportSettings
from analyzer.stats import benjamini_hochberg
from tests.decisions import built, reference
from tests.decisions.reference import Cell

GROUPS = 20
ABOUT = {"a": "A", "b": "B", "least": 50, "confidence": 0.95, "false_discovery": 0.05}


def cells(units: Iterable[int], seed: int, domains: int = 4, keys: int = 400) -> list[Cell]:
    """Units of some statements each about things of very unlike frequency; what a unit says hangs on its number."""
    found = []
    for u in units:
        rng = random.Random(seed * 1_000_003 + u)
        domain = f"d{u % domains}"
        said = {min(keys, int(rng.paretovariate(0.6))) for _ in range(rng.randint(2, 9))}
        found += [
            Cell(k, u, u, u * 7919 % GROUPS, rng.choice((1, 1, 2)), (("corpus", "*"), ("domain", domain)))
            for k in sorted(said)
        ]
    return found


def rows_of(a: list[Cell], b: list[Cell], **limits: float) -> dict[tuple[str, str, str], dict]:
    found = differences(reference.pair(a, b, 50), GROUPS, Limits(50, **limits)).to_pylist()
    return {(row["measure"], row["slice_kind"], row["slice"]): row for row in found}


def test_a_run_has_no_difference_from_itself():
    a = cells(range(300), 1)
    found = rows_of(a, a)
    assert len(found) == 10
    for row in found.values():
        assert (row["status"], row["difference"], row["low"], row["high"]) == ("same", 0, 0, 0)
        assert row["p_value"] == 1 and not row["changed"]


def test_random_halves_of_one_corpus_seldom_differ():
    """Over 20 splits at most 5 % of the slices are called changed, and few intervals of 95 % leave 0 out."""
    false, outside, compared = 0, 0, 0
    for split in range(20):
        rng = random.Random(split)
        first = {u for u in range(600) if rng.random() < 0.5}
        whole = cells(range(600), 1)
        found = rows_of([c for c in whole if c.u in first], [c for c in whole if c.u not in first])
        tested = [row for row in found.values() if row["p_value"] is not None]
        compared += len(tested)
        false += sum(row["changed"] for row in tested)
        outside += sum(not row["low"] <= 0 <= row["high"] for row in tested)
    assert compared == 200
    assert false <= 0.05 * compared and outside <= 0.08 * compared


def test_p_values_are_adjusted_for_the_slices_of_a_measure_and_the_corpus_is_one_test():
    whole = cells(range(800), 1, domains=6)
    found = rows_of([c for c in whole if c.u // 7 % 2], [c for c in whole if not c.u // 7 % 2])
    for measure in ("equal_n", "in_corpus"):
        rows = [row for at, row in found.items() if at[0] == measure and row["p_value"] is not None]
        slices = [row for row in rows if row["slice_kind"] == "domain"]
        assert len(slices) >= 3
        adjusted = benjamini_hochberg([row["p_value"] for row in slices])
        assert [row["p_adjusted"] for row in slices] == list(adjusted) != [row["p_value"] for row in slices]
        assert found[measure, "corpus", "*"]["p_adjusted"] == found[measure, "corpus", "*"]["p_value"]


def test_a_slice_of_another_kind_is_found_and_only_it():
    a = cells(range(600), 1)
    b = [c for c in cells(range(600), 2) if c.slices[1][1] != "d3"] + [
        Cell(k, u, f"b{u}", u * 7919 % GROUPS, 1, (("corpus", "*"), ("domain", "d3")))
        for u in range(150) for k in (u % 8, u % 9)
    ]  # fmt: skip
    found = rows_of([Cell(c.k, c.u, f"a{c.u}", c.g, c.c, c.slices) for c in a], b)
    assert {at[2] for at, row in found.items() if row["changed"] and at[:2] == ("equal_n", "domain")} == {"d3"}
    assert found["equal_n", "domain", "d3"]["high"] < 0


def test_rates_are_compared_at_the_size_of_the_smaller():
    """A third of a corpus has a far higher rate as it stands, and none that differs at equal N."""
    whole = cells(range(900), 1)
    found = rows_of(whole, [c for c in whole if c.u % 12 in (0, 1, 2, 3)])
    at, as_they_stand = found["equal_n", "corpus", "*"], found["in_corpus", "corpus", "*"]
    assert at["n"] == at["statements_b"] < at["statements_a"]
    assert not at["changed"] and as_they_stand["changed"] and as_they_stand["low"] > 0


def test_sharing_units_makes_the_interval_narrower():
    whole = cells(range(500), 1)
    a, b = [c for c in whole if c.u < 480], [c for c in whole if c.u >= 20]
    shared = rows_of(a, b)["equal_n", "corpus", "*"]
    apart = rows_of(a, [Cell(c.k, c.u, f"x{c.u}", (c.g + 7) % GROUPS, c.c, c.slices) for c in b])[
        "equal_n", "corpus", "*"
    ]
    assert shared["units_shared"] == 460 and apart["units_shared"] == 0
    assert shared["high"] - shared["low"] < 0.5 * (apart["high"] - apart["low"])


def test_a_slice_that_lost_its_neighbours_is_named_though_nothing_in_it_changed():
    """d0 says what nobody but d1 says: without d1 its statements stand alone. d2 stands by itself and stays."""
    a = [Cell(("x", u), u, u, u % GROUPS, 1, (("corpus", "*"), ("domain", "d0"))) for u in range(120)]
    a += [Cell(("x", u), 200 + u, 200 + u, u * 3 % GROUPS, 1, (("corpus", "*"), ("domain", "d1"))) for u in range(60)]
    a += [Cell(("y", u // 2), 400 + u, 400 + u, u % GROUPS, 1, (("corpus", "*"), ("domain", "d2"))) for u in range(80)]
    b = [c for c in a if c.slices[1][1] != "d1"]
    table = differences(reference.pair(a, b, 50), GROUPS, Limits(50))
    found = summarise(table, built.table("turnover"), ABOUT)
    assert [(row["slice"], row["turned"]) for row in found["dependent"]] == [("d0", 60)]
    assert any(note.startswith("In 1 domain no document cluster") and note.endswith(": d0.") for note in found["notes"])
    rows = {(row["measure"], row["slice"]): row for row in table.to_pylist()}
    assert rows["in_corpus", "d0"]["changed"] and rows["in_corpus", "d0"]["difference"] == 0.5
    assert rows["equal_n", "d0"]["status"] == rows["in_corpus", "d2"]["status"] == "same"
    assert rows["in_corpus", "d1"]["status"] == "only_in_a"


def moved(name: str, a: int, b: int, **other: object) -> dict:
    row = {"slice_kind": "domain", "slice": name, "item": "documents", "in_a": a, "in_b": b, "left": 0, "entered": 0,
           "to_singleton": None, "from_singleton": None}  # fmt: skip
    return row | other


def test_domains_are_new_gone_or_nearly_wiped_out():
    counted = built.table("turnover", *(
        row | {"removed_a": None, "removed_b": None, "state": ""}
        for row in (moved("new", 0, 50), moved("gone", 50, 0), moved("copies", 50, 50), moved("always", 50, 50),
                    moved("few", 19, 19), moved("kept", 50, 50))
    )).drop(["removed_a", "removed_b", "state"])  # fmt: skip

    def lost(**shares: float):
        return built.table("duplication", *(
            built.duplication(50, 0, slice_kind="domain", slice=name, share=share) for name, share in shares.items()
        ))  # fmt: skip

    before = lost(gone=0.95, copies=0.2, always=0.95, few=0.0, kept=0.1)
    now = lost(new=0.1, copies=0.9, always=0.95, few=0.95, kept=0.1)
    rows = {r["slice"]: r for r in turnover(counted, before, now, ReportSettings()).to_pylist()}
    assert {name: row["state"] for name, row in rows.items()} == {
        "new": "new", "gone": "gone", "copies": "nearly_all_duplicates", "always": "kept", "few": "kept",
        "kept": "kept",
    }  # fmt: skip
    assert (rows["copies"]["removed_a"], rows["copies"]["removed_b"]) == (0.2, 0.9)
    assert rows["new"]["removed_a"] is None


@pytest.mark.parametrize(
    ("settings", "made_by", "named"),
    [
        ({"dedup": {"threshold": 0.8}}, {}, "dedup.threshold (0.7, 0.8)"),
        ({"extract": {"tiers": "typed"}}, {}, "extract.tiers (None, 'typed')"),
        ({}, {"extract": {"model": "en_core_web_md"}}, "model of extract (None, 'en_core_web_md')"),
        ({}, {"ingest": {"unicode": "15.0.0"}}, "unicode of ingest ('14.0.0', '15.0.0')"),
        ({}, {"count": {"monofact": "0.2.0"}}, "monofact of count ('0.1.0', '0.2.0')"),
    ],
)
def test_runs_that_were_made_otherwise_are_refused_and_the_setting_is_named(tmp_path, settings, made_by, named):
    a = built.run(tmp_path / "a", {}, settings={"dedup": {"threshold": 0.7}})
    b = built.run(tmp_path / "b", {}, settings={"dedup": {"threshold": 0.7}} | settings, made_by=made_by)
    with pytest.raises(ConfigError) as raised:
        demand_comparable(a, b)
    assert named in str(raised.value)
    demand_comparable(a, a)


def test_settings_that_leave_the_counts_alone_may_differ(tmp_path):
    a = built.run(tmp_path / "a", {}, settings={"ingest": {"text_field": None}, "count": {"surfaces": 8}})
    b = built.run(tmp_path / "b", {}, settings={"ingest": {"text_field": "body"}, "count": {"surfaces": 9}})
    demand_comparable(a, b)


def test_a_sample_of_prompts_and_a_run_that_does_not_say_what_made_it_are_refused(tmp_path):
    a = built.run(tmp_path / "a", {}, settings={"count": {"sample_share": 0.1}})
    with pytest.raises(ConfigError, match="sample of the prompts"):
        demand_comparable(a, a)
    b = built.run(tmp_path / "b", {}, made_by={"dedup": {}})
    text = b.read("dedup/_MANIFEST.json")
    b.write("dedup/_MANIFEST.json", text.replace('"made_by"', '"made_of"'))
    with pytest.raises(RunStateError, match="does not say which versions made stage dedup"):
        demand_comparable(b, b)


def test_the_sentence_says_size_difference_interval_and_chance():
    rows = [
        built.difference(0.031, 0.011, 0.051, changed=True, p_adjusted=0.01),
        built.difference(0.002, -0.03, 0.034, measure="in_corpus", n=None),
    ]
    found = summarise(built.table("differences", *rows), built.table("turnover"), ABOUT)
    assert found["sentence"].replace("\u202f", " ") == (
        "At equal N (400 answered statements) the singleton rate is 50.0 % in A and 53.1 % in B: a rise of 3.1 "
        "percentage points, more than chance explains (95 % interval 1.1 to 5.1)."
    )
    assert "which chance alone can explain (95\u202f% interval −3 to 3)" in found["notes"][0]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([built.difference(None, n=None, status="too_small"), built.difference(0.1, measure="in_corpus", n=None)],
         "too small for a comparison at equal N; as it stands the singleton rate is 50 % in A and 60 % in B."),
        ([built.difference(None, n=None, status="only_in_a"), built.difference(None, measure="in_corpus", n=None)],
         "One of the runs holds no answered statement"),
        ([built.difference(0.0, -0.02, 0.02)], "no difference (95 % interval −2.0 to 2.0)"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_and_what_does_not_differ_is_said(rows, said):
    sentence = summarise(built.table("differences", *rows), built.table("turnover"), ABOUT)["sentence"]
    assert said in sentence.replace("\u202f", " ")


def test_a_slice_of_one_document_that_repeats_itself_is_not_compared_at_equal_n():
    one = [Cell(k, 1, 1, 3, 40, (("corpus", "*"), ("domain", "d"))) for k in range(5)]
    many = [Cell(k, u, u, u % GROUPS, 1, (("corpus", "*"), ("domain", "d"))) for u in range(1, 90) for k in range(5)]
    row = rows_of(one, many)["equal_n", "domain", "d"]
    assert (row["difference"], row["p_value"], row["status"]) == (None, None, "too_few_units")


def test_equal_runs_are_said_to_be_equal_and_empty_ones_to_hold_nothing():
    a = cells(range(100), 1)
    table = differences(reference.pair(a, a, 50), GROUPS, Limits(50))
    assert summarise(table, built.table("turnover"), ABOUT)["sentence"].startswith("The two runs do not differ")
    nothing = summarise(built.table("differences"), built.table("turnover"), ABOUT)
    assert nothing["sentence"].startswith("Neither run holds")
