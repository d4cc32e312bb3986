"""The stages: each reads finished tables, calls its room, writes its tables and says how many rows went where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark code base uses

from analyzer.errors import InputError, InvariantError
from analyzer.io import runs
from analyzer.io.files import InputFile
from analyzer.io.manifest import Counts, Manifest
from analyzer.io.runs import Run
from analyzer.report import deduplication as shown_duplicates
from analyzer.report import keys, page, summary
from analyzer.report.cells import RISKIEST
from analyzer.report.model import Summary
from analyzer.schemas import TABLES
from analyzer.settings import Config, CountSettings
from analyzer.spark import base as bases
from analyzer.spark import buckets, sampling, session, shingle_sets, split_rate, tables, tabulate, whole, window
from analyzer.spark import count as counting
from analyzer.spark import dedup as deduplication
from analyzer.spark import duplication as duplicates
from analyzer.spark import estimate as estimation
from analyzer.spark import extract as extraction
from analyzer.spark import ingest as ingestion
from analyzer.spark import repeats as repetition
from analyzer.spark import splits as splitting
from analyzer.spark.arrow import spark_schema
from analyzer.spark.base import Base
from analyzer.stats.split_rate import relation_rates
from analyzer.text import minhash
from analyzer.text.facts import functional_relations

NOT_DRAWN = "not_in_sample"  # why a document was not parsed, a mention not counted
EXAMPLES = 5  # singletons shown of each of the riskiest domains, if they are shown at all


@dataclass
class Job:
    """What a stage works with: run directory, settings, input files, and Spark from when it is first needed."""

    run: Run
    config: Config
    files: tuple[InputFile, ...]
    about: Mapping[str, Any] = field(default_factory=dict)  # command, versions, inputs: for the report
    notes: dict[str, Any] = field(default_factory=dict)  # what the running stage wants in its manifest
    base: Base | None = None  # a finished run over some of the files
    _spark: SparkSession | None = None

    @property
    def spark(self) -> SparkSession:
        if self._spark is None:
            self._spark = session.get(small=sum(file.bytes for file in self.files) <= session.SMALL_INPUT)
            jvm = session.jvm_pid(self._spark)
            if jvm is not None and self.run.local:
                runs.lock_also(self.run, jvm)
        return self._spark

    @property
    def started(self) -> SparkSession | None:
        """The session if a stage has needed one."""
        return self._spark

    @property
    def added(self) -> tuple[InputFile, ...]:
        """The files that this run reads: those that the base has not read, all without one."""
        known = {file.path for file in self.base.files} if self.base else set()
        return tuple(file for file in self.files if file.path not in known)

    def read(self, name: str) -> DataFrame:
        return tables.read(self.spark, self.run, name)

    def completed(self, stage: str, name: str, frame: DataFrame) -> DataFrame:
        """Write the rows of the added files, put the base's beside them, and give all of them back as written."""
        tables.write(self.run, stage, name, frame)
        bases.take(self.base, self.run, stage, name)
        return self.spark.read.schema(spark_schema(TABLES[name].schema)).parquet(f"{self.run.uri}/{stage}/{name}")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, the stages whose tables can change its result, and the settings sections that can."""

    name: str
    function: Callable[[Job], Counts]
    after: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()  # must be finished, but only make it faster
    also: tuple[str, ...] = ()  # tables it writes besides those that name it in `schemas`

    @property
    def tables(self) -> tuple[str, ...]:
        return (*(table.name for table in TABLES.values() if table.stage == self.name), *self.also)


def ingest(job: Job) -> Counts:
    """files -> documents, rejects."""
    keep = partial(tables.checkpoint, job.spark, job.run, "ingest")
    items = keep("items", ingestion.items(job.spark, job.added, job.config.ingest))
    new, lost = ingestion.split(items)
    documents = job.completed("ingest", "documents", new)
    job.completed("ingest", "rejects", lost)
    counts = bases.total(job.base, "ingest", ingestion.counts(items, new, lost))
    if counts.kept == 0:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in counts.rejected.items()) or "no records"
        raise InputError(f"no document could be read from the {len(job.files)} input files ({reasons})")
    twice = documents.where(F.col("user_id").isNotNull()).groupBy("source", "user_id").count()
    job.notes["duplicate_ids"] = twice.where(F.col("count") > 1).count()
    job.notes["repaired"] = documents.where(F.col("repaired")).count()
    return counts


def dedup(job: Job) -> Counts:
    """texts -> signatures -> clusters."""
    band_keys = job.run.finished("ingest").rows("documents") * job.config.dedup.bands
    with session.sized(job.spark, band_keys):
        return _dedup(job)


def _dedup(job: Job) -> Counts:
    texts = ingestion.texts(job.spark, job.added, job.config.ingest)
    written = job.completed("dedup", "signatures", deduplication.signatures(texts, job.config.dedup))
    documents = job.read("documents")
    kept: dict[str, DataFrame] = {}

    def keep(name: str, frame: DataFrame) -> DataFrame:
        kept[name] = tables.checkpoint(job.spark, job.run, "dedup", name, frame)
        return kept[name]

    def sets(wanted: DataFrame) -> DataFrame:
        config = job.config
        return shingle_sets.fetched(job.spark, job.files, documents, wanted, config.ingest, config.dedup)

    clusters = deduplication.clusters(documents, written, job.config.dedup, keep, sets)
    job.notes |= {"kernel": minhash.kernel_name(), **buckets.notes(kept["dedup_candidates"], documents)}
    tables.write(job.run, "dedup", "clusters", clusters)
    done = job.spark.read.parquet(f"{job.run.uri}/dedup/clusters")
    job.completed("dedup", "sentences", repetition.sentences(texts))
    members = keep("members", duplicates.members(documents, done))
    for name in ("duplication", "crossings", "largest_clusters"):
        tables.write(job.run, "dedup", name, getattr(duplicates, name)(members).coalesce(1))
    return Counts(documents.count(), done.join(documents, on="doc_id", how="left_semi").count())


def extract(job: Job) -> Counts:
    """texts -> mentions, accounts, rejects."""
    documents, clusters = job.read("documents"), job.read("clusters")
    texts = ingestion.texts(job.spark, job.added, job.config.ingest)
    every, part = documents.count(), job.config.sample.documents < 1
    if part:
        documents, clusters = _sampled_documents(job, documents, clusters)
    characters = bases.added_characters(job.spark, job.base, documents)
    arranged = extraction.arranged(texts, clusters, characters, only=part)
    keep = partial(tables.checkpoint, job.spark, job.run, "extract")
    items = keep("items", extraction.items(arranged, job.config.extract))
    found, counted, broken = extraction.split(items)
    mentions = job.completed("extract", "mentions", found)
    accounts = bases.accounts(job.spark, job.base, counted)
    tables.write(job.run, "extract", "accounts", accounts.coalesce(1))
    rejects = job.completed("extract", "rejects", broken)
    tally = {row["item"]: row["n"] for row in accounts.groupBy("item").agg(F.sum("count").alias("n")).collect()}
    dropped = sum(n for item, n in tally.items() if item.startswith("dropped_"))
    n_mentions = mentions.count()
    if tally.get("candidates", 0) != n_mentions + dropped:
        raise InvariantError(
            f"extract: {tally.get('candidates', 0)} candidates but {n_mentions} mentions and {dropped} drops"
        )
    lost = {row["reason"]: row["count"] for row in rejects.groupBy("reason").count().collect()}
    left_out = every - documents.count()
    return extraction.counts(every, tally, lost | ({NOT_DRAWN: left_out} if left_out else {}))


def _sampled_documents(job: Job, documents: DataFrame, clusters: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The rows of the drawn clusters; how many there are goes into the manifest."""
    keep = partial(tables.checkpoint, job.spark, job.run, "extract")
    drawn = keep("drawn", sampling.chosen_clusters(clusters, documents, job.config.sample))
    n, of = (frame.where(F.col("is_representative")).count() for frame in (drawn, clusters))
    if n == 0:
        raise InputError(f"sample.documents: none of {of} clusters was drawn: take a larger share, or another seed")
    job.notes["sample"] = {"share": job.config.sample.documents, "clusters": n, "of_clusters": of}
    return documents.join(drawn.select("doc_id"), on="doc_id", how="left_semi"), drawn


