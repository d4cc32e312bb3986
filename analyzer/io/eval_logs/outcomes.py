"""A row's outcome, one of four that are never folded: correct, wrong, abstained, unscorable; and what decided it.

A grade decides, where there is one that can be read. Binary graders cannot tell "I don't know" from a mistake, so their
wrong answers are searched for phrases of abstention. An empty answer, a failed judge and partial credit are unscorable:
neither is a mistake of the model, nor an admission that it does not know.
"""

from __future__ import annotations

import math

from analyzer.io.eval_logs.abstention import Detector
from analyzer.io.eval_logs.matching import matches
from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Row
from analyzer.schemas.evaluation import ABSTAINED, CORRECT, UNSCORABLE, WRONG

# Letters are not here: C is "correct" for one tool and "not attempted" for another. Their readers translate them.
WORDS = {
    **dict.fromkeys(("correct", "true", "yes", "right", "pass", "passed"), CORRECT),
    **dict.fromkeys(("incorrect", "wrong", "false", "no", "fail", "failed"), WRONG),
    **dict.fromkeys(
        ("abstain", "abstained", "abstention", "not_attempted", "notattempted", "idk", "refused", "refusal",
         "no_answer", "noanswer", "unanswered", "declined", "dont_know", "don't_know"), ABSTAINED
    ),
}  # fmt: skip
FAILED = ("", "nan", "null", "none", "unscorable", "invalid", "error", "judge_error", "unparsable", "unparseable")


def read_grade(grade: object, correct_at: float | None) -> str:
    """correct, wrong or abstained; else why it is none of them: no_grade, partial_credit or unknown_grade."""
    if grade is None:
        return "no_grade"
    if isinstance(grade, str):
        word = grade.strip().lower().replace(" ", "_").replace("-", "_")
        if word in WORDS:
            return WORDS[word]
        if word in FAILED:
            return "no_grade"
        try:
            grade = float(word)
        except ValueError:
            return "unknown_grade"
    if not isinstance(grade, bool | int | float):
        return "unknown_grade"  # a list or an object where a grade should be
    score = float(max(min(grade, 2), -2))  # a whole number may be too large for a float; beyond 1 and 0 all are alike
    if math.isnan(score):
        return "no_grade"
    if correct_at is not None:
        return CORRECT if score >= correct_at else WRONG
    if 0 < score < 1:
        return "partial_credit"
    return CORRECT if score == 1 else WRONG if score <= 0 else "unknown_grade"


def decide(row: Row, knows_abstention: bool, detector: Detector, options: ReadOptions) -> tuple[str, str]:
    """(outcome, decided by). `knows_abstention`: the grader of this row's log can say that the model abstained."""
    if not row.graded or options.grading == "match":
        return _by_match(row, detector)
    grade = read_grade(row.grade, options.correct_at)
    if grade == CORRECT:
        return CORRECT, "grade"
    if row.error:
        return UNSCORABLE, "error"
    if row.response is not None and not row.response.strip():
        return UNSCORABLE, "empty_response"
    if grade == ABSTAINED:
        return ABSTAINED, "grade"
    if grade != WRONG:
        return UNSCORABLE, grade
    search = options.abstentions == "phrases" or (options.abstentions == "auto" and not knows_abstention)
    phrase = detector.find(row.response) if search and row.response else None
    return (ABSTAINED, f"phrase:{phrase}") if phrase else (WRONG, "grade")


def _by_match(row: Row, detector: Detector) -> tuple[str, str]:
    if row.error:
        return UNSCORABLE, "error"
    if row.response is None:
        return UNSCORABLE, "no_response"
    if not row.response.strip():
        return UNSCORABLE, "empty_response"
    if not any(gold.strip() for gold in row.golds):
        return UNSCORABLE, "no_gold"
    if matches(row.golds, row.response):
        return CORRECT, "match"
    phrase = detector.find(row.response)
    return (ABSTAINED, f"phrase:{phrase}") if phrase else (WRONG, "match")
