"""Settings: frozen dataclasses, one section a stage. Defaults < TOML file < `--set section.key=value`.

An unknown key, a wrong type or a value out of range is a `ConfigError` that names the key, what was given and what
is allowed. `fingerprint` covers only what can change a result, so a new title does not rebuild a corpus.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer import ids
from analyzer.errors import ConfigError, nearest

Scalar = str | int | float | bool | None

WHOLE = 0.01  # 1/keys may be so far from a whole number, relative: .33 and .333 are one in three


def setting(
    default: Scalar,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    result: bool = True,
) -> Any:
    """A dataclass field with its help, its range and whether it can change a result."""
    metadata = {"help": help, "low": low, "high": high, "choices": choices, "result": result}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class IngestSettings:
    text_field: str | None = setting(None, "name of the text field; the first records' preset if not given")
    id_field: str | None = setting(None, "name of the user's id field (kept as payload, never a key)")
    domain_field: str | None = setting(None, "name of the field whose value is the domain, the slice of the report")
    source_field: str | None = setting(None, "name of the field that says which source a document comes from")
    url_field: str | None = setting(None, "name of the field whose host is the domain when there is no domain field")
    max_line_bytes: int = setting(
        16 << 20, "a longer record is rejected as line_too_long, so one line cannot fill a worker", low=1
    )
    max_text_chars: int = setting(
        8_000_000, "a longer text is rejected as text_too_long; sentences are read in windows below it", low=1
    )
    invalid_utf8: str = setting(
        "repair",
        "repair: bad bytes become U+FFFD and the document is flagged; reject: it goes to rejects",
        choices=("repair", "reject"),
    )
    on_corrupt: str = setting(
        "reject",
        "a broken stream: reject keeps what was readable and records the rest; stop ends the run",
        choices=("reject", "stop"),
    )
    private_suffixes: bool = setting(
        False, "true: alice.github.io and bob.github.io are two domains; false: both are github.io"
    )


@dataclass(frozen=True, slots=True)
class DedupSettings:
    ngram: int = setting(5, "words in a shingle; fewer find noisier copies and more false ones", low=1, high=50)
    permutations: int = setting(
        128, "length of a MinHash signature; sd of its Jaccard is sqrt(J(1-J)/P)", low=1, high=1024
    )
    bands: int = setting(16, "bands of a signature; more bands find pairs of lower Jaccard", low=1, high=1024)
    rows: int = setting(8, "rows of a band; bands x rows must not exceed permutations", low=1, high=1024)
    threshold: float = setting(
        0.7, "Jaccard similarity at which a candidate pair counts as near-duplicates", low=0, high=1
    )
    borderline_sd: float = setting(
        2.0,
        "an estimated Jaccard at most so many standard deviations below the threshold, or twice as many above it, is "
        "replaced by the exact one, for which those documents are read again; 0: estimates decide",
        low=0,
        high=10,
    )
    seed: int = setting(1, "seed of the permutations", low=0, high=2**32 - 1)
    max_driver_edges: int = setting(
        20_000_000, "edges up to which components are found on the driver (about 110 bytes each)", low=1, result=False
    )


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    model: str = setting("auto", "spaCy pipeline with a parser and NER; auto: en_core_web_sm, then its PyPI re-upload")
    tiers: str = setting(
        "all", "typed: only declared relations; open: only open ones; all", choices=("all", "typed", "open")
    )
    relations: str | None = setting(None, "TOML file with further typed relations")
    aliases: str | None = setting(
        None, "Parquet file (surface, type or null, id): names that match a surface take the id as their key"
    )
    prefilter: bool = setting(True, "skip sentences in which nothing can be the subject of a fact before parsing")
    max_sentence_chars: int = setting(1_200, "longer sentences are split at clause punctuation or cut", low=40)
    max_answer_tokens: int = setting(8, "longer answers are not atomic and are dropped as long_answer", low=1)
    batch_tokens: int = setting(
        12_000, "tokens parsed at once; memory grows with it, speed hardly", low=100, result=False
    )
    memo_sentences: int = setting(
        20_000, "parsed sentences a worker remembers, so that a copied sentence is parsed once", low=0, result=False
    )


@dataclass(frozen=True, slots=True)
class CountSettings:
    functional_agreement: float = setting(
        0.8,
        "repeated statements of a prompt must agree this often for a relation to be measured functional",
        low=0,
        high=1,
    )
    functional_prompts: int = setting(
        10, "prompts with several independent statements needed before agreement is believed", low=1
    )
    surfaces: int = setting(8, "spellings of its subject that a prompt keeps; their number is kept beside them", low=0)
    split_block: int = setting(
        64, "prompts whose subjects share a word are compared with each other up to this many, to find aliases", low=2
    )


@dataclass(frozen=True, slots=True)
class EstimateSettings:
    confidence: float = setting(0.95, "confidence of the intervals", low=0.5, high=0.9999)
    gamma: float = setting(0.01, "chance that a bound may fail; the paper prints .01", low=1e-9, high=0.5)
    common_n: int = setting(
        0, "statements at which slices are compared; 0: the smallest slice with min_statements", low=0
    )
    min_statements: int = setting(200, "smaller slices are shown but neither ranked nor compared", low=2)
    delta: float | None = setting(
        None, "measured miscalibration of the model; without it bounds assume 0 and say so", low=0, high=1
    )
    recall: float | None = setting(
        None, "measured share of mentions the extractor finds, for corrected rates", low=1e-6, high=1
    )
    singleton_precision: float | None = setting(
        None, "measured precision among singletons (lower limit)", low=0, high=1
    )
    other_precision: float | None = setting(None, "measured precision among the other mentions", low=0, high=1)
    split_rate: float | None = setting(
        None,
        "share of singletons that a second name of the same thing split off; estimated from `splits` if not given",
        low=0,
        high=1,
    )
    key_split_rate: float | None = setting(
        None,
        "measured share of all mentions on another key than their thing's own; instead of split_rate",
        low=0,
        high=1,
    )
    recall_trials: float | None = setting(
        None, "independent items behind recall: its own limit then enters the corrected lower limit", low=0
    )
    singleton_precision_trials: float | None = setting(None, "the same behind singleton_precision", low=0)
    other_precision_trials: float | None = setting(None, "the same behind other_precision", low=0)
    key_split_rate_trials: float | None = setting(None, "the same behind key_split_rate", low=0)
    measured_tier: str = setting(
        "all",
        "tier that these were measured on; rates of other slices stay uncorrected",
        choices=("all", "typed", "open"),
    )
    quality: str | None = setting(None, "name of the quality card that these were read from")


@dataclass(frozen=True, slots=True)
class ReportSettings:
    title: str = setting("What this corpus does not support", "title of the page")
    show_examples: bool = setting(False, "show masked singleton facts; they are what is most likely personal data")
    vanish_share: float = setting(
        0.9, "a domain or source is named in the verdict when deduplication would take this share of it", low=0, high=1
    )
    vanish_documents: int = setting(20, "smaller ones are not, where one cluster is a large share", low=1)
    top: int = setting(100, "domains and relations drawn on the page; the rest is in the tables", low=1, high=1000)


@dataclass(frozen=True, slots=True)
class SampleSettings:
    documents: float = setting(
        1.0,
        "share of the clusters of near-duplicates that is parsed; the rate of all is extrapolated",
        low=1e-6,
        high=1,
    )
    keys: float = setting(
        1.0,
        "1/k: share of the prompts that is counted, each with all its mentions; frequent ones all are",
        low=1e-6,
        high=1,
    )
    seed: int = setting(1, "another seed, another sample", low=0, high=2**31 - 1)

    @property
    def every(self) -> int:
        """One prompt in so many is counted, but for the frequent ones."""
        return round(1 / self.keys)


SECTIONS: dict[str, type] = {
    "sample": SampleSettings,
    "ingest": IngestSettings,
    "dedup": DedupSettings,
    "extract": ExtractSettings,
    "count": CountSettings,
    "estimate": EstimateSettings,
    "report": ReportSettings,
}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of a run. `Config.load("run.toml", ["dedup.threshold=.8"])`."""

    sample: SampleSettings = field(default_factory=SampleSettings)
    ingest: IngestSettings = field(default_factory=IngestSettings)
    dedup: DedupSettings = field(default_factory=DedupSettings)
    extract: ExtractSettings = field(default_factory=ExtractSettings)
    count: CountSettings = field(default_factory=CountSettings)
    estimate: EstimateSettings = field(default_factory=EstimateSettings)
    report: ReportSettings = field(default_factory=ReportSettings)

    def __post_init__(self) -> None:
        for name, cls in SECTIONS.items():
            section = getattr(self, name)
            for f in dataclasses.fields(cls):
                _check(f"{name}.{f.name}", getattr(section, f.name), f, _kinds(cls, f.name))
        _check_sample(self.sample)
        bands, rows, permutations = self.dedup.bands, self.dedup.rows, self.dedup.permutations
        if bands * rows > permutations:
            raise ConfigError(
                f"dedup.bands x dedup.rows = {bands} x {rows} needs {bands * rows} permutations, "
                f"dedup.permutations is {permutations}: lower one or raise the other"
            )

    @classmethod
    def load(cls, path: str | Path | None = None, assignments: Iterable[str] = ()) -> Config:
        """Defaults, then the TOML file, then `section.key=value` assignments."""
        values: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
        for section, keys in (_read_toml(path) if path else {}).items():
            if section not in SECTIONS or not isinstance(keys, Mapping):
                raise ConfigError(f"{path}: unknown section [{section}]{nearest(section, SECTIONS)}")
            for key, value in keys.items():
                values[section][_known(section, key)] = value
        for assignment in assignments:
            section, key, text = _split(assignment)
            values[section][key] = _parse(f"{section}.{key}", text, _kinds(SECTIONS[section], key))
        return cls(**{name: SECTIONS[name](**given) for name, given in values.items()})

    def fingerprint(self, *sections: str) -> str:
        """Hash of the settings of these sections that can change a result."""
        return ids.fingerprint({name: self.results(name) for name in sections})

    def results(self, section: str) -> dict[str, Scalar]:
        """The settings of a section that can change a result; with those of a sample that its stage takes."""
        value = getattr(self, section)
        own = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.metadata["result"]}
        return own | self.sampling(section)

    def sampling(self, stage: str) -> dict[str, Scalar]:
        """What a sample changes in a stage; nothing when everything is read and counted."""
        share = {"extract": self.sample.documents, "count": self.sample.keys}.get(stage, 1.0)
        return {"sample_share": share, "sample_seed": self.sample.seed} if share < 1 else {}

    def to_toml(self) -> str:
        """The resolved settings, readable by `load`; absent values are comments."""
        lines: list[str] = []
        for name in SECTIONS:
            lines.append(f"[{name}]")
            section = getattr(self, name)
            for f in dataclasses.fields(section):
                value = getattr(section, f.name)
                shown = f"{f.name} = {_toml(value)}" if value is not None else f"# {f.name} is not set"
                lines.append(f"{shown:<40} # {f.metadata['help']}")
            lines.append("")
        return "\n".join(lines)