def count(job: Job) -> Counts:
    """mentions, documents, clusters -> prompts, facts, relations, splits."""
    settings = job.config.count
    with session.sized(job.spark, job.run.finished("extract").rows("mentions")):
        return _count(job, settings)


def _count(job: Job, settings: CountSettings) -> Counts:
    mentions = _mentions(job)
    placed = _placed(job, mentions).persist()
    try:
        tables.write(job.run, "count", "prompts", counting.prompts(placed, settings.surfaces))
        tables.write(job.run, "count", "facts", counting.facts(placed))
        abstentions = placed.where(F.col("abstention")).count()
        prompts, facts = (job.spark.read.parquet(f"{job.run.uri}/count/{name}") for name in ("prompts", "facts"))
        keep = partial(tables.checkpoint, job.spark, job.run, "count")
        if job.config.sample.every == 1:
            pairs, blocking = splitting.splits(prompts, facts, placed, settings, keep)
            job.notes["aliases"] = asdict(blocking)
        else:  # of two names of one thing a sample of prompts rarely has both: it would call them one name
            pairs = job.spark.createDataFrame([], spark_schema(TABLES["splits"].schema))
        tables.write(job.run, "count", "splits", pairs)
    finally:
        placed.unpersist()
    relations = counting.relations(prompts, facts, functional_relations(job.config.extract.relations), settings)
    tables.write(job.run, "count", "relations", relations.orderBy("relation").coalesce(1))
    kept = prompts.agg(F.sum("mentions")).first()
    n_read, n_drawn = job.read("mentions").count(), mentions.count()
    if job.config.sample.every > 1:
        job.notes["sample"] = {"share": job.config.sample.keys, "mentions": n_drawn, "of_mentions": n_read}
    lost = {"abstention": abstentions, NOT_DRAWN: n_read - n_drawn}
    return Counts(n_read, int((kept and kept[0]) or 0), {reason: n for reason, n in lost.items() if n})


