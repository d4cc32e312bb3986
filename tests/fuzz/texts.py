"""Any text through the functions that read it, and any name through those that show it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from rich.console import Console

from analyzer.logs import mask as mask_secrets
from analyzer.report import neutral
from analyzer.report.export import write_csv
from analyzer.report.page import render
from analyzer.report.summary import from_json, summarise, to_json
from analyzer.report.terminal import closing_table
from analyzer.settings import DedupSettings, ReportSettings
from analyzer.text import aliases, dates, domains, minhash, names, numbers, redact, sentences
from analyzer.text.facts.brackets import life_dates
from analyzer.text.normalize import normalise, words
from tests.fuzz import mutate
from tests.report import builders
from tests.report.test_page import Elements, assert_inert

SIGNED = DedupSettings(permutations=16, bands=4, rows=4, ngram=2)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def reading_case(rng: Random, folder: Path) -> None:
    """Normal forms, sentences, names, dates, numbers, hosts, signatures of a text."""
    text = mutate.text(rng, 120)
    whole = text.encode("utf-8", "replace").decode()
    form = normalise(whole)
    assert normalise(form) == form, "a normal form has another normal form"
    assert words(whole) == len(whole.split())
    spans = list(sentences.sentences(text, rng.choice((40, 200, 1_200))))
    assert all(0 <= a < b <= len(text) for a, b in spans) and spans == sorted(spans)
    ends = [0, *(end for span in spans for end in span), len(text)]
    between = "".join(text[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True))
    assert not any(c.isalpha() for c in between), "a word stands between two sentences"
    found = sentences.names_in(text, spans)
    for start, end in spans:
        sentences.may_state_fact(text[start:end], found)
    list(life_dates(text))
    for piece in (text[:40], rng.choice(text.split() or [""])):
        date = dates.iso_date(piece)
        assert date is None or dates.year_of(date) is not None
        numbers.canonical_number(piece)
        names.normal_name(piece, rng.choice(("person", "org", "other", "place")))
        names.acronyms(piece)
        name = domains.host(piece)
        assert name is None or domains.registrable(name, rng.random() < 0.5)
    one, other = (aliases.named(mutate.text(rng, 20), "person") for _ in range(2))
    aliases.likeness(one, other)
    aliases.blocks(one)


def signing_case(rng: Random, folder: Path) -> None:
    """Both kernels sign a text alike, and as they sign its normal form."""
    texts = [mutate.whole_text(rng, 80) for _ in range(2)]
    column = pa.array([*texts, *map(normalise, texts)])
    plain = minhash.signatures(column, SIGNED, "numpy")
    assert np.array_equal(plain[:2], plain[2:]), "a copy in normal form has another signature"
    if minhash.kernel_name() == "numba":
        assert np.array_equal(plain, minhash.signatures(column, SIGNED, "numba")), "the kernels disagree"


def showing_case(rng: Random, folder: Path) -> None:
    """What is shown of a text steers no terminal, starts no formula, and is as short as promised."""
    text = mutate.text(rng, 100)
    assert redact.printable(text).isprintable()
    assert redact.printable(redact.mask(text)).isprintable()
    width = rng.randrange(4, 40)
    assert 0 < len(neutral.shorten(text, width)) <= max(width, len("(blank)")) * 10
    assert neutral.tooltip(text).isprintable() and neutral.initials(text).isprintable()
    secret = f"Zq{rng.randrange(10**9)}"
    for address in (f"s3://{secret}:{secret}@b/x", f"https://h/x?sig={secret}&a=1", f"gs://b?token={secret}"):
        assert secret not in mask_secrets(text.replace("://", "") + " " + address)
    stream = StringIO(newline="")
    cells = [mutate.whole_text(rng, 30) for _ in range(3)]
    write_csv(pa.table({"a": cells}), stream)
    stream.seek(0)
    rows = [row[0] for row in csv.reader(stream)][1:]
    assert [row if row == cell else row.removeprefix("'") for row, cell in zip(rows, cells, strict=True)] == cells
    assert not any(row.lstrip().startswith(FORMULA) for row in rows), "a cell begins a formula"


@cache
def plain_page() -> Counter[Any]:
    return _shape(_page(["d0", "d1", "d2", "d3"], ["r0", "r1"], "command", builders.run()))


def page_case(rng: Random, folder: Path) -> None:
    """The page of a run with hostile names has the elements and attributes of the page of a harmless one."""
    shown = [_name(rng) for _ in range(4)]
    while len(set(shown)) < 4:
        shown = [_name(rng) for _ in range(4)]
    html = _page(shown, [_name(rng) + "r", _name(rng) + "s"], "c" + mutate.text(rng), builders.run())
    assert_inert(html)
    assert _shape(html) == plain_page(), "an element or attribute that we did not write"
    html.encode()


def summary_case(rng: Random, folder: Path) -> None:
    """Summaries survive JSON; the terminal shows no control character."""
    rows = [builders.risk_row(i, _name(rng)) for i in range(2)]
    run = builders.run(
        command=mutate.text(rng), inputs=[mutate.text(rng)], settings={mutate.text(rng): {"a": _name(rng)}}
    )
    summary = summarise({"risk": builders.table("risk", rows)}, run, ReportSettings())
    text = to_json(summary)
    json.loads(text)
    assert to_json(from_json(text)) == text
    stream = StringIO()
    Console(file=stream, width=100, force_terminal=False, color_system=None).print(closing_table(summary))
    assert all(c.isprintable() or c == "\n" for c in stream.getvalue().replace("\u202f", " "))


def _name(rng: Random) -> str:
    return mutate.whole_text(rng, 40).replace("\0", "")


def _page(domains_: list[str], relations: list[str], command: str, run: dict[str, Any]) -> str:
    tables = builders.tables(domains_, relations, growth=[], spectra=[])
    about = {**run, "command": command, "inputs": [command], "fields": [command], "settings": {"s": {"k": command}}}
    return render(summarise(tables, about, ReportSettings(title=command)))


def _shape(html: str) -> Counter[Any]:
    """Elements with their attributes, without those inside of figures, whose axes depend on the names' lengths."""
    outside = "".join(part.rpartition("</svg>")[2] if "</svg>" in part else part for part in html.split("<svg"))
    return Counter(Elements(outside).elements)


TARGETS = {
    "reading a text": reading_case, "signing a text": signing_case, "showing a text": showing_case, "page": page_case,
    "summary and terminal": summary_case,
}  # fmt: skip
