"""Declared relations: rows of the table laid over the frames of a sentence. No relation has code of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from analyzer.text.dates import iso_date
from analyzer.text.demonyms import country_of
from analyzer.text.facts.arguments import argument
from analyzer.text.facts.brackets import Life, life_dates
from analyzer.text.facts.evidence import looks_organised, looks_personal
from analyzer.text.facts.frames import Frame, Role, relation_span
from analyzer.text.facts.grammar import conjuncts, noun_phrase, prepositions
from analyzer.text.facts.records import Argument, Candidate
from analyzer.text.facts.table import Row, Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import DENIED, HEDGED, PLAIN
from analyzer.text.lexicon import word_set
from analyzer.text.names import folded, normal_name
from analyzer.text.places import COUNTRIES, is_region, spelled_out

_OCCUPATION = re.compile(
    r"(?:ist|ian|ologist|grapher|writer|author|actor|actress|singer|player|painter|composer|poet|lawyer|attorney|engineer|"
    r"architect|politician|journalist|director|producer|teacher|professor|soldier|officer|sculptor|designer|dancer|"
    r"footballer|cricketer|boxer|swimmer|wrestler|golfer|cyclist|runner|driver|coach|manager|banker|businessman|"
    r"businesswoman|entrepreneur|philosopher|astronomer|explorer|inventor|physician|surgeon|nurse|dentist|judge|diplomat|"
    r"statesman|priest|bishop|rabbi|missionary|farmer|merchant|filmmaker|screenwriter|playwright|novelist|rapper|"
    r"songwriter|musician|conductor|guitarist|drummer|model|comedian|broadcaster|presenter|critic|scholar|scientist|"
    r"researcher|programmer|astronaut|pilot|sailor|chef|photographer|illustrator|cartoonist|translator|editor|publisher|"
    r"activist|economist|sociologist|astronomer|mathematician|physicist|chemist|historian|theologian|naturalist|athlete)$"
)
_NO_OCCUPATION = word_set(
    "civilian christian resident list exist guardian optimist finalist loyalist nationalist semifinalist"
)
_UNKNOWN = word_set(
    "unknown uncertain unclear disputed debated contested unrecorded unconfirmed undocumented unsettled "
    "controversial undetermined unspecified undisclosed secret lost"
)
_KNOWING = word_set("know record document establish determine certain clear agree settle confirm")
_ASKING = {"where": "place", "when": "date", "who": "person"}


def typed(tree: Tree, found: list[Frame], rules: Table, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    """Candidates of the declared relations, each (relation, subject, answer) once."""
    seen: set[tuple[str, int, int]] = set()
    for candidate in _all(tree, found, rules, lemmas, max_tokens):
        key = candidate.relation, candidate.subject.start, candidate.answer.start
        if key not in seen and not _overlap(candidate.subject, candidate.answer):
            seen.add(key)
            yield candidate


def _all(tree: Tree, found: list[Frame], rules: Table, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    yield from _brackets(tree, rules)
    for frame in found:
        for row in rules.find(frame.form, frame.words):
            yield from _links(tree, frame, row, max_tokens)
        yield from _unknown(tree, frame, rules, lemmas, max_tokens)


def _links(tree: Tree, frame: Frame, row: Row, max_tokens: int) -> Iterator[Candidate]:
    answers = [r for slot in row.answer_slots for r in _fill(tree, frame, slot, row)]
    for subject in (r for slot in row.subject_slots for r in _fill(tree, frame, slot, row)):
        named = argument(tree, subject.token, max_tokens)
        if not fits(named, row.subject):
            continue
        for role in answers:
            answer = _answer(tree, frame, role, row, max_tokens)
            if answer is None or role.token == subject.token:
                continue
            words = relation_span(tree, frame, role)
            for relation, part in _regions(tree, role.token, answer, row):
                yield _candidate(tree, named, part, relation, words, frame, row.subject)


def _fill(tree: Tree, frame: Frame, slot: str, row: Row) -> list[Role]:
    """Roles in a slot; "patient at" follows the preposition of the patient; "phrase" is the noun itself."""
    outer, _, inner = slot.partition(" ")
    if not inner or frame.form != "verb" or outer != "patient":
        return frame.filling("self" if slot == "phrase" else slot)
    found = []
    for role in frame.filling(outer):
        if row.via and tree.lower[role.token].removesuffix("s").removesuffix("'") not in row.via:
            continue
        found += [Role(slot, n, w) for w, n in prepositions(tree, role.token) if tree.lower[w[-1]] == inner]
    return found


def _answer(tree: Tree, frame: Frame, role: Role, row: Row, max_tokens: int) -> Argument | None:
    """The answer in the form the relation wants, None when the token cannot be one."""
    i = role.token
    if "nationality" in row.answer:
        country = country_of(tree.words[i])
        return _piece(tree, i, i + 1, "place", country) if country else None
    if "occupation" in row.answer:
        return _occupation(tree, i)
    if "position" in row.answer:
        first, past = noun_phrase(tree, i)
        while first < i and (tree.pos[first] in ("DET", "ADJ", "NUM") or tree.tags[first] in ("PRP$",)):
            first += 1
        words = folded(tree.text[tree.starts[first] : tree.ends[past - 1]])
        return (
            _piece(tree, first, past, "phrase", words.replace(" of the ", " of "))
            if past - first <= max_tokens
            else None
        )
    answer = argument(tree, i, max_tokens)
    if not fits(answer, row.answer) or (row.like is not None and row.like.search(answer.text) is None):
        return None
    return answer


def fits(found: Argument, types: frozenset[str]) -> bool:
    """Whether an argument may be of one of these types; an untyped name and "they" fit any named type.

    Of names only, the tagger's confusions of persons with organisations and works are let through where the name itself
    looks like what is asked for.
    """
    if found.kind in ("date", "number", "phrase"):
        return found.kind in types
    named = types - {"date", "number", "phrase", "nationality", "occupation", "position"}
    if found.kind not in ("name", "pronoun", "nominal") or not named:
        return False
    if found.type == "thing":
        return bool(named - {"person"})
    if found.type in named or found.type in ("any", "other", "speaker"):
        return True
    if found.kind != "name":
        return False
    if found.type in ("organisation", "work", "product", "group", "event") and "person" in named:
        return looks_personal(found.text)
    if "organisation" in named:
        return found.type in ("work", "product") or (found.type in ("person", "group") and looks_organised(found.text))
    return False


def _regions(tree: Tree, i: int, answer: Argument, row: Row) -> Iterator[tuple[str, Argument]]:
    """(relation, answer): a place that is a country or a state, or that follows a town ("Vancouver, British Columbia"),
    answers the relation's question of the region."""
    if not row.region or answer.kind != "name":
        yield row.relation, answer
        return
    key = normal_name(answer.text, "place")
    yield (row.region if is_region(key) else row.relation), answer
    number = tree.entity[i]
    while key not in COUNTRIES and 0 <= number < len(tree.entities) - 1:
        past, (first, last, label) = tree.entities[number][1], tree.entities[number + 1]
        if first != past + 1 or tree.words[past] != "," or label not in ("GPE", "LOC", "PERSON", "ORG"):
            return
        part = argument(tree, last - 1, 1)
        key = spelled_out(normal_name(part.text, "place"), after_town=True)
        if not is_region(key):
            return
        yield row.region, replace(part, value=key, kind="value", type="place")
        number += 1


