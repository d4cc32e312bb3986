"""Texts through the components of a spaCy pipeline on one core: the same annotations as `nlp.pipe`, in half the
time.

Three things are done otherwise than there, and none reaches a result (`tests/text/test_pipes.py`):
batches are counted in tokens, so that no array outgrows the caches; the greedy parser is stepped from here, because the
compiled loop of spaCy 3.8 takes and drops the interpreter's lock several times a transition (half of its time); and
words are kept by the vocabulary until it holds `KNOWN_WORDS`, since making a lexeme costs twenty calls of Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from spacy.language import Language
from spacy.pipeline.transition_parser import Parser
from spacy.tokens import Doc
from thinc.api import NumpyOps

from analyzer.text.facts.model import KNOWN_WORDS

# Tokens that go through a component at once: enough sentences to step side by side, and arrays (4 kB a token in the
# parser) that need no new pages from the system each time. From 2,000 to 6,000 the speed is the same, 60,000 costs a
# fifth.
TOKENS_AT_ONCE = 3_000


def zone(nlp: Language) -> AbstractContextManager[Any]:
    """A memory zone, in which nothing that spaCy allocates outlives the block, once enough words are known."""
    return nlp.memory_zone() if len(nlp.vocab) > KNOWN_WORDS else nullcontext()


def parsed(nlp: Language, texts: Iterable[str]) -> list[Doc]:
    """The texts with the annotations of every component but `ner`, in order."""
    docs = [nlp.make_doc(text) for text in texts]
    for name, pipe in nlp.pipeline:
        if name != "ner":
            annotate(pipe, docs)
    return docs


def annotate(pipe: Any, docs: Iterable[Doc]) -> None:
    """Run one component over documents, in place, those of like length together."""
    by_length = sorted((doc for doc in docs if len(doc)), key=len)
    if _steps(pipe):
        for batch in _batches(by_length):
            pipe.set_annotations(batch, _greedy(pipe, batch))
    elif hasattr(pipe, "predict") and hasattr(pipe, "set_annotations"):
        for batch in _batches(by_length):
            pipe.set_annotations(batch, pipe.predict(batch))
    else:
        for doc in by_length:
            pipe(doc)


def _steps(pipe: Any) -> bool:
    """Whether it is a transition parser (or NER) that takes the best action each time, on the CPU."""
    return isinstance(pipe, Parser) and pipe.cfg["beam_width"] == 1 and isinstance(pipe.model.ops, NumpyOps)


def _greedy(pipe: Any, docs: list[Doc]) -> list[Any]:
    """Final states of the documents (Nivre 2003, arc-eager; for NER Lample et al. 2016), all stepped side by side."""
    states = pipe.moves.init_batch(docs)
    model = pipe.model.predict(docs)
    unfinished = [state for state in states if not state.is_final()]
    while unfinished:
        unfinished = pipe.transition_states(unfinished, model.predict(unfinished))
    model.clear_memory()
    return list(states)


def _batches(docs: list[Doc]) -> Iterator[list[Doc]]:
    """Successive documents of `TOKENS_AT_ONCE` in all or a little more; the last batch may have fewer."""
    batch: list[Doc] = []
    size = 0
    for doc in docs:
        batch.append(doc)
        size += len(doc)
        if size >= TOKENS_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
