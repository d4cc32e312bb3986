"""Does the sentence state it? What a predicate's surroundings make of it: denied, hedged, reported, asked, supposed.

A plain fact needs a finite clause that nothing denies, hedges, supposes or puts into somebody's mouth. Denied and
hedged
statements are kept as abstentions; the rest is dropped under the name of what it is.
"""

from __future__ import annotations

from analyzer.text.facts.grammar import IMPLICATIVE, is_predicate
from analyzer.text.facts.tree import Lemmas, Tree
from analyzer.text.lexicon import word_set

PLAIN = ""
DENIED, HEDGED = "denied", "hedged"
ABSTAINING = frozenset((DENIED, HEDGED))
CEASED, FUTURE, REPORTED, SUPPOSED, ASKED, WANTED, ORDERED = (
    "ceased", "future", "reported", "supposed", "asked", "wanted", "ordered"
)  # fmt: skip

_NEGATIVE = word_set("not n't never no neither nor hardly scarcely barely none nobody nothing without n’t cannot")
_HEDGES = word_set(
    "allegedly reportedly possibly probably perhaps supposedly purportedly apparently presumably maybe likely "
    "rumoredly seemingly ostensibly arguably conceivably potentially hypothetically putatively theoretically "
    "almost nearly alleged reported supposed purported rumored rumoured presumed putative possible probable "
    "potential apparent hypothetical fake self-proclaimed so-called self-styled unofficial would-be wannabe "
    "prospective aspiring fictional imaginary mythical legendary"
)
_UNSURE = word_set(
    "claim allege believe think suspect rumor rumour speculate suppose assume presume doubt dispute deny suggest "
    "argue guess imagine consider expect seem appear purport repute estimate theorize hypothesize fear say report "
    "conjecture"
)
_DOUBTFUL = word_set("doubtful unlikely impossible false untrue unclear uncertain unproven questionable")
_SAYING = word_set(
    "say state tell write report announce add explain note insist assert maintain declare reveal warn testify "
    "joke hint predict promise swear hope wish pretend feel contend ask wonder inquire question debate whisper "
    "shout argue"
)
_WANTING = word_set(
    "want wish hope plan intend try attempt seek expect refuse fail decline threaten promise agree offer vow "
    "pledge aim decide prepare propose consider need fear dream ask urge persuade order tell force allow invite "
    "encourage advise suggest forget struggle neglect hesitate"
)
_ENDING = word_set("cease stop quit end discontinue")
_SUPPOSING = word_set("if unless whether lest though-if provided assuming supposing")
_MODALS = {
    "may": HEDGED, "might": HEDGED, "could": HEDGED, "can": HEDGED, "must": HEDGED, "should": SUPPOSED, "would":
    SUPPOSED,
    "'d": SUPPOSED, "ca": HEDGED, "ought": SUPPOSED, "need": SUPPOSED, "will": FUTURE, "'ll": FUTURE, "shall": FUTURE,
    "wo": FUTURE,
}  # fmt: skip
_SOURCES = frozenset(("according",))
_DEPTH = 12


def truth(tree: Tree, lemmas: Lemmas, head: int) -> str:
    """ "" when the predicate at `head` is stated as a plain fact, else why it is not."""
    if (tree.words and tree.words[-1] == "?") or "?" in tree.words[max(0, len(tree.words) - 3) :]:
        return ASKED
    found = _own(tree, head)
    if found:
        return found
    i = head
    for _ in range(_DEPTH):
        above = tree.heads[i]
        if above == i:
            break
        found = _above(tree, lemmas, i, above)
        if found:
            return found
        i = above
    return _clause(tree, i)


def noun_truth(tree: Tree, n: int) -> str:
    """What the modifiers of a noun make of "X, the N of Y": alleged, not, no."""
    for c in tree.children[n]:
        if tree.lower[c] in _NEGATIVE:
            return DENIED
        if c < n and any(tree.lower[t] == "would" for t in tree.subtree(c)):  # cut at its hyphens: "would-be"
            return HEDGED
        if tree.lower[c] in _HEDGES and tree.deps[c] in ("amod", "advmod", "compound", "nmod"):
            return HEDGED
    return PLAIN


