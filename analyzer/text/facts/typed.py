"""Declared relations: rows of the table laid over the frames of a sentence. No relation has code of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from analyzer.text.dates import iso_date
from analyzer.text.demonyms import country_of
from analyzer.text.facts.address import regions_after, town_before
from analyzer.text.facts.arguments import argument
from analyzer.text.facts.brackets import Life, life_dates
from analyzer.text.facts.evidence import looks_organised, looks_personal
from analyzer.text.facts.frames import Frame, Role, relation_span
from analyzer.text.facts.grammar import is_predicate, noun_phrase
from analyzer.text.facts.grammar import subjects as subjects_of
from analyzer.text.facts.records import Argument, Candidate
from analyzer.text.facts.roles import POSTNOMINALS, is_person_noun, occupation
from analyzer.text.facts.table import Row, Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import DENIED, HEDGED, PLAIN
from analyzer.text.facts.unknown import unknowns
from analyzer.text.facts.verbs import bearers
from analyzer.text.names import folded, normal_name
from analyzer.text.places import is_region

_VALUES = frozenset(("date", "number", "phrase"))
_SPECIAL = frozenset(("nationality", "occupation", "position"))
_THINGS = frozenset(("organisation", "work", "product", "group", "event"))
# Inside an object ("a degree in physics from X", "degrees from A and B") nothing but phrases is crossed.
_INSIDE = frozenset(("prep", "pobj", "conj", "appos"))


def typed(tree: Tree, found: list[Frame], rules: Table, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    """Candidates of the declared relations, each (relation, subject, answer) once."""
    seen: set[tuple[str, int, int]] = set()
    for candidate in _all(tree, found, rules, lemmas, max_tokens):
        key = candidate.relation, candidate.subject.start, candidate.answer.start
        if key not in seen and not _overlap(candidate.subject, candidate.answer):
            seen.add(key)
            yield candidate


def _all(tree: Tree, found: list[Frame], rules: Table, lemmas: Lemmas, max_tokens: int) -> Iterator[Candidate]:
    known: dict[int, Argument] = {}

    def named(i: int) -> Argument:
        if i not in known:
            known[i] = argument(tree, i, max_tokens)
        return known[i]

    yield from _brackets(tree, rules)
    yield from _modifiers(tree, rules, max_tokens)
    for frame in found:
        for row in rules.find(frame.form, frame.words):
            for subject, answer, relation, words in _links(tree, frame, row, named, max_tokens):
                yield _candidate(tree, subject, answer, relation, words, frame, row.subject)
        for relation, owner, types in unknowns(tree, frame, rules, lemmas):
            subject = named(owner)
            if fits(subject, types):
                nothing = Argument(subject.end, subject.end, "none", "unknown", "")
                words = frame.head, frame.head + 1
                yield _candidate(tree, subject, nothing, relation, words, frame, types, HEDGED)


def _links(
    tree: Tree, frame: Frame, row: Row, named: Callable[[int], Argument], max_tokens: int
) -> Iterator[tuple[Argument, Argument, str, tuple[int, int]]]:
    """(subject, answer, relation, words that say it) for each pair of roles that the row links."""
    subjects = []
    if row.without and any(r.slot in row.without for r in frame.roles):
        return
    tokens = [r.token for slot in row.subject_slots for r in _fill(tree, frame, slot, row)]
    for token in tokens or (_implied(tree, frame.head) if "agent" in row.subject_slots else []):
        subject = named(token)
        if fits(subject, row.subject, "subject" in row.sure):
            subjects.append((token, subject))
    if not subjects:
        return
    for role in (r for slot in row.answer_slots for r in _fill(tree, frame, slot, row)):
        answer = _answer(tree, role.token, row, named, max_tokens)
        if answer is None:
            continue
        words = relation_span(tree, frame, role)
        for token, subject in subjects:
            if token != role.token:
                for relation, part in _regions(tree, role.token, answer, row):
                    yield subject, part, relation, words


def _fill(tree: Tree, frame: Frame, slot: str, row: Row) -> list[Role]:
    """Roles in a slot; "patient at" is the preposition inside the patient; "phrase" is the noun itself."""
    outer, _, inner = slot.partition(" ")
    if inner and frame.form == "verb" and outer in ("patient", "complement"):
        return [r for role in frame.filling(outer) for r in _inside(tree, role.token, slot, inner, row.via)]
    if slot == "where" and frame.form == "verb":
        return [Role(slot, i) for i in _where(tree, frame.head)]
    return [r for r in frame.filling("self" if slot == "phrase" else slot) if not _accompanies(tree, frame, r)]


def _implied(tree: Tree, v: int) -> list[int]:
    """Whose gerund it is: "Prior to joining Acme, she ..."."""
    prior = tree.heads[tree.heads[v]]
    if tree.deps[v] != "pcomp" or tree.lower[prior] != "prior" or not is_predicate(tree, tree.heads[prior]):
        return []
    return subjects_of(tree, tree.heads[prior])


def _inside(tree: Tree, top: int, slot: str, inner: str, via: frozenset[str]) -> Iterator[Role]:
    """Objects of the preposition `inner` within the phrase of `top`, if one of the nouns above them is in `via`."""
    stack = [(top, not via)]
    while stack:
        i, met = stack.pop()
        met = met or tree.lower[i].removesuffix("s").removesuffix("'").removesuffix("’") in via
        for c in tree.children[i]:
            if tree.deps[c] not in _INSIDE:
                continue
            stack.append((c, met))
            if met and tree.deps[c] == "pobj" and tree.lower[i] == inner:
                yield Role(slot, c, (i,))
            elif met and tree.deps[c] == "conj" and tree.deps[i] == "pobj" and tree.lower[tree.heads[i]] == inner:
                yield Role(slot, c, (tree.heads[i],))


def _accompanies(tree: Tree, frame: Frame, role: Role) -> bool:
    """Whether the place is that of things beside: "based in Oslo with offices in Rome", not "lives with him in Rome"."""
    if frame.form != "verb" or not role.words or tree.heads[role.words[0]] == frame.head:
        return False
    noun = tree.heads[role.words[0]]
    with_it = tree.deps[noun] == "pobj" and tree.lower[tree.heads[noun]] == "with"
    return with_it and tree.tags[noun] in ("NN", "NNS") and not is_person_noun(tree.lower[noun].removesuffix("s"))


def _where(tree: Tree, v: int) -> list[int]:
    """What "where" stands for: "the University of Oslo, where she taught"."""
    while tree.deps[v] == "conj" and not tree.has(v, "nsubj", "nsubjpass"):
        v = tree.heads[v]
    if tree.deps[v] != "relcl" or not any(tree.lower[c] == "where" for c in tree.kids(v, "advmod")):
        return []
    return [b for b, _ in bearers(tree, tree.heads[v], up=False)]


def _answer(tree: Tree, i: int, row: Row, named: Callable[[int], Argument], max_tokens: int) -> Argument | None:
    """The answer in the form the relation wants, None when the token cannot be one."""
    if not row.answer.isdisjoint(_SPECIAL):
        return _special(tree, i, row.answer, max_tokens)
    answer = named(i)
    if not fits(answer, row.answer, "answer" in row.sure):
        return None
    return None if row.like is not None and row.like.search(answer.text) is None else answer


def _special(tree: Tree, i: int, types: frozenset[str], max_tokens: int) -> Argument | None:
    if "nationality" in types:
        country = country_of(tree.words[i])
        return _piece(tree, i, i + 1, "place", country) if country else None
    if "occupation" in types:
        return _occupation(tree, i)
    first, past = noun_phrase(tree, i)
    while first < i and (tree.pos[first] in ("DET", "ADJ", "NUM") or tree.tags[first] == "PRP$"):
        first += 1
    words = folded(tree.text[tree.starts[first] : tree.ends[past - 1]])
    if past - first > max_tokens:
        return None
    return _piece(tree, first, past, "phrase", words.replace(" of the ", " of "))


def fits(found: Argument, types: frozenset[str], sure: bool = False) -> bool:
    """Whether an argument may be of one of these types; an untyped name and "they" fit any named type.

    Of names only, the tagger's confusions are let through where the name itself looks like what is asked for, or where
    the words around it prove the type (`sure`) and the name does not look like something else.
    """
    if found.kind in _VALUES:
        return found.kind in types
    wanted = types - _VALUES - _SPECIAL
    if found.kind not in ("name", "pronoun", "nominal") or not wanted:
        return False
    if found.type == "thing":
        return bool(wanted - {"person"})
    if found.type in wanted or found.type in ("any", "other", "speaker"):
        return True
    if found.kind != "name":
        return False
    if sure:
        return _believed(found, wanted)
    if found.type in _THINGS and "person" in wanted:
        return looks_personal(found.text)
    if "organisation" in wanted:
        return found.type in ("work", "product") or looks_organised(found.text)
    return False


def _believed(found: Argument, wanted: frozenset[str]) -> bool:
    """Whether a name that the words prove to be of a type may be one in spite of its label."""
    if wanted == {"person"}:
        return looks_personal(found.text) if " " in found.text else len(found.text) > 1 and not found.text.isupper()
    if wanted == {"place"}:
        return not looks_organised(found.text)
    return len(wanted) > 1 or found.type != "person" or not looks_personal(found.text)


def _regions(tree: Tree, i: int, answer: Argument, row: Row) -> Iterator[tuple[str, Argument]]:
    """(relation, answer): a place that is a country or a state, or that follows a town ("Vancouver, British Columbia"),
    answers the relation's question of the region."""
    if not row.region or answer.kind != "name":
        yield row.relation, answer
        return
    region = is_region(normal_name(answer.text, "place"))
    first, past, _ = tree.entities[tree.entity[i]] if tree.entity[i] >= 0 else (i, i + 1, "")
    town = town_before(tree, first) if region else -1
    if town >= 0:
        yield row.relation, argument(tree, town, 1)
    yield (row.region if region else row.relation), answer
    for first, last, key in regions_after(tree, past):
        yield row.region, _piece(tree, first, last, "place", key)


