"""The quality card: what was measured of one extractor, fit to correct the rates of a run that it made.

A card is a folder with quality.parquet (all rows), quality.json (this) and quality.html. Gold sets and marks that are
measured into one folder make one card; a gold set that is measured again replaces its rows.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer import ids
from analyzer.errors import ConfigError, InputError
from analyzer.evaluation.shares import DOCUMENT, EVERYTHING, OTHER, SINGLETON
from analyzer.settings import Config, ExtractSettings
from analyzer.text.facts.model import installed_model
from analyzer.text.redact import printable

VERSION = 1
JSON, PARQUET, PAGE = "quality.json", "quality.parquet", "quality.html"
MARKS = "marks"
# What corrects a rate: its measure and stratum. A rate counts an answer at one place once, however many names of its
# subject the sentence holds, and so does KnowledgeNet's fact recall; its mention recall asks for each of the names.
INPUTS = {
    "recall": ("fact_recall", "all"),
    "singleton_precision": ("precision", SINGLETON),
    "other_precision": ("precision", OTHER),
    "key_split_rate": ("key_split_rate", "all"),
}
# Marks are of the corpus itself. KnowledgeNet is marked exhaustively; Re-DocRED between entities only, and many of its
# facts are said by no single sentence, so that it measures no recall.
TRUSTED = (MARKS, "knowledgenet", "redocred")
TIERS = {"typed": "typed", "open": "open", "all": EVERYTHING}  # of a run -> of the rows that speak of it
_SIZES = ("relations", "aliases")  # settings that name a file, compared by its content

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """`inputs`: tier of a run -> name of an `estimate` setting -> value, effective, gold."""

    name: str
    fingerprint: str
    extractor: Mapping[str, Any]
    gold: tuple[Mapping[str, Any], ...]
    inputs: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def to_json(self) -> str:
        found = {"monofact_quality_card": VERSION, **dataclasses.asdict(self)}
        return json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def identity(settings: ExtractSettings) -> dict[str, Any]:
    """What a measurement of the extractor depends on; the tiers that a run counts are not part of it."""
    model = installed_model(settings.model)
    try:
        version = importlib.metadata.version(model)
    except importlib.metadata.PackageNotFoundError:
        version = "unknown"
    results = {f.name: getattr(settings, f.name) for f in dataclasses.fields(settings) if f.metadata["result"]}
    kept = {name: value for name, value in sorted(results.items()) if name not in ("model", "tiers", *_SIZES)}
    files = {name: _content(f"extract.{name}", results.get(name)) for name in _SIZES}
    versions = {name: importlib.metadata.version(name) for name in ("monofact", "spacy")}
    return {"model": model, "model_version": version, **versions, **kept, **files}


def _content(name: str, path: str | None) -> str:
    try:
        return ids.digest(Path(path).read_bytes(), size=8) if path else "none"
    except OSError as error:
        raise ConfigError(f"{name} = {path}: {error.strerror}: name a readable file") from None


def make(extractor: Mapping[str, Any], fingerprint: str, gold: Iterable[Mapping[str, Any]], rows: Rows) -> Card:
    """The card of these rows; `gold` says name, kind, and where from of each set in them."""
    sources = tuple(sorted(gold, key=lambda g: g["name"]))
    kinds = {g["name"]: g["kind"] for g in sources}
    inputs = {tier: _inputs(rows, kinds, within) for tier, within in TIERS.items()}
    return Card(
        printable("; ".join(kinds)), fingerprint, dict(extractor), sources, {t: i for t, i in inputs.items() if i}
    )


def _inputs(rows: Rows, kinds: Mapping[str, str], tier: str) -> dict[str, dict[str, Any]]:
    """The best measurement of each input for a tier: of the most trusted kind, then the one with most items.

    Keys are made of both tiers by the same code, so their split rate holds for all together, too.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, (measure, stratum) in INPUTS.items():
        tiers = (tier, "typed") if name == "key_split_rate" else (tier,)
        fit = [
            row
            for row in rows
            if (row["measure"], row["stratum"], row["level"]) == (measure, stratum, DOCUMENT)
            and row["tier"] in tiers
            and row["relation"] == EVERYTHING
            and row["value"] is not None
            and kinds[row["gold"]] in (TRUSTED[:2] if name == "recall" else TRUSTED)
        ]
        if fit:
            best = min(fit, key=lambda r: (TRUSTED.index(kinds[r["gold"]]), -r["denominator"], r["gold"]))
            keep = ("value", "low", "high", "numerator", "denominator", "effective", "gold")
            found[name] = {key: best[key] for key in keep}
    return {} if found.keys() <= {"key_split_rate"} and tier != "typed" else found


