"""Counting many mentions: Spark's tables against DuckDB's on the same Parquet, time and memory side by side.

    python -m benchmarks.count_scale MENTIONS FOLDER [--hot 0.3] [--domains 1000] [--passes 8] [--no-duckdb]

Makes MENTIONS placed mentions in FOLDER with DuckDB (kept for the next call): prompts by a power law, two thirds of the
statements of prompts that are stated once, answers that agree nine times in ten, clusters of one document or two.
--hot is the share of one single prompt. Then the count stage's prompts, facts and relations and the spectrum of the
corpus are built by Spark and by DuckDB, each written to Parquet, and their totals compared. In one pass over
10^8 mentions DuckDB ran out of 12 GB: --passes 8 has it take the keys in eight shares.
"""

from __future__ import annotations

import argparse
import shutil
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from pyspark.sql import functions as F

from analyzer.schemas import FACTS, PROMPTS
from analyzer.settings import CountSettings
from analyzer.spark import count, session
from benchmarks.processes import KINDS, Watched

PART = 5_000_000  # mentions made at once
A_DOCUMENT = 12  # mentions

MAKE = """
COPY (
  WITH drawn AS (
    SELECT i, hash(i) AS h, hash(i + 7777777777) AS g, i // {per} AS d,
      CASE WHEN (hash(i + 5555555555) % 1000000) < {hot} * 1000000 THEN 0
           WHEN hash(i + 1111111111) % 3 < 2 THEN i + 10000000000
           ELSE 1 + ({keys} * pow((hash(i + 3333333333) % 1000000007) / 1000000007.0, 3))::BIGINT END AS k
    FROM range({start}, {stop}) t(i)),
  named AS (SELECT *, CASE WHEN g % 10 = 0 THEN h % 5 ELSE 9 END AS a, d - (d % 10) // 9 AS c FROM drawn)
  SELECT lpad(hex(d), 32, '0') AS doc_id, i % {per} AS sentence, (hash(i + 1) % {most})::BIGINT AS sentence_hash,
    (hash(k) % {most})::BIGINT AS prompt_id, (hash(k * 10 + a) % {most})::BIGINT AS fact_id,
    'subject ' || k AS subject, 'person' AS subject_type, 'relation ' || k % 40 AS relation, 'answer ' || a AS answer,
    'phrase' AS answer_type, CASE WHEN (k % 40) % 2 = 0 THEN 'typed' ELSE 'open' END AS tier,
    g % 50 = 1 AS abstention, (g % 12)::BIGINT AS "window", 'Subject ' || k AS surface,
    'site' || d % {domains} || '.org' AS "domain", 'web' || d % 7 AS "source", lpad(hex(c), 32, '0') AS cluster_id,
    'site' || c % {domains} || '.org' AS cluster_domain, 'web' || c % 7 AS cluster_source,
    md5(c::VARCHAR) AS cluster_hash
  FROM named
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

TABLES = {
    "prompts": """
WITH answered AS (SELECT * FROM placed WHERE NOT abstention),
named AS (SELECT prompt_id, min(subject) AS subject, mode(subject_type) AS subject_type, min(relation) AS relation,
    max(tier) AS tier, count(*) AS mentions FROM answered GROUP BY ALL),
silent AS (SELECT prompt_id, count(*) AS abstentions FROM placed WHERE abstention GROUP BY ALL),
doc AS (SELECT prompt_id, sum(n) AS statements, count(*) AS documents FROM (
    SELECT prompt_id, doc_id, count(DISTINCT sentence) AS n FROM answered GROUP BY ALL) GROUP BY ALL),
place AS (SELECT prompt_id, cluster_source, cluster_id, count(DISTINCT sentence_hash) AS n FROM answered GROUP BY ALL),
clus AS (SELECT prompt_id, sum(n) AS cluster_statements, count(*) AS clusters,
    count(DISTINCT cluster_source) AS sources FROM place GROUP BY ALL),
given AS (SELECT DISTINCT prompt_id, fact_id, cluster_id FROM answered),
equal AS (SELECT prompt_id, count(*) AS answers, sum(u) AS given, sum(u * (u - 1)) AS equal FROM (
    SELECT prompt_id, fact_id, count(*) AS u FROM given GROUP BY ALL) GROUP BY ALL),
