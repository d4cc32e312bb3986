"""What a report shows, as frozen dataclasses: the page, the terminal and summary.json all come from `Summary`.

Shares are in [0, 1]; None means that there is no such figure, and a status beside it says why. Names are the corpus'
own, untouched: whoever shows them neutralises them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.report.deduplication import Deduplication


@dataclass(frozen=True, slots=True)
class Estimate:
    """One statistic of the corpus or of a relation, with its interval."""

    statistic: str
    key: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    confidence: float | None
    numerator: int | None
    denominator: int | None
    units: int
    method: str
    status: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a manager may repeat. `sentence` is the finding, `caveats` are part of it."""

    status: str  # empty, undefined, no_interval, uncorrected or corrected
    bound_status: str  # ok, vacuous, conditions_not_met or missing
    sentence: str
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The corpus as a whole. `rate` is the headline: key prompt, unit cluster."""

    rate: Estimate
    seen_once: Estimate | None
    corrected: Estimate | None
    estimates: tuple[Estimate, ...]
    statements: int
    singletons: int
    prompts: int
    clusters: int
    documents: int | None
    domains: int
    ranked_domains: int


@dataclass(frozen=True, slots=True)
class Domain:
    """A row of `risk`."""

    rank: int | None
    domain: str
    statements: int
    singletons: int
    clusters: int
    singleton_rate: float | None
    low: float | None
    high: float | None
    common_n: int | None
    rarefied_rate: float | None
    rarefied_low: float | None
    rarefied_high: float | None
    raw_rate: float | None
    document_rate: float | None
    corrected_rate: float | None
    corrected_low: float | None
    bound: float | None
    bound_status: str
    documents: int
    removed_by_dedup: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A row of `relations` with its singleton rate."""

    relation: str
    tier: str
    prompts: int
    cluster_statements: int
    repeated_prompts: int
    agreement: float | None
    distinct_answers: int
    effective_answers: float | None
    functional: bool
    functional_by: str
    rate: Estimate | None


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Prompts seen in `first` to `last` clusters. One r a row up to r = 50, then ten bins a decade."""

    first: int
    last: int
    keys: int
    statements: int


@dataclass(frozen=True, slots=True)
class Line:
    """ln f_r = intercept + slope ln r, fitted as Gale and Sampson do; None where the status says why."""

    slope: float | None
    intercept: float | None
    status: str


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """Singleton rate of the corpus at another size."""

    units: float
    statements: float
    value: float | None
    low: float | None
    high: float | None
    method: str
    status: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A row of `bounds` for the corpus."""

    bound: str
    value: float | None
    rate: float | None
    n: float
    n_kind: str
    slack: float | None
    wrong_answers: float | None
    delta: float
    gamma: float
    covered: float
    relations: int
    conditions: str
    status: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the accounting. `share` is of the step it is a part of.

    `kind` is in (a whole), drop, out, unexplained, or size (a whole without parts).
    """

    stage: str
    item: str
    count: int
    share: float | None
    kind: str


@dataclass(frozen=True, slots=True)
class Example:
    """A masked singleton and where it stands: file and record number."""

    domain: str
    subject: str
    relation: str
    answer: str
    path: str
    record: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of `cells`: one relation in one domain."""

    domain: str
    relation: str
    statements: int
    singletons: int
    clusters: int
    singleton_rate: float
    low: float | None
    high: float | None
    status: str


@dataclass(frozen=True, slots=True)
class Map:
    """Domains down, relations across; `rows[i][j]` is the cell of both, None where the domain does not state it."""

    domains: tuple[str, ...]
    relations: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    relations_total: int  # of these domains


@dataclass(frozen=True, slots=True)
class Portrait:
    """A risky domain: its row of `risk`, its relations with most singletons, and examples if they are shown."""

    domain: Domain
    relations: tuple[Cell, ...]
    relations_total: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class SplitKind:
    """Pairs of prompts of one relation whose subjects may be one thing, for one reason."""

    kind: str
    pairs: int
    with_singleton: int
    equal: int  # with an answer in common


@dataclass(frozen=True, slots=True)
class LikelyAlias:
    """A masked pair of them."""

    kind: str
    relation: str
    subject: str
    other_subject: str
    clusters: int
    other_clusters: int
    agreement: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Whether names were joined as they should: what the table `splits` says. Nothing was compared if `compared` is
    false."""

    compared: bool
    kinds: tuple[SplitKind, ...]
    blocks_left_out: int
    prompts_left_out: int
    split_rate: Estimate | None
    corrected: Estimate | None  # the headline rate with split names joined, nothing else corrected
    examples: tuple[LikelyAlias, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Share of facts whose answer an n-gram model of this order could not condition on the subject."""

    order: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Sample:
    """What was sampled: `kind` documents (whole clusters were drawn) or keys (prompts).

    `drawn` of `of` clusters were parsed, or mentions counted. `whole` is the rate of everything, None if none was
    estimated.
    """

    kind: str
    share: float
    drawn: int
    of: int
    whole: Estimate | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a report shows."""

    title: str
    schema_version: str
    verdict: Verdict
    corpus: Corpus
    domains: tuple[Domain, ...]
    relations: tuple[Relation, ...]
    relations_total: int
    map: Map | None
    riskiest: tuple[Portrait, ...]
    spectrum: tuple[Frequencies, ...]
    line: Line
    growth: tuple[GrowthPoint, ...]
    keys: Keys
    window: tuple[Window, ...]
    deduplication: Deduplication
    bounds: tuple[Bound, ...]
    accounting: tuple[Step, ...]
    inputs: tuple[str, ...]
    fields: tuple[str, ...]
    command: str
    settings: Mapping[str, Mapping[str, Any]]
    versions: Mapping[str, str]
    stages: tuple[Mapping[str, Any], ...]
    sample: Sample | None = None
