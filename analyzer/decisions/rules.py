"""The rules of a gate: a TOML file with `[[rule]]` tables, checked key by key before anything is read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError, nearest

FAIL, PASS = "fail", "pass"
TAKES = ("value", "point", "low", "high")
SLICES = ("corpus", "domain", "source", "relation", "subject_type", "tier")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a rule: its kind of value, its default (None: may be left out) and what it may be."""

    kind: type
    default: Any = None
    choices: tuple[str, ...] = ()
    required: bool = False


NAMED = {
    "name": Key(str),
    "kind": Key(str, required=True),
    "undecided": Key(str, choices=(FAIL, PASS)),
    "if_none": Key(str, FAIL, (FAIL, PASS)),
}
LIMITED = {"at_most": Key(float), "at_least": Key(float)}
KINDS: dict[str, dict[str, Key]] = {
    "estimate": {
        "statistic": Key(str, required=True),
        "slices": Key(str, "corpus", SLICES),
        "slice": Key(str, "*"),
        "key": Key(str, "prompt", ("prompt", "fact")),
        "unit": Key(str, "cluster", ("mention", "document", "cluster", "source")),
        "take": Key(str, "value", TAKES),
        "n_at_least": Key(int, 0),
    },
    "rejects": {"stage": Key(str, choices=("ingest", "extract")), "reason": Key(str)},
    "quality": {
        "measure": Key(str, required=True),
        "gold": Key(str, "*"),
        "level": Key(str, "document", ("document", "sentence")),
        "relation": Key(str, "*"),
        "tier": Key(str, "typed", ("typed", "open", "*")),
        "stratum": Key(str, "all"),
        "take": Key(str, "value", TAKES),
    },
    "deduplication": {
        "slices": Key(str, "source", ("corpus", "domain", "source")),
        "slice": Key(str, "*"),
        "documents_at_least": Key(int, 20),
        "sample": Key(bool, False),
    },
    "rise": {
        "slices": Key(str, "corpus", SLICES),
        "slice": Key(str, "*"),
        "measure": Key(str, "equal_n", ("equal_n", "in_corpus")),
        "take": Key(str, "value", TAKES),
        "n_at_least": Key(int, 0),
    },
}
MOST = 1e12  # no number of a run is larger; inf and nan are no limits
SHARES = ("rejects", "quality", "deduplication")  # kinds whose numbers lie between 0 and 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, complete. `where`: the kind's own keys, by their names in the file."""

    number: int  # from 1
    name: str
    kind: str
    limit: float
    at_most: bool  # else at least
    undecided: str  # what an undecided number counts as: fail or pass
    if_none: str  # whether it passes when there is nothing to judge
    where: Mapping[str, Any]

    @property
    def asked(self) -> str:
        """`at most 0.6`."""
        return f"{'at most' if self.at_most else 'at least'} {self.limit:g}"


def load(path: str | Path) -> tuple[Rule, ...]:
    """The rules of a file. `ConfigError`, one line with the nearest name, for what is not one."""
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}: name a readable TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    _known(f"{path}", found, ("undecided", "rule"))
    undecided = _checked(f"{path}: undecided", found.get("undecided", FAIL), NAMED["undecided"])
    tables = found.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{path}: rules are [[rule]] tables, with two brackets")
    if not tables:
        raise ConfigError(f"{path}: holds no rule; a gate without one would pass everything")
    return tuple(_rule(f"{path}: rule {i}", i, table, undecided) for i, table in enumerate(tables, start=1))


def _rule(at: str, number: int, table: Mapping[str, Any], undecided: str) -> Rule:
    if "kind" not in table:
        _known(at, table, [*NAMED, *LIMITED, *(key for keys in KINDS.values() for key in keys)])
        raise ConfigError(f"{at}: kind is missing: it is one of {', '.join(KINDS)}")
    kind = table["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise ConfigError(f"{at}: no kind {kind!r}{nearest(str(kind), KINDS)}")
    own = KINDS[kind]
    limits = {"at_most": LIMITED["at_most"]} if kind == "rise" else LIMITED
    _known(at, table, [*NAMED, *limits, *own])
    for key, spec in own.items():
        if spec.required and key not in table:
            raise ConfigError(f"{at}: a rule of kind {kind} needs {key}")
    given = {
        key: _checked(f"{at}: {key}", table[key], spec) for key, spec in (NAMED | limits | own).items() if key in table
    }
    asked = [key for key in limits if key in given]
    if len(asked) != 1:
        raise ConfigError(f"{at}: say {' or '.join(limits)}" + (", not both" if asked else ""))
    limit = given[asked[0]]
    if kind in SHARES and not 0 <= limit <= 1:
        raise ConfigError(f"{at}: {asked[0]} = {limit:g}: a share lies between 0 and 1")
    return Rule(
        number, given.get("name", f"rule {number} ({kind})"), kind, limit, asked[0] == "at_most",
        given.get("undecided", undecided), given.get("if_none", FAIL),
        {key: given.get(key, spec.default) for key, spec in own.items()},
    )  # fmt: skip


def _known(at: str, table: Mapping[str, Any], keys: Iterable[str]) -> None:
    known = list(dict.fromkeys(keys))
    for key in table:
        if key not in known:
            raise ConfigError(f"{at}: unknown key {key!r}{nearest(key, known)}")


def _checked(at: str, value: Any, spec: Key) -> Any:
    """The value of a key, a whole number as a number where one is wanted."""
    wanted = (int, float) if spec.kind is float else (spec.kind,)
    if type(value) not in wanted:
        words = {str: "text", float: "a number", int: "a whole number", bool: "true or false"}
        raise ConfigError(f"{at} = {value!r}: must be {words[spec.kind]}")
    if spec.choices and value not in spec.choices:
        raise ConfigError(f"{at} = {value!r}{nearest(value, spec.choices)}")
    if type(value) is int and spec.kind is int and value < 0:
        raise ConfigError(f"{at} = {value!r}: must be at least 0")
    if spec.kind is not float:
        return value
    number = float(value)
    if not abs(number) <= MOST:
        raise ConfigError(f"{at} = {value!r}: must be a finite number")
    return number