def estimate(job: Job) -> Counts:
    """prompts, facts, relations and the mentions behind them -> spectra, estimates, bounds, growth, risk."""
    settings = job.config.estimate
    prompts, relations = job.read("prompts"), job.run.table("relations")
    keep = partial(tables.checkpoint, job.spark, job.run, "estimate")
    sampled, counted_all = _sampled(job), job.config.sample.every == 1
    with session.sized(job.spark, job.run.finished("extract").rows("mentions")):
        placed = keep("placed", _placed(job))  # read six times: joined once
        found = estimation.statistics(placed, _weighted(job, prompts), job.read("facts"), settings.min_statements)
        split = windows = None
        if counted_all:  # neither has a weight for the prompts that were not drawn
            split = split_rate.sums(job.read("splits"), prompts, placed, relation_rates(relations.to_pylist()))
            windows = window.estimates(window.sums(placed), settings.confidence)
        written = tabulate.tables(found, relations, _domains(job), settings, split, windows or (), sampled)
    sentences, documents, clusters = (job.read(name) for name in ("sentences", "documents", "clusters"))
    with session.sized(job.spark, job.run.finished("dedup").rows("sentences")):
        written["repeats"] = repetition.repeats(sentences, documents, clusters, settings.confidence, keep)
    for name, table in written.items():
        job.run.write_table("estimate", name, table)
    total = prompts.agg(F.sum("cluster_statements")).first()
    counted = int((total and total[0]) or 0)
    if not counted_all:
        job.notes["sample"] = {"statements": counted, "estimated_statements": tabulate.corpus_statements(found)}
        return Counts(counted, counted)
    return Counts(counted, tabulate.corpus_statements(found))


def _sampled(job: Job) -> whole.Sampled | None:
    """What the run is a sample of, None when it is over everything."""
    sample = job.config.sample
    if sample.documents < 1:
        note = job.run.finished("extract").notes["sample"]
        return whole.Sampled("documents", sample.documents, multiple=note["of_clusters"] / note["clusters"])
    return whole.Sampled("keys", sample.keys, every=sample.every) if sample.every > 1 else None


def report(job: Job) -> Counts:
    """Small tables -> report.html, summary.json."""
    shown = summarised(job)
    job.run.write("report/report.html", page.render(shown))
    job.run.write("report/summary.json", summary.to_json(shown))
    rows = job.run.finished("estimate").rows("estimates")
    return Counts(rows, rows)


def summarised(job: Job) -> Summary:
    """What a report shows, from the tables of the finished stages."""
    names = ("relations", "spectra", "estimates", "bounds", "growth", "risk", "accounts")
    small = {name: job.run.table(name) for name in names}
    lost = pa.concat_tables([job.run.table("rejects", stage, ["stage", "reason"]) for stage in ("ingest", "extract")])
    tally = lost.group_by(["stage", "reason"]).aggregate([([], "count_all")])
    small["rejects_by_reason"] = tally.rename_columns(["stage", "reason", "count"]).sort_by("reason")
    examples = job.config.report.show_examples
    small["splits"] = job.run.table("splits", columns=[*keys.COLUMNS, *(keys.NAMES if examples else ())])
    if examples:
        small["examples"] = _examples(job)
    finished = [job.run.finished(name) for name in ("ingest", "dedup", "extract", "count", "estimate")]
    manifests = {table: m for m in finished for table in m.tables}
    small |= _duplicates(job, manifests)
    if "cells" in manifests:  # a run of an earlier version has none
        small["cells"] = job.run.table("cells")
    steps = [{"stage": m.stage, **asdict(m.counts), "notes": _shown_notes(m.notes)} for m in finished]
    return summary.summarise(small, {**job.about, "stages": steps, "characters": _characters(job)}, job.config.report)


