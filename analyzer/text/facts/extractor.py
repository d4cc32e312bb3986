"""Texts in, mentions out: split, skip what cannot state a fact, parse each distinct sentence once, resolve, account."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Doc

from analyzer.settings import ExtractSettings
from analyzer.text.facts import pipes
from analyzer.text.facts.model import load_model
from analyzer.text.facts.quotes import quoted
from analyzer.text.facts.records import NOTHING, Candidate, Extraction, Mention, SentenceFacts
from analyzer.text.facts.resolve import Document, mention
from analyzer.text.facts.sentence import may_hold, read_sentence
from analyzer.text.facts.table import table
from analyzer.text.facts.tree import Lemmas, Tree, add_entities, tree_of
from analyzer.text.sentences import may_state_fact, names_in, sentence_key, sentences

_CHARACTERS = 6  # of an English token, blank included
_OVERHEAD = 200  # characters' worth of a text without sentences, so that empty texts do not pile up
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: spaCy cannot encode it
_WARM = "Marie Curie, a Polish physicist, was born in Warsaw on 7 November 1867."


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut into sentences: (start, end) and the parsed form, "" for a sentence that is skipped."""

    text: str
    spans: list[tuple[int, int]]
    parsed: list[str]


class Extractor:
    """Holds a loaded model and the memo of parsed sentences; one a worker. SetupError when the model is missing."""

    def __init__(self, settings: ExtractSettings, warm: bool = True) -> None:
        self._settings = settings
        self._rules = table(settings.relations)
        self._model = load_model(settings.model)
        self._ner: Any = self._model.nlp.get_pipe("ner")
        self._lemmas = Lemmas(self._model)
        self._memo: OrderedDict[str, SentenceFacts] = OrderedDict()
        if warm:
            self._read([_WARM])

    def extract(self, texts: Iterable[str]) -> Iterator[Extraction]:
        """One extraction a text, in order; holds about `batch_tokens` of parsed text and the texts they are from."""
        for cut, facts in self.parse(texts):
            yield _document(cut, facts)

    def parse(self, texts: Iterable[str]) -> Iterator[tuple[Cut, list[SentenceFacts]]]:
        """Each text cut into sentences, with what each sentence yields before its document is known."""
        waiting: list[Cut] = []
        size = 0
        for text in texts:
            cut = self._cut(text)
            waiting.append(cut)
            size += sum(len(s) for s in cut.parsed) + _OVERHEAD
            if size >= self._settings.batch_tokens * _CHARACTERS:
                yield from self._finish(waiting)
                waiting, size = [], 0
        yield from self._finish(waiting)

    def _cut(self, text: str) -> Cut:
        spans = list(sentences(text, self._settings.max_sentence_chars))
        names = names_in(text, spans) if self._settings.prefilter else frozenset()
        parsed = []
        for start, end in spans:
            sentence = text[start:end]
            wanted = not self._settings.prefilter or may_state_fact(sentence, names)
            parsed.append(_SURROGATE.sub("\ufffd", " ".join(sentence.split())) if wanted else "")
        return Cut(text, spans, parsed)

    def _finish(self, waiting: list[Cut]) -> Iterator[tuple[Cut, list[SentenceFacts]]]:
        known = self._known(sentence for cut in waiting for sentence in cut.parsed if sentence)
        for cut in waiting:
            yield cut, [known[s] if s else NOTHING for s in cut.parsed]

    def _known(self, wanted: Iterable[str]) -> dict[str, SentenceFacts]:
        """Facts of each distinct sentence, from the memo or parsed now."""
        found: dict[str, SentenceFacts] = {}
        new: dict[str, None] = {}
        for sentence in wanted:
            if sentence in self._memo:
                self._memo.move_to_end(sentence)
                found[sentence] = self._memo[sentence]
            else:
                new[sentence] = None
        batch: list[str] = []
        size = 0
        for sentence in new:
            batch.append(sentence)
            size += len(sentence)
            if size >= self._settings.batch_tokens * _CHARACTERS:
                found.update(zip(batch, self._read(batch), strict=True))
                batch, size = [], 0
        found.update(zip(batch, self._read(batch), strict=True))
        for sentence in new:
            self._memo[sentence] = found[sentence]
        while len(self._memo) > self._settings.memo_sentences:
            self._memo.popitem(last=False)
        return found

    def _read(self, batch: list[str]) -> list[SentenceFacts]:
        """Parse sentences and read them; nothing of spaCy's leaves the memory zone."""
        if not batch:
            return []
        nlp = self._model.nlp
        with pipes.zone(nlp):
            docs = pipes.parsed(nlp, batch)
            trees = [self._tree(doc, text) for doc, text in zip(docs, batch, strict=True)]
            pipes.annotate(self._ner, [doc for doc, tree in zip(docs, trees, strict=True) if tree is not None])
            return [NOTHING if tree is None else self._facts(doc, tree) for doc, tree in zip(docs, trees, strict=True)]

    def _tree(self, doc: Doc, text: str) -> Tree | None:
        """The tree of a parsed sentence; None when it can hold no fact."""
        tree = tree_of(doc, text)
        return tree if may_hold(tree) else None

    def _facts(self, doc: Doc, tree: Tree) -> SentenceFacts:
        add_entities(tree, doc)
        settings = self._settings
        return read_sentence(tree, self._rules, self._lemmas, settings.tiers, settings.max_answer_tokens)


