"""The stages: each reads finished tables, calls its room, writes its tables and says how many rows went where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa
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
from analyzer.report.model import Summary
from analyzer.schemas import TABLES
from analyzer.settings import Config, CountSettings
from analyzer.spark import base as bases
from analyzer.spark import buckets, session, shingle_sets, split_rate, tables, tabulate, window
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

EXAMPLE_DOMAINS, EXAMPLES = 10, 5  # singletons shown, if they are shown at all


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
            self._spark = session.get()
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
    documents = job.read("documents")
    characters = bases.added_characters(job.spark, job.base, documents)
    texts = ingestion.texts(job.spark, job.added, job.config.ingest)
    arranged = extraction.arranged(texts, job.read("clusters"), characters)
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
    return extraction.counts(documents.count(), tally, lost)


def count(job: Job) -> Counts:
    """mentions, documents, clusters -> prompts, facts, relations, splits."""
    settings = job.config.count
    with session.sized(job.spark, job.run.finished("extract").rows("mentions")):
        return _count(job, settings)


def _count(job: Job, settings: CountSettings) -> Counts:
    placed = _placed(job).persist()
    try:
        tables.write(job.run, "count", "prompts", counting.prompts(placed, settings.surfaces))
        tables.write(job.run, "count", "facts", counting.facts(placed))
        abstentions = placed.where(F.col("abstention")).count()
        prompts, facts = (job.spark.read.parquet(f"{job.run.uri}/count/{name}") for name in ("prompts", "facts"))
        keep = partial(tables.checkpoint, job.spark, job.run, "count")
        pairs, blocking = splitting.splits(prompts, facts, placed, settings, keep)
        tables.write(job.run, "count", "splits", pairs)
        job.notes["aliases"] = asdict(blocking)
    finally:
        placed.unpersist()
    relations = counting.relations(prompts, facts, functional_relations(job.config.extract.relations), settings)
    tables.write(job.run, "count", "relations", relations.orderBy("relation").coalesce(1))
    kept = prompts.agg(F.sum("mentions")).first()
    read = job.read("mentions").count()
    return Counts(read, int((kept and kept[0]) or 0), {"abstention": abstentions} if abstentions else {})


def estimate(job: Job) -> Counts:
    """prompts, facts, relations and the mentions behind them -> spectra, estimates, bounds, growth, risk."""
    settings = job.config.estimate
    prompts, relations = job.read("prompts"), job.run.table("relations")
    keep = partial(tables.checkpoint, job.spark, job.run, "estimate")
    with session.sized(job.spark, job.run.finished("extract").rows("mentions")):
        placed = keep("placed", _placed(job))  # read six times: joined once
        found = estimation.statistics(placed, prompts, job.read("facts"), settings.min_statements)
        split = split_rate.sums(job.read("splits"), prompts, placed, relation_rates(relations.to_pylist()))
        windows = window.estimates(window.sums(placed), settings.confidence)
        written = tabulate.tables(found, relations, _domains(job), settings, split, windows)
    sentences, documents, clusters = (job.read(name) for name in ("sentences", "documents", "clusters"))
    with session.sized(job.spark, job.run.finished("dedup").rows("sentences")):
        written["repeats"] = repetition.repeats(sentences, documents, clusters, settings.confidence, keep)
    for name, table in written.items():
        job.run.write_table("estimate", name, table)
    total = prompts.agg(F.sum("cluster_statements")).first()
    return Counts(int((total and total[0]) or 0), tabulate.corpus_statements(found))


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
    small |= _duplicates(job, {table: m for m in finished for table in m.tables})
    steps = [{"stage": m.stage, **asdict(m.counts), "notes": _shown_notes(m.notes)} for m in finished]
    return summary.summarise(small, {**job.about, "stages": steps}, job.config.report)


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
    """(domain, subject, relation, answer) of singletons, the least keys of each of the riskiest domains."""
    domains = job.run.table("risk", columns=["domain"])["domain"].to_pylist()[:EXAMPLE_DOMAINS]
    single = job.read("prompts").where(F.col("clusters") == 1).select("prompt_id")
    placed = _placed(job).where(~F.col("abstention")).withColumn("domain", F.col("cluster_domain"))
    rows = placed.where(F.col("domain").isin(domains)).join(single, on="prompt_id", how="left_semi")
    least = rows.groupBy("domain", "prompt_id").agg(F.min(F.struct("subject", "relation", "answer")).alias("example"))
    order = Window.partitionBy("domain").orderBy("prompt_id")
    first = least.withColumn("place", F.row_number().over(order)).where(F.col("place") <= EXAMPLES)
    return first.orderBy("domain", "place").select("domain", "example.*").toArrow()


def _duplicates(job: Job, manifests: Mapping[str, Manifest]) -> dict[str, pa.Table]:
    """The tables on duplicates, and where the documents stand that the notes on buckets name."""
    found = {name: job.run.table(name) for name in shown_duplicates.TABLES if name in manifests}
    wanted = [row["doc_id"] for row in manifests["clusters"].notes.get("largest_buckets", ())]
    if wanted:
        documents = ds.dataset(job.run.files("ingest", "documents"), filesystem=job.run.filesystem, format="parquet")
        named = ds.field("doc_id").isin(wanted)
        found["bucket_places"] = documents.to_table(columns=["doc_id", "path", "record"], filter=named)
    return found


def _placed(job: Job) -> DataFrame:
    return counting.placed(job.read("mentions"), job.read("documents"), job.read("clusters"))


def _domains(job: Job) -> pa.Table:
    """domain, documents, representatives: how much deduplication takes from each."""
    members = job.read("documents").join(job.read("clusters"), on="doc_id", how="inner")
    kept = F.sum(F.col("is_representative").cast("long")).alias("representatives")
    return members.groupBy("domain").agg(F.count("*").alias("documents"), kept).toArrow()