inside AS (SELECT prompt_id, sum(k * k) AS inside FROM (
    SELECT prompt_id, cluster_id, count(*) AS k FROM given GROUP BY ALL) GROUP BY ALL),
spelt AS (SELECT prompt_id, list(surface ORDER BY n DESC, surface)[:8] AS surfaces, count(*) AS surface_count FROM (
    SELECT prompt_id, surface, count(DISTINCT cluster_id) AS n FROM answered GROUP BY ALL) GROUP BY ALL)
SELECT named.*, statements, documents, cluster_statements, clusters, sources, coalesce(abstentions, 0) AS abstentions,
  answers, CASE WHEN given * given > inside THEN equal / (given * given - inside) END AS agreement,
  surfaces, surface_count
FROM named JOIN doc USING (prompt_id) JOIN clus USING (prompt_id) JOIN equal USING (prompt_id)
JOIN inside USING (prompt_id) LEFT JOIN spelt USING (prompt_id) LEFT JOIN silent USING (prompt_id)
""",
    "facts": """
WITH answered AS (SELECT * FROM placed WHERE NOT abstention),
named AS (SELECT fact_id, min(prompt_id) AS prompt_id, min(subject) AS subject, min(relation) AS relation,
    min(answer) AS answer, mode(answer_type) AS answer_type, max(tier) AS tier, count(*) AS mentions
    FROM answered GROUP BY ALL),
doc AS (SELECT fact_id, count(DISTINCT doc_id) AS documents FROM answered GROUP BY ALL),
clus AS (SELECT fact_id, sum(n) AS cluster_mentions, count(*) AS clusters, count(DISTINCT cluster_source) AS sources
    FROM (SELECT fact_id, cluster_source, cluster_id, count(DISTINCT sentence_hash) AS n FROM answered GROUP BY ALL)
    GROUP BY ALL)
SELECT * FROM named JOIN doc USING (fact_id) JOIN clus USING (fact_id)
""",
    "relations": """
WITH totals AS (SELECT relation, max(tier) AS tier, count(*) AS prompts, sum(cluster_statements) AS n,
    count(*) FILTER (clusters > 1) AS repeated, avg(agreement) FILTER (clusters > 1) AS agreement
    FROM prompts GROUP BY ALL),
spread AS (SELECT relation, count(*) AS distinct_answers,
    sum(n) * (sum(n) - 1) / nullif(sum(n * (n - 1)), 0) AS effective
    FROM (SELECT relation, answer, count(*) AS n FROM facts GROUP BY ALL) GROUP BY ALL)
SELECT * FROM totals JOIN spread USING (relation)
""",
    "spectrum": """
