"""How much of which domain or source a what-if keeps: `wiki=1`, `forum=.25`, `source:crawl=3`, `*=.5`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analyzer.errors import ConfigError, nearest

KINDS = ("domain", "source")
REST = "*"


@dataclass(frozen=True, slots=True)
class Plan:
    """Weights of domains and of sources, and of what neither names. A domain's weight goes before its source's.

    A weight up to 1 is the chance that a document is kept; above 1 every document is kept and is seen so many times.
    """

    domain: tuple[tuple[str, float], ...] = ()
    source: tuple[tuple[str, float], ...] = ()
    rest: float = 1.0

    @property
    def repeats(self) -> bool:
        """Whether anything is seen more than once."""
        return any(w > 1 for _, w in (*self.domain, *self.source)) or self.rest > 1

    def shown(self) -> list[str]:
        """The rules, one a line, in order."""
        rules = [f"{kind}:{name}={w:g}" for kind in KINDS for name, w in getattr(self, kind)]
        return [*rules, f"{REST}={self.rest:g}"]


def read(keep: Sequence[str], drop: Sequence[str], known: Mapping[str, Collection[str]]) -> Plan:
    """The plan of --keep NAME=WEIGHT and --drop NAME options; `known` are the run's domains and sources.

    Raises ConfigError for a weight that is none, a name that the run does not hold (naming the nearest), one that is a
    domain and a source, and one that is given twice.
    """
    rules = [(*_weighed(text), f"--keep {text}") for text in keep] + [(name, 0.0, f"--drop {name}") for name in drop]
    found: dict[tuple[str, str], float] = {}
    for name, weight, option in rules:
        at = (REST, REST) if name == REST else _place(name, option, known)
        if at in found:
            raise ConfigError(f"{option}: {at[1]} was given a weight before")
        found[at] = weight
    sides = {kind: tuple(sorted((n, w) for (k, n), w in found.items() if k == kind)) for kind in KINDS}
    return Plan(sides["domain"], sides["source"], found.get((REST, REST), 1.0))


def _weighed(text: str) -> tuple[str, float]:
    name, equals, value = text.rpartition("=")
    try:
        weight = float(value)
    except ValueError:
        weight = math.nan
    if not (equals and name) or not math.isfinite(weight) or weight < 0:
        raise ConfigError(f"--keep {text}: write NAME=WEIGHT with a number of at least 0, as in forum=.25")
    return name, weight


def _place(name: str, option: str, known: Mapping[str, Collection[str]]) -> tuple[str, str]:
    """(kind, name). A prefix `domain:` or `source:` decides, unless it belongs to the name."""
    kinds = [kind for kind in KINDS if name in known[kind]]
    kind, colon, bare = name.partition(":")
    if not kinds and colon and kind in KINDS and bare in known[kind]:
        return kind, bare
    if len(kinds) == 2:
        raise ConfigError(f"{option}: {name} is a domain and a source; write domain:{name} or source:{name}")
    if kinds:
        return kinds[0], name
    every = sorted({n for k in KINDS for n in known[k]})
    raise ConfigError(f"{option}: the run has no such domain or source{nearest(bare if colon else name, every)}")
