"""Open relations: what a sentence says in its own words, keyed by lemma, particle and preposition with the voice
normalised.

"X was founded in 1890" and "X, founded in 1890," ask "be found in"; "Y founded X" and "X was founded by Y" both ask
"found"
of Y. An object between verb and preposition enters by its head alone: "hold election in". "Acme CEO Jane Doe", "Acme's
CEO, Jane Doe" and "Jane Doe is the CEO of Acme" all ask "be ceo of".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.text.demonyms import country_of
from analyzer.text.facts.address import regions_after
from analyzer.text.facts.arguments import argument
from analyzer.text.facts.evidence import looks_organised
from analyzer.text.facts.frames import Frame, Role, relation_span
from analyzer.text.facts.grammar import conjuncts, prepositions
from analyzer.text.facts.records import Candidate
from analyzer.text.facts.roles import is_office, is_person_noun
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.typed import window
from analyzer.text.facts.vacuous import LIGHT, vacuous
from analyzer.text.lexicon import word_set

_PREDICATES = ("copula", "inverted", "apposition", "as", "title")
_COPULAS = ("be", "become", "remain")
_BESIDE = ("poss", "compound", "nationality")  # read as "of": "Acme's CEO", "the Acme CEO"
# "X was elected president", "the board named X president": what X became follows without a preposition.
_NAMING = word_set("elect re-elect reelect appoint name choose crown ordain designate nominate proclaim make")
# A name, a preposition and a name that say where somebody or something belongs, whatever the sentence says of them.
_PLACES = ("GPE", "LOC", "FAC")
_SITUATIONS = (*_PLACES, "DATE", "ORG", "EVENT")
_PLACED = ("PERSON", "ORG", "FAC")
_AFFILIATIONS = frozenset(
    [("PERSON", "of", "ORG"), ("PERSON", "from", "GPE"), ("PERSON", "from", "ORG"), ("PERSON", "at", "ORG")]
    + [(label, "in", place) for label in ("ORG", "FAC") for place in ("GPE", "LOC")]
)
# Nouns that say something happened to, or was done by, their owner: "the creation of X in 1947", "X's death in 1900".
_HAPPENING = re.compile(
    r"(?:[ts]ion|ment|ance|ence|ing|death|birth|murder|marriage|victory|defeat|arrival|departure|debut|collapse|fall|"
    r"rise|visit|career|service|study|studies|work|retirement|return|removal|reign|release|launch|start|discovery|home|hometown|residence|house|office|headquarters)$"
)
# "vice-president", "prime-minister": without these the office is another one.
_LESSER = word_set("vice prime deputy assistant associate acting honorary interim")
# Verbs whose object is missed by the parser rather than left out: "held in 1979 six sales".
_TRANSITIVE = word_set(
    "grant hold propose provide give make take establish create issue cede own acquire produce offer include involve "
    "adopt require allow enable receive obtain complete achieve present"
)
_PREPOSITIONAL = word_set(
    "begin start use consist include follow accord base concern depend regard compare give consider assume range date "
    "exclude involve count judge speak owe add"
)
_VAGUE = word_set(
    "number percent percentage majority rest amount share portion result consequence matter means way rule example "
    "fact case total lot kind type sort form one other north south east west"
)
# "instead of", "because of": the adverb before a preposition that takes the place of its meaning.
_ADVERBS = word_set("instead because regardless irrespective ahead as such rather than contrary according due owing")


def openly(tree: Tree, found: list[Frame], lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    """Candidates of every frame: agent to patient, agent or patient to a preposition, noun holder to its complement,
    owner of an event to its time and place."""
    for frame in found:
        if frame.form == "verb":
            pairs = _verb(tree, frame, lemmas)
        elif frame.form == "noun" and frame.pattern in _PREDICATES:
            pairs = _noun(tree, frame)
        elif frame.form == "event":
            pairs = _event(tree, frame)
        else:
            continue
        for subject, answer, key in pairs:
            if subject.token != answer.token:
                yield _candidate(tree, frame, subject, answer, key, max_tokens)
    for frame, (subject, answer, key) in _attached(tree):
        yield _candidate(tree, frame, subject, answer, key, max_tokens)


_Pair = tuple[Role, Role, str]


def _verb(tree: Tree, frame: Frame, lemmas: Lemmas) -> Iterator[_Pair]:
    verb, passive = frame.words[0], frame.pattern == "passive"
    agents, patients, complements = (frame.filling(slot) for slot in ("agent", "patient", "complement"))
    if (complements and verb in _COPULAS) or _dangles(tree, frame.head, verb):
        return
    for agent in agents:
        for patient in patients:
            if verb in _NAMING and not passive and _is_post(tree, patient.token):
                yield agent, patient, f"be {verb} as"  # the headline's "Jane Doe elected president"
                continue
            yield agent, patient, _named(tree, verb, patient.token, lemmas)
    if passive or complements:
        for subject in patients:
            for role in complements:
                named = verb in _NAMING or tree.deps[role.token] == "oprd"
                yield subject, role, f"be {verb} as" if named else f"be {verb}"
    between = complements if passive else patients
    if not between and (tree.has(frame.head, "ccomp") or (verb in _TRANSITIVE and not passive)):
        return  # "proposed in 1950 that ...": what was proposed is a clause
    if tree.has(frame.head, "acomp") and not passive:
        return  # "is conspicuous in summer" is said by the adjective, which has a frame of its own
    head = _object(tree, [r.token for r in between], lemmas)
    start = f"be {verb}" if passive else verb
    for subject in patients if passive else agents:
        for role in _around(tree, frame, verb):
            yield subject, role, f"{start} {head} {role.slot}" if head else f"{start} {role.slot}"
        if not passive:
            for patient in patients:
                yield from ((subject, r, f"{verb} {head} {r.slot}") for r in _of_object(tree, patient, verb))


def _dangles(tree: Tree, v: int, verb: str) -> bool:
    """ "Starting in 1990, ...", "Using this model, ...": participles that are prepositions, and of no subject."""
    return verb in _PREPOSITIONAL and tree.deps[v] in ("advcl", "prep") and not tree.has(v, "nsubj", "nsubjpass")


def _is_post(tree: Tree, i: int) -> bool:
    return tree.tags[i] == "NN" and not tree.has(i, "det", "poss") and is_person_noun(tree.lower[i])


def _named(tree: Tree, verb: str, patient: int, lemmas: Lemmas) -> str:
    """ "They had two daughters, Ann and Eve": a light verb keeps the noun that the names stand beside."""
    noun = tree.heads[patient]
    while tree.deps[patient] == "conj" and tree.pos[noun] == "PROPN":
        patient, noun = noun, tree.heads[noun]
    if verb in LIGHT and tree.deps[patient] == "appos" and tree.pos[noun] == "NOUN":
        return f"{verb} {lemmas.lemma(tree.lower[noun], tree.tags[noun])}"
    return verb


def _around(tree: Tree, frame: Frame, verb: str) -> Iterator[Role]:
    """Prepositions and times of a verb; a town that is followed by its region gives the region as well."""
    for role in frame.roles:
        if role.slot in ("agent", "patient", "complement") or _is_adverbial(tree, role):
            continue
        if verb in _COPULAS and tree.deps[role.token] == "conj":
            continue  # "is in force and a court was created": a clause is often hung on such a short one
        slot = "in" if role.slot == "when" else role.slot
        yield Role(slot, role.token, role.words)
        if tree.label(role.token) in _PLACES:
            past = tree.entities[tree.entity[role.token]][1]
            yield from (Role(slot, last - 1, role.words) for _, last, _ in regions_after(tree, past))
    yield from _relative_adverb(tree, frame.head)


def _relative_adverb(tree: Tree, v: int) -> list[Role]:
    """ "Oxford, where she studied" is at Oxford; "1990, when he died" is in 1990."""
    top = v
    while tree.deps[top] == "conj":
        top = tree.heads[top]
    if tree.deps[top] != "relcl":
        return []
    noun = tree.heads[top]
    asked = {tree.lower[c] for c in tree.kids(top, "advmod")}
    if "where" in asked and tree.pos[noun] == "PROPN" and tree.label(noun) not in ("PERSON", "DATE", "TIME"):
        return [Role("in" if tree.label(noun) in ("GPE", "LOC") else "at", noun)]
    return [Role("in", noun)] if "when" in asked and tree.label(noun) in ("DATE", "TIME") else []


def _of_object(tree: Tree, patient: Role, verb: str) -> Iterator[Role]:
    """What hangs off the object: "a degree from Oxford"; with "of" only where the verb is light ("have area of")."""
    if tree.entity[patient.token] >= 0 or tree.pos[patient.token] != "NOUN":
        return
    for words, noun in prepositions(tree, patient.token):
        slot = " ".join(tree.lower[w] for w in words)
        if (slot != "of" or verb in LIGHT) and not _is_adverbial(tree, Role(slot, noun, words)):
            yield Role(slot, noun, words)
        for inner, source in prepositions(tree, noun):  # "a degree in chemistry from Oxford"
            if tree.lower[inner[0]] in ("from", "at") and tree.pos[noun] == "NOUN":
                yield Role(tree.lower[inner[0]], source, inner)


def _is_adverbial(tree: Tree, role: Role) -> bool:
    first = role.words[0] if role.words else 0
    return first > 0 and tree.lower[first - 1] in _ADVERBS


def _object(tree: Tree, between: list[int], lemmas: Lemmas) -> str:
    """Head of the object that stands between verb and preposition: a lemma, a name of one word, or "*" (no key)."""
    if not between:
        return ""
    heads = {h for h in between if not any(h in conjuncts(tree, b)[1:] for b in between)}
    i = min(heads or between)
    if tree.pos[i] in ("PRON", "NUM"):
        return "*"
    if tree.pos[i] == "PROPN" or tree.entity[i] >= 0:
        first, past = tree.entities[tree.entity[i]][:2] if tree.entity[i] >= 0 else (i, i + 1)
        alone = past - first == 1 and not tree.has(i, "compound")
        return tree.lower[i] if alone else "*"
    return lemmas.lemma(tree.lower[i], tree.tags[i])


def _noun(tree: Tree, frame: Frame) -> Iterator[_Pair]:
    noun = frame.words[0]
    lesser = [tree.lower[c] for c in tree.kids(frame.head, "amod", "compound") if tree.lower[c] in _LESSER]
    capitalised = not tree.words[frame.head].islower() and not is_office(tree.words[frame.head])
    adverbial = frame.pattern == "as" and noun in ("part", "sign", "proof", "condition")  # "as part of the deal"
    if tree.entity[frame.head] >= 0 or noun in _VAGUE or capitalised or adverbial:
        return
    for holder in frame.filling("holder"):
        if frame.pattern == "apposition" and _is_many(tree, frame.head) and not _is_one_of_many(tree, holder.token):
            continue  # "Galileo, the early participants ...": no apposition
        roles = [r for r in frame.roles if (r.words or r.slot in _BESIDE) and not _is_demonym(tree, r)]
        for role in roles:
            slot = "of" if role.slot in ("poss", "compound", "nationality") else role.slot
            yield holder, Role(slot, role.token, role.words), f"be {'-'.join([*lesser, noun])} {slot}"
        if not roles and frame.pattern == "copula":
            yield holder, Role("self", frame.head), "be"


def _is_many(tree: Tree, noun: int) -> bool:
    return tree.tags[noun] in ("NNS", "NNPS")


def _is_one_of_many(tree: Tree, name: int) -> bool:
    return tree.deps[name] == "conj" or tree.has(name, "conj")


def _is_demonym(tree: Tree, role: Role) -> bool:
    """A people's adjective says where from, and the declared relation of nationality knows it; "a Labour politician"
    is a politician of Labour."""
    return role.slot == "nationality" and (
        country_of(tree.words[role.token]) is not None or tree.tags[role.token] != "NNP"
    )


def _attached(tree: Tree) -> Iterator[tuple[Frame, _Pair]]:
    """Names with a name behind them: "Jane Doe of Bell Labs", "the School of Art in Leeds"."""
    for i, pos in enumerate(tree.pos):
        label = tree.label(i)
        if pos != "PROPN" or label not in _PLACED or tree.deps[i] in ("compound", "ROOT"):
            continue
        first, past, _ = tree.entities[tree.entity[i]]
        if label != "PERSON" and not looks_organised(tree.text[tree.starts[first] : tree.ends[past - 1]]):
            continue
        for words, noun in prepositions(tree, i):
            slot = tree.lower[words[0]]
            if (
                len(words) == 1
                and (label, slot, tree.label(noun)) in _AFFILIATIONS
                and words[0] == tree.entities[tree.entity[i]][1]
            ):
                frame = Frame("name", i, ("be",), (), "attached", "")
                yield frame, (Role("holder", i), Role(slot, noun, words), f"be {slot}")


def _event(tree: Tree, frame: Frame) -> Iterator[_Pair]:
    if tree.pos[frame.head] != "NOUN" or _HAPPENING.search(frame.words[0]) is None:
        return
    for owner in (*frame.filling("poss"), *frame.filling("of")):
        for role in frame.roles:
            if role.slot in ("in", "on", "at") and tree.label(role.token) in _SITUATIONS:
                yield owner, role, f"{frame.words[0]} {role.slot}"


def _candidate(tree: Tree, frame: Frame, subject: Role, answer: Role, key: str, max_tokens: int) -> Candidate:
    first, past = relation_span(tree, frame, answer)
    named, answered = argument(tree, subject.token, max_tokens), argument(tree, answer.token, max_tokens)
    start, end = tree.starts[first], tree.ends[past - 1]
    truth = frame.truth or vacuous(tree, frame, subject.token, key, named, answered)
    return Candidate(
        named, answered, key, start, end, tree.text[start:end], "open", f"{frame.form}-{frame.pattern}", truth,
        window(tree, named, answered),
    )  # fmt: skip
