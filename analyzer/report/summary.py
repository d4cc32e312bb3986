"""From a run's small tables to `Summary`: what the page, the terminal and summary.json show.

Reads `risk`, `relations`, `spectra`, `estimates`, `bounds`, `growth`, `cells`, `accounts` and the columns stage,
reason, count as `rejects_by_reason`. Each may be empty; one that is absent is taken for empty. Nothing here depends on
row order.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from analyzer import logs
from analyzer.report import accounting, cells, deduplication, keys, neutral, sampled
from analyzer.report.model import (
    Bound,
    Corpus,
    Domain,
    Estimate,
    Example,
    Frequencies,
    GrowthPoint,
    Line,
    Relation,
    Step,
    Summary,
    Verdict,
    Window,
)
from analyzer.report.verdict import verdict
from analyzer.schemas import SCHEMA_VERSION, TABLES
from analyzer.settings import ReportSettings
from analyzer.stats import Spectrum, simple_good_turing

KEY, UNIT = "prompt", "cluster"  # what the headline counts
RATE, SEEN_ONCE, CORRECTED = "singleton_rate", "share_of_prompts_seen_once", "corrected_singleton_rate"

EXACT_FREQUENCIES = 50  # rows of the spectrum with one r each; beyond it log bins
BINS_PER_DECADE = 10
BOUND_ORDER = ("theorem2_refined", "theorem2_literal", "theorem2_upper", "kalai_vempala")

Row = TypeVar("Row")


def summarise(tables: Mapping[str, pa.Table], run: Mapping[str, Any], settings: ReportSettings) -> Summary:
    """Everything a report shows. `run` says inputs, fields, command, settings, versions and the stages' counts.

    `tables["examples"]` (domain, subject, relation, answer, path, record) is shown, masked, only if
    `settings.show_examples`; so are the names in `tables["splits"]`, of which otherwise only `keys.COLUMNS` are read.
    """
    found = {name: tables.get(name, TABLES[name].schema.empty_table()) for name in _READ}
    corpus = _corpus(found)
    bounds = _bounds(found["bounds"])
    duplicates = deduplication.of_tables(tables, run.get("stages") or (), settings)
    given = run.get("settings") or {}
    domains = _domains(found["risk"], settings.top)
    delta_measured = (given.get("estimate") or {}).get("delta") is not None
    said = verdict(
        corpus.rate,
        corpus.corrected,
        bounds,
        prompts=corpus.prompts,
        documents=corpus.documents,
        delta_measured=delta_measured,
        alarm=duplicates.alarm,
    )
    sample = sampled.sample(run.get("stages") or (), corpus.estimates)
    return Summary(
        title=_text(settings.title) + (sampled.TITLE if sample else ""),
        schema_version=SCHEMA_VERSION,
        verdict=sampled.told(said, corpus.rate, sample),
        corpus=corpus,
        domains=domains,
        relations=_relations(found["relations"], found["estimates"], settings.top),
        relations_total=found["relations"].num_rows,
        map=cells.of_table(tables.get("cells"), domains),
        riskiest=cells.portraits(tables.get("cells"), domains, _examples(tables.get("examples"), settings)),
        spectrum=_spectrum(found["spectra"]),
        line=_line(found["spectra"]),
        growth=_growth(found["growth"]),
        keys=keys.keys(
            tables.get("splits"),
            run.get("stages") or (),
            corpus.estimates,
            settings.top if settings.show_examples else 0,
        ),
        window=keys.windows(corpus.estimates),
        deduplication=duplicates,
        bounds=bounds,
        accounting=accounting.steps(
            run.get("stages") or (), found["accounts"], tables.get("rejects_by_reason"), run.get("characters")
        ),
        inputs=tuple(_text(path) for path in run.get("inputs") or ()),
        fields=tuple(_text(name) for name in run.get("fields") or ()),
        command=_text(run.get("command") or ""),
        settings={section: {k: _masked(v) for k, v in sorted(values.items())} for section, values in given.items()},
        versions={name: _text(version) for name, version in sorted((run.get("versions") or {}).items())},
        stages=tuple(_plain(stage) for stage in run.get("stages") or ()),
        sample=sample,
    )


def to_json(summary: Summary) -> str:
    """summary.json: strict JSON (no NaN, ASCII only), keys in the order of the dataclasses."""
    return json.dumps(_plain(dataclasses.asdict(summary)), indent=1, allow_nan=False) + "\n"


def from_json(text: str) -> Summary:
    """A stored summary.json as the `Summary` that wrote it, for showing a run again without its tables."""
    found = json.loads(text)
    corpus = {name: found["corpus"][name] for name in found["corpus"]}
    for name in ("rate", "seen_once", "corrected"):
        corpus[name] = Estimate(**corpus[name]) if corpus[name] else None
    corpus["estimates"] = tuple(Estimate(**row) for row in corpus["estimates"])
    relations = ({**row, "rate": Estimate(**row["rate"]) if row["rate"] else None} for row in found["relations"])
    verdict_ = {**found["verdict"], "caveats": tuple(found["verdict"]["caveats"])}
    parts = {
        "verdict": Verdict(**verdict_),
        "corpus": Corpus(**corpus),
        "relations": tuple(Relation(**row) for row in relations),
        "keys": keys.of_dict(found["keys"]),
        "deduplication": deduplication.of_dict(found["deduplication"]),
        "map": cells.map_of_dict(found["map"]),
        "riskiest": tuple(cells.portrait_of_dict(row) for row in found["riskiest"]),
        "line": Line(**found["line"]),
        "sample": sampled.of_dict(found.get("sample")),
        "window": tuple(Window(row["order"], Estimate(**row["share"])) for row in found["window"]),
        **{name: tuple(kind(**row) for row in found[name]) for name, kind in _LISTS.items()},
        **{name: tuple(found[name]) for name in ("inputs", "fields", "stages")},
    }
    return Summary(**{**found, **parts})


_LISTS: dict[str, Any] = {
    "domains": Domain,
    "spectrum": Frequencies,
    "growth": GrowthPoint,
    "bounds": Bound,
    "accounting": Step,
}
_READ = ("risk", "relations", "spectra", "estimates", "bounds", "growth", "accounts")


def _corpus(found: Mapping[str, pa.Table]) -> Corpus:
    risk = found["risk"]
    estimates = _estimates(found["estimates"], "corpus")
    ours = {e.statistic: e for e in estimates if (e.key, e.unit) == (KEY, UNIT)}
    rate = ours.get(RATE) or Estimate(RATE, KEY, UNIT, None, None, None, None, None, None, 0, "", "missing")
    spectrum = _slice(found["spectra"])
    documents = _sum(risk, "documents") if risk.num_rows else accounting.total(found["accounts"], "documents")
    return Corpus(
        rate=rate,
        seen_once=ours.get(SEEN_ONCE),
        corrected=ours.get(CORRECTED),
        estimates=estimates,
        statements=rate.denominator or 0,
        singletons=rate.numerator or 0,
        prompts=_sum(spectrum, "keys"),
        clusters=rate.units,
        documents=documents,
        domains=risk.num_rows,
        ranked_domains=risk.num_rows - risk["rank"].null_count,
    )


def _domains(risk: pa.Table, top: int) -> tuple[Domain, ...]:
    """The first by rank; the unranked follow (Arrow sorts nulls last)."""
    by = [("rank", "ascending"), ("statements", "descending"), ("domain", "ascending")]
    return _rows(Domain, risk.take(pc.sort_indices(risk, sort_keys=by)[:top]))


def _relations(relations: pa.Table, estimates: pa.Table, top: int) -> tuple[Relation, ...]:
    by = [("cluster_statements", "descending"), ("relation", "ascending"), ("tier", "ascending")]
    rows = relations.sort_by(by).slice(0, top).to_pylist()
    wanted = pa.array([row["relation"] for row in rows], pa.string())
    near = estimates.filter(
        (pc.field("slice_kind") == "relation")
        & (pc.field("key") == KEY)
        & (pc.field("unit") == UNIT)
        & (pc.field("statistic") == RATE)
        & pc.field("slice").isin(wanted)
    )
    rates = dict(zip(near["slice"].to_pylist(), _rows(Estimate, near), strict=True))
    return tuple(Relation(**_clean(row), rate=rates.get(row["relation"])) for row in rows)


def _estimates(estimates: pa.Table, kind: str) -> tuple[Estimate, ...]:
    rows = estimates.filter(pc.field("slice_kind") == kind)
    by = ("statistic", "key", "unit", "slice", "method")
    return _rows(Estimate, rows.sort_by([(name, "ascending") for name in by]))


def _spectrum(spectra: pa.Table) -> tuple[Frequencies, ...]:
    """f_r of the corpus. A bin sums its keys; divided by its width it is Gale and Sampson's average f_r."""
    bins: dict[int, list[int]] = {}
    for row in _slice(spectra).sort_by("r").to_pylist():
        first = _bin(row["r"])
        entry = bins.setdefault(first, [0, 0])
        entry[0] += row["keys"]
        entry[1] += row["statements"]
    return tuple(Frequencies(r, _bin_end(r), keys, statements) for r, (keys, statements) in bins.items())


