"""Which names are likely one thing, which are not, and what a user's table of aliases does."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.errors import ConfigError
from analyzer.text.alias_table import load
from analyzer.text.aliases import Likeness, blocks, likeness, named

ONE = [
    ("tessa m orlane", "tessa orlane", "person", "tokens"),
    ("edric tessa orlane", "tessa orlane", "person", "tokens"),
    ("t orlane", "tessa orlane", "person", "initials"),
    ("t m orlane", "tessa maud orlane", "person", "initials"),
    ("tm orlane", "tessa maud orlane", "person", "initials"),
    ("tessa m orlane", "tessa maud orlane", "person", "initials"),
    ("tessa orlane", "tesssa orlane", "person", "spelling"),
    ("tessa orlanne", "tessa orlane", "person", "spelling"),
    ("velmar-norren", "velmar norren", "place", "spelling"),
    ("são velmar", "sao velmar", "place", "spelling"),
    ("university of velmar", "velmar university", "organisation", "tokens"),
    ("united ports", "united ports of ostrey", "place", "tokens"),
    ("kestrel", "kestrel motor", "organisation", "tokens"),
    ("ostrey national bank", "ostrey national bank holdings", "organisation", "tokens"),
    ("constantinopel", "constantinople", "place", "spelling"),
    ("haitham bin tarik sonn", "haytham bin tariq sonn", "person", "spelling"),
    ("unp", "united norren ports", "organisation", "acronym"),
    ("bosn", "bank of south norren", "organisation", "acronym"),
    ("velmarians", "velmarian", "organisation", "spelling"),
]
TWO = [
    ("north velmar", "south velmar", "place"),
    ("velmar", "west velmar", "place"),
    ("velmar", "velmar city", "place"),
    ("lake velmar", "velmar lake district", "place"),
    ("new norren", "new norren river", "place"),
    ("gambral", "zambral", "place"),
    ("iceland", "ireland", "place"),
    ("central america", "central africa", "place"),
    ("austrian orchard society", "australian orchard society", "organisation"),
    ("ostrey armed forces", "armed forces", "organisation"),
    ("space agency of velmar", "space agency", "organisation"),
    ("court of appeal", "court of appeals", "organisation"),
    ("us velmar", "uv", "organisation"),
    ("us department", "us department of velmarian ports", "organisation"),
    ("velmar ports of", "velmar ports", "organisation"),
    ("ostria", "ostralia", "place"),
    ("velmar war", "velmar war ii", "event"),
    ("falcon flight", "falcon flight 11", "other"),
    ("the glass harbour", "the glass harbour and the sea", "work"),
    ("university of velmar", "university of velmar press", "organisation"),
    ("norren", "norren foundation", "organisation"),
    ("tessa orlane", "tessa orlane sonn", "person"),
    ("tessa orlane", "edric orlane", "person"),
    ("john orlane", "joan orlane", "person"),
    ("t orlane", "edric orlane", "person"),
    ("tessa orlane jr", "tessa orlane", "person"),
    ("orlane", "tessa orlane", "person"),
    ("tessa a orlane", "tessa c orlane", "person"),
    ("tessa de orlane", "tessa c orlane", "person"),
    ("unp", "norren united ports", "organisation"),
]


@pytest.mark.parametrize(("a", "b", "type_", "kind"), ONE)
def test_likely_aliases_are_found_and_meet_in_a_block(a, b, type_, kind):
    one, other = named(a, type_, acronym=True), named(b, type_)
    found = likeness(one, other)
    assert found is not None and found.kind == kind
    assert found == likeness(other, one)
    assert blocks(one) & blocks(other)


@pytest.mark.parametrize(("a", "b", "type_"), TWO)
def test_names_that_a_word_or_letter_tells_apart_are_not(a, b, type_):
    assert likeness(named(a, type_, acronym=True), named(b, type_)) is None


def test_types_must_agree_unless_one_is_unknown():
    short, long = "tessa orlane", "tessa m orlane"
    assert likeness(named(short, "person"), named(long, "organisation")) is None
    assert likeness(named(short, "other"), named(long, "person")) == Likeness("tokens")
    assert likeness(named("", "person"), named("", "person")) is None


def test_letters_that_nobody_wrote_in_capitals_are_no_acronym():
    assert likeness(named("unp", "organisation"), named("united norren ports", "organisation")) is None


def test_the_distance_counts_letters():
    assert likeness(named("tessa orlane", "person"), named("tessa orlnae", "person")) == Likeness("spelling", 1)
    assert likeness(named("são velmar", "place"), named("sao velmar", "place")) == Likeness("spelling", 0)


def test_whatever_is_likely_shares_a_block_in_random_names():
    """Names out of a small alphabet and few words, so that likely pairs are many; the exception is documented."""
    rng = random.Random(7)
    words = ["ardo", "ardor", "ardora", "belma", "belmar", "belmare", "corvin", "corvine", "d", "c", "of", "e"]
    names = {" ".join(rng.choices(words, k=rng.randint(1, 4))) for _ in range(400)}
    ready = [named(name, rng.choice(["person", "organisation", "other"]), rng.random() < 0.5) for name in sorted(names)]
    likely = 0
    for i, one in enumerate(ready):
        for other in ready[:i]:
            if likeness(one, other) is None:
                continue
            outer = one.content[0] != other.content[0] and one.content[-1] != other.content[-1]
            assert outer or blocks(one) & blocks(other), (one, other)
            likely += 1
    assert likely > 300


def test_blocks_of_a_name_stay_few_however_long_it_is():
    assert len(blocks(named(" ".join(f"word{chr(97 + i)}" for i in range(20)), "organisation"))) <= 16


# the user's table


def write(path, rows, names=("surface", "type", "id")):
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    pq.write_table(pa.table({n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}), path)
    return str(path)


def test_a_name_takes_the_id_of_its_canonical_form_and_type(tmp_path):
    rows = [
        ("Big Blue Inc.", "organisation", "Kestrel Works"),
        ("Dr. Tessa Orlane", None, "Q17"),
        ("Velmar", "place", "Q1"),
    ]
    table = load(write(tmp_path / "a.parquet", [*rows, rows[0]]))
    assert table.key("big blue", "organisation") == "Kestrel Works"
    assert table.key("big blue", "place") == "big blue"
    assert table.key("tessa orlane", "person") == table.key("tessa orlane", "other") == "Q17"
    assert table.key("velmar", "place") == "Q1"
    assert table.key("velmar", "phrase") == "velmar"
    assert table.key("1902", "date") == "1902"


def test_a_row_of_a_type_comes_before_one_without(tmp_path):
    table = load(write(tmp_path / "a.parquet", [("Velmar", None, "Q1"), ("Velmar", "person", "Q2")]))
    assert (table.key("velmar", "person"), table.key("velmar", "place")) == ("Q2", "Q1")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("Velmar", None, "Q1"), ("velmar ", None, "Q2"), ("Norren", None, "Q3")], "2 surfaces would get several ids"),
        ([("", None, "Q1"), ("Norren", None, None)], "2 of 2 rows have no surface or no id"),
        ([("Velmar", "planet", "Q1")], "1 rows have an unknown type"),
    ],
)
def test_a_bad_row_is_one_clear_line_that_counts(tmp_path, rows, says):
    with pytest.raises(ConfigError, match=says) as error:
        load(write(tmp_path / "a.parquet", rows))
    assert "extract.aliases" in str(error.value) and "\n" not in str(error.value)
    assert "elmar" not in str(error.value)


def test_a_bad_file_is_one_clear_line(tmp_path):
    with pytest.raises(ConfigError, match="no column type, id"):
        load(write(tmp_path / "a.parquet", [("Velmar",)], names=("surface",)))
    pq.write_table(pa.table({"surface": ["a"], "type": ["place"], "id": [7]}), tmp_path / "b.parquet")
    with pytest.raises(ConfigError, match="column id is not text"):
        load(str(tmp_path / "b.parquet"))
    (tmp_path / "c.parquet").write_text("surface,type,id\n")
    with pytest.raises(ConfigError, match="not a Parquet file"):
        load(str(tmp_path / "c.parquet"))
    with pytest.raises(ConfigError, match="name a readable Parquet file"):
        load(str(tmp_path / "missing.parquet"))
