"""Names: one key for the spellings of a name, and which names of one document mean the same thing.

Rules only (a name list or a linker would need a network): equal after folding, a person's last or first name when it is
unique among the document's full names, a full name with middle names left out, and acronyms.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from analyzer.text.generic import names_nothing
from analyzer.text.lexicon import HONORIFICS, STYLES, word_set
from analyzer.text.places import COMMON

# Ranks and words of time that stand before a person's name as well.
_RANKS = word_set(
    "former late then acting deputy detective officer private commodore marshal brigadier major-general "
    "lieutenant-general brigadier-general rear-admiral vice-admiral attorney-general vice-president "
    "sheriff constable inspector superintendent sr. mme mlle m. messrs"
)
# Of an untyped name these are as often a part of it: General Motors, Major League, Justice League, Prime Video.
_AMBIGUOUS = word_set("general major captain justice judge lord lady prime vice secretary coach private officer late")
_SUFFIXES = word_set(
    "inc incorporated corp corporation co company ltd limited llc llp plc gmbh ag nv bv oy oyj ab asa sa spa srl sarl "
    "pty pvt pte kg"
)
# Generations that a name is as often written without; "Sr." and "III" tell a father from a son and stay.
_GENERATIONS = word_set("jr esq phd md dds mba obe cbe mbe")
_ARTICLES = word_set("the a an")
_SMALL = word_set("the a an of and for in on at de la el le du des der & to")
_DANGLING = word_set("and or of in on at by for with to from the as")
# Lower-case words that begin names; any other in front of a capital is a noun or adjective: "quarterback Josh Rosen".
_PARTICLES = word_set(
    "de la le el al da das do dos du del della der den di des van von vom zu zur ten ter af av bin ibn ben bint abu "
    "abd ad as at ash an d' l' o' st y e i & mac mc san santa"
)
_POSSESSIVE = re.compile(r"(?:'s|(?<=s)')$")
_SPACES = re.compile(r"\s+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_PUNCTUATION = re.compile(r"[^\w\s&+#'-]|(?<!\w)['-]|['-](?!\w)")
_OPTIONAL = re.compile(r"\(e?s\)")  # "court(s)"
_HEADING = re.compile(r"^(?:[A-Z][A-Z'&,-]+\s+)+(?=The\s+[A-Z][a-z])")  # "AFRICA The United States"
_NICKNAME = re.compile(r"(?<=\w)\s*(?:[\"“][^\"”“]{1,40}[\"”]|\([^()]{1,40}\)?)\s*(?=\w)")
_LIGATURES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "’": "'", "‘": "'",
     "ʼ": "'", "`": "'", "´": "'", "–": "-", "‐": "-", "‑": "-", "—": "-", "\u00ad": None, "\u200b": None,
     "\u200e": None, "\u200f": None, "\ufeff": None}
)  # fmt: skip
_MARKS = frozenset(map(chr, range(0x300, 0x370)))
_STRESS = ("\u0300", "\u0301")
_LATIN = "\u0250"  # the first letter past Latin's: a mark over an earlier one is an accent
_PASSES = 6  # each pass takes words off or spells them out; no name was seen to need a third


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in a text, with the type the tagger gave it."""

    text: str
    type: str


def folded(text: str) -> str:
    """NFKC, one kind of quote and dash, no accents on Latin letters, single blanks, casefolded, trailing possessive
    dropped; folding twice changes nothing."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _unaccented(unicodedata.normalize("NFKC", plain).casefold().translate(_LIGATURES))
    plain = _SPACES.sub(" ", plain).strip()
    while (shorter := _POSSESSIVE.sub("", plain).strip()) != plain:
        plain = shorter
    return plain


def _unaccented(text: str) -> str:
    """Without the marks over Latin letters and without stress marks: "sao paulo", "ефремов"; others are letters."""
    kept: list[str] = []
    base = ""
    for c in unicodedata.normalize("NFD", text):
        if c in _MARKS and (base < _LATIN or c in _STRESS):
            continue
        base = base if c in _MARKS else c
        kept.append(c)
    return unicodedata.normalize("NFKC", "".join(kept)).casefold()


@lru_cache(maxsize=50_000)
def normal_name(text: str, type: str = "other") -> str:
    """Key of a name: folded, without article, title, corporate or generational suffix, dots and stray punctuation; a
    key is its own key."""
    key = _normal(_capitalised(text), type)
    for _ in range(_PASSES):
        shorter = _normal(key, type)
        if shorter == key:
            break
        key = shorter
    return key


def _capitalised(text: str) -> str:
    """Without a heading, and the lower-case words in front of a capitalised one: "ousted", "quarterback"."""
    text = _HEADING.sub("", text)
    words = text.split()
    first = next((i for i, w in enumerate(words) if not w.islower()), 0)
    if first and not any(w in _PARTICLES for w in words[:first]) and words[first][0].casefold() != words[first][0]:
        return " ".join(words[first:])
    return text


def _normal(text: str, type: str) -> str:
    plain = _NICKNAME.sub(" ", text) if type in ("person", "other") else text
    plain = _OPTIONAL.sub("", folded(plain))
    plain = _DOTTED.sub(lambda m: m[0].replace(".", "") + " ", plain).replace(".", " ")
    words = _initials(_POSSESSIVE.sub("", _PUNCTUATION.sub(" ", plain).strip()).split())
    while len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    if type in ("person", "other"):
        while len(words) > 1 and _is_title(words, type):
            del words[0]
        while len(words) > 2 and words[-1] in _GENERATIONS:
            del words[-1]
    if type in ("organisation", "other"):
        while len(words) > 1 and words[-1] in _SUFFIXES:
            del words[-1]
    while len(words) > 1 and (words[-1] in _DANGLING or words[-1] == "s"):
        del words[-1]
    key = " ".join(words) or folded(text)
    return COMMON.get(key, key) if type != "person" else key


def _is_title(words: list[str], type: str) -> bool:
    first = words[0]
    if first in STYLES:
        return len(words) > 3
    if type == "other" and first in _AMBIGUOUS:
        return first == "prime" and words[1] == "minister"
    return first in HONORIFICS or first in _RANKS


def _initials(words: list[str]) -> list[str]:
    """ "j r r tolkien" and "j.r.r. tolkien" are "jrr tolkien"."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha() and word.isascii():
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        if word:
            joined.append(word)
    return joined


