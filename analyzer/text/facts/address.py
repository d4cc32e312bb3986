"""Places written as an address: "Vancouver, Canada", "Tulsa Oklahoma", "Ajijic, Jalisco, Mexico", "Madrid (Spain)"."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.text.facts.tree import Tree
from analyzer.text.names import normal_name
from analyzer.text.places import is_region, spelled_out

_PLACES = ("GPE", "LOC")
_LISTING = ("and", "or", "&")
_PARTS = 3  # town, county, state, country


def regions_after(tree: Tree, past: int) -> Iterator[tuple[int, int, str]]:
    """(first, past, key) of the wider places after a place that ends before token `past`.

    A known country or state counts however it was tagged ("Tulsa, OK"); any other place only while no list follows
    ("lived in Paris, London and Rome" is no address).
    """
    found = []
    listed = False
    for _ in range(_PARTS):
        if past + 1 >= len(tree.words) or tree.words[past] not in (",", "("):
            break
        first = past + 1
        listed = listed or tree.lower[first] in _LISTING
        number = tree.entity[first]
        if number >= 0:
            first, last, label = tree.entities[number]
        elif tree.pos[first] == "PROPN":
            last, label = _run(tree, first), ""
        else:
            break
        key = spelled_out(normal_name(tree.text[tree.starts[first] : tree.ends[last - 1]], "place"), after_town=True)
        if not is_region(key) and label not in _PLACES:
            break
        found.append((first, last, key))
        past = last + (last < len(tree.words) and tree.words[last] == ")")
    listed = listed or (past < len(tree.words) and tree.lower[past] in _LISTING)
    for first, last, key in found:
        if is_region(key) or not listed:
            yield first, last, key


def town_before(tree: Tree, first: int) -> int:
    """The last token of the place right before token `first` ("Tulsa Oklahoma"), or -1."""
    if first and tree.entity[first - 1] >= 0 and tree.label(first - 1) in _PLACES:
        return first - 1
    return -1


def _run(tree: Tree, first: int) -> int:
    """Past the proper nouns without entity from token `first` on."""
    past = first
    while past < len(tree.words) and tree.pos[past] == "PROPN" and tree.entity[past] < 0:
        past += 1
    return past
