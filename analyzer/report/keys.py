"""From the table `splits` and the estimates to what the page says of the keys, and of the distance to the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.report import neutral
from analyzer.report.model import Estimate, Keys, LikelyAlias, SplitKind, Window

COLUMNS = ("kind", "singleton", "agreement")
NAMES = ("relation", "subject", "other_subject", "clusters", "other_clusters")  # read only if examples are shown
_WINDOW = re.compile(r"beyond_window_(\d+)")


def keys(
    splits: pa.Table | None, stages: Iterable[Mapping[str, Any]], estimates: Sequence[Estimate], examples: int
) -> Keys:
    """The audit of the keys. `splits` holds COLUMNS, and NAMES too where `examples` of them are to be shown.

    `stages` are the run's, the notes of `count` say what was left out; `estimates` those of the corpus.
    """
    told = next((stage.get("notes", {}).get("aliases") for stage in stages if stage.get("stage") == "count"), None)
    ours = {e.statistic: e for e in estimates}
    return Keys(
        compared=splits is not None,
        kinds=_kinds(splits) if splits is not None else (),
        blocks_left_out=int((told or {}).get("blocks_left_out", 0)),
        prompts_left_out=int((told or {}).get("prompts_in_them_alone", 0)),
        split_rate=ours.get("split_rate"),
        corrected=ours.get("split_corrected_singleton_rate"),
        examples=_examples(splits, examples) if splits is not None and examples else (),
    )


def windows(estimates: Sequence[Estimate]) -> tuple[Window, ...]:
    """The shares of facts beyond the window of an n-gram model, by its order."""
    found = ((_WINDOW.fullmatch(e.statistic), e) for e in estimates)
    return tuple(sorted((Window(int(m[1]), e) for m, e in found if m), key=lambda w: w.order))


def of_dict(found: Mapping[str, Any]) -> Keys:
    """A stored `Keys`, as `dataclasses.asdict` made it."""
    rates = {name: Estimate(**found[name]) if found[name] else None for name in ("split_rate", "corrected")}
    kinds = tuple(SplitKind(**row) for row in found["kinds"])
    examples = tuple(LikelyAlias(**row) for row in found["examples"])
    return Keys(**{**found, **rates, "kinds": kinds, "examples": examples})


def _kinds(splits: pa.Table) -> tuple[SplitKind, ...]:
    rows = splits.select(["kind", "singleton"]).append_column("equal", pc.greater(splits["agreement"], 0))
    sums = rows.group_by("kind").aggregate([([], "count_all"), ("singleton", "sum"), ("equal", "sum")])
    found = [
        SplitKind(row["kind"], row["count_all"], row["singleton_sum"] or 0, row["equal_sum"] or 0)
        for row in sums.to_pylist()
    ]
    return tuple(sorted(found, key=lambda k: (-k.pairs, k.kind)))


def _examples(splits: pa.Table, most: int) -> tuple[LikelyAlias, ...]:
    """The best supported pairs, masked before they enter a Summary."""
    by = [("clusters", "descending"), ("other_clusters", "descending")]
    by += [(name, "ascending") for name in ("relation", "subject", "other_subject")]
    first = splits.take(pc.sort_indices(splits, sort_keys=by)[:most])
    return tuple(
        LikelyAlias(
            row["kind"],
            row["relation"],
            neutral.initials(row["subject"]),
            neutral.initials(row["other_subject"]),
            row["clusters"],
            row["other_clusters"],
            row["agreement"],
        )
        for row in first.to_pylist()
    )
