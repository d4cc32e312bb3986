"""Four outcomes, never folded; duplicates, epochs, NaN, empty answers and broken rows end where they should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from analyzer.errors import ConfigError
from analyzer.io.eval_logs import Log, ReadOptions, detector, items
from analyzer.io.eval_logs.matching import matches
from analyzer.io.eval_logs.seen import Seen
from tests.io import logs

REFUSALS = (
    "I don't know.",
    "I’m sorry, but I couldn't find any reliable information on this person.",
    "I do not have enough information to answer this.",
    "Her date of birth is not publicly available.",
    "As an AI, I cannot provide the birthday of a private individual.",
    "Unknown",
    "N/A",
    "I'm not sure.",
    "I am not sure who that is. Could you give me more context?",
    "There is no information available about this island.",
    "I would need more context to say which John Smith you mean.",
    "Could you please provide more details about who this is?",
    "Sorry, I have no idea!",
    "I'd rather not guess.",
    "Let me think. The town is in the north.\nFinal answer: I don't know",
    "I'm unable to determine the year.",
    "That lies beyond my knowledge cutoff.",
    "IDK",
    "I can't recall.",
)
ATTEMPTS = (
    "Paris",
    "I'm not sure, but I think it is Paris.",
    "I don't know for certain. My best guess is 1954.",
    "I am not certain; 12 May 1954.",
    "I don't have access to the records, but if I had to guess: 1954.",
    "The author is unknown to most readers, yet she won the prize in 1954.",
    "She was born on 3 March 1921 and is not widely known outside Norway.",
    "No.",
    "I couldn't find it at first. The answer is Lisbon.",
    "Unknown Pleasures",
    "He could not answer the question in 1999, so he resigned.",
    "Sorry for the delay: it is 42.",
)


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_is_found_however_it_is_phrased(text):
    assert detector().find(text) is not None


@pytest.mark.parametrize("text", ATTEMPTS)
def test_an_attempt_is_no_refusal(text):
    assert detector().find(text) is None


def test_users_add_phrases_and_take_ours_out(tmp_path):
    table = tmp_path / "more.toml"
    table.write_text('off = ["dunno"]\n[[phrase]]\nid = "welsh"\nkind = "decline"\npattern = "dim syniad"\n')
    ours, theirs = detector(), detector(str(table))
    assert ours.find("Dim syniad.") is None and theirs.find("Dim syniad.") == "welsh"
    assert ours.find("Beats me") == "dunno" and theirs.find("Beats me") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[phrase]]\nid = 'x'\nkind = 'decline'\npattern = '('\n", "not a regular expression"),
        ("[[phrase]]\nid = 'x'\nkind = 'maybe'\npattern = 'y'\n", "needs id, pattern and a kind"),
        ("off = ['nothing']\n", "off names phrases that are not in the table: nothing"),
        ("[[phrase]]\nid = 'dunno'\nkind = 'decline'\npattern = 'y'\n", "are there twice: dunno"),
        ("[[phrase", "not TOML"),
    ],
)
def test_a_wrong_table_of_phrases_is_one_clear_line(tmp_path, text, message):
    path = tmp_path / "phrases.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        detector(str(path))


def read(path: Path, **options: Any) -> tuple[list[dict[str, Any]], Log, list[dict[str, Any]]]:
    log, rejects = Log(), []
    batches = items(str(path), options=ReadOptions(**options), log=log, rejects=lambda b: rejects.extend(b.to_pylist()))
    rows = pa.Table.from_batches(list(batches)).to_pylist()
    assert log.read == log.kept + sum(log.rejected.values()) == len(rows) + len(rejects)
    return rows, log, rejects


@pytest.mark.parametrize(
    ("row", "outcome", "by"),
    [
        ({"correct": True, "response": "I'm not sure, Tor"}, "correct", "grade"),
        ({"correct": 0, "response": "Ost"}, "wrong", "grade"),
        ({"correct": 0.0, "response": "I don't know"}, "abstained", "phrase:do_not_know"),
        ({"correct": "Not Attempted", "response": "Ost"}, "abstained", "grade"),
        ({"correct": False, "response": "  \n"}, "unscorable", "empty_response"),
        ({"correct": "abstained", "response": ""}, "unscorable", "empty_response"),
        ({"correct": None, "response": "Ost"}, "unscorable", "no_grade"),
        ({"correct": float("nan"), "response": "Ost"}, "unscorable", "no_grade"),
        ({"correct": "maybe", "response": "Ost"}, "unscorable", "unknown_grade"),
        ({"correct": 0.5, "response": "Ost"}, "unscorable", "partial_credit"),
        ({"correct": "C", "response": "Ost"}, "unscorable", "unknown_grade"),
        ({"correct": 0, "response": "Ost", "error": "timeout"}, "unscorable", "error"),
    ],
)
def test_each_answer_has_one_of_four_outcomes_and_says_by_what(tmp_path, row, outcome, by):
    first = {"id": 0, "correct": True, "response": "x", "error": None}  # names every column, settles nothing
    rows, _, _ = read(logs.jsonl(tmp_path / "x.jsonl", [first, {"id": 1, **row}]))
    assert (rows[1]["outcome"], rows[1]["outcome_by"]) == (outcome, by)


def test_partial_credit_is_graded_only_when_the_user_draws_the_line(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": i, "score": i / 4, "response": "x"} for i in range(5)])
    assert [row["outcome"] for row in read(path)[0]] == ["wrong", *["unscorable"] * 3, "correct"]
    assert [row["outcome"] for row in read(path, correct_at=0.5)[0]] == ["wrong", "wrong", *["correct"] * 3]


def test_a_grader_that_knows_abstentions_is_believed(tmp_path):
    """One grade "abstain" anywhere in a file says that its other grades mean what they say."""
    binary = [{"id": 1, "grade": "wrong", "response": "I don't know"}, {"id": 2, "grade": "correct", "response": "x"}]
    path = logs.jsonl(tmp_path / "x.jsonl", [*binary, {"id": 3, "grade": "abstain", "response": "I don't know"}])
    assert [row["outcome"] for row in read(path)[0]] == ["wrong", "correct", "abstained"]
    assert [row["outcome"] for row in read(path, abstentions="phrases")[0]] == ["abstained", "correct", "abstained"]
    path = logs.jsonl(tmp_path / "y.jsonl", binary)
    assert [row["outcome"] for row in read(path)[0]] == ["abstained", "correct"]
    assert [row["outcome"] for row in read(path, abstentions="grade")[0]] == ["wrong", "correct"]


def test_a_log_without_grades_is_graded_by_its_gold_answers(tmp_path):
    rows = [
        {"id": 1, "gold": "March 2, 1985", "response": "She was born on the 2nd of March 1985."},
        {"id": 2, "gold": "March 2, 1985", "response": "March 3, 1985"},
        {"id": 3, "gold": "March 2, 1985", "response": "I have no idea."},
        {"id": 4, "gold": ["NYC", "New York"], "response": "It is new york!"},
        {"id": 5, "gold": None, "response": "It is new york!"},
        {"id": 6, "gold": "x", "response": ""},
    ]
    got, _, _ = read(logs.jsonl(tmp_path / "x.jsonl", rows))
    assert [row["outcome_by"] for row in got] == [
        "match", "match", "phrase:dunno", "match", "no_gold", "empty_response"
    ]  # fmt: skip
    assert [row["outcome"] for row in got] == ["correct", "wrong", "abstained", "correct", "unscorable", "unscorable"]


def test_a_match_needs_whole_words():
    assert matches(["Tor"], "It is Tor.") and not matches(["Tor"], "It is Torrent.")
    assert matches(["1,234"], "about 1234 people") and not matches(["12"], "123")
    assert matches(["B"], "B) Tor") and matches(["B"], "I think so. Answer: B") and not matches(["A"], "It is a town")
    assert not matches([""], "anything")


def test_the_hard_log(tmp_path):
    """Epochs, duplicate ids, refusals, an empty answer, NaN and impossible confidences, broken rows: all accounted."""
    good = [
        {"id": i, "epoch": e, "correct": (i + e) % 2, "response": f"town {i}", "confidence": 0.5}
        for i in range(3) for e in (1, 2)
    ]  # fmt: skip
    refusals = [{"id": 10 + i, "epoch": 1, "correct": 0, "response": text} for i, text in enumerate(REFUSALS[:10])]
    odd = [
        {"id": 30, "epoch": 1, "correct": 1, "response": "x", "confidence": float("nan")},
        {"id": 31, "epoch": 1, "correct": 1, "response": "x", "confidence": 95},
        {"id": 32, "epoch": 1, "correct": 0, "response": ""},
        {"id": 0, "epoch": 1, "correct": 1, "response": "again"},
        {"id": 33, "epoch": 1.5, "correct": 1, "response": "x"},
        {"correct": 1, "response": "nameless"},
        {"id": 34, "epoch": 1, "target_confidence": 1.0, "correct": 1, "response": "x"},
    ]
    path = logs.jsonl(tmp_path / "x.jsonl", [*good, *refusals, *odd])
    with path.open("a") as stream:
        stream.write('{"id": 40, "correct": \n[1, 2]\n"text"\n')
    rows, log, rejects = read(path)
    assert sorted((r["record"], r["reason"]) for r in rejects) == [
        (20, "duplicate_id"), (21, "bad_epoch"), (22, "no_item_id"), (23, "bad_target"),
        (24, "malformed_json"), (25, "malformed_json"), (26, "malformed_json"),
    ]  # fmt: skip
    assert sum(row["outcome"] == "abstained" for row in rows) == 10
    assert [row["outcome_by"] for row in rows if row["outcome"] == "unscorable"] == ["empty_response"]
    assert log.files["x.jsonl"].counts == {"confidence not a number": 1, "confidence out of range": 1}
    assert [row["confidence"] for row in rows if row["item_id"] in ("30", "31")] == [None, None]
    assert all("town" not in json.dumps(reject) for reject in rejects)


def test_duplicates_can_be_taken_for_epochs(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "correct": c, "response": "x"} for c in (1, 0, 1)])
    rows, _, _ = read(path, duplicates="epochs")
    assert [(row["epoch"], row["outcome"]) for row in rows] == [(1, "correct"), (2, "wrong"), (3, "correct")]


def test_confidences_in_percent_are_scaled(tmp_path):
    path = logs.jsonl(tmp_path / "x.jsonl", [{"id": 1, "correct": 1, "response": "x", "confidence": 80}])
    assert read(path, confidence_scale=100)[0][0]["confidence"] == 0.8


def test_confidences_in_words_are_counted_and_percent_signs_understood(tmp_path):
    words = ("85%", "0.5", "high", "", None)
    rows = [{"id": i, "correct": 1, "confidence": word} for i, word in enumerate(words)]
    got, log, _ = read(logs.jsonl(tmp_path / "x.jsonl", rows))
    assert [row["confidence"] for row in got] == [0.85, 0.5, None, None, None]
    assert log.files["x.jsonl"].counts == {"confidence not a number": 1}


def test_a_truncated_file_keeps_what_came_before(tmp_path):
    import gzip

    path = tmp_path / "x.jsonl.gz"
    whole = gzip.compress(
        b"".join(json.dumps({"id": i, "correct": 1, "n": str(i) * 9}).encode() + b"\n" for i in range(40_000))
    )
    path.write_bytes(whole[: len(whole) // 2])
    rows, _, rejects = read(path)
    assert len(rows) > 1000 and [r["reason"] for r in rejects][-1] in ("corrupt_stream", "malformed_json")


def test_a_csv_row_with_too_few_fields_is_rejected(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,correct,response\n1,1,x\n2,1\n3,0,y\n")
    rows, _, rejects = read(path)
    assert [row["item_id"] for row in rows] == ["1", "3"]
    assert [(r["record"], r["reason"]) for r in rejects] == [(2, "malformed_row")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "xml"}, "format 'xml' is unknown"),
        ({"mapping": {"grades": "x"}}, "a mapped field 'grades' is unknown"),
        ({"correct_at": 0.0}, "must lie above 0"),
        ({"confidence_scale": 10}, "must be 1 or 100"),
        ({"duplicates": "first"}, "duplicates 'first' is unknown"),
    ],
)
def test_an_option_out_of_range_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        ReadOptions(**options)


def test_seen_finds_every_repeat_and_nothing_else():
    random = np.random.default_rng(5)
    keys = random.integers(-500, 500, 5000)
    seen, known = Seen(), set()
    for start in range(0, 5000, 37):
        part = keys[start : start + 37]
        new = seen.add(part)
        expected = []
        for key in part.tolist():
            expected.append(key not in known)
            known.add(key)
        assert new.tolist() == expected