SELECT clusters AS r, count(*) AS keys, sum(cluster_statements) AS statements FROM prompts GROUP BY ALL
""",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mentions", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hot", type=float, default=0.0)
    parser.add_argument("--domains", type=int, default=1000)
    parser.add_argument("--memory", default="3g", help="heap of the JVM")
    parser.add_argument("--duckdb-memory", default="12g", help="DuckDB's limit")
    parser.add_argument("--passes", type=int, default=1, help="DuckDB's, each over a share of the keys")
    parser.add_argument("--no-duckdb", action="store_true")
    given = parser.parse_args()
    placed = given.folder / f"placed-{given.mentions}-{given.hot:g}-{given.domains}"
    watched = Watched()
    if not placed.exists():
        make(given.mentions, placed, given.hot, given.domains)
    size = sum(path.stat().st_size for path in placed.iterdir())
    print(f"{given.mentions:,} mentions, {size / 1e9:.2f} GB of Parquet", flush=True)
    times = {}
    if not given.no_duckdb:
        out, limit, passes = given.folder / "duckdb", given.duckdb_memory, given.passes
        times["DuckDB"] = timed(watched, "DuckDB", lambda: by_duckdb(placed, out, limit, passes))
    times["Spark"] = timed(watched, "Spark", lambda: by_spark(placed, given.folder / "spark", given.memory))
    for name, (wall, cpu, _) in times.items():
        peaks = ", ".join(f"{kind} {watched.peaks[name, kind] / 1e6:,.0f} MB" for kind in KINDS)
        print(f"{name:<8}{wall:>8,.0f} s wall{cpu:>9,.0f} s CPU; all {watched.together[name] / 1e9:.2f} GB; {peaks}")
    if "DuckDB" in times:
        assert times["Spark"][2] == times["DuckDB"][2], (times["Spark"][2], times["DuckDB"][2])
        print(f"totals are equal: {times['Spark'][2]}")
        wall, cpu = (times["Spark"][i] / times["DuckDB"][i] for i in (0, 1))
        print(f"Spark takes {wall:.1f} x DuckDB's time, {cpu:.1f} x its CPU time")


def timed(watched: Watched, name: str, work: Any) -> tuple[float, float, tuple[int, ...]]:
    watched.step = name
    began, cpu = time.monotonic(), watched.cpu()
    found = work()
    return time.monotonic() - began, watched.cpu() - cpu, found


def make(mentions: int, folder: Path, hot: float, domains: int) -> None:
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for start in range(0, mentions, PART):
        stop, path = min(mentions, start + PART), draft / f"part-{start // PART:04d}.parquet"
        sizes = {"per": A_DOCUMENT, "hot": hot, "keys": mentions // 20, "domains": domains, "most": 2**63 - 1}
        duckdb.sql("SET enable_progress_bar = false")
        duckdb.sql(MAKE.format(start=start, stop=stop, path=path, **sizes))
    draft.rename(folder)


def by_spark(placed: Path, out: Path, memory: str) -> tuple[int, ...]:
    shutil.rmtree(out, ignore_errors=True)
    spark = session.get({"spark.driver.memory": memory, "spark.local.dir": str(out.parent / "local")})
    frame = spark.read.parquet(str(placed))
    with session.sized(spark, frame.count()):
        count.prompts(frame, 8).select(*PROMPTS.schema.names).write.parquet(f"{out}/prompts")
        count.facts(frame).select(*FACTS.schema.names).write.parquet(f"{out}/facts")
        prompts, facts = (spark.read.parquet(f"{out}/{name}") for name in ("prompts", "facts"))
        count.relations(prompts, facts, {}, CountSettings()).coalesce(1).write.parquet(f"{out}/relations")
        by_units = prompts.groupBy(F.col("clusters").alias("r"))
        spectrum = by_units.agg(F.count("*").alias("keys"), F.sum("cluster_statements").alias("statements"))
        spectrum.coalesce(1).write.parquet(f"{out}/spectrum")
    whole = spark.sparkContext._jsc.sc().statusStore().executorList(True).apply(0).totalShuffleWrite()  # one executor
    print(f"Spark shuffled {whole / 1e9:.2f} GB", flush=True)
    return totals(out)


def by_duckdb(placed: Path, out: Path, memory: str, passes: int) -> tuple[int, ...]:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with duckdb.connect(config={"memory_limit": memory.upper() + "B", "temp_directory": str(out / "temp")}) as base:
        base.sql("SET preserve_insertion_order = false")  # it costs memory, and Spark keeps no order either
        for name, sql in TABLES.items():
            (out / name).mkdir()
            key = {"prompts": "prompt_id", "facts": "fact_id"}.get(name)  # the other two are made from these
            for number in range(passes if key else 1):
                if key:
                    share = f"WHERE {key} % {passes} = {number}"
                    base.sql(f"CREATE OR REPLACE VIEW placed AS SELECT * FROM '{placed}/*.parquet' {share}")
                base.sql(f"COPY ({sql}) TO '{out}/{name}/part-{number}.parquet' (FORMAT parquet, COMPRESSION zstd)")
            base.sql(f"CREATE VIEW {name} AS SELECT * FROM '{out}/{name}/*.parquet'")
    return totals(out)


def totals(out: Path) -> tuple[int, ...]:
    """Rows and sums that must agree."""
    wanted = {"prompts": ("statements", "documents", "clusters", "cluster_statements", "answers", "abstentions"),
              "facts": ("mentions", "clusters", "cluster_mentions"), "spectrum": ("keys", "statements")}  # fmt: skip
    found: list[int] = []
    for name, columns in wanted.items():
        sums = ", ".join(f"sum({column})" for column in columns)
        found += map(int, duckdb.sql(f"SELECT count(*), {sums} FROM '{out}/{name}/*.parquet'").fetchall()[0])
    return (*found, *(pq.read_metadata(path).num_rows for path in sorted((out / "relations").glob("*.parquet"))))


if __name__ == "__main__":
    main()
