"""Content hashes: everything that identifies something in a run, independent of process, machine and hash seed."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any


def digest(*parts: str | bytes, size: int = 16) -> str:
    """Hex blake2b of `size` bytes over length-prefixed parts, so that ("ab", "c") and ("a", "bc") differ."""
    return _hash(parts, size).hex()


def key64(*parts: str) -> int:
    """Signed 64-bit key of the parts, for joins and groupings (10^9 distinct keys collide with probability .03)."""
    return int.from_bytes(_hash(parts, 8), "little", signed=True)


def document_id(path: str, record: int, text: str) -> str:
    """`doc_id`: blake2b-128 of the path below the inputs' common folder, the record number and the text."""
    return digest(path, str(record), text)


def prompt_id(subject: str, relation: str) -> int:
    """Key of a prompt, the question that a fact answers."""
    return key64(subject, relation)


def fact_id(subject: str, relation: str, answer: str) -> int:
    """Key of a fact: a prompt with its answer."""
    return key64(subject, relation, answer)


def fingerprint(value: Any) -> str:
    """Hash of a JSON-able value, the same whatever the order of its mappings."""
    return digest(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False), size=8)


def _hash(parts: tuple[str | bytes, ...], size: int) -> bytes:
    state = blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.digest()
