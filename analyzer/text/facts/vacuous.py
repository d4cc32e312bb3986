"""Why words in the right places make no question that another text could answer: empty relations, notes, headings.

Each reason is counted under its own name; nothing is dropped silently.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from analyzer.text.facts.arguments import NOMINALS
from analyzer.text.facts.frames import Frame
from analyzer.text.facts.grammar import noun_phrase
from analyzer.text.facts.records import Argument
from analyzer.text.facts.roles import is_person_noun
from analyzer.text.facts.tree import Tree
from analyzer.text.lexicon import word_set

# Verbs that say nothing without their object: their key needs one.
LIGHT = word_set(
    "be have do get make take give go come put keep let seem become say use see know want need like mean think feel "
    "look try tell"
)
MAX_LEMMAS = 3  # a longer key is a sentence, not a question that others answer
# Sentences this long without one of these words are lists, headings or another language.
_FUNCTION = word_set(
    "the of and is was were are by for with from to has have had its his her that a an in on at as he she it who which "
    "be been not this their or but also 's ’s"
)
_LONG_SENTENCE = 9
_FUNCTION_SHARE = 0.08
# Answers that say nothing: "in addition", "at all times", "changed the way".
_EMPTY = word_set(
    "addition fact case particular general time times way ways order part example result end response contrast turn "
    "return conclusion short view light terms face wake spite basis course manner number lot variety range kind sort "
    "type thing things place places area areas point regard respect sense detail full person question issue reason "
    "following same other others more most all many several few page site website here there today yesterday tomorrow"
)
# Where something is or comes from is a fact when the answer is a name: "is from Detroit", "is in Seattle".
_BEING = frozenset(f"be {slot}" for slot in word_set("in at on of from near with for to by as about under over after"))
_HUNG = ("appos", "conj", "nmod", "dep")
_SETTING_OFF = frozenset((",", "(", "[", "—", "–", "and", "or", "&", "as", '"', "“"))
# A longer sentence with more capitals than this is a list of names or a headline.
_LIST, _CAPITALS = 12, 0.7
_OPENING, _CLOSING = ("(", "["), (")", "]")
_YEAR = re.compile(r"(?:1[0-9]|20)\d\d$")
# "as part of the deal", "in the course of": a preposition in four words.
_PARTS = word_set("part result means way kind sort type lot basis case course terms light view face wake form time")
_EMPTY_LEADS = word_set("all any some this that each every just only even exactly the a an")
_ADVERBIAL = word_set("in at on into by under out off over without")
_POINTING = word_set("this these those our my your his her their its")
_APART = (":", ";", "|", "•", "→", ">")
_NOTE_DASH = ("-", "--")


def vacuous(tree: Tree, frame: Frame, subject: int, key: str, named: Argument, answered: Argument) -> str:
    """The reason, or "" for a question with its answer. `subject` is the head token of `named`."""
    words = key.split()
    if frame.form == "verb" and len(words) == 1 and key in LIGHT:
        return "light_verb"
    if frame.form == "verb" and len(words) == 2 and words[0] in LIGHT and words[0] != "be":
        return "light_verb"
    if (
        frame.form == "verb"
        and tree.deps[frame.head] == "acl"
        and any(tree.lower[c] == "to" for c in tree.kids(frame.head, "aux"))
    ):
        return "wanted"  # "an island to be selected by X"
    if key == "be" or (key in _BEING and answered.type not in ("place", "organisation")):
        return "empty_relation"
    if len(words) > MAX_LEMMAS or not all(w.replace("-", "").isalpha() for w in words):
        return "long_relation"
    if named.start < answered.end and answered.start < named.end:
        return "overlap"
    reason = _no_prose(tree, frame, subject, words, named, answered) or _no_answer(answered) or _no_subject(tree, named)
    return reason or ("empty_answer" if words[-1] in _ADVERBIAL and _is_bare(tree, answered) else "")


def _is_bare(tree: Tree, answered: Argument) -> bool:
    """One common noun in the singular, alone: "in force", "into law", "in parallel" say how, not where."""
    i = bisect_left(tree.starts, answered.start)
    return answered.kind == "phrase" and tree.ends[i] == answered.end and tree.tags[i] == "NN"


def _no_answer(answered: Argument) -> str:
    """Answers of which nothing can be asked elsewhere."""
    if answered.kind == "phrase":
        words = [w for w in answered.value.split() if w not in _EMPTY_LEADS]
        if not words or (len(words) == 1 and words[0] in _EMPTY):
            return "empty_answer"
        if len(words) > 1 and words[0] in _PARTS and words[1] == "of":
            return "empty_answer"
    if answered.kind in ("phrase", "name") and len(answered.text) < 2:
        return "empty_answer"
    if answered.kind == "number" and answered.value.replace(".", "").isdigit() and not _YEAR.match(answered.value):
        return "bare_number"
    return ""


def _no_subject(tree: Tree, named: Argument) -> str:
    """Headings that ran into the sentence: several words in capitals where other words are not."""
    if named.kind == "name" and named.text.split()[0].lower() in _POINTING:
        return "unnamed_subject"
    if named.kind == "name" and (" - " in named.text or " – " in named.text):
        return "heading"
    if named.kind == "name" and named.text.isupper() and " " in named.text and not tree.text.isupper():
        return "heading"
    return ""


def _no_prose(tree: Tree, frame: Frame, subject: int, words: list[str], named: Argument, answered: Argument) -> str:
    """Notes, lists and foreign text, where the parser's tree means nothing."""
    letters = [w for w in tree.words if w[0].isalpha()]
    if len(letters) >= _LONG_SENTENCE and sum(w in _FUNCTION for w in tree.lower) < _FUNCTION_SHARE * len(letters):
        return "no_prose"
    if len(letters) >= _LIST and sum(w[0].isupper() for w in letters) > _CAPITALS * len(letters):
        return "no_prose"
    said, after = tree.starts[frame.head], tree.ends[frame.head]
    if _apart(tree, *((named.end, said) if named.end <= said else (after, named.start)), _NOTE_DASH):
        return "no_prose"
    if _apart(tree, *((answered.end, said) if answered.end <= said else (after, answered.start)), ()):
        return "no_prose"
    if frame.form == "noun" and frame.pattern == "apposition":
        bare = tree.tags[frame.head] == "NN" and not tree.has(frame.head, "det", "poss") and words[-1] != "of"
        hung = tree.deps[frame.head] in _HUNG or tree.deps[subject] in _HUNG or frame.head < subject
        if (bare and not is_person_noun(words[1])) or not hung or not _set_off(tree, frame.head, subject):
            return "loose_apposition"
    return ""


def _apart(tree: Tree, left: int, right: int, dashes: tuple[str, ...]) -> bool:
    """Whether a colon, a semicolon, the dash of a note or one side of a bracket stands between two offsets; a bracket
    that opens at the left may hold the right: "Jane Doe (born in Leeds)"."""
    depth, opened = 0, 0
    for t in range(bisect_left(tree.starts, left), bisect_left(tree.starts, right)):
        word = tree.words[t]
        if word in _APART or (word in dashes and tree.starts[t] > tree.ends[t - 1]):
            return True
        if word in _OPENING:
            opened += tree.starts[t] - left <= 1
            depth += 1
        elif word in _CLOSING:
            depth -= 1
            if depth < 0:
                return True
    return depth > opened


def _set_off(tree: Tree, noun: int, holder: int) -> bool:
    """Whether a comma, a bracket or a dash stands before the later of the two, or the noun is a title right before the
    name ("the novelist Jane Doe", "the company Acme")."""
    first, later = min(noun, holder), max(noun, holder)
    start = noun_phrase(tree, later, of=False)[0]
    if start - 1 == first:
        return first == noun and (tree.label(holder) == "PERSON" or tree.lower[noun] in NOMINALS)
    return tree.words[start - 1] in _SETTING_OFF if start else True
