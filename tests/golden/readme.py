"""What `data/samples/README.md` quotes: below each `$ grep "…" expected/….tsv` the lines that it prints."""

from __future__ import annotations

import re

from tests.golden.samples import SAMPLES

README = SAMPLES / "README.md"
_QUOTE = re.compile(r'^    \$ grep "(?P<pattern>[^"]+)" expected/(?P<name>\w+)\.tsv\n(?:    (?!\$).*\n)*', re.MULTILINE)


def quoted(text: str) -> str:
    """The page with each quotation as the expected tables have it now. Raises ValueError for one that finds nothing."""
    return _QUOTE.sub(_quote, text)


def _quote(match: re.Match[str]) -> str:
    table = SAMPLES / "expected" / f"{match['name']}.tsv"
    found = [line for line in table.read_text(encoding="utf-8").splitlines() if re.search(match["pattern"], line)]
    if not found:
        raise ValueError(f"{README.name}: nothing in {table.name} matches {match['pattern']}")
    command = match[0].split("\n", 1)[0]
    return "\n".join([command, *(f"    {line}" for line in found)]) + "\n"
