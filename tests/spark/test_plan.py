"""What --keep and --drop mean, and what they refuse."""

from __future__ import annotations

import pytest

from analyzer.errors import ConfigError
from analyzer.spark.plan import Plan, read

KNOWN = {"domain": {"wiki", "forum", "both", "odd=name", "domain:x"}, "source": {"crawl", "both"}}


def test_a_name_is_found_among_domains_and_sources():
    plan = read(["wiki=1", "crawl=.25", "*=.5"], ["forum"], KNOWN)
    assert plan == Plan((("forum", 0.0), ("wiki", 1.0)), (("crawl", 0.25),), 0.5)
    assert plan.shown() == ["domain:forum=0", "domain:wiki=1", "source:crawl=0.25", "*=0.5"]


def test_the_order_of_options_does_not_matter():
    assert read(["wiki=1", "crawl=2"], [], KNOWN) == read(["crawl=2", "wiki=1"], [], KNOWN)


def test_a_name_may_hold_the_signs_that_options_use():
    assert read(["odd=name=.5", "domain:x=.2"], [], KNOWN).domain == (("domain:x", 0.2), ("odd=name", 0.5))


def test_a_prefix_says_which_is_meant():
    assert read(["source:both=.5"], [], KNOWN).source == (("both", 0.5),)
    with pytest.raises(ConfigError, match="both is a domain and a source"):
        read(["both=.5"], [], KNOWN)


def test_epochs_are_weights_above_one():
    assert read(["wiki=3"], [], KNOWN).repeats
    assert not read(["wiki=1", "crawl=.5"], [], KNOWN).repeats


@pytest.mark.parametrize("text", ["wiki", "wiki=", "=.5", "wiki=much", "wiki=-1", "wiki=nan", "wiki=inf"])
def test_a_weight_that_is_none_is_refused(text):
    with pytest.raises(ConfigError, match="NAME=WEIGHT"):
        read([text], [], KNOWN)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'wiki"):
        read(["wikki=.5"], [], KNOWN)
    with pytest.raises(ConfigError, match=r"--drop zzz: the run has no such domain or source: known are "):
        read([], ["zzz"], KNOWN)


def test_a_name_given_twice_is_refused():
    with pytest.raises(ConfigError, match="wiki was given a weight before"):
        read(["wiki=.5"], ["wiki"], KNOWN)
    with pytest.raises(ConfigError, match="was given a weight before"):
        read(["*=.5", "*=.4"], [], KNOWN)