def _occupation(tree: Tree, i: int) -> Argument | None:
    lower = tree.lower[i]
    lemma = lower[:-3] + "man" if lower.endswith("men") else lower.removesuffix("s") if tree.tags[i] == "NNS" else lower
    if tree.pos[i] != "NOUN" or lemma in _NO_OCCUPATION or _OCCUPATION.search(lemma) is None:
        return None
    first = i
    while first and tree.heads[first - 1] == i and tree.deps[first - 1] == "compound" and tree.pos[first - 1] == "NOUN":
        first -= 1
    return _piece(tree, first, i + 1, "phrase", " ".join([*tree.lower[first:i], lemma]))


def _piece(tree: Tree, first: int, past: int, type: str, value: str) -> Argument:
    start, end = tree.starts[first], tree.ends[past - 1]
    return Argument(start, end, "phrase" if type == "phrase" else "value", type, tree.text[start:end], value)


def _brackets(tree: Tree, rules: Table) -> Iterator[Candidate]:
    for life in life_dates(tree.text):
        holder = next(
            (i for i in range(len(tree.words) - 1, -1, -1) if life.name_end - 2 <= tree.ends[i] <= life.name_end), -1
        )
        if holder < 0:
            continue
        subject, value = argument(tree, holder, 1), iso_date(tree.text[life.start : life.end])
        for row in rules.find("bracket", (life.event,)):
            if subject.kind != "name" or not fits(subject, row.subject) or value is None:
                continue
            parts = [
                (row.relation, Argument(life.start, life.end, "date", "date", tree.text[life.start : life.end], value))
            ]
            if "place" in row.answer_slots:
                parts = [part for i in _places(tree, life) for part in _regions(tree, i, argument(tree, i, 1), row)]
            for relation, answer in parts:
                yield Candidate(
                    subject, answer, relation, life.start, life.end, life.event, "typed", "bracket", PLAIN,
                    window(tree, subject, answer), row.subject,
                )  # fmt: skip


