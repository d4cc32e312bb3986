"""What a person marks is drawn fairly, shown safely, and read back or refused with the number of its row."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from analyzer.errors import InputError
from analyzer.evaluation import marks, sample
from analyzer.report import annotate
from analyzer.schemas import MENTIONS
from tests.report.builders import table

HOSTILE = '=HYPERLINK("http://example.org")\x1b[2J\u202e <script>'


def world(prompts: int = 400, batch: int = 64, seed: int | None = None):
    """Mentions of prompts of which every fourth stands in two documents, and every other one is open."""
    rows, told = [], []
    for i in range(prompts):
        twice = i % 4 == 0
        told.append((i, "typed" if i % 2 else "open", 1 + twice, 1 + twice))
        for d in range(1 + twice):
            for answer in range(2):
                rows.append(
                    {"doc_id": f"{i * 2 + d:016x}" + "0" * 16, "sentence": 0, "sentence_start": 0, "sentence_end": 9,
                     "sentence_hash": i * 7919, "prompt_id": i, "fact_id": i, "subject": f"s{i}",
                     "subject_type": "person", "relation": "r", "answer": f"a{answer}", "answer_type": "phrase",
                     "subject_start": 0, "subject_end": 2, "subject_text": f"S{i}", "answer_start": 5, "answer_end": 7,
                     "tier": told[-1][1], "pattern": "p", "resolution": "name", "abstention": False, "window": 1}
                )  # fmt: skip
    if seed is not None:
        random.Random(seed).shuffle(rows)
    names = [name for name in MENTIONS.schema.names if name in rows[0]]
    whole = pa.table({name: [row[name] for row in rows] for name in names})
    mentions = ds.dataset(whole.to_batches(max_chunksize=batch))
    about = ("prompt_id", "tier", "clusters", "cluster_statements")
    columns = dict(zip(about, map(list, zip(*told, strict=True)), strict=True))
    return mentions, pa.table(columns)


def test_the_sample_hangs_on_neither_row_order_nor_batches():
    drawn = sample.draw(*world(), 80)
    assert len({d.key for d in drawn}) == len(drawn) == 80
    assert drawn == sample.draw(*world(batch=7, seed=3), 80)
    assert {d.key for d in drawn} != {d.key for d in sample.draw(*world(), 80, seed=1)}


def test_strata_are_drawn_alike_and_know_their_size():
    drawn = sample.draw(*world(), 80)
    for stratum, tier, size in (("singleton", "typed", 200), ("singleton", "open", 100), ("other", "open", 200)):
        mine = [d for d in drawn if (d.stratum, d.tier) == (stratum, tier)]
        assert len(mine) >= 26 and {d.statements for d in mine} == {size}
        assert all((int(d.subject[1:]) % 4 == 0) == (stratum == "other") for d in mine)


@pytest.mark.parametrize(
    ("n", "sizes", "quotas"),
    [(200, [900, 900, 900, 900], [50] * 4), (200, [900, 0, 10, 900], [95, 0, 10, 95]), (7, [9, 9, 0, 9], [3, 2, 0, 2]),
     (50, [3, 0, 0, 4], [3, 0, 0, 4]), (5, [0, 0, 0, 0], [0] * 4)],
)  # fmt: skip
def test_what_a_small_stratum_lacks_goes_to_the_others(n, sizes, quotas):
    assert sample.shares(n, sizes) == quotas


def test_word_for_word_repeats_and_lists_of_answers_are_one_statement():
    drawn = sample.draw(*world(8), 1000)
    assert len(drawn) == 6 + 2 * 2 and {d.answer for d in drawn} == {"a0"}


def test_each_statement_is_drawn_as_often_as_any_other():
    """200 singletons, 20 drawn by each of 150 seeds: 15 times each on average, with the spread of chance."""
    times = dict.fromkeys(range(400), 0)
    whole = world(batch=10_000)
    for seed in range(150):
        for d in sample.draw(*whole, 60, seed):
            if (d.stratum, d.tier) == ("singleton", "typed"):
                times[int(d.subject[1:])] += 1
    drawn = [n for i, n in times.items() if i % 2]
    assert sum(drawn) == 150 * 20 and min(drawn) > 2 and max(drawn) < 34


def row(**changes: str) -> annotate.Row:
    given = {"mark": "right", "subject": "s", "relation": "r", "answer": "a", "sentence": "S r a.", "path": "p",
             "record": "1", "stratum": "singleton", "tier": "typed", "statements": "90", "extractor": "xf",
             "id": "s1"}  # fmt: skip
    return given | changes


def read(tmp_path, *rows: annotate.Row):
    path = tmp_path / "m.csv"
    annotate.write(path, rows)
    return marks.parse(annotate.read(path, marks.COLUMNS), "m.csv")


def test_marks_come_back_as_precision_by_stratum_and_together(tmp_path):
    singles = [row(id=f"s{i}", mark="right" if i < 30 else "wrong") for i in range(40)]
    others = [row(id=f"o{i}", stratum="other", statements="10", mark="R" if i < 20 else "u") for i in range(22)]
    found = {(r["measure"], r["stratum"], r["tier"]): r for r in marks.measured("m", read(tmp_path, *singles, *others))}
    once = found["precision", "singleton", "typed"]
    assert (once["numerator"], once["denominator"]) == (30, 40)
    assert found["precision", "other", "typed"]["denominator"] == 20
    assert found["unsure", "other", "typed"]["numerator"] == 2
    assert found["precision", "all", "typed"]["value"] == pytest.approx(0.9 * 0.75 + 0.1)
    assert found["precision_unsure_wrong", "other", "typed"]["value"] == pytest.approx(20 / 22)


def test_strata_are_not_put_together_before_each_of_them_has_marks(tmp_path):
    found = marks.measured("m", read(tmp_path, row(), row(id="s2", tier="open", mark="")))
    both = next(r for r in found if (r["measure"], r["stratum"], r["tier"]) == ("precision", "singleton", "*"))
    assert (both["value"], both["status"]) == (None, "empty")


@pytest.mark.parametrize(
    ("change", "what"),
    [({"mark": "maybe"}, "mark must be"), ({"stratum": "few"}, "no stratum"), ({"tier": HOSTILE}, "no stratum"),
     ({"statements": "0"}, "whole number"), ({"statements": "1e3"}, "whole number"),
     ({"statements": "9" * 40}, "whole number"), ({"statements": "91"}, "another number"),
     ({"id": "s1"}, "earlier row"), ({"extractor": "xe"}, "another extractor")],
)  # fmt: skip
def test_a_bad_mark_is_one_line_with_the_number_of_its_row(tmp_path, change, what):
    with pytest.raises(InputError, match=rf"^m\.csv: row 3: .*{what}") as error:
        read(tmp_path, row(), row(**({"id": "s2"} | change)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"", "empty"), (b"a,b\n1,2\n", "row 1: no column id"), (b"\xff\xfe\x00", "UTF-8"), (b"\n", "row 1: no column")],
)
def test_a_file_that_is_none_of_ours_is_one_line(tmp_path, data, what):
    path = tmp_path / "m.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=what):
        annotate.read(path, marks.COLUMNS)


def test_a_row_that_is_cut_off_is_named(tmp_path):
    path = tmp_path / "m.csv"
    annotate.write(path, [row(), row(id="s2")])
    path.write_text(path.read_text().rstrip().rpartition(",")[0], encoding="utf-8")
    with pytest.raises(InputError, match="row 3: 11 cells"):
        annotate.read(path, marks.COLUMNS)


def test_nothing_marked_is_said_so(tmp_path):
    with pytest.raises(InputError, match="nothing is marked"):
        read(tmp_path, row(mark=" "))


def test_a_spreadsheet_may_save_it_with_semicolons_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "m.csv"
    annotate.write(path, [row(sentence="a, b; c")])
    text = path.read_text(encoding="utf-8").replace('","', '";"')
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert annotate.read(path, annotate.COLUMNS)[0][1]["sentence"] == "a, b; c"


def test_no_cell_is_a_formula_and_reading_takes_the_guard_off(tmp_path):
    path = tmp_path / "m.csv"
    given = row(subject=HOSTILE, sentence="'quoted' @sum", mark="")
    annotate.write(path, [given])
    assert '"=' not in path.read_text(encoding="utf-8") and "\"'=" in path.read_text(encoding="utf-8")
    for _ in range(3):
        (_, found), *_ = annotate.read(path, annotate.COLUMNS)
        annotate.write(path, [found])
    assert found == given


def test_the_terminal_shows_no_escape_and_every_answer_is_kept_at_once():
    rows = [row(id=str(i), mark="", subject=HOSTILE, sentence=HOSTILE) for i in range(5)]
    rows[1]["mark"] = "wrong"
    typed, shown, saved = iter(["?", "R", "s", "u", "q"]), [], []
    marked = annotate.ask(rows, lambda _: next(typed), shown.append, lambda: saved.append([r["mark"] for r in rows]))
    assert [r["mark"] for r in rows] == ["right", "wrong", "", "unsure", ""] and marked == 3
    assert saved == [["right", "wrong", "", "", ""], ["right", "wrong", "", "unsure", ""]]
    assert "\x1b" not in "".join(shown) and "\u202e" not in "".join(shown) and "\\x1b" in "".join(shown)


def test_the_end_of_input_ends_the_session():
    def gone(_: str) -> str:
        raise EOFError

    assert annotate.ask([row(mark="")], gone, lambda _: None, lambda: None) == 0


def test_builders_know_the_columns_that_are_read():
    assert set(sample.COLUMNS) <= set(table("mentions", []).column_names)