def acronyms(text: str) -> set[str]:
    """Upper-case initials of a name of several words, with and without its small words."""
    words = [w for w in re.split(r"[\s-]+", text) if w[:1].isalpha()]
    if len(words) < 2:
        return set()
    small = [w for w in words if w.lower() not in _SMALL]
    found = {"".join(w[0] for w in chosen if w[0].isupper()) for chosen in (words, small)}
    return {a for a in found if len(a) >= 2}


def is_acronym(text: str) -> bool:
    """NATO, U.S., MIT: two to six capitals, dots aside."""
    letters = text.replace(".", "").replace(" ", "")
    return 2 <= len(letters) <= 6 and letters.isupper() and letters.isalpha()


class Directory:
    """The names of one document, in its order; `lookup` gives the document-wide key and type of one of them."""

    __slots__ = ("_alias", "_surfaces", "_types")

    def __init__(self, names: Iterable[Name]) -> None:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        surfaces: dict[str, str] = {}
        for name in names:
            key = normal_name(name.text, name.type)
            votes[key][name.type] += 1
            surfaces.setdefault(key, name.text)
        self._surfaces = surfaces
        self._types = {key: max(count, key=lambda t: (count[t], t != "other", t)) for key, count in votes.items()}
        self._alias: dict[str, str] = {}
        self._persons()
        self._acronyms(surfaces)
        for short, long in self._alias.items():
            if self._types[short] == "person" or self._types.get(long) in (None, "other"):
                continue
            self._types[short] = self._types[long]

    def lookup(self, text: str, type: str) -> tuple[str, str, bool]:
        """(key, type, whether another name of the document gave the key)."""
        key = normal_name(text, type)
        full = self._alias.get(key, key)
        return full, self._types.get(full, type), full != key

    def surface(self, key: str) -> str:
        """The first spelling in the document of the name that has this key, "" if none has."""
        return self._surfaces.get(key, "")

    def persons(self) -> list[str]:
        """Keys of the document's persons in order of first mention, aliases merged."""
        return [k for k, t in self._types.items() if t == "person" and k not in self._alias]

    def _persons(self) -> None:
        full = [k for k, t in self._types.items() if t == "person" and " " in k]
        by_part: dict[str, set[str]] = defaultdict(set)
        by_ends: dict[tuple[str, str], set[str]] = defaultdict(set)
        for key in full:
            words = key.split()
            by_ends[words[0], words[-1]].add(key)
            for part in (words[-1], words[0]):
                by_part[part].add(key)
        for keys in by_ends.values():
            longest = max(keys, key=lambda k: (len(k), k))
            for key in keys - {longest}:
                if set(key.split()) <= set(longest.split()):
                    self._alias[key] = longest
        for key, kind in self._types.items():
            if " " in key or kind not in ("person", "organisation", "other") or names_nothing(key):
                continue
            owners = {self._alias.get(k, k) for k in by_part.get(key, ())}
            if len(owners) == 1 and (kind == "person" or key == next(iter(owners)).split()[-1]):
                self._alias[key] = next(iter(owners))
        for short in self._alias:
            self._types[short] = "person"

    def _acronyms(self, surfaces: dict[str, str]) -> None:
        by_letters: dict[str, set[str]] = defaultdict(set)
        for key, surface in surfaces.items():
            if self._types[key] != "person":
                for letters in acronyms(surface):
                    by_letters[letters].add(key)
        for key, surface in surfaces.items():
            owners = by_letters.get(surface.replace(".", "").replace(" ", ""), set()) - {key}
            if is_acronym(surface) and len(owners) == 1 and key not in self._alias:
                self._alias[key] = next(iter(owners))
