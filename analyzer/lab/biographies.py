"""A corpus of invented lives in five domains of different rarity, and the questions that its facts answer.

Every fact is a sentence of its own, drawn independently from its domain's prompts; a document is a handful of sentences
of one domain. Names, cities, universities and dates look like real ones, so that an extractor that was told nothing
finds them; who was born where is drawn at random and follows from nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analyzer.lab.worlds import prompt_law
from analyzer.text.lexicon import word_set

FIRST = sorted(word_set(
    "alice anna arthur barbara benjamin carl caroline charles clara daniel david dorothy edward eleanor elizabeth "
    "emily emma ernest eva frances francis frank frederick george grace hannah harold harry helen henry hugh "
    "irene jack jacob james jane john joseph julia karen kate kevin laura lawrence lewis louis louise lucy "
    "margaret maria mark martha martin mary matthew michael nancy nathan oliver oscar patrick paul peter philip "
    "rachel ralph rebecca richard robert roger rose ruth samuel sarah simon sophia stephen susan sylvia theodore "
    "thomas victor vincent walter william"
))  # fmt: skip
LAST = sorted(word_set(
    "abbott adams allen anderson bailey baker barnes bennett bishop bradley brooks burke burton butler caldwell "
    "campbell carpenter carter chapman clark coleman collins cooper cox crawford cunningham davidson dawson dixon "
    "douglas duncan edwards elliott ellis evans ferguson fisher fleming foster fowler freeman gardner gibson "
    "gilbert gordon graham grant greene griffin hamilton hansen harper harris harrison hawkins henderson hoffman "
    "holmes hopkins howard hudson hughes hunter jenkins jensen johnston jordan kelley kennedy lambert larson "
    "lawson lindsey mason matthews mccarthy mitchell montgomery morgan morris morrison murphy murray nelson "
    "newman nichols norris olson osborne palmer parker patterson perkins peters phillips pierce porter powell "
    "reynolds richards riley robertson rogers russell sanders schmidt schultz shaw simmons simpson spencer "
    "stevens stewart sullivan thompson tucker turner wagner walker wallace walters warren watkins watson weaver "
    "webster welch wheeler whitaker wilkins williamson willis winters woodward wright"
))  # fmt: skip
CITIES = (
    "Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Prague", "Warsaw", "Budapest", "Lisbon", "Dublin",
    "Brussels", "Stockholm", "Oslo", "Helsinki", "Copenhagen", "Athens", "Moscow", "Istanbul", "Cairo", "Boston",
    "Chicago", "Denver", "Seattle", "Houston", "Dallas", "Atlanta", "Toronto", "Montreal", "Vancouver", "Sydney",
    "Melbourne", "Tokyo", "Osaka", "Seoul", "Beijing", "Shanghai", "Bangkok", "Manila", "Mumbai",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
FORMS = {
    "date of birth": ("{} was born on", "When was {} born?"),
    "place of birth": ("{} was born in", "Where was {} born?"),
    "date of death": ("{} died on", "When did {} die?"),
}
DOMAINS = {"arts.example": 40, "law.example": 120, "sport.example": 360, "trade.example": 1_000, "war.example": 3_000}


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence "BEGINNING ANSWER." that states the answer to a question."""

    domain: str
    subject: str
    relation: str
    beginning: str
    answer: str
    question: str

    @property
    def sentence(self) -> str:
        return f"{self.beginning} {self.answer}."


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, (domain, text) each, and the questions of each domain, drawn as its facts were."""

    documents: list[tuple[str, str]]
    sentences: list[Fact]
    asked: list[Fact]


def build(seed: int, statements: int = 1_500, asked: int = 300, sentences: int = 6, exponent: float = 0.5) -> Corpus:
    """Five domains with `statements` sentences each; the fewer lives a domain has, the oftener each fact recurs.

    `asked` questions a domain, drawn from the same prompts with the same probabilities, repeats included.
    """
    rng = np.random.default_rng(seed)
    people = iter(_people(rng, sum(DOMAINS.values())))
    documents, stated, questions = [], [], []
    for domain, lives in DOMAINS.items():
        facts = [fact for _ in range(lives) for fact in _facts(domain, next(people), rng)]
        law = prompt_law("zipf", len(facts), exponent)[rng.permutation(len(facts))]
        drawn = [facts[i] for i in rng.choice(len(facts), statements, p=law)]
        texts = [drawn[i : i + sentences] for i in range(0, statements, sentences)]
        documents += [(domain, " ".join(fact.sentence for fact in text)) for text in texts]
        stated += drawn
        questions += [facts[i] for i in rng.choice(len(facts), asked, p=law)]
    return Corpus(documents, stated, questions)


def write_corpus(corpus: Corpus, folder: Path) -> Path:
    """The documents as JSON lines with their domain."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lives.jsonl"
    lines = [
        json.dumps({"id": str(i), "text": text, "domain": domain}) for i, (domain, text) in enumerate(corpus.documents)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_log(corpus: Corpus, model: str, responses: Sequence[str], path: Path) -> Path:
    """An evaluation log: the questions, the model's responses (None of them empty) and their grades."""
    rows = [
        {"model": model, "benchmark": "lives", "id": str(i), "topic": fact.domain, "question": fact.question,
         "gold": fact.answer, "response": response, "grade": "correct" if response == fact.answer else "wrong"}
        for i, (fact, response) in enumerate(zip(corpus.asked, responses, strict=True))
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def tokens(sentence: str) -> list[str]:
    """Words of a sentence, its full stop apart."""
    return sentence.removesuffix(".").split() + (["."] if sentence.endswith(".") else [])


def _people(rng: np.random.Generator, count: int) -> list[str]:
    chosen = rng.choice(len(FIRST) * len(LAST), count, replace=False)
    return [f"{FIRST[i % len(FIRST)].title()} {LAST[i // len(FIRST)].title()}" for i in chosen]


def _facts(domain: str, name: str, rng: np.random.Generator) -> list[Fact]:
    answers = {
        "date of birth": _date(rng, 1850),
        "place of birth": CITIES[int(rng.integers(len(CITIES)))],
        "date of death": _date(rng, 1930),
    }
    return [
        Fact(domain, name, relation, FORMS[relation][0].format(name), answer, FORMS[relation][1].format(name))
        for relation, answer in answers.items()
    ]


def _date(rng: np.random.Generator, first: int) -> str:
    return f"{int(rng.integers(1, 29))} {MONTHS[int(rng.integers(12))]} {first + int(rng.integers(80))}"
