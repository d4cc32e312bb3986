"""Open relations: what a sentence says in its own words, keyed by lemma, particle and preposition with the voice
normalised."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.arguments import argument
from analyzer.text.facts.frames import Frame, Role, relation_span
from analyzer.text.facts.records import Argument, Candidate
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.typed import window
from analyzer.text.lexicon import word_set

# Verbs that say nothing without their object: their key needs one.
LIGHT = word_set("be have do get make take give go come put keep let seem become say use see know want")
MAX_LEMMAS = 4  # a longer key is a sentence, not a question that others answer
_PREDICATES = ("copula", "apposition", "as", "title")
_TIME = ("when",)


def openly(tree: Tree, found: list[Frame], lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    """Candidates of every frame: agent to patient, agent or patient to a preposition, noun holder to its complement."""
    for frame in found:
        if frame.form == "verb":
            yield from _verb(tree, frame, lemmas, max_tokens)
        elif frame.form == "noun" and frame.pattern in _PREDICATES:
            yield from _noun(tree, frame, max_tokens)


def _verb(tree: Tree, frame: Frame, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    verb, passive = frame.words[0], frame.pattern == "passive"
    if frame.filling("complement") and verb in ("be", "become", "remain"):
        return
    agents, patients = frame.filling("agent"), frame.filling("patient")
    for agent in agents:
        for patient in patients:
            yield _candidate(tree, frame, agent, patient, verb, max_tokens)
    between = {r.token: _object(tree, patients, r, lemmas) for r in frame.roles}
    for subject in patients if passive else agents:
        for role in frame.roles:
            if role.slot in ("agent", "patient", "complement") or role.token == subject.token:
                continue
            words = [*(["be"] if passive else []), _participle(tree, frame) if passive else verb]
            if not passive and between[role.token]:
                words.append(between[role.token])
            words.append(role.slot)
            yield _candidate(tree, frame, subject, role, " ".join(words), max_tokens)


def _participle(tree: Tree, frame: Frame) -> str:
    return frame.words[0]


def _object(tree: Tree, patients: list[Role], role: Role, lemmas: Lemmas) -> str:
    """Lemma of the object between verb and preposition, names left out: "win prize in"."""
    for patient in patients:
        if patient.token < role.token:
            if tree.pos[patient.token] in ("PROPN", "PRON", "NUM") or tree.entity[patient.token] >= 0:
                return "it"
            return lemmas.lemma(tree.lower[patient.token], tree.tags[patient.token])
    return ""


def _noun(tree: Tree, frame: Frame, max_tokens: int) -> Iterator[Candidate]:
    if tree.pos[frame.head] != "NOUN":
        return
    for holder in frame.filling("holder"):
        roles = [r for r in frame.roles if r.slot not in ("holder", "self", "nationality", "compound")]
        for role in roles:
            slot = "of" if role.slot == "poss" else role.slot
            yield _candidate(tree, frame, holder, role, f"be {frame.words[0]} {slot}", max_tokens)
        if not roles and frame.pattern == "copula":
            yield _candidate(tree, frame, holder, Role("self", frame.head), "be", max_tokens)


def _candidate(tree: Tree, frame: Frame, subject: Role, answer: Role, key: str, max_tokens: int) -> Candidate:
    first, past = relation_span(tree, frame, answer)
    named, answered = argument(tree, subject.token, max_tokens), argument(tree, answer.token, max_tokens)
    start, end = tree.starts[first], tree.ends[past - 1]
    truth = frame.truth or _emptiness(key, named, answered)
    return Candidate(
        named, answered, key, start, end, tree.text[start:end], "open", f"{frame.form}-{frame.pattern}", truth,
        window(tree, named, answered),
    )  # fmt: skip


def _emptiness(key: str, subject: Argument, answer: Argument) -> str:
    """Why the words make no question: a light verb, too many words, subject and answer in one another."""
    words = key.split()
    if key in LIGHT or (words[0] in LIGHT and len(words) == 2 and words[0] != "be"):
        return "light_verb"
    if words[0] == "be" and len(words) == 2:
        return "empty_relation"
    if len(words) > MAX_LEMMAS or not all(w.replace("-", "").isalpha() for w in words):
        return "long_relation"
    if subject.start < answer.end and answer.start < subject.end:
        return "overlap"
    return ""
