"""What a sentence itself says of a name's type, against the tagger: "Fortum Oyj is a company", "Clapp (1849-1934)".

The small model's entity labels are wrong for one name in eight; the noun that a name is said to be, life dates and
words
such as "University" or "Inc." inside the name are better witnesses.
"""

from __future__ import annotations

import re

from analyzer.text.facts.arguments import NOMINALS, TYPES
from analyzer.text.facts.brackets import life_dates
from analyzer.text.facts.frames import Frame
from analyzer.text.facts.tree import Tree
from analyzer.text.lexicon import word_set

LABELS = {"person": "PERSON", "organisation": "ORG", "place": "GPE", "work": "WORK_OF_ART", "event": "EVENT"}
_SAYING = ("copula", "apposition", "title")

_ORGANISATION = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|company|ltd|limited|llc|llp|plc|gmbh|oyj|spa|university|college|institute|academy|"
    r"foundation|association|society|bank|group|holdings|partners|ventures|university|committee|council|commission|agency|"
    r"ministry|department|bureau|party|union|league|federation|records|studios|press|school|hospital|museum|church|team|"
    r"consulting|services|systems|technologies|software|media|networks?|airlines|railways?|motors?|industries|capital)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"^(?:the\s+)?(?:battle|siege|treaty|war|congress|conference|massacre|revolution)\s+of\b|\b(?:war|olympics|"
    r"olympic games|world cup|championships?|revolution|election|festival|earthquake|hurricane)$",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"^[^\W\d_][\w.’'\"“”()-]+(?:\s+[\w.’'\"“”(),-]+){1,5}$")
_IMPERSONAL = word_set(
    "the of and for in on at & city county state north south east west new united national international river lake "
    "mount "
    "street road park house hall bridge station airport island islands valley championship cup award prize"
)
# Nouns of persons that are said of companies as well: no evidence by themselves.
_EITHER = word_set(
    "producer publisher manager driver model player coach operator leader member maker manufacturer provider supplier "
    "distributor retailer designer developer editor broadcaster owner founder parent child star host judge dancer "
    "critic"
)
_PERSON_NOUN = re.compile(
    r"(?:ist|ian|grapher|writer|author|actor|actress|singer|painter|composer|poet|lawyer|attorney|engineer|architect|"
    r"politician|journalist|director|teacher|professor|soldier|officer|sculptor|footballer|cricketer|boxer|philosopher|"
    r"astronomer|explorer|physician|surgeon|diplomat|priest|bishop|president|minister|senator|general|king|queen|emperor|son|"
    r"daughter|wife|husband|father|mother|brother|sister|man|woman|businessman|scholar|scientist|researcher|lecturer)$"
)


def looks_personal(text: str) -> bool:
    """Two to six words, none that organisations, places or prizes are called by, not all capitals."""
    words = [w.strip('.,"“”()') for w in text.lower().split()]
    if _PERSONAL.match(text) is None or text.isupper() or _IMPERSONAL.intersection(words):
        return False
    return _ORGANISATION.search(text) is None and any(w[0].isupper() for w in text.split()[-1:])


def looks_organised(text: str) -> bool:
    """A word in the name that organisations are called by."""
    return _ORGANISATION.search(text) is not None


def relabel(tree: Tree, found: list[Frame]) -> None:
    """Set the entity labels of the tree to what the names and the frames say."""
    for number, (first, past, label) in enumerate(tree.entities):
        text = tree.text[tree.starts[first] : tree.ends[past - 1]]
        if label in TYPES and _EVENT.search(text):
            _set(tree, number, "event")
        elif label in ("PERSON", "WORK_OF_ART", "PRODUCT", "NORP") and looks_organised(text) and past - first > 1:
            _set(tree, number, "organisation")
    for frame in found:
        if frame.form != "noun" or frame.pattern not in _SAYING or frame.truth:
            continue
        said = _said(frame)
        for role in frame.filling("holder") if said else ():
            _relabel_name(tree, role.token, said)
    for life in life_dates(tree.text):
        for _, past, _ in list(tree.entities):
            if life.name_end - 2 <= tree.ends[past - 1] <= life.name_end:
                _relabel_name(tree, past - 1, "person")


def _said(frame: Frame) -> str:
    """The type of thing that a noun is said of."""
    noun = frame.words[0]
    if noun in NOMINALS:
        return NOMINALS[noun] if frame.pattern != "title" or NOMINALS[noun] == "person" else ""
    return "person" if _PERSON_NOUN.search(noun) and noun not in _EITHER else ""


def _relabel_name(tree: Tree, token: int, type: str) -> None:
    number = tree.entity[token]
    if number < 0 or tree.entities[number][2] not in TYPES or TYPES[tree.entities[number][2]] == type:
        return
    first, past, label = tree.entities[number]
    text = tree.text[tree.starts[first] : tree.ends[past - 1]]
    if type == "person" and (not looks_personal(text) or label in ("NORP", "LANGUAGE")):
        return
    if type == "work" and label == "PERSON":  # "Jane Doe, a novel ..." is rarer than a wrong attachment
        return
    _set(tree, number, type)


def _set(tree: Tree, number: int, type: str) -> None:
    first, past, _ = tree.entities[number]
    tree.entities[number] = (first, past, LABELS[type])
