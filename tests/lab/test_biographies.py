"""A corpus of lives: five domains of rising rarity, and a learner that errs where facts were not stated."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from analyzer.lab import biographies, learners
from analyzer.lab.biographies import Corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return biographies.build(seed=1, statements=600, asked=200)


def test_domains_hold_equally_many_statements_and_the_fewer_lives_the_more_repeats(corpus: Corpus) -> None:
    stated = defaultdict(list)
    for fact in corpus.sentences:
        stated[fact.domain].append((fact.subject, fact.relation))
    assert {len(keys) for keys in stated.values()} == {600}
    distinct = [len(set(stated[domain])) for domain in biographies.DOMAINS]
    assert distinct == sorted(distinct) and distinct[0] <= 120 and distinct[-1] > 500


def test_a_fact_has_one_answer_wherever_it_stands_and_questions_come_from_the_same_facts(corpus: Corpus) -> None:
    answers = defaultdict(set)
    for fact in [*corpus.sentences, *corpus.asked]:
        answers[fact.subject, fact.relation].add(fact.answer)
    assert all(len(found) == 1 for found in answers.values())
    domain = {fact.subject: fact.domain for fact in corpus.sentences}
    assert all(domain.get(fact.subject, fact.domain) == fact.domain for fact in corpus.asked)


def test_the_learner_knows_what_it_read_and_guesses_what_it_did_not(corpus: Corpus) -> None:
    read = {(fact.subject, fact.relation) for fact in corpus.sentences}
    responses = learners.ngram(corpus, seed=1).answers(corpus.asked, seed=1)
    known = [r == f.answer for f, r in zip(corpus.asked, responses, strict=True) if (f.subject, f.relation) in read]
    new = [r == f.answer for f, r in zip(corpus.asked, responses, strict=True) if (f.subject, f.relation) not in read]
    assert all(known) and len(new) > 100 and sum(new) / len(new) < 0.05
    assert learners.ngram(corpus, seed=1).answers(corpus.asked, seed=1) == responses


def test_corpus_and_log_are_written_as_the_tools_read_them(corpus: Corpus, tmp_path: Path) -> None:
    path = biographies.write_corpus(corpus, tmp_path / "corpus")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert {row["domain"] for row in rows} == set(biographies.DOMAINS) and len(rows) == 500
    log = biographies.write_log(corpus, "m", ["x"] * len(corpus.asked), tmp_path / "log.jsonl")
    first = json.loads(log.read_text().splitlines()[0])
    assert first["grade"] == "wrong" and first["topic"] == "arts.example" and first["id"] == "0"
    assert biographies.build(seed=1, statements=600, asked=200) == corpus