def _occupation(tree: Tree, i: int) -> Argument | None:
    lower = tree.lower[i]
    lemma = lower[:-3] + "man" if lower.endswith("men") else lower.removesuffix("s") if tree.tags[i] == "NNS" else lower
    if tree.pos[i] != "NOUN" or not occupation(lemma):
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
        holder = _holder(tree, life.name_end)
        value = iso_date(tree.text[life.start : life.end])
        if holder < 0 or value is None:
            continue
        subject = argument(tree, holder, 1)
        date = Argument(life.start, life.end, "date", "date", tree.text[life.start : life.end], value)
        for row in rules.find("bracket", (life.event,)):
            if subject.kind != "name" or not fits(subject, row.subject, "subject" in row.sure):
                continue
            parts = [(row.relation, date)]
            if "place" in row.answer_slots:
                parts = [part for i in _places(tree, life) for part in _regions(tree, i, argument(tree, i, 1), row)]
            for relation, answer in parts:
                yield Candidate(
                    subject, answer, relation, life.start, life.end, life.event, "typed", "bracket", PLAIN,
                    window(tree, subject, answer), row.subject,
                )  # fmt: skip


def _holder(tree: Tree, end: int) -> int:
    """The last token of the name that ends at offset `end`: "Sr." and "PhD" are not it."""
    i = bisect_left(tree.ends, end - 2)
    while i + 1 < len(tree.ends) and tree.ends[i + 1] <= end:
        i += 1
    if i >= len(tree.ends) or not end - 2 <= tree.ends[i] <= end:
        return -1
    while i > 0 and (tree.lower[i] in POSTNOMINALS or tree.words[i] == ","):
        i -= 1
    return i


