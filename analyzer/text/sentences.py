"""Where sentences begin and end, by regular expressions in time linear in the text, and which can state a fact.

A blank line ends a sentence; a single newline ends one only where it does not look like a hard-wrapped line.
Offsets are
code points of the given text: text[start:end] is the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from analyzer import ids
from analyzer.text.lexicon import word_set

# Longest line of a text that may be hard-wrapped: typewriters, RFCs and e-mail wrap at 65-100, and 120 is a wide
# editor.
WRAP_COLUMNS = 120
# A wrapped line is full when the next word would have passed this share of the longest line (ragged right margins).
FULL_LINE = 0.8

_BLANK = re.compile(r"\n[ \t\r\f\v]*\n\s*|[\u2028\u2029\f]+")
_END = re.compile(r"[.!?…。？！]+[\"'”’»)\]]{0,3}(?=\s)")
_OPENING = re.compile(r"[\s\"'“‘«(\[]{0,8}")
_BULLET = re.compile(r"(?:[*•·▪●◦‣#>|–—-]+[ \t]+|\(?\d{1,3}[.)][ \t]+)*")
_CLAUSE = re.compile(r"[;:—]\s|,\s(?=(?:and|but|which|who|while|where|although)\b)")
_CAPITAL = re.compile(r"(?<=[\s(\"'“‘\-/])(?!I\b)[^\W\d_a-z][\w’'.-]*")
_DIGIT = re.compile(r"\d")
_FIRST = re.compile(r"[\"'“‘(\[]{0,3}[\w’'.-]+")
_THIRD = re.compile(r"\b(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"[\w.&'’-]+$")

# Abbreviations after which a capital letter rarely begins a sentence: titles, ranks, streets, references.
TITLES = word_set(
    "mr mrs ms dr prof rev hon st sr sra fr gen col lt maj capt cmdr adm sgt cpl pvt gov sen rep pres amb supt "
    "messrs mme mlle mt ft vs no nos vol vols fig figs art arts sec ch pp eds approx ca cf eg ie viz al ed est "
    "dept univ bros"
)
# Abbreviations that end a sentence as often as not: they do only before a capitalised word that commonly begins one.
EITHER = word_set(
    "inc ltd corp co llc plc jr esq etc jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat "
    "sun u.s u.k u.n e.u d.c a.m p.m b.c a.d b.c.e c.e ph.d m.d b.a m.a b.s m.s ave blvd rd"
)
STARTERS = word_set(
    "the a an he she it they we i you this that these those in on at by for from after before since when while as "
    "his her its their our my however but and so if there some many most all both each such although though "
    "according"
)
# First words that are capitalised only because they come first.
_NO_ARGUMENT = word_set(
    "i i'm i've i'll i'd we we're we've we'll you you're you'll your my our us if when while where what how why who "
    "which in "
    "on at by for from with without to of as and but or so because since after before during until though although "
    "there "
    "here then now please click get let don't do if just not no yes more most also"
)
_CONTINUES = word_set("the a an of in on at by for from to and or with as is was were are be has had his her its")


def sentences(text: str, max_chars: int = 1_200) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence in order; longer ones are split at clause punctuation, at a blank, or cut."""
    for start, end in _blocks(text):
        for first, last in _within(text, start, end):
            yield from _bounded(text, *_trimmed(text, first, last), max_chars)


def sentence_key(sentence: str) -> int:
    """64-bit hash of a sentence with case and white space folded: equal for word-for-word repeats."""
    return ids.key64(" ".join(sentence.casefold().split()))


