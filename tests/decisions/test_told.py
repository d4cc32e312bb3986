"""What a gate tells: files for CI and a terminal in which no name means more than itself; exit codes of the command."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from analyzer.cli import main
from analyzer.decisions import junit, markdown
from analyzer.decisions.measured import Sources, judged
from analyzer.decisions.rules import load
from analyzer.report.gate_terminal import closing
from tests.conftest import SAMPLES
from tests.decisions import built
from tests.report.builders import HOSTILE

NAMES = (
    *HOSTILE,
    "a|b",
    "`code`",
    "*bold*",
    "[x](https://evil.example)",
    "@someone #1",
    "\n# heading",
    "www.evil.example",
)
RULES = """
undecided = "pass"
[[rule]]
name = "<b>|every domain|</b> \\u001b[31m"
kind = "estimate"
statistic = "singleton_rate"
slices = "domain"
at_most = 0.6
[[rule]]
name = "unsure"
kind = "estimate"
statistic = "singleton_rate"
at_most = 0.6
[[rule]]
name = "nothing there"
kind = "rise"
at_most = 0.1
[[rule]]
name = "fine"
kind = "rejects"
at_most = 0.1
"""


@pytest.fixture
def verdicts(tmp_path):
    rows = [built.estimate(0.59, 0.5, 0.7)]
    rows += [built.estimate(0.9, 0.8, 1.0, slice_kind="domain", slice=name) for name in (*NAMES, "x" * 5_000)]
    run = built.run(tmp_path / "run", {"estimates": rows, "duplication": []})
    (tmp_path / "gate.toml").write_text(RULES, encoding="utf-8")
    return judged(load(tmp_path / "gate.toml"), Sources(run, "none", "no base was given"))


def test_junit_is_well_formed_and_counts_agree(verdicts):
    text = junit.document(verdicts, "/runs/\x1b[31mx<y>")
    root = ElementTree.fromstring(text)
    (suite,) = root
    cases = list(suite)
    assert [case.tag for case in cases] == ["testcase"] * 4
    assert [[child.tag for child in case] for case in cases] == [["failure"], ["skipped"], ["error"], ["system-out"]]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "4",
        "1",
        "1",
        "1",
    )
    assert suite.get("name") == "/runs/\\x1b[31mx<y>"
    failure = cases[0][0]
    assert failure.get("type") == "failed" and "<script>alert(1)</script>" in (failure.text or "")
    assert not any(ord(c) < 32 and c != "\n" for c in text) and "\u202e" not in text
    assert len(text) < 20_000


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)


def test_in_markdown_a_name_neither_formats_nor_links_nor_mentions(verdicts):
    text = markdown.summary(verdicts)
    assert Tags(text).found == []
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 6 and all(line.count("|") == 4 for line in table)
    listed = [line.removeprefix("- ") for line in text.splitlines()[8:] if not line.startswith("**")]
    assert len(listed) > 15 and not any(
        set(line) & set("`*[]<>@\\_~|#") - set(re.findall("&(#)", line)) for line in listed
    )
    assert "://" not in text and "www.evil" not in text and "@someone" not in text
    assert "[x](https://evil.example)" in unescape(text) and "# heading" in unescape(text)


def test_the_terminal_shows_names_as_text(verdicts):
    stream = io.StringIO()
    rules = [(v.rule.name, v.outcome, v.counts_as, markdown.told(v)) for v in verdicts]
    numbers = [(j.number.subject, j.outcome, j.reason) for v in verdicts for j in markdown.worth_listing(v)]
    Console(file=stream, force_terminal=True, width=300, color_system=None).print(closing("failed", rules, numbers))
    shown = stream.getvalue()
    assert "\x1b[31m" not in shown and "\u202e" not in shown and "[red]markup" in shown
    assert "undecided, counts as passed" in shown and shown.rstrip().endswith("FAILED")


def gate(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["gate", *map(str, arguments)])
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("row", "code", "outcome"),
    [
        (built.estimate(0.5, 0.4, 0.55), 0, "passed"),
        (built.estimate(0.7, 0.65, 0.8), 1, "failed"),
        (built.estimate(0.6, 0.5, 0.8), 1, "failed"),
        (built.estimate(None, status="empty"), 2, "unjudged"),
    ],
)
def test_the_exit_code_says_passed_failed_or_not_judged(tmp_path, capsys, row, code, outcome):
    built.run(tmp_path / "run", {"estimates": [row], "duplication": []})
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nkind = "estimate"\nstatistic = "singleton_rate"\nat_most = 0.6\n')
    out = tmp_path / "out"
    assert gate(tmp_path / "run", "--rules", rules, "--out", out, "--json", "--quiet") == code
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["outcome"], told["exit_code"]) == (outcome, code)
    assert {path.name for path in out.iterdir()} == {"_RESULT.json", "judgements.parquet", "junit.xml", "summary.md"}
    (judgement,) = pq.read_table(out / "judgements.parquet").to_pylist()
    assert judgement["judged"] == "singleton_rate of the corpus" and judgement["limit"] == "at most 0.6"
    assert f"(exit code {code})" in (out / "summary.md").read_text()


def test_rules_that_are_none_end_with_2_and_name_the_nearest_key(tmp_path, capsys):
    built.run(tmp_path / "run", {})
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nkind = "rejects"\nat_mots = 0.1\n')
    assert gate(tmp_path / "run", "--rules", rules) == 2
    assert "unknown key 'at_mots': did you mean 'at_most'?" in capsys.readouterr().err
    assert gate(tmp_path / "none", "--rules", rules.with_name("none.toml")) == 2
    rules.write_text('[[rule]]\nkind = "rejects"\nat_most = 0.1\n')
    assert gate(tmp_path / "none", "--rules", rules) == 4


def test_the_sample_of_rules_reads_with_every_comment_taken_off(tmp_path):
    text = (SAMPLES / "gate.toml").read_text(encoding="utf-8")
    assert {rule.kind for rule in load(SAMPLES / "gate.toml")} == {"estimate", "rejects", "deduplication"}
    whole = tmp_path / "all.toml"
    whole.write_text(re.sub(r"^# (\[\[rule\]\]|\w+ = )", r"\1", text, flags=re.MULTILINE), encoding="utf-8")
    assert {rule.kind for rule in load(whole)} == {"estimate", "rejects", "deduplication", "quality", "rise"}


def test_a_card_of_another_extractor_is_not_believed(tmp_path, capsys):
    card = Path(tmp_path / "quality.json")
    card.write_text(json.dumps({
        "monofact_quality_card": 1, "name": "c", "fingerprint": "0" * 16, "extractor": {"model": "other"}, "gold": [],
        "inputs": {},
    }))  # fmt: skip
    built.run(tmp_path / "run", {})
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nkind = "quality"\nmeasure = "precision"\nat_least = 0.85\n')
    assert gate(tmp_path / "run", "--rules", rules, "--quality", card, "--json") == 2
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert "made with another extractor" in told["rules"][0]["reason"]


@pytest.mark.spark
def test_a_run_against_itself_has_no_difference_and_no_rise(audited, tmp_path, capsys):
    _, run, _ = audited
    out = tmp_path / "diff"
    with pytest.raises(SystemExit) as ended:
        main(["diff", str(run), str(run), "--out", str(out), "--min-statements", "3", "--json", "--quiet"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert not ended.value.code and told["equal"] and told["sentence"].startswith("The two runs do not differ")
    assert {path.name for path in out.iterdir()} == {
        "_RESULT.json",
        "diff.html",
        "differences.parquet",
        "turnover.parquet",
    }
    rows = pq.read_table(out / "differences.parquet").to_pylist()
    assert {row["status"] for row in rows if row["p_value"] is not None} == {"same"}
    assert not any(row["changed"] for row in rows) and len(rows) > 20
    moved = pq.read_table(out / "turnover.parquet").to_pylist()
    assert moved and all(row["left"] == row["entered"] == 0 < row["in_a"] == row["in_b"] for row in moved)
    rules = tmp_path / "gate.toml"
    rules.write_text('[[rule]]\nkind = "rise"\nmeasure = "in_corpus"\nat_most = 0.0\n')
    assert gate(run, "--rules", rules, "--base", run, "--quiet") == 0
    assert gate(run, "--rules", rules, "--quiet") == 2
