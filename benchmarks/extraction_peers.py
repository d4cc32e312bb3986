"""Words a CPU second of textacy's SVO extraction and of triplet-extract beside bare spaCy and the extractor.

Both are `monofact[peers]`; triplet-extract is GPL-3.0, for which nothing but this file imports it. It asks spaCy for
`en_core_web_sm` by name: here it is given the installed pipeline, whatever it is called.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import spacy
from thinc.api import NumpyOps, get_current_ops, set_current_ops

from analyzer.text.facts import Extractor
from analyzer.text.facts.model import installed_model
from benchmarks.extraction import ONCE, bare_spacy, seconds


def peers(path: Path, documents: list[str], repeats: int) -> None:
    """Print the speed of each on the same documents, in the same run."""
    words = sum(len(d.split()) for d in documents)
    print(f"{path.name}: {len(documents)} documents, {words} words, load average {os.getloadavg()[0]:.1f}")
    extractor = Extractor(ONCE)
    ours = seconds(lambda: list(extractor.extract(documents)), repeats)
    print(f"  extractor {words / ours:,.0f} words/s", flush=True)
    for name, measure in {
        "bare spaCy": lambda: bare_spacy(documents, repeats),
        "textacy": lambda: _textacy(documents, repeats),
        "triplet-extract, entailment off": lambda: _triplets(documents, repeats, entailment=False),
        "triplet-extract, as it comes": lambda: _triplets(documents, 1, entailment=True),
    }.items():
        took = measure()
        print(f"  {name} {words / took:,.0f} words/s, the extractor is {took / ours:.1f} times as fast", flush=True)


def _stock() -> Any:
    set_current_ops(NumpyOps(use_blis=True))
    return spacy.load(installed_model("auto"))


def _textacy(documents: list[str], repeats: int) -> float:
    from textacy.extract import subject_verb_object_triples

    before = get_current_ops()
    nlp = _stock()
    took = seconds(lambda: [list(subject_verb_object_triples(doc)) for doc in nlp.pipe(documents)], repeats)
    set_current_ops(before)
    return took


def _triplets(documents: list[str], repeats: int, entailment: bool) -> float:
    from triplet_extract import OpenIEExtractor

    before, load, nlp = get_current_ops(), spacy.load, _stock()
    spacy.load = lambda *_, **__: nlp
    try:
        extractor = OpenIEExtractor(nlp=nlp, enable_entailment=entailment)
        return seconds(lambda: [extractor.extract_triplets(text) for text in documents], repeats)
    finally:
        spacy.load = load
        set_current_ops(before)