def may_state_fact(sentence: str, names: Collection[str] = ()) -> bool:
    """Whether something in it can be the subject of a fact, and it is no question.

    A subject is a capitalised word past the first, or a first word that is capitalised inside as well or is one of
    `names` (see `names_in`). Another first word, or a pronoun of the third person, is believed where a digit stands in
    the sentence. "I" and "we" are nobody that a corpus could be asked about.
    """
    if sentence.endswith(("?", '?"', "?”", "?)")):
        return False
    if _CAPITAL.search(sentence, 1) is not None:
        return True
    first = _FIRST.match(sentence)
    word = _bare(first[0]) if first else ""
    if word.lower() in _NO_ARGUMENT or not word[:1].isupper():
        word = ""
    elif word in names or not (word[1:].islower() or len(word) == 1):
        return True
    third = _THIRD.search(sentence) is not None
    return (word != "" or third) and _DIGIT.search(sentence) is not None


def names_in(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[str]:
    """Words that are capitalised within a sentence of the text and nowhere in lower case: likely names."""
    found = {_bare(match[0]) for start, end in spans for match in _CAPITAL.finditer(text, start + 1, end)}
    plain = set(text.split())
    return frozenset(word for word in found if word.lower() not in plain)


def _bare(word: str) -> str:
    """Without a possessive ending and marks around it."""
    word = word.strip("\"'’“‘([.-")
    return word[:-2] if word.endswith(("'s", "’s")) else word


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Runs of lines that may hold one sentence across a newline."""
    position = 0
    for gap in _BLANK.finditer(text):
        yield from _lines(text, position, gap.start())
        position = gap.end()
    yield from _lines(text, position, len(text))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if text.find("\n", start, end) < 0:
        yield start, end
        return
    lines, position = [], start
    while position < end:
        newline = text.find("\n", position, end)
        newline = end if newline < 0 else newline
        lines.append((position, newline))
        position = newline + 1
    width = max(b - a for a, b in lines)
    first = lines[0][0]
    for (a, b), (c, d) in pairwise(lines):
        if not _wrapped(text[max(a, b - 200) : b], b - a, text[c : min(d, c + 80)], width):
            yield first, b
            first = c
    yield first, lines[-1][1]


def _wrapped(line: str, length: int, following: str, width: int) -> bool:
    """Whether the newline after `line` (its end; `length` in all) only wraps it."""
    line, following = line.rstrip(), following.lstrip()
    bullet = _BULLET.match(following)
    if not line or not following or line[-1] in '.!?:;”"' or (bullet and bullet.end()):
        return False
    word = following.split(None, 1)[0]
    if line[-1] == "," or line.rsplit(None, 1)[-1].lower() in _CONTINUES:
        return True
    if width > WRAP_COLUMNS:
        return False
    return following[0].islower() or length + 1 + len(word) > FULL_LINE * width >= 30


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _END.finditer(text, start, end):
        if _ends(text, first, match, end):
            yield first, match.end()
            first = match.end()
    yield first, end


def _ends(text: str, first: int, match: re.Match[str], end: int) -> bool:
    opening = _OPENING.match(text, match.end(), end)
    after = opening.end() if opening else match.end()
    following = text[after : after + 1]
    if not following or following.islower() or following in ",;:)]%":
        return False
    if match[0] != ".":
        return True
    before = _WORD_BEFORE.search(text, max(first, match.start() - 24), match.start())
    word = before[0].lower() if before else ""
    if len(word) == 1 and word.isalpha() and word != "i":  # an initial: "J. Smith"
        return False
    if word in TITLES:
        return False
    if word in EITHER or ("." in word and len(word) <= 7 and word.replace(".", "").isalpha()):
        blank = re.compile(r"\W|$").search(text, after)
        return text[after : blank.start() if blank else after].lower() in STARTERS
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without surrounding white space and leading bullets."""
    while start < end and text[start].isspace():
        start += 1
    bullet = _BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _bounded(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    while end - start > limit:
        cuts = [m.end() for m in _CLAUSE.finditer(text, start + limit // 4, start + limit)]
        cut = cuts[-1] if cuts else text.rfind(" ", start + 1, start + limit) + 1 or start + limit
        first, last = _trimmed(text, start, cut)
        if last > first:
            yield first, last
        start = _trimmed(text, cut, end)[0]
    if end > start:
        yield start, end