def _line(spectra: pa.Table) -> Line:
    """The line through the corpus' whole spectrum, by the estimator that stands in `stats`."""
    rows = _slice(spectra)
    fit = simple_good_turing(Spectrum.from_frequencies(rows["r"].to_pylist(), rows["keys"].to_pylist()))
    return Line(fit.slope, fit.intercept, fit.status)


def _bin(r: int) -> int:
    """The first r of the bin that r falls into."""
    if r <= EXACT_FREQUENCIES:
        return r
    edge = math.floor(BINS_PER_DECADE * math.log10(r) + 1e-9)
    return max(EXACT_FREQUENCIES + 1, math.ceil(10 ** (edge / BINS_PER_DECADE) - 1e-6))


def _bin_end(first: int) -> int:
    if first <= EXACT_FREQUENCIES:
        return first
    edge = math.floor(BINS_PER_DECADE * math.log10(first) + 1e-9) + 1
    return math.ceil(10 ** (edge / BINS_PER_DECADE) - 1e-6) - 1


def _growth(growth: pa.Table) -> tuple[GrowthPoint, ...]:
    return _rows(GrowthPoint, _slice(growth).sort_by([("units", "ascending"), ("method", "ascending")]))


def _bounds(bounds: pa.Table) -> tuple[Bound, ...]:
    rows = _rows(Bound, bounds.filter(pc.field("slice_kind") == "corpus"))

    def place(bound: Bound) -> tuple[int, str, str]:
        known = bound.bound in BOUND_ORDER
        return BOUND_ORDER.index(bound.bound) if known else len(BOUND_ORDER), bound.bound, bound.n_kind

    return tuple(sorted(rows, key=place))