def _document(cut: Cut, facts: list[SentenceFacts]) -> Extraction:
    document = Document(facts)
    counts: Counter[str] = Counter(
        words=len(cut.text.split()),
        sentences=len(cut.spans),
        sentences_skipped=sum(found is NOTHING for found in facts),
        candidates=sum(len(f.candidates) for f in facts),
        mentions=0,
        abstentions=0,
    )
    speech = quoted(cut.text) if any(f.candidates for f in facts) else []
    mentions: list[Mention] = []
    for i, (found, parsed, (start, end)) in enumerate(zip(facts, cut.parsed, cut.spans, strict=True)):
        if found.candidates:
            place, key = places(cut.text, start, end), sentence_key(parsed)
            for candidate in found.candidates:
                document.named(found, candidate.subject.start)
                if _is_speech(speech, place, candidate):
                    counts["dropped_quoted"] += 1
                    continue
                result = mention(document, candidate, place, (i, start, end), key)
                if isinstance(result, str):
                    counts[f"dropped_{result}"] += 1
                else:
                    counts["abstentions"] += result.abstention
                    mentions.append(result)
        document.named(found, len(parsed) + 1)
    counts["mentions"] = len(mentions)
    return Extraction(tuple(mentions), dict(counts))


def places(text: str, start: int, end: int) -> list[int]:
    """Offset in the text of each character of the sentence as parsed, with its white space folded to one blank."""
    places: list[int] = []
    blank = False
    for i in range(start, end):
        if not text[i].isspace():
            places.append(i)
            blank = False
        elif not blank:
            places.append(i)
            blank = True
    return places


def _is_speech(speech: list[tuple[int, int]], place: list[int], candidate: Candidate) -> bool:
    """Whether the words of the relation stand in quotes that also hold the subject: a quoted title alone is no
    speech."""
    if not speech or candidate.relation_end <= candidate.relation_start:
        return False
    at = place[candidate.relation_start]
    i = bisect_right(speech, (at, len(place) + at)) - 1
    inside = i >= 0 and speech[i][0] <= at < speech[i][1]
    return inside and not (speech[i][0] <= place[candidate.answer.start - 1] and candidate.pattern == "bracket")


def extract_facts(texts: Iterable[str], settings: ExtractSettings | None = None) -> Iterator[list[Mention]]:
    """The facts of each text, in order, with default settings unless given."""
    for extraction in Extractor(settings or ExtractSettings()).extract(texts):
        yield list(extraction.mentions)
