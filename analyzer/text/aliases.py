"""What makes two canonical names likely one thing, and the blocks that bring such names together.

Names only, no context: a pair that is found here is a candidate for a person or a statistic to judge, never merged.
Four kinds are known: another spelling, words left out or moved, initials, an acronym. What names share nothing of that
("Big Blue" and "IBM", a married name) is not seen; a table of the user's own (`alias_table`) joins those.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz.distance import OSA

from analyzer.text.demonyms import DEMONYMS
from analyzer.text.lexicon import word_set
from analyzer.text.places import COUNTRIES, REGIONS

# Words that part two things of otherwise one name, wherever they are added or replaced.
PARTING = word_set(
    "north south east west northern southern eastern western northeast northwest southeast southwest central middle "
    "upper lower inner outer new old great greater lesser little big first second third fourth fifth sixth seventh "
    "eighth ninth tenth ii iii iv vi vii viii ix jr sr junior senior elder younger men women mens womens boys girls "
    "male female spring summer autumn fall winter january february march april may june july august september october "
    "november december former vice deputy acting assistant under non anti pre post democratic federal national royal "
    "international american british french german italian spanish russian chinese japanese indian canadian australian"
)
# Words that, added to a name, name something else: Hudson and Hudson River, a university and its press.
HEADS = word_set(
    "city town village county province district state region republic kingdom empire river lake sea ocean mount "
    "mountain mountains valley island islands bay gulf strait desert forest park street road avenue square bridge "
    "castle palace house hall airport station port railway line university college school academy institute hospital "
    "library museum gallery theatre theater press journal magazine newspaper foundation department division branch "
    "office ministry committee council commission board association society union league federation team club band "
    "orchestra choir football basketball baseball hockey rugby cricket championship cup award prize festival records "
    "studios church cathedral abbey army navy police war battle treaty act award family brothers sisters children"
)
# Words that a firm's name may carry or leave out.
CORPORATE = word_set(
    "group holdings holding motor motors company corporation industries systems technologies technology worldwide "
    "global enterprises software entertainment airlines airways electronics pharmaceuticals communications "
    "telecommunications chemicals foods energy petroleum stores brands partners labs laboratories aerospace"
)
# Words that any country's or firm's institutions are called by: a name of such words alone ("Space Agency") names many
# things, and is like nothing.
GENERIC = HEADS | word_set(
    "ancient sacred historic historical archaeological cultural natural old armed air naval ground supreme high "
    "constitutional permanent public civil civilian military foreign domestic regional local provincial municipal "
    "general central federal national international transitional interim special joint legislative executive judicial "
    "democratic republican popular free liberal social united people peoples force forces guard security defence "
    "defense intelligence police agency authority administration bureau service services mission delegation embassy "
    "consulate consul consular legation liaison diplomatic assembly congress parliament senate legislature court "
    "courts appellate tribunal appeal appeals cabinet government presidency party alliance front movement coalition "
    "opposition bank fund exchange company corporation group center centre program programme project plan system "
    "systems site network community conference commission dialogue law constitution charter convention agreement "
    "affairs interior finance justice health education energy environment agriculture trade commerce transport labor "
    "labour space technology science research design development information data digital website computer web "
    "internet online media radio tv television house place ave street nw ne sw se"
)
SMALL = word_set("the of and for in on at de la el le du des der to")  # in a person's name none of them is small
SUBSET_TYPES = ("person", "organisation", "place", "group", "other")  # a work's or an event's added words tell it apart

_CUT = ("of", "and", "for", "the")  # no name ends so: the rest of it was lost
_PLACES = REGIONS | DEMONYMS.keys()  # of these, like names are different places
_NATIONS = DEMONYMS.keys() | COUNTRIES | {"us", "usa", "uk"}

# One letter may differ from six letters on, two from fourteen on: in shorter names another letter is another name.
ONE_EDIT, TWO_EDITS = 6, 14
WORD_EDIT = 5  # letters of a word, among several, that another spelling may be of: John and Joan are two
WORD_TWO_EDITS = 9  # letters of a single word from which two may differ
LEAST_ACRONYM = 3  # two letters stand for too much; UN and the like are joined by the extractor's own table
PAIRED_WORDS = 5  # of a longer name the first three and the last two words are paired: blocks grow with the square


@dataclass(frozen=True, slots=True)
class Named:
    """A canonical name made ready to be compared: accents and marks dropped, `content` without small words."""

    words: tuple[str, ...]
    content: tuple[str, ...]
    type: str
    acronym: bool  # some text writes it in capitals: NATO, U.S.


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two names may be one. `distance` counts letters, for the kind spelling alone."""

    kind: str
    distance: int | None = None


def named(name: str, type: str, acronym: bool = False) -> Named:
    """A canonical name (`names.normal_name`) with its type."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c)).replace("'", "").replace("&", " and ")
    words = tuple("".join(c if c.isalnum() else " " for c in plain).split())
    content = tuple(w for w in words if type == "person" or w not in SMALL)
    return Named(words, content or words, type, acronym)


def compatible(a: str, b: str) -> bool:
    """Whether two types may be one thing's: equal, or the tagger had no type for one of them."""
    return a == b or "other" in (a, b)


