"""How many real facts are found, and how many found ones are real: KnowledgeNet (Mesquita et al. 2019), 15 properties.

    python benchmarks/knowledgenet.py knowledgenet.jsonl.gz --folds 1 2

The passages of one source document are read as one text. A gold mention counts as matched when subject and object spans
overlap a predicted pair of its property (the data set's span_overlap criterion). Two levels: `sentence` (what a
sentence
says, pronouns standing for themselves: comparable with published sentence-level systems) and `document` (mentions
as they
are counted, names resolved, the rest dropped).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor
from analyzer.text.facts.extractor import places

PROPERTIES = {
    "date of birth": "DATE_OF_BIRTH",
    "date of death": "DATE_OF_DEATH",
    "place of birth": "PLACE_OF_BIRTH",
    "region of birth": "PLACE_OF_BIRTH",
    "region of residence": "PLACE_OF_RESIDENCE",
    "region of headquarters": "HEADQUARTERS",
    "residence": "PLACE_OF_RESIDENCE",
    "nationality": "NATIONALITY",
    "employer": "EMPLOYEE_OR_MEMBER_OF",
    "educated at": "EDUCATED_AT",
    "political party": "POLITICAL_AFFILIATION",
    "child of": "CHILD_OF",
    "spouse": "SPOUSE",
    "date founded": "DATE_FOUNDED",
    "headquarters": "HEADQUARTERS",
    "parent organisation": "SUBSIDIARY_OF",
    "founder": "FOUNDED_BY",
    "chief executive": "CEO",
}

Span = tuple[int, int]
Link = tuple[str, Span, Span]  # relation, subject, answer


@dataclass(frozen=True, slots=True)
class Document:
    """Passages joined by a blank: the text, gold links, and per passage its span and annotated properties."""

    text: str
    gold: list[Link]
    passages: list[tuple[Span, frozenset[str]]]


def documents(path: Path, folds: set[int]) -> list[Document]:
    """The documents of these folds, passages in their order in the source."""
    grouped: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            passage = json.loads(line)
            if passage["fold"] in folds:
                grouped[passage["fold"], passage["doc"]].append(passage)
    return [_joined(sorted(group, key=lambda p: p["start"])) for _, group in sorted(grouped.items())]


def _joined(passages: list[dict[str, Any]]) -> Document:
    text, gold, spans = "", [], []
    for passage in passages:
        at = len(text)
        for fact in passage["facts"]:
            subject = (at + fact["subject_start"], at + fact["subject_end"])
            gold.append((fact["property"], subject, (at + fact["object_start"], at + fact["object_end"])))
        text += passage["text"] + " "
        spans.append(((at, len(text)), frozenset(passage["annotated_properties"])))
    return Document(text, gold, spans)


def overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def predictions(found: list[Document], extractor: Extractor) -> dict[str, list[list[tuple[str, Link]]]]:
    """(tier, link) per document at the levels sentence and document."""
    levels: dict[str, list[list[tuple[str, Link]]]] = {"sentence": [], "document": []}
    for cut, facts in extractor.parse(d.text for d in found):
        links = []
        for sentence, (start, end) in zip(facts, cut.spans, strict=True):
            if not sentence.candidates:
                continue
            place = places(cut.text, start, end)
            for c in sentence.candidates:
                if not c.truth and c.answer.end > c.answer.start:
                    spans = [(place[a.start], place[a.end - 1] + 1) for a in (c.subject, c.answer)]
                    links.append((c.tier, (c.relation, spans[0], spans[1])))
        levels["sentence"].append(links)
    for extraction in extractor.extract(d.text for d in found):
        levels["document"].append(
            [
                (m.tier, (m.relation, (m.subject_start, m.subject_end), (m.answer_start, m.answer_end)))
                for m in extraction.mentions
                if not m.abstention
            ]
        )
    return levels


def score(found: list[Document], links: list[list[tuple[str, Link]]]) -> None:
    """Print precision, mention recall and fact recall by property, and the share of gold facts that any link covers."""
    hit, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    facts, facts_found, covered, total = Counter[str](), Counter[str](), 0, 0
    for document, pairs in zip(found, links, strict=True):
        typed = [(PROPERTIES[r], s, a) for tier, (r, s, a) in pairs if tier == "typed" and r in PROPERTIES]
        grouped: dict[tuple[str, Span], list[Span]] = defaultdict(list)
        for name, subject, answer in document.gold:
            grouped[name, answer].append(subject)
            matched = any(n == name and overlap(s, subject) and overlap(a, answer) for n, s, a in typed)
            (hit if matched else missed)[name] += 1
        for name, subject, answer in typed:
            asked = any(overlap(span, answer) and name in names for span, names in document.passages)
            if asked and not any(n == name and overlap(s, subject) and overlap(a, answer) for n, s, a in document.gold):
                wrong[name] += 1
        for (name, answer), owners in grouped.items():
            facts[name] += 1
            total += 1
            facts_found[name] += any(
                n == name and overlap(a, answer) and any(overlap(s, o) for o in owners) for n, s, a in typed
            )
            covered += any(
                any((overlap(s, o) and overlap(a, answer)) or (overlap(a, o) and overlap(s, answer)) for o in owners)
                for _, (_, s, a) in pairs
            )
    for name in sorted(facts, key=lambda n: -facts[n]):
        _line(name, hit[name], missed[name], wrong[name], facts_found[name], facts[name])
    _line("ALL", hit.total(), missed.total(), wrong.total(), facts_found.total(), facts.total())
    print(f"{'any link covers a gold fact':28s} {covered / total:.3f} of {total}")


def _line(name: str, hit: int, missed: int, wrong: int, found: int, facts: int) -> None:
    precision = hit / (hit + wrong) if hit + wrong else 0.0
    print(
        f"{name:28s} precision {precision:.3f}  mention recall {hit / (hit + missed):.3f}  "
        f"fact recall {found / facts:.3f}  mentions {hit + missed}  wrong {wrong}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--folds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--model", default="auto")
    given = parser.parse_args()
    found = documents(given.path, set(given.folds))
    levels = predictions(found, Extractor(ExtractSettings(model=given.model)))
    for level, links in levels.items():
        print(f"--- {level} level, folds {given.folds}, {len(found)} documents, {sum(map(len, links))} links")
        score(found, links)


if __name__ == "__main__":
    main()
