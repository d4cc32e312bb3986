"""Questions looked up in a run: forms, canonical subjects, counts by unit."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from analyzer import ids
from analyzer.errors import ConfigError
from analyzer.evaluation.exposure import look_up
from analyzer.evaluation.questions import Asked, forms, parse
from analyzer.io import runs
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.schemas import TABLES
from analyzer.text.facts import functional_relations


def test_every_relation_a_form_asks_for_is_one_that_extraction_declares() -> None:
    asked = {form.relation for form in forms()} - {""}
    assert asked and asked <= set(functional_relations())


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("When was Ada Lovelace born?", Asked("Ada Lovelace", "person", "date of birth")),
        ("where is the headquarter of  Acme Tools?", Asked("Acme Tools", "organisation", "headquarters")),
        ("What is Ada Lovelace’s occupation?", Asked("Ada Lovelace", "person", "occupation")),
        ("Where is Lyon located", Asked("Lyon", "place", "location")),
        ("What color is the flag of Chad?", Asked("the flag of Chad", "other", "")),
        ("Name three rivers.", None),
    ],
)
def test_a_question_is_read_by_the_form_that_leaves_the_shortest_subject(question: str, asked: Asked | None) -> None:
    assert parse(question, forms()) == asked


def test_own_forms_go_first_and_bad_ones_are_named(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[question]]\nrelation = "feeds on"\nsubject = "other"\nforms = ["What does [X] eat?"]\n')
    assert parse("What does the okapi eat?", forms(str(own))) == Asked("the okapi", "other", "feeds on")
    for text, said in (
        ('[[question]]\nforms = ["What?"]\n', "exactly once"),
        ('[[question]]\nform = ["What is [X]?"]\n', "known keys are"),
        ("[[question]]\n", "at least one question"),
        ("[question\n", "not TOML"),
    ):
        bad = tmp_path / f"bad{len(text)}.toml"
        bad.write_text(text)
        with pytest.raises(ConfigError, match=said):
            forms(str(bad))
    with pytest.raises(ConfigError, match="name a readable TOML file"):
        forms(str(tmp_path / "none.toml"))


def counted(folder: Path) -> Run:
    """A run of which only the stage count exists: two subjects, three prompts."""
    run = runs.opened(str(folder / "run"), create=True)
    run.write(runs.SETTINGS, "")
    prompts = [
        ("ada lovelace", "date of birth", 4, 2),
        ("ada lovelace", "place of birth", 1, 1),
        ("acme", "founder", 7, 5),
    ]
    blank = {"string": "", "int64": 0, "double": 0.0, "bool": False}
    counts = [
        {"prompt_id": ids.prompt_id(subject, relation), "subject": subject, "relation": relation}
        | {"documents": d, "clusters": k}
        for subject, relation, d, k in prompts
    ]
    relations = [
        {"relation": name, "effective_answers": 10.0}
        for name in ("date of birth", "place of birth", "founder", "date of death")
    ]
    for name, rows in {"prompts": counts, "relations": relations, "facts": [], "splits": []}.items():
        schema = TABLES[name].schema
        full = [{f.name: blank.get(str(f.type)) for f in schema} | row for row in rows]
        run.write_table("count", name, pa.Table.from_pylist(full, schema=pa.schema([(f.name, f.type) for f in schema])))
    tables = {name: run.written("count", name) for name in ("prompts", "relations", "facts", "splits")}
    run.commit(Manifest("count", "x", Counts(0, 0), tables, {}, {}, "0", (), {}))
    return run


def test_items_are_looked_up_by_the_keys_that_the_run_was_counted_by(tmp_path: Path) -> None:
    run = counted(tmp_path)
    found = look_up(
        run,
        [
            (None, None, "When was Ms. Ada LOVELACE born?"),
            ("Ada Lovelace", "date of death", None),
            ("the Acme Inc.", "founder", None),
            ("Acme", None, "What does it sell?"),
            ("Nobody Inparticular", "date of birth", None),
            (None, None, "Why?"),
        ],
        forms(),
    )
    assert [(f.by, f.prompt, f.subject, f.exposure) for f in found] == [
        ("prompt", 2, 2, 2),
        ("prompt", 0, 2, 0),
        ("prompt", 5, 5, 5),
        ("subject", None, 5, 5),
        ("prompt", 0, 0, 0),
        ("not_understood", None, 0, None),
    ]
    assert look_up(run, [("Acme", "founder", None)], forms(), unit="document")[0].prompt == 7
    with pytest.raises(ConfigError, match="--unit word"):
        look_up(run, [], forms(), unit="word")
