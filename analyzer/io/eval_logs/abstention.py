"""Does a response decline to answer? A reviewed table of phrases, each with an id, so that decisions can be audited.

A phrase of kind `decline` says that no answer is given; kind `hedge` says only that the writer is unsure, and counts
when nothing else is said; kind `whole` has to be all there is. "I am not sure, but I think it is Tor" is an attempt.
Where a response names its final answer ("Answer: ..."), only that is judged.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError

KINDS = ("decline", "hedge", "whole", "attempt", "filler")
EDGE = 600  # characters at either end that are searched: in between a long answer reasons about many things
_SPACE = re.compile(r"\s+")
_MARKS = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "*": "", "_": " "})
_FINAL = re.compile(r"\b(?:final answer|answer)\s*(?::|is:)\s*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """`pattern` is searched in the lower-cased text, with straight quotes and single blanks."""

    id: str
    kind: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Detector:
    """The phrases, by kind, in the order of the table."""

    phrases: tuple[Phrase, ...]

    def of(self, kind: str) -> tuple[Phrase, ...]:
        return tuple(phrase for phrase in self.phrases if phrase.kind == kind)

    def find(self, response: str) -> str | None:
        """Id of the phrase by which the response abstains, or None when it attempts an answer."""
        text = plain(response)
        final = list(_FINAL.finditer(text))
        if final and text[final[-1].end() :].strip(" ."):
            text = text[final[-1].end() :]
        if len(text) > 2 * EDGE:
            text = f"{text[:EDGE]} {text[-EDGE:]}"
        for phrase in self.of("whole"):
            if phrase.pattern.fullmatch(text.strip(" .!\"'")):
                return phrase.id
        for phrase in self.of("decline"):
            if found := phrase.pattern.search(text):
                return None if self._attempts(text[found.end() :]) else phrase.id
        for phrase in self.of("hedge"):
            if phrase.pattern.search(text) and not self._says_more(text, phrase):
                return phrase.id
        return None

    def _attempts(self, rest: str) -> bool:
        return any(phrase.pattern.search(rest) for phrase in self.of("attempt"))

    def _says_more(self, text: str, hedge: Phrase) -> bool:
        """True if, beside the sentence that hedges, something stands that is no filler, or the sentence goes on."""
        for sentence in _SENTENCE.split(text):
            found = hedge.pattern.search(sentence)
            if found:
                rest = sentence[found.end() :]
                if re.search(r"\b(?:but|however|although|though)\b|[:;—]|\d", rest) or self._attempts(rest):
                    return True
            elif sentence.strip() and not any(filler.pattern.search(sentence) for filler in self.of("filler")):
                return True
        return False


def plain(text: str) -> str:
    """Lower case, straight quotes, single blanks, without emphasis marks."""
    return _SPACE.sub(" ", text.translate(_MARKS)).strip().lower()


@lru_cache(maxsize=8)
def detector(extra: str | None = None) -> Detector:
    """The table of the package, with the phrases of the TOML file `extra` before its own; `off` takes ids out.

    Raises `ConfigError` when the file is not such a table.
    """
    own = tomllib.loads(resources.files(__package__).joinpath("abstentions.toml").read_text(encoding="utf-8"))
    phrases = _phrases(own, "abstentions.toml")
    if extra is not None:
        given = _read(extra)
        off = set(given.get("off", ()))
        if unknown := off - {phrase.id for phrase in phrases}:
            raise ConfigError(f"{extra}: off names phrases that are not in the table: {', '.join(sorted(unknown))}")
        phrases = [*_phrases(given, extra), *(phrase for phrase in phrases if phrase.id not in off)]
    ids = [phrase.id for phrase in phrases]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ConfigError(f"{extra}: phrase ids are there twice: {', '.join(twice)}: give them other names")
    return Detector(tuple(phrases))


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}: name a readable TOML file of phrases") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _phrases(table: dict[str, Any], where: str) -> list[Phrase]:
    rows: Sequence[Any] = table.get("phrase", ())
    out = []
    for row in rows:
        if not isinstance(row, dict) or not {"id", "kind", "pattern"} <= row.keys() or row["kind"] not in KINDS:
            raise ConfigError(f"{where}: a [[phrase]] needs id, pattern and a kind of {', '.join(KINDS)}")
        try:
            out.append(Phrase(str(row["id"]), row["kind"], re.compile(str(row["pattern"]))))
        except re.error as error:
            raise ConfigError(f"{where}: phrase {row['id']}: not a regular expression: {error}") from None
    return out
