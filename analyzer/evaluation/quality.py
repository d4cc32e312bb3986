"""The extractor measured on a gold set: `measured` gives the rows of the table `quality`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analyzer.errors import ConfigError, InputError
from analyzer.evaluation import quality_entities, quality_pronouns, quality_spans
from analyzer.evaluation.links import find
from analyzer.evaluation.shares import Tally, as_row
from analyzer.io.gold import Gold
from analyzer.io.gold_gap import read_gap
from analyzer.io.gold_knowledgenet import read_knowledgenet
from analyzer.io.gold_redocred import read_redocred
from analyzer.text.facts import Extractor

FORMATS = ("knowledgenet", "redocred", "gap")


def read_gold(kind: str, paths: Sequence[str], folds: Collection[int] = ()) -> Gold[Any]:
    """The documents of a gold set. ConfigError for a format that is none, InputError when nothing can be read."""
    if kind not in FORMATS:
        raise ConfigError(f"--format {kind}: known are {', '.join(FORMATS)}")
    if folds and kind != "knowledgenet":
        raise ConfigError(f"--folds: only knowledgenet has folds, {kind} has none")
    if kind == "knowledgenet":
        gold: Gold[Any] = read_knowledgenet(paths, folds)
    else:
        gold = read_redocred(paths) if kind == "redocred" else read_gap(paths)
    if not gold.documents:
        raise InputError(f"{paths[0]}: no document of the folds {', '.join(map(str, sorted(folds)))}: name others")
    return gold


def measured(
    kind: str, name: str, gold: Gold[Any], extractor: Extractor, confidence: float = 0.95
) -> list[Mapping[str, Any]]:
    """Rows of `quality` for the gold set called `name`, in order."""
    tally = Tally()
    if kind == "gap":
        quality_pronouns.measure(gold.documents, extractor, tally)
    else:
        measure = quality_spans.measure if kind == "knowledgenet" else quality_entities.measure
        measure(gold.documents, find([d.text for d in gold.documents], extractor), tally)
    return [as_row(name, item, share) for item, share in tally.shares(confidence)]
