from __future__ import annotations

import dataclasses

import pytest

from analyzer.errors import ConfigError
from analyzer.settings import SECTIONS, Config


def test_assignments_win_over_the_file_and_the_file_over_defaults(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text("[dedup]\nthreshold = 0.6\nbands = 8\n")
    config = Config.load(path, ["dedup.threshold=.8"])
    assert (config.dedup.threshold, config.dedup.bands, config.dedup.rows) == (0.8, 8, 8)


def test_the_resolved_settings_read_back_as_they_were(tmp_path):
    config = Config.load(None, ['ingest.text_field=bo"d\\y', "estimate.delta=.1", "extract.prefilter=false"])
    path = tmp_path / "run.toml"
    path.write_text(config.to_toml())
    assert Config.load(path) == config


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("dedup.treshold=.8", "did you mean 'threshold'"),
        ("dedupe.threshold=.8", "did you mean 'dedup'"),
        ("dedup.threshold=high", "must be a number"),
        ("dedup.threshold=1.5", "at most 1"),
        ("dedup.bands=0", "at least 1"),
        ("dedup.bands=2.5", "must be a whole number"),
        ("dedup.bands=64", "128 permutations|permutations is 128"),
        ("extract.prefilter=yes", "true or false"),
        ("extract.tiers=some", "one of all, typed, open"),
        ("threshold=.8", "section.key=value"),
        ("dedup.threshold", "section.key=value"),
    ],
)
def test_a_wrong_assignment_names_the_key_and_what_is_allowed(assignment, message):
    with pytest.raises(ConfigError, match=message):
        Config.load(None, [assignment])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[dedup]\nthreshold = 'x'\n", "must be a number"),
        ("[dedup]\nthreshold = true\n", "must be a number"),
        ("[dedup]\nbands = 4.0\n", "must be a whole number"),
        ("[dedup]\ntreshold = 1\n", "did you mean 'threshold'"),
        ("[dedop]\nthreshold = 1\n", "unknown section"),
        ("dedup = 3\n", "unknown section"),
        ("[dedup\n", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path, text, message):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        Config.load(path)


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        Config.load("nowhere.toml")


def test_only_settings_that_can_change_a_result_enter_a_fingerprint():
    base = Config()
    assert Config.load(None, ["extract.batch_tokens=5000"]).fingerprint("extract") == base.fingerprint("extract")
    assert Config.load(None, ["extract.max_answer_tokens=5"]).fingerprint("extract") != base.fingerprint("extract")
    assert Config.load(None, ["extract.max_answer_tokens=5"]).fingerprint("dedup") == base.fingerprint("dedup")


def test_every_setting_says_what_it_does():
    for name, cls in SECTIONS.items():
        for field in dataclasses.fields(cls):
            assert len(field.metadata["help"]) > 10, f"{name}.{field.name}"