def _examples(examples: pa.Table | None, settings: ReportSettings) -> tuple[Example, ...]:
    """Masked before they enter a Summary, so that no file written from it can hold them in clear."""
    if examples is None or not settings.show_examples:
        return ()
    by = [(name, "ascending") for name in ("domain", "relation", "subject", "answer", "path", "record")]
    return tuple(
        Example(
            row["domain"],
            neutral.initials(row["subject"]),
            row["relation"],
            neutral.initials(row["answer"]),
            _text(row["path"]),
            row["record"],
        )
        for row in examples.sort_by(by).to_pylist()
    )


def _slice(table: pa.Table) -> pa.Table:
    """The rows of the whole corpus for the headline's key and unit."""
    return table.filter((pc.field("slice_kind") == "corpus") & (pc.field("key") == KEY) & (pc.field("unit") == UNIT))


def _rows(kind: type[Row], table: pa.Table) -> tuple[Row, ...]:
    names = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]  # every Row is a dataclass
    return tuple(kind(**_clean(row)) for row in table.select(names).to_pylist())


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """JSON-able: a float that is no number becomes None, a text loses what UTF-8 cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return _utf8(value)
    if isinstance(value, Mapping):
        return {_utf8(str(k)): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def _text(value: object) -> str:
    """A text from outside the tables (paths, a command): credentials masked."""
    return logs.mask(_utf8(str(value)))


def _masked(value: Any) -> Any:
    return _text(value) if isinstance(value, str) else _plain(value)


def _utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _sum(table: pa.Table, column: str) -> int:
    return int(pc.sum(table[column]).as_py() or 0)