STAGES: tuple[Stage, ...] = (
    Stage("ingest", ingest),
    Stage("dedup", dedup, after=("ingest",)),
    Stage("extract", extract, after=("ingest",), hints=("dedup",), also=("rejects",)),
    Stage("count", count, after=("ingest", "dedup", "extract")),
    Stage("estimate", estimate, after=("ingest", "dedup", "extract", "count")),
    Stage("report", report, after=("ingest", "dedup", "extract", "count", "estimate")),
)


def _shown_notes(notes: Mapping[str, Any]) -> dict[str, Any]:
    """Notes without what differs from run to run."""
    return {key: value for key, value in notes.items() if key not in ("seconds", "kernel")}


def _examples(job: Job) -> pa.Table:
    """(domain, subject, relation, answer, path, record) of singletons, the least keys of each of the riskiest domains,
    each where it stands first."""
    domains = job.run.table("risk", columns=["domain"])["domain"].to_pylist()[:RISKIEST]
    single = job.read("prompts").where(F.col("clusters") == 1).select("prompt_id")
    placed = _placed(job).where(~F.col("abstention")).withColumn("domain", F.col("cluster_domain"))
    rows = placed.where(F.col("domain").isin(domains)).join(single, on="prompt_id", how="left_semi")
    places = job.read("documents").select("doc_id", "path", "record")
    named = rows.select("domain", "prompt_id", "subject", "relation", "answer", "doc_id").join(places, on="doc_id")
    fact = F.struct("subject", "relation", "answer", "path", "record")
    least = named.groupBy("domain", "prompt_id").agg(F.min(fact).alias("example"))
    order = Window.partitionBy("domain").orderBy("prompt_id")
    first = least.withColumn("place", F.row_number().over(order)).where(F.col("place") <= EXAMPLES)
    return first.orderBy("domain", "place").select("domain", "example.*").toArrow()


def _characters(job: Job) -> int:
    """Characters of all documents, batch by batch."""
    documents = ds.dataset(job.run.files("ingest", "documents"), filesystem=job.run.filesystem, format="parquet")
    return sum(pc.sum(batch["characters"]).as_py() or 0 for batch in documents.to_batches(columns=["characters"]))


def _duplicates(job: Job, manifests: Mapping[str, Manifest]) -> dict[str, pa.Table]:
    """The tables on duplicates, and where the documents stand that the notes on buckets name."""
    found = {name: job.run.table(name) for name in shown_duplicates.TABLES if name in manifests}
    wanted = [row["doc_id"] for row in manifests["clusters"].notes.get("largest_buckets", ())]
    if wanted:
        documents = ds.dataset(job.run.files("ingest", "documents"), filesystem=job.run.filesystem, format="parquet")
        named = ds.field("doc_id").isin(wanted)
        found["bucket_places"] = documents.to_table(columns=["doc_id", "path", "record"], filter=named)
    return found


def _placed(job: Job, mentions: DataFrame | None = None) -> DataFrame:
    found = _mentions(job) if mentions is None else mentions
    return counting.placed(found, job.read("documents"), job.read("clusters"))


def _mentions(job: Job) -> DataFrame:
    """The mentions that are counted: all, or those of the sample's prompts."""
    mentions, sample = job.read("mentions"), job.config.sample
    if sample.every == 1:
        return mentions
    return sampling.chosen_mentions(mentions, sample, sampling.frequent(mentions, sample))


def _weighted(job: Job, prompts: DataFrame) -> DataFrame:
    sample = job.config.sample
    if sample.every == 1:
        return prompts
    return sampling.weighted(prompts, sample, sampling.frequent(job.read("mentions"), sample))


def _domains(job: Job) -> pa.Table:
    """domain, documents, representatives: how much deduplication takes from each."""
    members = job.read("documents").join(job.read("clusters"), on="doc_id", how="inner")
    kept = F.sum(F.col("is_representative").cast("long")).alias("representatives")
    return members.groupBy("domain").agg(F.count("*").alias("documents"), kept).toArrow()