def _own(tree: Tree, v: int) -> str:
    """Negation, modals and hedging adverbs of the verb group, negative subjects and objects."""
    auxiliaries = [c for c in tree.children[v] if tree.deps[c] in ("aux", "auxpass")]
    if not auxiliaries and tree.deps[v] == "conj" and not tree.has(v, "nsubj", "nsubjpass"):
        shared = _own(tree, tree.heads[v]) if is_predicate(tree, tree.heads[v]) else PLAIN
        if shared and not (shared == DENIED and _stands_alone(tree, v)):
            return shared
    result = PLAIN
    for c in tree.children[v]:
        word = tree.lower[c]
        if tree.deps[c] == "neg" or (word in _NEGATIVE and tree.deps[c] in ("advmod", "preconj", "cc", "aux", "det")):
            if word == "nor" and tree.deps[c] == "cc" and c > v:
                continue
            return DENIED
        if word in ("longer", "anymore") and tree.deps[c] == "advmod":
            return CEASED
        if word in _HEDGES and tree.deps[c] in ("advmod", "acomp", "oprd"):
            result = HEDGED
        elif tree.deps[c] in ("aux", "auxpass") and word in _MODALS:
            result = result or _MODALS[word]
        elif tree.deps[c] in ("nsubj", "nsubjpass", "dobj", "attr") and any(
            tree.lower[t] in _NEGATIVE
            and tree.deps[t] in ("det", "neg", "nsubj", "nsubjpass", "dobj", "preconj", "attr")
            for t in (c, *tree.children[c])
        ):
            return DENIED
        elif tree.deps[c] == "mark" and word in _SUPPOSING:
            return SUPPOSED
        elif tree.deps[c] == "aux" and word == "to" and tree.deps[v] not in ("xcomp", "advcl", "relcl", "acl", "conj"):
            result = result or WANTED
    if "longer" in (tree.lower[c] for c in tree.children[v]):
        return CEASED
    return result


def _stands_alone(tree: Tree, v: int) -> bool:
    """A finite verb after "and" or "but": "never married and died in Oslo" says that he died."""
    joined = {tree.lower[c] for c in tree.kids(tree.heads[v], "cc")}
    return tree.tags[v] in ("VBD", "VBZ") and bool(joined) and not joined & {"or", "nor"}


def _above(tree: Tree, lemmas: Lemmas, i: int, above: int) -> str:
    """What the governing word makes of the clause headed by i."""
    dep = tree.deps[i]
    if dep in ("relcl", "appos", "acl", "conj", "prep", "pobj", "dobj", "nsubj", "nsubjpass", "attr") and not (
        dep == "conj" and is_predicate(tree, above)
    ):
        if dep == "acl" and tree.has(i, "aux") and tree.tags[i] == "VB":
            return WANTED  # "the plan to found a school"
        participle = tree.tags[i] in ("VBN", "VBG") or (tree.tags[i] == "VBD" and not tree.has(i, "nsubj", "nsubjpass"))
        return PLAIN if dep != "acl" or participle else REPORTED
    lemma = lemmas.lemma(tree.lower[above], tree.tags[above])
    if dep == "xcomp":
        own = _own(tree, above)
        if own:
            return own
        if lemma in _ENDING:
            return CEASED
        if lemma in _UNSURE:
            return HEDGED
        if lemma == "go" and tree.tags[above] == "VBG":
            return FUTURE  # "is going to marry", against "went on to marry"
        if lemma not in IMPLICATIVE and (tree.tags[i] == "VB" or lemma in _WANTING):
            return WANTED
        if tree.pos[above] == "ADJ" and tree.lower[above] in (
            "unlikely",
            "likely",
            "unable",
            "able",
            "ready",
            "willing",
        ):
            return HEDGED
        return PLAIN
    if dep in ("ccomp", "parataxis", "csubj", "csubjpass"):
        if lemma in _UNSURE or any(tree.lower[c] in _HEDGES | _DOUBTFUL for c in (above, *tree.kids(above, "acomp"))):
            return HEDGED if tree.has(above, "nsubjpass", "auxpass", "expl") or _impersonal(tree, above) else REPORTED
        if lemma in _SAYING or lemma in _WANTING or _own(tree, above):
            return REPORTED
        if i < above:  # two sentences with a comma between them
            return PLAIN
        return (
            PLAIN
            if lemma in ("know", "discover", "learn", "realize", "find", "show", "prove", "confirm", "be")
            else REPORTED
        )
    if dep == "advcl":
        return _adverbial(tree, i)
    return PLAIN


def _impersonal(tree: Tree, v: int) -> bool:
    return any(tree.lower[s] == "it" for s in tree.kids(v, "nsubj", "nsubjpass"))


def _adverbial(tree: Tree, i: int) -> str:
    marks = {tree.lower[c] for c in tree.kids(i, "mark", "advmod")}
    if marks & _SUPPOSING or (
        tree.has(i, "aux") and tree.tags[i] == "VB" and "to" in {tree.lower[c] for c in tree.children[i]}
    ):
        return SUPPOSED
    return PLAIN


def _clause(tree: Tree, root: int) -> str:
    """What stands beside the main clause: "according to X", "if ...", a quoting clause, an order."""
    for c in tree.children[root]:
        if tree.deps[c] == "prep" and tree.lower[c] in _SOURCES:
            return REPORTED
        if tree.deps[c] == "advcl" and {tree.lower[m] for m in tree.kids(c, "mark")} & {"if", "unless"}:
            return SUPPOSED
    if tree.tags[root] == "VB" and not tree.has(root, "nsubj", "nsubjpass", "aux"):
        return ORDERED
    return PLAIN