def likeness(a: Named, b: Named) -> Likeness | None:
    """Why two names may mean one thing, None if nothing says so. Symmetric."""
    if not a.words or not b.words or not compatible(a.type, b.type):
        return None
    if any(GENERIC.issuperset(name.content) or name.words[-1] in _CUT for name in (a, b)):
        return None
    if "".join(a.words) == "".join(b.words):
        return Likeness("spelling", 0)
    kind = b.type if a.type == "other" else a.type
    short, long = sorted((a, b), key=lambda n: (len(n.content), len("".join(n.words)), n.words))
    if _words_left_out(short.content, long.content, kind):
        return Likeness("tokens")
    if kind in ("person", "other") and _initials(short.words, long.words):
        return Likeness("initials")
    if kind != "person" and _acronym(short, long):
        return Likeness("acronym")
    distance = _edits(a.words, b.words)
    return Likeness("spelling", distance) if distance else None


def blocks(name: Named) -> set[str]:
    """Keys of which two names that `likeness` joins share one, unless both outer words differ or words are many."""
    words, content = name.words, name.content
    if not words:
        return set()
    found = {f"q {''.join(words)}"}
    if len(words) == 1:
        found |= {f"d {variant}" for variant in _deletions(words[0])}
        found |= {f"a {words[0]}"} if name.acronym else set()
    else:
        found |= {f"l {words[-1]} {words[0][0]}", f"f {words[0]} {words[-1][0]}"}
    ends = content if len(content) <= PAIRED_WORDS else (*content[:3], *content[-2:])
    found |= {f"p {' '.join(sorted(pair))}" for pair in combinations(ends, 2)}
    if name.type != "person" and len(content) > 1:
        found |= {f"a {letters}" for letters in _letters(name)}
    if name.type in ("organisation", "other") and set(content[1:]) <= CORPORATE:
        found.add(f"s {content[0]}")
    return found


def _words_left_out(short: tuple[str, ...], long: tuple[str, ...], kind: str) -> bool:
    """Whether the one name is the other with words left out, or with the same words in another order."""
    if sorted(short) == sorted(long):
        return len(short) > 1
    if kind not in SUBSET_TYPES or not _in_order(short, long):
        return False
    added = list(long)
    for word in short:
        added.remove(word)
    if any(word in PARTING or not word.isalpha() for word in added):
        return False
    if kind == "person":
        return len(short) > 1 and short[-1] == long[-1] and len(short[-1]) > 1
    if (GENERIC | _NATIONS).issuperset(short):  # a U.S. department is any of them
        return False
    if len(short) == 1:
        return kind == "organisation" and len(short[0]) > 1 and long[0] == short[0] and CORPORATE.issuperset(added)
    return HEADS.isdisjoint(added)


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """J. Smith, J. M. Smith or J.M. Smith for Jane Marie Smith: one surname, and letters for the names before it."""
    if len(short) < 2 or short[-1] != long[-1] or len(short[-1]) < 2:
        return False
    front, names = short[:-1], long[:-1]
    if len(front) == 1 and len(front[0]) in (2, 3) and len(names) == len(front[0]):
        return front[0] == "".join(n[0] for n in names)
    if not _one_begins(front[0], names[0]) or len(front) > len(names):
        return False
    rest: Iterator[str] = iter(names)
    matched = [next((n for n in rest if _one_begins(word, n)), "") for word in front]
    return all(matched) and any(len(word) == 1 or len(n) == 1 for word, n in zip(front, matched, strict=True))


def _one_begins(a: str, b: str) -> bool:
    """Equal, or one is the initial of the other."""
    return a == b or (a[0] == b[0] and 1 in (len(a), len(b)))


def _acronym(short: Named, long: Named) -> bool:
    return short.acronym and len(short.words) == 1 and len(long.content) > 1 and short.words[0] in _letters(long)


def _letters(name: Named) -> set[str]:
    """The initials of a name, with and without its small words, where they make three to six letters."""
    joined = {"".join(word[0] for word in words) for words in (name.words, name.content)}
    return {letters for letters in joined if LEAST_ACRONYM <= len(letters) <= 6 and letters.isalpha()}


def _edits(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Letters by which two spellings differ (optimal string alignment); 0 where they are no spellings of one name."""
    if len(a) != len(b):
        return 0
    x, y = " ".join(a), " ".join(b)
    shorter = min(len(x), len(y))
    most = 0 if shorter < ONE_EDIT else 1 if shorter < TWO_EDITS else 2
    distance: int = OSA.distance(x, y, score_cutoff=most)
    if not most or distance > most:
        return 0
    parted = _PLACES.issuperset((x, y)) or any(_other_words(v, w) for v, w in zip(a, b, strict=True) if v != w)
    return 0 if parted else distance


def _other_words(v: str, w: str) -> bool:
    """Whether two words that differ by a letter or two are different words: Iceland and Ireland."""
    if v[0] != w[0] or not v.isalpha() or not w.isalpha() or PARTING.intersection((v, w)):
        return True
    shorter = min(len(v), len(w))
    if shorter < WORD_EDIT or _PLACES.issuperset((v, w)):
        return True
    return shorter < WORD_TWO_EDITS and bool(OSA.distance(v, w) > 1)


def _in_order(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return all(word in rest for word in short)


def _deletions(word: str) -> set[str]:
    """The word and what is left of it without one letter: words at distance one share one of these."""
    if len(word) < ONE_EDIT - 1:
        return set()
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