def _places(tree: Tree, life: Life) -> list[int]:
    """The head of the first place in the bracket after the date, unless another date or event comes first."""
    for first, past, label in tree.entities:
        if life.end <= tree.starts[first] < life.until:
            return [past - 1] if label in ("GPE", "LOC", "FAC") else []
    return []


def _unknown(tree: Tree, frame: Frame, rules: Table, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    """ "X's date of birth is unknown", "the author of Y is disputed", "it is not known where X was born"."""
    if frame.form == "verb" and _doubted(tree, frame.head, lemmas):
        for role in frame.roles:
            if role.slot not in ("agent", "patient"):
                continue
            lemma = lemmas.lemma(tree.lower[role.token], tree.tags[role.token])
            for _, noun in prepositions(tree, role.token):
                lemma = f"{lemma} of {tree.lower[noun]}" if f"{lemma} of {tree.lower[noun]}" in rules.asked else lemma
            if lemma not in rules.asked:
                continue
            relation, types = rules.asked[lemma]
            for owner in _owners(tree, role.token):
                subject = argument(tree, owner, max_tokens)
                if fits(subject, types):
                    yield _candidate(
                        tree, subject, Argument(subject.end, subject.end, "none", "unknown", ""), relation,
                        (frame.head, frame.head + 1), frame, types, HEDGED,
                    )  # fmt: skip
    head = tree.heads[frame.head]
    if (
        frame.form == "verb"
        and tree.deps[frame.head] in ("ccomp", "csubj", "csubjpass", "nsubj", "advcl")
        and _doubted(tree, head, lemmas)
    ):
        asked = {_ASKING.get(tree.lower[c]) for c in tree.children[frame.head]}
        for row in rules.find("verb", frame.words):
            if not asked & row.answer:
                continue
            for subject_role in (r for slot in row.subject_slots for r in frame.filling(slot)):
                subject = argument(tree, subject_role.token, max_tokens)
                if fits(subject, row.subject):
                    yield _candidate(
                        tree, subject, Argument(subject.end, subject.end, "none", "unknown", ""), row.relation,
                        (frame.head, frame.head + 1), frame, row.subject, HEDGED,
                    )  # fmt: skip


def _owners(tree: Tree, n: int) -> list[int]:
    found = [o for c in tree.kids(n, "poss") for o in conjuncts(tree, c)]
    for prep, noun in prepositions(tree, n):
        if tree.lower[prep[0]] == "of":
            found += [noun, *_owners(tree, noun)] if tree.pos[noun] == "NOUN" else [noun]
    return found


def _doubted(tree: Tree, v: int, lemmas: Lemmas) -> bool:
    """ "is unknown", "is disputed", "is not known"."""
    around = {v, *tree.kids(v, "acomp", "attr", "oprd", "ROOT")}
    if any(tree.lower[i] in _UNKNOWN for i in around):
        return True
    known = any(lemmas.lemma(tree.lower[i], tree.tags[i]) in _KNOWING for i in around)
    return known and any(
        tree.deps[c] == "neg" or tree.lower[c] in ("never", "little", "nobody", "none")
        for i in around
        for c in tree.children[i]
    )


def _candidate(
    tree: Tree,
    subject: Argument,
    answer: Argument,
    relation: str,
    words: tuple[int, int],
    frame: Frame,
    types: frozenset[str],
    truth: str | None = None,
) -> Candidate:
    start, end = tree.starts[words[0]], tree.ends[words[1] - 1]
    state = frame.truth if truth is None else truth
    return Candidate(
        subject, answer, relation, start, end, tree.text[start:end], "typed",
        f"{frame.form}-{frame.pattern}" if state not in (DENIED, HEDGED) else f"{frame.form}-abstention",
        state, window(tree, subject, answer), types,
    )  # fmt: skip


def window(tree: Tree, subject: Argument, answer: Argument) -> int:
    """Tokens between subject and answer; negative when the answer comes first."""
    if answer.start >= subject.end:
        return sum(subject.end <= s < answer.start for s in tree.starts)
    return -sum(answer.end <= s < subject.start for s in tree.starts) - 1


def _overlap(a: Argument, b: Argument) -> bool:
    return a.start < b.end and b.start < a.end
