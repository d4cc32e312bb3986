"""A sampled audit never passes for one of everything: title, verdict, summary and page say what it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.report import page, sampled, summary, terminal
from analyzer.report.model import Estimate, Sample, Verdict

RATE = Estimate("singleton_rate", "prompt", "cluster", 0.8, 0.75, 0.85, 0.95, 800, 1000, 90, "m", "ok")
WHOLE = Estimate(sampled.WHOLE, "prompt", "cluster", 0.7, 0.5, 0.85, 0.95, None, None, 90, "m", "ok")
PLAIN = Verdict("uncorrected", "missing", "80 % of the statements stand alone.", ("A caveat.",))
NOTES: dict[str, dict[str, Any]] = {
    "documents": {"stage": "extract", "notes": {"sample": {"share": 0.25, "clusters": 90, "of_clusters": 350}}},
    "keys": {"stage": "count", "notes": {"sample": {"share": 0.1, "mentions": 150, "of_mentions": 1200}}},
}


@pytest.mark.parametrize("kind", ["documents", "keys"])
def test_the_verdict_begins_with_what_it_is_a_sample_of_and_keeps_its_caveats(kind):
    found = sampled.sample([NOTES[kind]], [RATE, WHOLE])
    told = sampled.told(PLAIN, RATE, found)
    assert told.sentence.startswith("This is a sample: ")
    assert told.caveats[-1] == "A caveat." and len(told.caveats) > 1
    assert ("25" in told.sentence and "90 of 350" in told.sentence) or "one prompt in 10" in told.sentence


def test_a_sample_of_documents_gives_the_whole_corpus_its_own_rate_and_not_the_samples():
    told = sampled.told(PLAIN, RATE, sampled.sample([NOTES["documents"]], [RATE, WHOLE]))
    assert "70" in told.sentence and "80" not in told.sentence
    assert any("80" in caveat and "is not the corpus'" in caveat for caveat in told.caveats)


def test_a_sample_that_is_too_small_says_so():
    nothing = Estimate(sampled.WHOLE, "prompt", "cluster", None, None, None, 0.95, None, None, 3, "m", "too_few_groups")
    told = sampled.told(PLAIN, RATE, sampled.sample([NOTES["documents"]], [RATE, nothing]))
    assert "too small to say anything of the whole" in told.sentence


def test_an_audit_of_everything_is_left_as_it_is():
    stages = [{"stage": "extract", "notes": {}}, {"stage": "count"}]
    assert sampled.sample(stages, [RATE]) is None
    assert sampled.told(PLAIN, RATE, None) is PLAIN


def test_summary_page_and_terminal_say_it_and_the_stored_summary_remembers():
    from analyzer.settings import ReportSettings

    made = summary.summarise({}, {"stages": [NOTES["documents"]]}, ReportSettings(title="Audit"))
    assert made.title == "Audit" + sampled.TITLE
    assert made.sample == Sample("documents", 0.25, 90, 350, None)
    assert "This is a sample" in made.verdict.sentence and "This is a sample" in page.render(made)
    assert terminal.closing_table(made).renderables[0].plain == made.verdict.sentence
    stored = summary.to_json(made)
    assert json.loads(stored)["sample"]["share"] == 0.25
    assert summary.from_json(stored) == made