def _places(tree: Tree, life: Life) -> list[int]:
    """The head of the first place in the bracket after the date, or before it where none follows."""
    for first, past, label in tree.entities:
        if life.end <= tree.starts[first] < life.until:
            if label in ("GPE", "LOC", "FAC"):
                return [past - 1]
            break
    for first, past, label in tree.entities:
        if life.since <= tree.starts[first] < life.start:
            return [past - 1] if label in ("GPE", "LOC", "FAC") else []
    return []


def _modifiers(tree: Tree, rules: Table, max_tokens: int) -> Iterator[Candidate]:
    """ "London-based Acme", "a Seattle-based company, Acme"."""
    for i, word in enumerate(tree.lower):
        rows = rules.rows.get(("modifier", word), ())
        if not rows or tree.deps[i] != "amod":
            continue
        places = tree.kids(i, "npadvmod", "compound", "amod", "advmod")
        frame = Frame("modifier", i, (word,), (), "modifier", PLAIN)
        for row in rows:
            for place in places:
                answer = argument(tree, place, max_tokens)
                if country_of(answer.text) or not fits(answer, row.answer, "answer" in row.sure):
                    continue
                for holder, _ in bearers(tree, tree.heads[i], up=True):
                    subject = argument(tree, holder, max_tokens)
                    if fits(subject, row.subject, "subject" in row.sure):
                        for relation, part in _regions(tree, place, answer, row):
                            yield _candidate(tree, subject, part, relation, (i, i + 1), frame, row.subject)


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
        return bisect_left(tree.starts, answer.start) - bisect_left(tree.starts, subject.end)
    return bisect_left(tree.starts, answer.end) - bisect_left(tree.starts, subject.start) - 1


def _overlap(a: Argument, b: Argument) -> bool:
    return a.start < b.end and b.start < a.end
