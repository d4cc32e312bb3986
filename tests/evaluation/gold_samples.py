"""Gold data of our own in the three formats: invented people, places and firms, marked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# (text, facts as (property, subject, answer, subject id)); surfaces are looked up, the n-th by "surface#n"
PASSAGES: list[tuple[str, list[tuple[str, str, str, str | None]]]] = [
    (
        "Tessa Orlane (born 4 May 1902) was a Norwegian painter. She was born in Velmar.",
        [
            ("DATE_OF_BIRTH", "Tessa Orlane", "4 May 1902", "Q1"),
            ("NATIONALITY", "Tessa Orlane", "Norwegian", "Q1"),
            ("PLACE_OF_BIRTH", "She", "Velmar", "Q1"),
        ],
    ),
    (
        "Tessa Orlane was born on 4 May 1902 in Velmar. Orlane died in Dunmere on 3 March 1981.",
        [
            ("DATE_OF_BIRTH", "Tessa Orlane", "4 May 1902", "Q1"),
            ("PLACE_OF_BIRTH", "Tessa Orlane", "Velmar", "Q1"),
            ("DATE_OF_DEATH", "Orlane#2", "3 March 1981", "Q1"),
        ],
    ),
    (
        "Kestrel Works was founded by Maud Pereth in 1888. It is based in Dunmere.",
        [
            ("FOUNDED_BY", "Kestrel Works", "Maud Pereth", "Q2"),
            ("DATE_FOUNDED", "Kestrel Works", "1888", "Q2"),
            ("HEADQUARTERS", "It", "Dunmere", "Q2"),
        ],
    ),
    ("Edric Sonn studied at Velmar University.", [("EDUCATED_AT", "Edric Sonn", "Velmar University", None)]),
    (
        "Edric Sonn was born on 1 June 1950. He never lived in Ostrey.",
        [("DATE_OF_BIRTH", "Edric Sonn", "1 June 1950", "Q3")],
    ),
    ("The bridge was not built in 1950, and nobody knows who was born in Kallan.", []),
]  # fmt: skip
ASKED = ["DATE_OF_BIRTH", "PLACE_OF_BIRTH", "DATE_OF_DEATH", "NATIONALITY", "FOUNDED_BY", "DATE_FOUNDED",
         "HEADQUARTERS", "EDUCATED_AT", "PLACE_OF_RESIDENCE"]  # fmt: skip

# tokens of sentences, entities as (type, [(sentence, first, past the last)]), triples
DOCUMENT: dict[str, Any] = {
    "title": "Tessa Orlane",
    "sents": [
        ["Tessa", "Orlane", "(", "born", "4", "May", "1902", "in", "Velmar", ")", "was", "a", "painter", "."],
        ["Orlane", "married", "Edric", "Sonn", "in", "1931", ",", "the", "founder", "of", "Kestrel", "Works", "."],
        ["Edric", "Sonn", "was", "educated", "at", "Velmar", "University", "."],
    ],
    "vertexSet": [
        [
            {"type": "PER", "sent_id": 0, "pos": [0, 2], "name": "Tessa Orlane"},
            {"type": "PER", "sent_id": 1, "pos": [0, 1], "name": "Orlane"},
        ],
        [{"type": "TIME", "sent_id": 0, "pos": [4, 7], "name": "4 May 1902"}],
        [{"type": "LOC", "sent_id": 0, "pos": [8, 9], "name": "Velmar"}],
        [
            {"type": "PER", "sent_id": 1, "pos": [2, 4], "name": "Edric Sonn"},
            {"type": "PER", "sent_id": 2, "pos": [0, 2], "name": "Edric Sonn"},
        ],
        [{"type": "ORG", "sent_id": 1, "pos": [10, 12], "name": "Kestrel Works"}],
        [{"type": "ORG", "sent_id": 2, "pos": [5, 7], "name": "Velmar University"}],
    ],
    "labels": [
        {"r": "P569", "h": 0, "t": 1, "evidence": [0]},
        {"r": "P19", "h": 0, "t": 2, "evidence": [0]},
        {"r": "P26", "h": 0, "t": 3, "evidence": [1]},
        {"r": "P112", "h": 4, "t": 3, "evidence": [1]},
        {"r": "P69", "h": 3, "t": 5, "evidence": [2]},
    ],
}

HEADER = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL"
# text, pronoun, name A, whether it is meant, name B, whether it is meant
PRONOUNS = [
    ("Maud Pereth was a chemist. In 1888 she founded Kestrel Works in Dunmere.", "she", "Maud Pereth", True,
     "Dunmere", False),
    ("Maud Pereth wrote to Tessa Orlane. Later she moved to Dunmere.", "she", "Maud Pereth", False,
     "Tessa Orlane", True),
    ("Edric Sonn met Carl Brandt in Velmar. He was a lawyer.", "He", "Edric Sonn", False, "Carl Brandt", False),
]  # fmt: skip


def place(text: str, surface: str) -> tuple[int, int]:
    """Span of a surface, of its n-th occurrence with "surface#n"."""
    word, _, number = surface.partition("#")
    start = -1
    for _ in range(int(number or 1)):
        start = text.index(word, start + 1)
    return start, start + len(word)


def flat() -> list[dict[str, Any]]:
    """KnowledgeNet, a passage a line."""
    rows = []
    for i, (text, facts) in enumerate(PASSAGES):
        row: dict[str, Any] = {"fold": 1 + i % 2, "doc": f"d{i}", "start": 0, "end": len(text), "text": text,
                               "annotated_properties": ASKED, "facts": []}  # fmt: skip
        for name, subject, answer, thing in facts:
            (a, b), (c, d) = place(text, subject), place(text, answer)
            row["facts"].append(
                {"property": name, "subject_start": a, "subject_end": b, "object_start": c, "object_end": d,
                 "subject_uri": thing, "object_uri": None, "subject": text[a:b], "object": text[c:d]}
            )  # fmt: skip
        rows.append(row)
    return rows


def published() -> list[dict[str, Any]]:
    """KnowledgeNet as published, one document of all passages; odd passages count offsets from their own start."""
    text, passages = "", []
    for i, row in enumerate(flat()):
        at = len(text)
        base = at if i % 2 == 0 else 0
        facts = [
            {"propertyName": f["property"], "subjectStart": base + f["subject_start"],
             "subjectEnd": base + f["subject_end"], "subjectText": f["subject"], "subjectUri": f["subject_uri"] or "",
             "objectStart": base + f["object_start"], "objectEnd": base + f["object_end"], "objectText": f["object"],
             "objectUri": ""}
            for f in row["facts"]
        ]  # fmt: skip
        properties = [{"propertyName": name} for name in row["annotated_properties"]]
        passages.append({"passageStart": at, "passageEnd": at + len(row["text"]), "facts": facts,
                         "exhaustivelyAnnotatedProperties": properties})  # fmt: skip
        text += row["text"] + " "
    return [{"fold": 1, "documentId": "all", "documentText": text, "passages": passages}]


def gap() -> str:
    """GAP as text."""
    lines = [HEADER]
    for i, (text, pronoun, a, a_meant, b, b_meant) in enumerate(PRONOUNS):
        cells = [f"test-{i}", text, pronoun, str(place(text, pronoun)[0])]
        for name, meant in ((a, a_meant), (b, b_meant)):
            cells += [name, str(place(text, name)[0]), str(meant).upper()]
        cells.append("http://example.org")
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def write(folder: Path) -> dict[str, Path]:
    """A file a format."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"knowledgenet": folder / "kn.jsonl", "redocred": folder / "re.json", "gap": folder / "gap.tsv"}
    paths["knowledgenet"].write_text("".join(json.dumps(row) + "\n" for row in flat()), encoding="utf-8")
    paths["redocred"].write_text(json.dumps([DOCUMENT]), encoding="utf-8")
    paths["gap"].write_text(gap(), encoding="utf-8")
    return paths