def load(path: str | Path) -> Card:
    """A card's quality.json, or the folder that holds it. InputError, one line, for anything else."""
    file = Path(path) / JSON if Path(path).is_dir() else Path(path)
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found.pop("monofact_quality_card") != VERSION:
            raise InputError(f"{file}: a quality card of another version: measure again with this monofact")
        card = Card(**{**found, "gold": tuple(found["gold"])})
        if not (isinstance(card.name, str) and isinstance(card.fingerprint, str) and isinstance(card.extractor, dict)):
            raise TypeError
        for _, name, value in _measured(card):
            if name not in INPUTS or not 0 <= value["value"] <= 1 or not value["effective"] > 0:
                raise ValueError
            ends, counts = (value["low"], value["high"]), (value["numerator"], value["denominator"])
            if not all(end is None or type(end) in (int, float) for end in ends):
                raise TypeError
            if not (isinstance(value["gold"], str) and all(type(count) in (int, float) for count in counts)):
                raise TypeError
        for source in card.gold:
            texts = [source["name"], source["kind"], *source["files"], *source["rejected"]]
            numbers = [source["documents"], *source["rejected"].values()]
            if not (all(isinstance(t, str) for t in texts) and all(type(n) is int for n in numbers)):
                raise TypeError
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}: name a quality card or its folder") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError(f"{file}: not a quality card: make one with `monofact quality`") from None
    return card


def _measured(card: Card) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    return ((tier, name, value) for tier, inputs in card.inputs.items() for name, value in inputs.items())


def differences(card: Card, settings: ExtractSettings) -> list[str]:
    """What of the extractor is not what the card was made with; empty if it is the same."""
    ours = identity(settings)
    if card.fingerprint == ids.fingerprint(ours):
        return []
    told = [
        f"{name} was {card.extractor.get(name)}, is {ours.get(name)}"
        for name in sorted(ours.keys() | card.extractor.keys())
        if card.extractor and card.extractor.get(name) != ours.get(name)
    ]
    return told or [f"fingerprint was {card.fingerprint}, is {ids.fingerprint(ours)}"]


def applied(config: Config, card: Card, explicit: Collection[str] = (), *, anyway: bool = False) -> Config:
    """The settings with the card's measurements filled in, those in `explicit` and others already set left alone.

    A run that counts all tiers is corrected as a whole only by a card whose precision was marked on all; a card from
    gold data speaks of declared relations and corrects the slice tier = typed. ConfigError when the card is of another
    extractor, unless `anyway`, and when it says nothing of the run's tiers.
    """
    other = differences(card, config.extract)
    if other and not anyway:
        raise ConfigError(
            f"the quality card {card.name!r} was made with another extractor ({'; '.join(other)}): measure this one "
            "with `monofact quality`, or say --quality-anyway"
        )
    tier = config.extract.tiers
    if "singleton_precision" not in card.inputs.get(tier, {}) and tier == "all":
        tier = "typed"
    inputs = card.inputs.get(tier, {})
    if not inputs:
        raise ConfigError(f"the quality card {card.name!r} measured nothing of extract.tiers = {config.extract.tiers}")
    now = config.estimate
    filled: dict[str, Any] = {}
    for name in INPUTS:
        if name in explicit or (getattr(now, name) is not None and now.quality is None):
            if now.quality is not None and f"{name}_trials" not in explicit:
                filled[f"{name}_trials"] = None  # of an earlier card
            continue
        value = inputs.get(name)
        usable = value is not None and not (name == "recall" and value["value"] == 0)
        filled[name] = value["value"] if value is not None and usable else None
        filled[f"{name}_trials"] = value["effective"] if value is not None and usable else None
    filled["measured_tier"] = "all" if tier == config.extract.tiers else tier
    filled["quality"] = f"{card.name} ({ids.fingerprint(card.to_json())})"
    return dataclasses.replace(config, estimate=dataclasses.replace(now, **filled))
