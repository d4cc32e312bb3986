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
from analyzer.text.facts.frames import Frame, relation_span
from analyzer.text.facts.grammar import noun_phrase, prepositions
from analyzer.text.facts.records import Argument, Candidate
from analyzer.text.facts.roles import POSTNOMINALS, is_office, occupation
from analyzer.text.facts.slots import above, fill, implied
from analyzer.text.facts.table import Row, Table
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.facts.truth import DENIED, HEDGED, PLAIN
from analyzer.text.facts.unknown import unknowns
from analyzer.text.facts.verbs import bearers
from analyzer.text.lexicon import word_set
from analyzer.text.names import folded, normal_name
from analyzer.text.places import is_region

_VALUES = frozenset(("date", "number", "phrase"))
_SPECIAL = frozenset(("nationality", "occupation", "position"))
_THINGS = frozenset(("organisation", "work", "product", "group", "event"))
# "the suburbs of Houston" is Houston, "the centre of Oslo" Oslo.
_PARTS = word_set(
    "suburb suburbs outskirts centre center heart area areas part parts neighborhood neighbourhood north south east "
    "west downtown city town village island state region district"
)


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
    yield from _attached(tree, rules, named)
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
    tokens = [r.token for slot in row.subject_slots for r in fill(tree, frame, slot, row)]
    for token in tokens or (implied(tree, frame.head) if "agent" in row.subject_slots else []):
        subject = named(token)
        if may_be_subject(subject, row):
            subjects.append((token, subject))
    higher = not subjects and row.sure & {"subject", "thing"}
    for token in (a for t in tokens for a in above(tree, t)) if higher else ():
        subject = named(token)
        if may_be_subject(subject, row):
            subjects.append((token, subject))
    if not subjects:
        return
    for role in (r for slot in row.answer_slots for r in fill(tree, frame, slot, row)):
        answer = _answer(tree, role.token, row, named, max_tokens)
        if answer is None:
            continue
        words = relation_span(tree, frame, role)
        for token, subject in subjects:
            if token != role.token:
                for relation, part in _regions(tree, role.token, answer, row):
                    yield subject, part, relation, words


def _answer(tree: Tree, i: int, row: Row, named: Callable[[int], Argument], max_tokens: int) -> Argument | None:
    """The answer in the form the relation wants, None when the token cannot be one."""
    if not row.answer.isdisjoint(_SPECIAL):
        return _special(tree, i, row.answer, max_tokens)
    answer = named(_part(tree, i) if "place" in row.answer else i)
    if not fits(answer, row.answer, "answer" in row.sure):
        return None
    return None if row.like is not None and row.like.search(answer.text) is None else answer


def _part(tree: Tree, i: int) -> int:
    """The place of which the noun i is a part, i itself otherwise."""
    if tree.lower[i] in _PARTS and tree.pos[i] == "NOUN":
        return next((n for w, n in prepositions(tree, i) if tree.lower[w[0]] == "of" and tree.label(n) == "GPE"), i)
    return i


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


def may_be_subject(found: Argument, row: Row) -> bool:
    """Whether an argument may be the subject of a row. Where the words prove only that it is a thing ("based in"), a
    person's name stays a person's: a composer based in Amsterdam has no headquarters."""
    if "thing" in row.sure and found.type == "person" and looks_personal(found.text):
        return False
    return fits(found, row.subject, bool(row.sure & {"subject", "thing"}))


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
    if wanted <= {"person", "place"}:
        shouted = found.text.isupper() and wanted == {"person"}
        return not shouted and not looks_organised(found.text) and not any(map(is_office, found.text.split()))
    return any(c.isalnum() for c in found.text) and not (
        found.type == "place" and is_region(normal_name(found.text, "place"))
    )


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
            if subject.kind != "name" or not may_be_subject(subject, row):
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
    if rules.modifiers.isdisjoint(tree.lower):
        return
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
                for holder, _ in bearers(tree, _named_by(tree, tree.heads[i]), up=True):
                    subject = argument(tree, holder, max_tokens)
                    if may_be_subject(subject, row):
                        for relation, part in _regions(tree, place, answer, row):
                            yield _candidate(tree, subject, part, relation, (i, i + 1), frame, row.subject)


def _named_by(tree: Tree, n: int) -> int:
    """The name that the common noun n stands before: "the company Acme"."""
    while tree.pos[n] == "NOUN" and tree.deps[n] in ("compound", "nmod") and tree.heads[n] > n:
        n = tree.heads[n]
    return n


def _attached(tree: Tree, rules: Table, named: Callable[[int], Argument]) -> Iterator[Candidate]:
    """ "Jane Doe of Acme": a preposition between two names."""
    for first, past, label in tree.entities:
        if label != "PERSON" or past >= len(tree.words) or tree.deps[past] != "prep" or tree.heads[past] < first:
            continue
        for row in rules.rows.get(("name", tree.lower[past]), ()):
            holder = tree.heads[past]
            frame = Frame("name", past, (tree.lower[past],), (), "attached", PLAIN)
            for noun in (n for w, n in prepositions(tree, holder) if w[0] == past):
                subject, answer = named(holder), _answer(tree, noun, row, named, 1)
                if answer is not None and answer.kind == "name" and holder < past and fits(subject, row.subject):
                    yield _candidate(tree, subject, answer, row.relation, (past, past + 1), frame, row.subject)


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
