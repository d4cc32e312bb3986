"""The bytes of one record -> a JSON object (or a bare string), mended where the damage is only in its characters."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

import orjson

from analyzer.io.records import Unusable

# A pair of surrogate escapes is one character and stays; a lone one is none. Any other escape is passed over, so that
# the second half of an escaped backslash is not taken for the beginning of an escape.
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)


def parse(data: bytes, fields: Collection[str], *, repair: bool) -> tuple[dict[str, Any] | str, bool]:
    """The value and whether it was mended: bad UTF-8 and lone surrogate escapes become U+FFFD, raw NUL bytes go.

    `fields` are the names whose values matter: an object that has one of them twice has no one meaning and is
    malformed, whereas a repeated name elsewhere is nobody's business (the last one counts). Raises `Unusable`.
    """
    mended = False
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        value, mended = _mend(data, error, repair=repair)
    if isinstance(value, dict):
        for name in fields:
            if data.count(b'"%b"' % name.encode()) > 1:  # perhaps a value, perhaps inside another object
                _refuse_twice(data, name)
        return value, mended
    if isinstance(value, str):
        return value, mended
    raise Unusable("malformed_json", f"{kind(value)} where an object is expected")


def whole_characters(data: bytes) -> bytes:
    """JSON whose bad UTF-8 and lone surrogate escapes became U+FFFD."""
    text = data.decode("utf-8", "replace").encode()
    return _ESCAPES.sub(lambda m: rb"\ufffd" if m[1] else m[0], text)


def kind(value: object) -> str:
    """What a JSON value is, for a message that must not show it."""
    if value is None:
        return "null"
    kinds = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a string",
        list: "a list",
        dict: "an object",
    }
    return kinds.get(type(value), type(value).__name__)


def _mend(data: bytes, error: orjson.JSONDecodeError, *, repair: bool) -> tuple[Any, bool]:
    without_nul = data.replace(b"\0", b"")
    text = whole_characters(without_nul)
    if text != without_nul and not repair:
        raise Unusable("invalid_utf8", "bytes or escapes that are no character")
    if text == data:
        raise Unusable("malformed_json", str(error))
    try:
        return orjson.loads(text), True
    except orjson.JSONDecodeError as again:
        raise Unusable("malformed_json", str(again)) from None


def _refuse_twice(data: bytes, name: str) -> None:
    depth = 0

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal depth
        depth = sum(key == name for key, _ in items)  # the outermost object is finished last
        return {}

    try:
        json.loads(data.decode("utf-8", "replace"), object_pairs_hook=pairs, strict=False)
    except RecursionError:
        raise Unusable("malformed_json", "nested too deeply") from None
    except ValueError:
        return  # raw NUL bytes, already mended
    if depth > 1:
        raise Unusable("malformed_json", f"the field {name} is there {depth} times")
