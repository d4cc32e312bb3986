"""What deduplication would take from whom, with evidence, and how much of each domain's text stands elsewhere too.

From the tables `duplication`, `crossings`, `largest_clusters` and `repeats`, and the notes that the stage `dedup` left
on its buckets. No text of the corpus is shown, only where it stands.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analyzer.report import numbers
from analyzer.settings import ReportSettings

TABLES = ("duplication", "crossings", "largest_clusters", "repeats")


@dataclass(frozen=True, slots=True)
class Duplicated:
    """A row of `duplication`: what a removal would take from the corpus, a domain or a source."""

    slice_kind: str
    slice: str
    documents: int
    clusters: int
    removed: int
    removed_exact: int
    share: float
    shared_documents: int
    largest: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row of `repeats`: text that stands word for word in other clusters."""

    slice_kind: str
    slice: str
    clusters: int
    sentences: int
    repeated_sentences: int
    characters: int
    repeated_characters: int
    share: float | None
    low: float | None
    high: float | None
    confidence: float
    unit: str
    method: str
    status: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """Documents of a domain that count in another."""

    domain: str
    counted_in: str
    clusters: int
    documents: int


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member of a large cluster stands."""

    path: str
    record: int
    domain: str
    is_representative: bool
    method: str
    jaccard: float | None


@dataclass(frozen=True, slots=True)
class LargeCluster:
    """One of the largest clusters, its representative first."""

    place: int
    size: int
    domains: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """One of the largest buckets of texts with an equal band, by a document in it."""

    members: int
    band: int
    path: str
    record: int


@dataclass(frozen=True, slots=True)
class Deduplication:
    """Everything the page says of duplicates. `corpus` is None where the run does not know."""

    corpus: Duplicated | None
    slices: tuple[Duplicated, ...]  # domains and sources, those first that would lose most documents
    domains_total: int
    sources_total: int
    vanishing: tuple[Duplicated, ...]
    vanish_share: float
    vanish_documents: int
    alarm: str | None
    crossings: tuple[Crossing, ...]
    crossings_total: int
    largest_clusters: tuple[LargeCluster, ...]
    bucket_sizes: Mapping[str, int]
    buckets: tuple[Bucket, ...]
    repeats: tuple[Repeated, ...]  # the corpus, then domains with most repeated characters


def of_tables(
    tables: Mapping[str, pa.Table], stages: Iterable[Mapping[str, Any]], settings: ReportSettings
) -> Deduplication:
    """From the tables of TABLES that there are, and `bucket_places` (doc_id, path, record) for the notes' documents."""
    notes = next((s.get("notes") or {} for s in stages if s.get("stage") == "dedup"), {})
    slices = _rows(Duplicated, tables.get("duplication"))
    corpus = next((row for row in slices if row.slice_kind == "corpus"), None)
    parts = sorted((r for r in slices if r.slice_kind != "corpus"), key=lambda r: (-r.removed, r.slice_kind, r.slice))
    totals = {kind: sum(row.slice_kind == kind for row in parts) for kind in ("domain", "source")}
    gone = tuple(r for r in parts if r.documents >= settings.vanish_documents and r.share >= settings.vanish_share)
    crossings = sorted(_rows(Crossing, tables.get("crossings")), key=lambda r: (-r.documents, r.domain, r.counted_in))
    return Deduplication(
        corpus=corpus,
        slices=tuple(row for row in parts if row.removed)[: settings.top],
        domains_total=totals["domain"],
        sources_total=totals["source"],
        vanishing=gone,
        vanish_share=settings.vanish_share,
        vanish_documents=settings.vanish_documents,
        alarm=_alarm(gone, totals, settings),
        crossings=tuple(crossings[: settings.top]),
        crossings_total=len(crossings),
        largest_clusters=_clusters(tables.get("largest_clusters")),
        bucket_sizes={_sizes(row): row["buckets"] for row in notes.get("buckets") or ()},
        buckets=_buckets(notes.get("largest_buckets") or (), tables.get("bucket_places")),
        repeats=_repeats(tables.get("repeats"), settings.top),
    )


def of_dict(found: Mapping[str, Any]) -> Deduplication:
    """A stored `Deduplication`, as `dataclasses.asdict` made it."""
    lists = {
        "slices": Duplicated,
        "vanishing": Duplicated,
        "crossings": Crossing,
        "buckets": Bucket,
        "repeats": Repeated,
    }
    clusters = (
        LargeCluster(**{**row, "members": tuple(Member(**m) for m in row["members"])})
        for row in found["largest_clusters"]
    )
    rows: dict[str, Any] = {name: tuple(kind(**row) for row in found[name]) for name, kind in lists.items()}
    corpus = Duplicated(**found["corpus"]) if found["corpus"] else None
    return Deduplication(**{**found, **rows, "corpus": corpus, "largest_clusters": tuple(clusters)})


def _alarm(gone: Sequence[Duplicated], totals: Mapping[str, int], settings: ReportSettings) -> str | None:
    """Without names, which are corpus text: the verdict can be shown anywhere."""
    if not gone:
        return None
    counted = " and ".join(
        f"{sum(row.slice_kind == kind for row in gone)} of {totals[kind]:,} {kind}s" for kind in totals
    )
    return (
        f"Deduplication nearly empties {counted}: at least {numbers.share(settings.vanish_share)} of their documents "
        f"({settings.vanish_documents:,} or more each) are near-duplicates of another document and count in its "
        "cluster. Look at their clusters before any rate of theirs is believed."
    )


def _clusters(table: pa.Table | None) -> tuple[LargeCluster, ...]:
    if table is None:
        return ()
    found: dict[int, LargeCluster] = {}
    for row in table.sort_by([("place", "ascending"), ("member", "ascending")]).to_pylist():
        member = Member(**{f.name: row[f.name] for f in dataclasses.fields(Member)})
        before = found.get(row["place"])
        members = (*before.members, member) if before else (member,)
        found[row["place"]] = LargeCluster(row["place"], row["size"], row["domains"], members)
    return tuple(found.values())


def _sizes(row: Mapping[str, int]) -> str:
    """2, 3-4, 5-8: members of the buckets that a row counts."""
    return str(row["least"]) if row["least"] == row["most"] else f"{row['least']}-{row['most']}"


def _buckets(largest: Sequence[Mapping[str, Any]], places: pa.Table | None) -> tuple[Bucket, ...]:
    at = {row["doc_id"]: row for row in places.to_pylist()} if places is not None else {}
    return tuple(
        Bucket(row["members"], row["band"], at[row["doc_id"]]["path"], at[row["doc_id"]]["record"])
        for row in largest
        if row["doc_id"] in at
    )


def _repeats(table: pa.Table | None, top: int) -> tuple[Repeated, ...]:
    rows = _rows(Repeated, table)
    order = sorted(rows, key=lambda r: (r.slice_kind != "corpus", -r.repeated_characters, r.slice))
    return tuple(order[: top + 1])


def _rows(kind: Any, table: pa.Table | None) -> list[Any]:
    if table is None:
        return []
    names = [f.name for f in dataclasses.fields(kind)]
    return [kind(**row) for row in table.select(names).to_pylist()]
