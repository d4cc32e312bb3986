"""Where hostile input comes from: random bytes, broken copies of valid files, odd JSON values, odd text.

Everything is drawn from the `random.Random` that is handed in, so a case is known by its seed.
"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

TOKENS: tuple[bytes, ...] = (
    b"\x00", b"\n", b"\r\n", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    b"\\ud800", b"null", b"NaN", b"-1", b"1e999", b"9" * 40, b"PAR1", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd",
    b"BZh91AY&SY", b"PK\x03\x04", b"PK\x01\x02", b"WARC/1.0\r\n", b"Content-Length: 0\r\n", b"\r\n\r\n", b"<hr>",
    b"</p>", b"\t", b"'", b"=", b'""', b"\xc3", b"\xe2\x80\xae",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "</title>", "</style>", "</svg>", "<img src=x onerror=alert(1)>", '" onclick="x',
    "' x='", "{{7*7}}", "{% raw %}", "&lt;", "&#60;", "<!--", "]]>", "javascript:alert(1)", "\x1b[2J", "\u202e", "\x00",
    "\u2028", "\ufffe", "=1+1", "@x", "+1", "-1", "\t", "[red]", ":smile:", "%s", "{0}", "\\", "../", "CON", "\ud800",
)  # fmt: skip
WORDS = (
    "Tessa", "Orlane", "was", "born", "in", "Velmar", "on", "3", "March", "1921", "the", "capital", "of", "Ostrey",
    "founded", "by", "Maud", "Pereth", ",", ".", "and", "who", "is", "not", "unknown", "(", ")", "“", "”", "'s", "She",
    "he", "it", "U.S.", "Inc.", "41,000", "12:30", "1999-2001", "a@b.org", "http://x.org/a?b", "+44 20 7946 0958",
    "said", "that", "married", "Dr.", "—", "-", "New", "York", "says", "if", "won", "first", "prime", "minister",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, 10**30, -(2**63), 1e308, float("nan"), float("inf"), "", " ", "x", "\ud800", "0",
    "C", "I", "A", "nan", "1e400", "٣", [], {}, [[]], [{}], [None], {"": None}, [[[[[]]]]], "x" * 300, [1, "a", None],
    {"name": {"name": 3}}, ["\udfff"], {"text": ["a"]}, [0, "True"],
)  # fmt: skip


def mutated(rng: Random, data: bytes, other: bytes = b"") -> bytes:
    """A copy with a few places changed, cut out, doubled, or replaced by tokens or by parts of another file."""
    out = bytearray(data)
    for _ in range(1 + min(int(rng.expovariate(0.7)), 12)):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(8)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at % len(out)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 2:
            del out[at : at + 1 + int(rng.expovariate(0.05))]
        elif kind == 3:
            out[at:at] = rng.choice(TOKENS)
        elif kind == 4:
            piece = rng.choice(TOKENS)
            out[at : at + len(piece)] = piece
        elif kind == 5:
            start = rng.randrange(len(out) + 1)
            out[at:at] = out[start : start + 1 + int(rng.expovariate(0.02))]
        elif kind == 6 and other:
            start = rng.randrange(len(other))
            out[at:at] = other[start : start + 1 + int(rng.expovariate(0.02))]
        elif kind == 7 and rng.random() < 0.3:
            del out[at:]
    return bytes(out)


def junk(rng: Random, most: int = 300) -> bytes:
    """Random bytes, or tokens of the formats in any order, or both."""
    if rng.random() < 0.5:
        return rng.randbytes(rng.randrange(most))
    parts = [rng.choice(TOKENS) if rng.random() < 0.7 else rng.randbytes(rng.randrange(8)) for _ in range(most // 10)]
    return b"".join(parts)


def value(rng: Random, depth: int = 0) -> Any:
    """Any JSON value (and NaN, infinity and halves of surrogate pairs, which some programs write)."""
    if depth > 2 or rng.random() < 0.7:
        return copy.deepcopy(rng.choice(ODD)) if rng.random() < 0.7 else text(rng, 12)
    if rng.random() < 0.5:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {text(rng, 6): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def changed(rng: Random, row: Any) -> Any:
    """A deep copy in which some members have another value, another name, or are gone."""
    row = copy.deepcopy(row)
    for _ in range(1 + min(int(rng.expovariate(0.8)), 6)):
        at = row
        while isinstance(at, dict | list) and at:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            key = rng.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.7:
                at = at[key]
                continue
            if rng.random() < 0.15:
                del at[key]
            else:
                at[key] = value(rng)
            break
    return row


def dumped(rows: Any) -> bytes:
    """JSON as Python programs write it."""
    return json.dumps(rows).encode()


def text(rng: Random, most: int = 60) -> str:
    """Words, markup, and characters of every plane, halves of surrogate pairs among them."""
    parts: list[str] = []
    for _ in range(rng.randrange(1 + most // 4)):
        kind = rng.random()
        if kind < 0.5:
            parts.append(rng.choice(WORDS))
        elif kind < 0.65:
            parts.append(rng.choice(MARKUP))
        elif kind < 0.8:
            parts.append(chr(rng.choice((rng.randrange(0x20, 0x7F), rng.randrange(0x250), rng.randrange(0x3000)))))
        elif kind < 0.86:
            parts.append(chr(rng.randrange(0x110000)))
        elif kind < 0.93:
            parts.append(str(rng.randrange(10 ** rng.randrange(1, 12))))
        else:
            parts.append(rng.choice(("\n", "\n\n", "\t", "\u00a0", "\r\n", "  ")))
        if rng.random() < 0.7:
            parts.append(" ")
    return "".join(parts)


def whole_text(rng: Random, most: int = 60) -> str:
    """The same without halves of surrogate pairs: what a reader hands on."""
    return text(rng, most).encode("utf-8", "replace").decode()
