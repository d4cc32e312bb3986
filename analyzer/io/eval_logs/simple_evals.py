"""simple-evals: SimpleQA grades (A correct, B incorrect, C not attempted) in rows, and the tool's own per-item output.

The tool writes items only as HTML: `<eval>_<model>.html`, or the `htmls` of `<eval>_<model>_allresults.json`. There the
score is all that is left of the grade, so what was not attempted has to be found by phrases. Its grader says C when the
judge's reply cannot be read: rows that hold the judge's reply itself (not only its letter) are unscorable then.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, cast

from analyzer.io.eval_logs.options import ReadOptions
from analyzer.io.eval_logs.rows import Notes, Row, Rows, Scalar, stem, text, texts, whole
from analyzer.io.eval_logs.source import opened, records
from analyzer.io.files import InputFile
from analyzer.io.records import Fault, Unusable, fault
from analyzer.io.streams import BROKEN, blocks

NAME = "simple_evals"
LETTERS = {"A": "correct", "B": "incorrect", "C": "not_attempted"}
FLAGS = {"is_correct": "correct", "is_incorrect": "incorrect", "is_not_attempted": "not_attempted"}
GRADES = ("grade", "grade_letter", "grader_response", "judgement", "judgment")
_EXAMPLE = re.compile(r"<p>Correct Answer: (.*?)</p>\s*<p>Extracted Answer: (.*?)</p>\s*<p>Score: (.*?)</p>", re.DOTALL)
_MESSAGE = re.compile(r'<div class="content">\s*<pre>(.*?)</pre>', re.DOTALL)


def fits(value: dict[str, Any]) -> bool:
    """A graded row with letters or the three flags, or a file of results with pages."""
    if FLAGS.keys() <= value.keys() or isinstance(value.get("htmls"), list):
        return True
    return any(isinstance(value.get(name), str) and value[name].strip() in LETTERS for name in GRADES)


def rows(file: InputFile, options: ReadOptions, notes: Notes) -> Rows:
    benchmark, _, model = stem(file).removesuffix("_allresults").partition("_")
    if file.path.lower().endswith((".html", ".htm")):
        notes.chosen["grade"] = "score in HTML"
        yield from _pages(file, options, benchmark, model or None)
        return
    for record in records(file, options.max_record_bytes):
        if isinstance(record, Fault):
            yield record
            continue
        value = cast("dict[str, Any]", record.value)
        pages = value.get("htmls")
        if isinstance(pages, list):
            notes.chosen["grade"] = "score in HTML"
            for number, page in enumerate(pages, 1):
                yield _example(number, text(page) or "", benchmark, model or None)
        elif any(name in value for name in (*FLAGS, *GRADES)):
            notes.chosen["grade"] = "letters or flags"
            yield _row(record.number, value, benchmark, model or None)
        else:
            yield fault(record.number, "not_a_row", f"none of {', '.join((*GRADES, *FLAGS))} is there")


def _row(record: int, value: dict[str, Any], benchmark: str, model: str | None) -> Row:
    def first(*names: str) -> str | None:
        return next((found for name in names if (found := text(value.get(name))) is not None), None)

    return Row(
        record,
        item_id=first("id", "item_id", "question_id", "sample_id"),
        model=first("model", "model_name", "model_id") or model,
        benchmark=first("benchmark", "eval", "task") or benchmark,
        epoch=whole(value.get("epoch")),
        topic=first("topic", "category"),
        question=first("problem", "question", "prompt"),
        golds=texts(value.get("answer", value.get("target", value.get("gold")))),
        response=first("predicted_answer", "response", "response_text", "prediction", "output"),
        grade=_letter(value),
        knows_abstention=True,
    )


def _letter(value: dict[str, Any]) -> Scalar:
    raised = [word for name, word in FLAGS.items() if value.get(name) in (True, 1, "True", "true", "1")]
    if raised:
        return raised[0] if len(raised) == 1 else "contradictory"
    given = next((word for name in GRADES if (word := text(value.get(name))) is not None), None)
    if given is None:
        return None
    letter = re.fullmatch(r"\W*([ABC])\b.*", given.strip(), re.DOTALL)
    return LETTERS[letter[1]] if letter else given


def _pages(file: InputFile, options: ReadOptions, benchmark: str, model: str | None) -> Rows:
    """Examples of a report, which a rule parts from one another."""
    number = 0
    try:
        for number, page in enumerate(_split(file, options.max_record_bytes), 1):
            yield _example(number, page, benchmark, model)
    except Unusable as error:
        yield fault(number + 1, error.reason, error.detail)
    except BROKEN as error:
        yield fault(number + 1, "corrupt_stream", error)


def _split(file: InputFile, max_bytes: int) -> Iterator[str]:
    rest = b""
    with opened(file) as (source, head):
        for block in blocks(source, file.path, head):
            *whole_pages, rest = (rest + block).split(b"<hr>")
            yield from (page.decode("utf-8", "replace") for page in whole_pages)
            if len(rest) > max_bytes:
                raise Unusable("line_too_long", f"an example longer than {max_bytes} bytes")


def _example(record: int, page: str, benchmark: str, model: str | None) -> Row | Fault:
    found = _EXAMPLE.search(page)
    if found is None:
        return fault(record, "not_a_row", "no Correct Answer, Extracted Answer and Score in this example")
    gold, response, score = (html.unescape(part).strip() for part in found.groups())
    messages = [html.unescape(message).strip() for message in _MESSAGE.findall(page)]
    return Row(
        record,
        model=model,
        benchmark=benchmark,
        question=messages[0] if messages else None,
        golds=(gold,),
        response=messages[-1] if len(messages) > 1 else response,
        grade=score,
        knows_abstention=False,
    )
