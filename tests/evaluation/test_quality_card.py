"""A card corrects only what it measured, of the extractor that it measured; what a user says outranks it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from analyzer import ids
from analyzer.errors import AnalyzerError, ConfigError, InputError, RunStateError
from analyzer.evaluation import card, card_folder
from analyzer.evaluation.shares import Item, as_row, share_of
from analyzer.report import quality_page
from analyzer.settings import Config
from tests.report.test_page import Elements, assert_inert

HOSTILE = '"><script>alert(1)</script>\x1b[31m\u202e{{ 7919*7919 }}'


def row(measure: str, stratum: str = "all", tier: str = "typed", right: int = 80, gold: str = "kn"):
    share = share_of([(1, 1)] * right + [(0, 1)] * (100 - right))
    return as_row(gold, Item(measure, "document", "*", tier, stratum), share)


TYPED = [row("fact_recall", right=40), row("precision", "singleton"), row("precision", "other", right=95),
         row("key_split_rate", right=3)]  # fmt: skip
KN = {"name": "kn", "kind": "knowledgenet", "files": ["k.jsonl"], "documents": 100, "rejected": {}}
MARKS = {"name": "m", "kind": "marks", "files": ["m.csv"], "documents": 100, "rejected": {}}


def made(rows=TYPED, gold=(KN,), config=None):
    identity = card.identity((config or Config()).extract)
    return card.make(identity, ids.fingerprint(identity), gold, rows)


def marked(tier: str = "*"):
    return [row("precision", s, tier, r, "m") for s, r in (("singleton", 60), ("other", 70))]


def test_a_card_fills_what_was_measured_with_the_items_behind_it():
    config = Config.load(None, ["extract.tiers=typed"])
    found = card.applied(config, made(config=config)).estimate
    assert (found.recall, found.singleton_precision, found.other_precision) == (0.4, 0.8, 0.95)
    assert found.key_split_rate == 0.03 and found.split_rate is None
    assert found.recall_trials == pytest.approx(100, rel=0.02) and found.measured_tier == "all"
    assert found.quality.startswith("kn (")


def test_what_gold_measures_of_declared_relations_corrects_no_rate_of_all_tiers():
    assert card.applied(Config(), made()).estimate.measured_tier == "typed"
    with pytest.raises(ConfigError, match=r"nothing of extract\.tiers = open"):
        card.applied(Config.load(None, ["extract.tiers=open"]), made())


def test_marks_of_a_run_speak_of_all_tiers_and_outrank_gold():
    found = card.applied(Config(), made([*TYPED, *marked(), *marked("typed")], (KN, MARKS))).estimate
    assert (found.singleton_precision, found.other_precision, found.measured_tier) == (0.6, 0.7, "all")
    assert found.recall is None and found.key_split_rate == 0.03  # no gold set knows open relations


def test_what_a_user_says_outranks_the_card():
    config = Config.load(None, ["extract.tiers=typed", "estimate.recall=.9"])
    found = card.applied(config, made(config=config), {"recall"}).estimate
    assert (found.recall, found.recall_trials, found.singleton_precision) == (0.9, None, 0.8)


def test_another_card_replaces_what_an_earlier_one_filled_in():
    first = card.applied(Config(), made())
    lower = [row("fact_recall", right=20), row("precision", "singleton", right=50)]
    second = card.applied(first, made(lower)).estimate
    assert (second.recall, second.singleton_precision, second.other_precision) == (0.2, 0.5, None)
    assert second.other_precision_trials is None
    kept = card.applied(first, made(lower), {"recall"}).estimate
    assert (kept.recall, kept.recall_trials) == (0.4, None)


def test_a_card_of_another_extractor_is_refused_with_what_differs_unless_said_so():
    other = Config.load(None, ["extract.max_answer_tokens=4"])
    with pytest.raises(ConfigError, match=r"max_answer_tokens was 8, is 4.*--quality-anyway") as error:
        card.applied(other, made())
    assert "\n" not in str(error.value)
    assert card.applied(other, made(), anyway=True).estimate.recall == 0.4


def test_settings_that_cannot_change_what_is_found_do_not_matter():
    same = Config.load(None, ["extract.tiers=typed", "extract.batch_tokens=500", "dedup.threshold=.9"])
    assert card.differences(made(), same.extract) == []


def test_a_relations_file_is_told_by_its_content(tmp_path):
    path = tmp_path / "relations.toml"
    path.write_text("# none", encoding="utf-8")
    one = Config.load(None, [f"extract.relations={path}"])
    first = made(config=one)
    assert card.differences(first, one.extract) == [] and card.differences(first, Config().extract)
    path.write_text("# other", encoding="utf-8")
    assert card.differences(first, one.extract)


def test_redocred_measures_no_recall():
    source = {**KN, "kind": "redocred"}
    assert "recall" not in made(gold=(source,)).inputs["typed"]


def test_a_card_is_read_as_it_was_written(tmp_path):
    whole = made([*TYPED, *marked()], (KN, MARKS))
    card_folder.save(tmp_path / "card", whole, [*TYPED, *marked()], "page")
    found, rows = card_folder.opened(tmp_path / "card")
    assert found == whole == card.load(tmp_path / "card" / "quality.json")
    assert sorted(map(repr, rows)) == sorted(repr(dict(r)) for r in [*TYPED, *marked()])


def test_a_folder_with_other_files_is_not_used(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RunStateError, match="holds files that are no quality card"):
        card_folder.opened(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "[" * 100_000, '{"monofact_quality_card": 2}', "\x00", '{"monofact_quality_card": 1}'],
)
def test_what_is_no_card_is_one_line(tmp_path, text):
    (tmp_path / "quality.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"quality\.json: ") as error:
        card.load(tmp_path)
    assert "\n" not in str(error.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=5,
)


@profile(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_card_with_anything_in_it_is_used_or_refused(tmp_path_factory, data):
    found = json.loads(made().to_json())
    at = found
    while True:
        key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else list(range(len(at)))))
        if isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans()):
            at = at[key]
        else:
            at[key] = data.draw(JSON)
            break
    path = tmp_path_factory.mktemp("card") / "quality.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    try:
        loaded = card.load(path)
        applied = card.applied(Config(), loaded, anyway=True)
        assert Config.load(None, [f"estimate.recall={applied.estimate.recall}"])
        quality_page.render(json.loads(loaded.to_json()), TYPED)
    except AnalyzerError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(("key", "value"), [("numerator", None), ("denominator", "9"), ("low", []), ("high", True)])
def test_a_measurement_without_its_counts_and_limits_is_no_card(tmp_path, key, value):
    found = json.loads(made().to_json())
    found["inputs"]["typed"]["recall"][key] = value
    path = tmp_path / "quality.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    with pytest.raises(InputError, match="not a quality card"):
        card.load(path)


def test_the_page_is_inert_whatever_the_names_are():
    source = {**KN, "name": HOSTILE, "files": [HOSTILE], "rejected": {HOSTILE: 2}}
    rows = [{**r, "gold": HOSTILE} for r in TYPED]
    rows.append({**row("precision"), "gold": HOSTILE, "relation": HOSTILE})
    whole = json.loads(made(rows, (source,)).to_json())
    page = quality_page.render({**whole, "extractor": {HOSTILE: HOSTILE}}, rows)
    assert_inert(page)
    assert "\x1b" not in page and "\u202e" not in page and "62710561" not in "".join(Elements(page).text)
    plain = quality_page.render(json.loads(made().to_json()), TYPED)
    assert "<script" not in page and "default-src 'none'" in plain
    assert "80" in plain and "Open relations were not measured" in plain


def test_a_card_that_measured_nothing_of_use_says_so():
    page = quality_page.render(json.loads(made([], ()).to_json()), [])
    assert "Nothing that corrects a rate was measured" in page
