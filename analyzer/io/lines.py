"""Blocks of bytes -> one `Line` a record: lines, elements of a JSON array, or pretty-printed objects.

Memory is bounded by the longest record allowed, however long a record in the file is: the rest of one that is too long
is read past, and the next record is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.io.records import Fault, Line, fault
from analyzer.io.streams import BROKEN

BOM = b"\xef\xbb\xbf"
_STRUCTURE = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'["\\]')


def lines(blocks: Iterable[bytes], max_bytes: int) -> Iterator[Line | Fault]:
    """Lines that are not blank, without their end; the last may lack one."""
    number, buffer, skipping = 1, bytearray(), False
    try:
        for block in blocks:
            for i, piece in enumerate(block.split(b"\n")):
                if i:  # a newline stood before this piece
                    if not skipping and (line := _trimmed(buffer)):
                        yield Line(number, line)
                        number += 1
                    buffer.clear()
                    skipping = False
                if skipping:
                    continue
                buffer += piece
                if len(buffer) > max_bytes:
                    yield _too_long(number, max_bytes)
                    number += 1
                    buffer.clear()
                    skipping = True
        if not skipping and (line := _trimmed(buffer)):
            yield Line(number, line)
    except BROKEN as error:
        yield fault(number, "corrupt_stream", error)


def elements(blocks: Iterator[bytes], max_bytes: int, *, array: bool) -> Iterator[Line | Fault]:
    """Elements of one JSON array, or JSON objects that follow one another over several lines each.

    Only brackets, commas and strings are looked at; whether an element is JSON is for the parser to say.
    """
    number, depth, buffer = 1, 0, bytearray()
    in_string = skipping = opened = closed = False
    outer = 1 if array else 0  # the depth at which elements lie
    resume = 0  # 1: the block ended in a backslash, so the next one begins with an escaped byte
    try:
        for block in blocks:
            start, position, resume = 0, resume, 0
            while match := (_IN_STRING if in_string else _STRUCTURE).search(block, position):
                token, position = match[0], match.end()
                if token == b"\\":
                    if position == len(block):
                        resume = 1
                        break
                    position += 1
                    continue
                if token == b'"':
                    in_string = not in_string
                    continue
                if token in b"{[":
                    depth += 1
                    if array and not opened:
                        opened, start = True, position
                        buffer.clear()
                    continue
                if token in b"}]":
                    depth -= 1
                if token == b"," and not (array and depth == outer):
                    continue
                if token in b"}]" and depth > outer - array:
                    continue
                # an element ends here: before a comma or the array's bracket, behind an object's own bracket
                buffer += block[start : position if not array else position - 1]
                start = position
                if not skipping and len(buffer) > max_bytes:
                    yield _too_long(number, max_bytes)
                    number += 1
                elif not skipping and (line := _trimmed(buffer)):
                    yield Line(number, line)
                    number += 1
                buffer.clear()
                skipping, depth = False, max(depth, 0)
                closed = array and depth == 0
                if closed:
                    break
            rest = block[start:]
            if closed:
                break
            if not skipping:
                buffer += rest
                if len(buffer) > max_bytes:
                    yield _too_long(number, max_bytes)
                    number += 1
                    buffer.clear()
                    skipping = True
        if closed:
            if rest.strip() or any(block.strip() for block in blocks):
                yield fault(number, "malformed_json", "there is more behind the bracket that closes the array")
        elif buffer.strip() or skipping or opened:
            yield fault(number, "corrupt_stream", "the file ends before the bracket that closes it")
    except BROKEN as error:
        yield fault(number, "corrupt_stream", error)


def _trimmed(data: bytearray) -> bytes:
    return bytes(data.removeprefix(BOM).strip(b" \t\r\n\x0b\x0c"))


def _too_long(number: int, max_bytes: int) -> Fault:
    return fault(number, "line_too_long", f"longer than ingest.max_line_bytes = {max_bytes}")
