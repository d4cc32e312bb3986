"""Declared relations, read from TOML: the built-in table and the user's further rows have the same form."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError
from analyzer.text.facts.roles import is_person_noun
from analyzer.text.lexicon import word_set

FORMS = ("verb", "noun", "event", "bracket", "modifier", "name")
_KEYS = {"name", "subject", "answer", "functional", "symmetric", "asked", "like", "region", "patterns"}
_FURTHER = ("link", "via", "without", "answer", "like", "sure")
_OTHER = {"subject": "answer", "answer": "subject"}
_SUBJECTS = word_set("person organisation place work event group product other")
_ANSWERS = _SUBJECTS | word_set("date number phrase nationality occupation position")


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern: a frame of this form and head word links a role of the subject to a role of the answer.

    A slot "patient at" is the preposition "at" inside the patient. `via` are nouns, one of which that patient must be.
    A country or state answers `region` instead of `relation`. `sure` are the sides whose type the words
    prove; `thing`: a subject that may as well be a person.
    The row holds only for a frame that fills none of the slots `without`.
    """

    relation: str
    form: str
    subject_slots: tuple[str, ...]
    answer_slots: tuple[str, ...]
    subject: frozenset[str]
    answer: frozenset[str]
    like: re.Pattern[str] | None
    region: str
    via: frozenset[str]
    without: frozenset[str]
    sure: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by (form, head word), "*" for any word, "@person" for any noun of persons; nouns that ask for a relation;
    which relations are functional; words of the form modifier."""

    rows: Mapping[tuple[str, str], tuple[Row, ...]]
    asked: Mapping[str, tuple[str, frozenset[str]]]
    functional: Mapping[str, bool]
    modifiers: frozenset[str]

    def find(self, form: str, words: tuple[str, ...]) -> list[Row]:
        """Rows of a frame; a longer name of the head ("chief executive officer") comes first."""
        classes = ("@person", "*") if form == "noun" and words and is_person_noun(words[0]) else ("*",)
        found: dict[int, Row] = {}
        for word in (*sorted(words, key=len, reverse=True), *classes):
            for row in self.rows.get((form, word), ()):
                found[id(row)] = row
        return list(found.values())


@cache
def table(extra: str | None = None) -> Table:
    """The built-in relations and those of the TOML file `extra`. ConfigError names file, relation, pattern and key."""
    relations = [relation for name, data in _built_in() for relation in _read(name, data)]
    if extra is not None:
        try:
            data = Path(extra).read_bytes()
        except OSError as error:
            raise ConfigError(f"extract.relations = {extra!r}: {error.strerror}: name a readable TOML file") from None
        relations += _read(extra, data)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    asked: dict[str, tuple[str, frozenset[str]]] = {}
    functional: dict[str, bool] = {}
    for relation, found in relations:
        functional[relation["name"]] = relation["functional"]
        if relation.get("region"):
            functional.setdefault(relation["region"], False)
        for noun in filter(None, relation.get("asked", "").split("|")):
            asked[noun] = (relation["name"], frozenset(relation["subject"].split("|")))
        for form, words, row in found:
            for word in words:
                rows[form, word].append(row)
    modifiers = frozenset(word for form, word in rows if form == "modifier")
    return Table({key: tuple(value) for key, value in rows.items()}, asked, functional, modifiers)


def _built_in() -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files of the built-in table, by name."""
    folder = files("analyzer.text.facts").joinpath("relations")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_bytes()


def _read(source: str, data: bytes) -> list[tuple[dict[str, Any], list[tuple[str, list[str], Row]]]]:
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: not TOML: {error}") from None
    unknown = sorted(set(document) - {"relation"})
    if unknown or not isinstance(document.get("relation"), list):
        raise ConfigError(
            f"{source}: {'unknown key ' + repr(unknown[0]) if unknown else 'no [[relation]]'}; write [[relation]] rows"
        )
    return [_relation(source, i, row) for i, row in enumerate(document["relation"], 1)]


