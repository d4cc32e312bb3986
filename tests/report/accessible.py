"""What a page must be for everyone, checked without a browser: valid, named, in order, reachable, legible."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

import html5lib

XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
SCHEMES = ("light", "dark", "print")
TEXT, LARGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11: contrast of text, and of graphics and outlines
PAIRS = [
    *((name, ground, TEXT) for name in ("ink", "soft", "blue") for ground in ("paper", "tint")),
    *(("on-low", f"s{i}", TEXT) for i in (1, 2, 3)),
    *(("on-high", f"s{i}", TEXT) for i in (4, 5)),
    *((name, "paper", LARGE) for name in ("orange", "green", "blue")),
    *((name, "tint", LARGE) for name in ("orange", "blue")),  # bars on their ground
]


def problems(page: str) -> list[str]:
    """What is wrong with the page, in words; nothing if nothing is."""
    parser = html5lib.HTMLParser()
    root = parser.parse(page)
    found = [f"line {at[0]}: {code}" for at, code, _ in parser.errors]
    elements = list(root.iter())
    ids = Counter(e.get("id") for e in elements if e.get("id"))
    found += [f"id {name} stands {n} times" for name, n in ids.items() if n > 1]
    links = [e.get("href", "") for e in elements if e.tag == f"{XHTML}a"]
    found += [f"link to {href}" for href in links if not (href.startswith("#") and href[1:] in ids)]
    for attribute in ("aria-labelledby", "aria-describedby"):
        named = [name for e in elements for name in e.get(attribute, "").split()]
        found += [f"{attribute} {name}" for name in named if name not in ids]
    if root.get("lang") is None or len(list(root.iter(f"{XHTML}main"))) != 1:
        found.append("no language, or not one main")
    if not "".join(next(root.iter(f"{XHTML}title")).itertext()).strip():
        found.append("no title")
    first = next((e for e in elements if e.tag == f"{XHTML}a"), None)
    if first is None or first.get("class") != "skip":
        found.append("the first link does not skip to the finding")
    return found + _headings(elements) + _images(elements) + _tables(root) + _regions(elements)


def _headings(elements: list[Element]) -> list[str]:
    levels = [int(e.tag[-1]) for e in elements if re.fullmatch(re.escape(XHTML) + "h[1-6]", str(e.tag))]
    jumps = [f"h{b} after h{a}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]
    return jumps + ([] if levels.count(1) == 1 else [f"{levels.count(1)} h1"])


def _images(elements: list[Element]) -> list[str]:
    drawings = [e for e in elements if e.tag == f"{SVG}svg"]
    named = [e for e in drawings if e.get("role") == "img" and e.get("aria-labelledby")]
    titled = [e for e in named if "".join(next(e.iter(f"{SVG}title"), Element("none")).itertext()).strip()]
    inner = [e for e in elements if str(e.tag).startswith(SVG) and e.tag != f"{SVG}svg" and e.get("role")]
    return ["a drawing without a name"] * (len(drawings) - len(titled)) + ["an unnamed part of a drawing"] * len(inner)


def _tables(root: Element) -> list[str]:
    found = []
    parents = {child: parent for parent in root.iter() for child in parent}
    for table in root.iter(f"{XHTML}table"):
        name = table.get("id") or "a table"
        if not "".join(next(table.iter(f"{XHTML}caption"), Element("none")).itertext()).strip():
            found.append(f"{name} has no caption")
        heads = list(table.iter(f"{XHTML}th"))
        if not heads or any(th.get("scope") not in ("col", "row") for th in heads):
            found.append(f"{name} has headers without a scope")
        if any(not "".join(th.itertext()).strip() for th in heads):
            found.append(f"{name} has an empty header")
        wrapper = parents[table]
        if wrapper.get("tabindex") != "0" or wrapper.get("role") != "region" or not wrapper.get("aria-label"):
            found.append(f"{name} cannot be scrolled by keyboard")
    return found


def _regions(elements: list[Element]) -> list[str]:
    labels = Counter(e.get("aria-label") for e in elements if e.get("role") == "region")
    return [f"{n} regions are called {label}" for label, n in labels.items() if n > 1]


def colours(css: str, scheme: str) -> dict[str, str]:
    """Custom property -> colour, as the scheme has it: its own block over the light one."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", css)
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", blocks[0]))
    return found | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", blocks[SCHEMES.index(scheme)]))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(value: str) -> float:
    digits = value[1:] if len(value) == 7 else "".join(2 * c for c in value[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