def _check_sample(sample: SampleSettings) -> None:
    if abs(sample.keys * sample.every - 1) > WHOLE:
        raise ConfigError(f"sample.keys = {sample.keys!r}: must be 1/2, 1/3, ...: one kept prompt stands for k")
    if sample.documents < 1 and sample.keys < 1:
        raise ConfigError("sample.documents and sample.keys cannot be combined: take the one or the other")


def _read_toml(path: str | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}: name a readable TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _split(assignment: str) -> tuple[str, str, str]:
    name, equals, text = assignment.partition("=")
    section, dot, key = name.strip().partition(".")
    if not equals or not dot:
        raise ConfigError(f"--set {assignment}: write section.key=value, as in dedup.threshold=.8")
    if section not in SECTIONS:
        raise ConfigError(f"--set {assignment}: unknown section {section!r}{nearest(section, SECTIONS)}")
    return section, _known(section, key.strip()), text.strip()


def _known(section: str, key: str) -> str:
    names = [f.name for f in dataclasses.fields(SECTIONS[section])]
    if key not in names:
        raise ConfigError(f"unknown setting {section}.{key}{nearest(key, names)}")
    return key


def _kinds(cls: type, name: str) -> tuple[type, ...]:
    hint = typing.get_type_hints(cls)[name]
    return typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def _parse(name: str, text: str, kinds: tuple[type, ...]) -> Scalar:
    if type(None) in kinds and text.lower() in ("", "none", "null"):
        return None
    if bool in kinds:
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise ConfigError(f"{name} = {text!r}: must be true or false")
    for kind in (int, float):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                raise ConfigError(f"{name} = {text!r}: must be {_article(kind)}") from None
    return text


def _check(name: str, value: Any, f: dataclasses.Field[Any], kinds: tuple[type, ...]) -> None:
    if value is None and type(None) in kinds:
        return
    number = float in kinds and isinstance(value, int) and not isinstance(value, bool)
    if not number and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        expected = " or ".join(_article(kind) for kind in kinds if kind is not type(None))
        raise ConfigError(f"{name} = {value!r}: must be {expected}")
    low, high, choices = f.metadata["low"], f.metadata["high"], f.metadata["choices"]
    if choices and value not in choices:
        raise ConfigError(f"{name} = {value!r}: must be one of {', '.join(choices)}")
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        limits = " and ".join(
            text for text, at in ((f"at least {low}", low), (f"at most {high}", high)) if at is not None
        )
        raise ConfigError(f"{name} = {value!r}: must be {limits}")


def _article(kind: type) -> str:
    return {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[kind]


def _toml(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)