def _relation(source: str, number: int, relation: Any) -> tuple[dict[str, Any], list[tuple[str, list[str], Row]]]:
    name = relation.get("name") if isinstance(relation, dict) else None
    where = f"{source}: relation {number} ({name!r})"
    if not isinstance(relation, dict) or not isinstance(name, str) or not name.strip():
        raise ConfigError(f"{where}: name: write a text")
    for key in relation:
        if key not in _KEYS:
            raise ConfigError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
    for key, allowed in (("subject", _SUBJECTS), ("answer", _ANSWERS)):
        value = relation.get(key)
        wrong = sorted(set(value.split("|")) - allowed) if isinstance(value, str) else [repr(value)]
        if wrong:
            raise ConfigError(f"{where}: {key}: {wrong[0]} is not one of {', '.join(sorted(allowed))}")
    for key in ("functional", "symmetric"):
        if not isinstance(relation.get(key, False if key == "symmetric" else None), bool):
            raise ConfigError(f"{where}: {key}: write true or false")
    for key in ("asked", "region"):
        if not isinstance(relation.get(key, ""), str):
            raise ConfigError(f"{where}: {key}: write a text")
    patterns = relation.get("patterns")
    if not isinstance(patterns, list) or not patterns:
        raise ConfigError(f"{where}: patterns: write at least one")
    _like(where, relation)
    return relation, [p for i, row in enumerate(patterns, 1) for p in _pattern(f"{where}, pattern {i}", row, relation)]


def _like(where: str, holder: dict[str, Any]) -> re.Pattern[str] | None:
    try:
        return re.compile(holder["like"], re.IGNORECASE) if holder.get("like") else None
    except (re.error, TypeError) as error:
        raise ConfigError(f"{where}: like: not a regular expression: {error}") from None


def _pattern(where: str, pattern: Any, relation: dict[str, Any]) -> Iterator[tuple[str, list[str], Row]]:
    """The row of a pattern, and the one the other way round of a symmetric relation."""
    if not isinstance(pattern, dict):
        raise ConfigError(f'{where}: write a table such as {{ verb = "found", link = "patient -> agent" }}')
    for key in pattern:
        if key not in (*FORMS, *_FURTHER):
            raise ConfigError(f"{where}: unknown key {key!r}; known are {', '.join((*FORMS, *_FURTHER))}")
    forms = [form for form in FORMS if form in pattern]
    if len(forms) != 1 or not isinstance(pattern[forms[0]], str) or not pattern[forms[0]]:
        raise ConfigError(
            f"{where}: {forms[0] if len(forms) == 1 else 'form'}: write exactly one of {', '.join(FORMS)}"
        )
    link = pattern.get("link")
    sides = link.split("->") if isinstance(link, str) else []
    if len(sides) != 2 or not all(side.strip() for side in sides):
        raise ConfigError(f'{where}: link: write "slots of the subject -> slots of the answer"')
    via, sure, without, answers = (_listed(where, pattern, key) for key in ("via", "sure", "without", "answer"))
    if not sure <= _OTHER.keys() | {"thing"}:
        raise ConfigError(f"{where}: sure: write subject or thing, and answer, with | between them")
    slots = [tuple(s.strip() for s in side.split("|")) for side in sides]
    if not answers <= _ANSWERS:
        raise ConfigError(f"{where}: answer: {min(answers - _ANSWERS)} is not one of {', '.join(sorted(_ANSWERS))}")
    types = [frozenset(relation["subject"].split("|")), answers or frozenset(relation["answer"].split("|"))]
    like = _like(where, pattern if "like" in pattern else relation)
    for first, second in ((0, 1), (1, 0)) if relation.get("symmetric") else ((0, 1),):
        proved = sure if first == 0 else frozenset(_OTHER.get(side, side) for side in sure)
        yield forms[0], pattern[forms[0]].split("|"), Row(
            relation["name"], forms[0], slots[first], slots[second], types[first], types[second], like,
            relation.get("region", ""), via, without, proved,
        )  # fmt: skip


def _listed(where: str, pattern: dict[str, Any], key: str) -> frozenset[str]:
    value = pattern.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key}: write a text")
    return frozenset(filter(None, value.split("|")))


def functional_relations(extra: str | None = None) -> Mapping[str, bool]:
    """Declared relation, built-in or of the TOML file `extra` -> whether a prompt has one right answer."""
    return dict(table(extra).functional)
