"""The page is one static file that no corpus string can turn into anything but text."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.report import glossary
from analyzer.report.page import render
from analyzer.report.summary import summarise
from analyzer.settings import ReportSettings
from tests.report import builders

VOID = {"meta", "br", "link", "img", "input", "hr"}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


class Elements(HTMLParser):
    """Every element with the names of its attributes, the text, and whether all that was opened was closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def page(top: int = 40, examples: bool = False, run: dict | None = None, tables: dict | None = None) -> str:
    tables = builders.tables() if tables is None else tables
    return render(summarise(tables, run or builders.run(), ReportSettings(top=top, show_examples=examples)))


def shape(html: str) -> Counter:
    """How often each element occurs with which attributes."""
    return Counter(Elements(html).elements)


def assert_inert(html: str) -> None:
    found = Elements(html)
    assert not found.open
    known = {
        "html", "head", "meta", "title", "style", "body", "a", "header", "main", "section", "nav", "h1", "h2", "h3",
        "p", "div", "span", "small", "dl", "dt", "dd", "ul", "ol", "li", "figure", "figcaption", "table", "caption",
        "thead", "tbody", "tr", "th", "td", "br", "i", "pre", "code", "svg", "desc", "g", "path", "line", "rect",
        "text",
    }  # fmt: skip
    assert {tag for tag, _ in found.elements} <= known
    assert not [name for name, _ in found.values if name.startswith("on") or name in ("src", "srcset", "action")]
    assert all(value.startswith("#") for name, value in found.values if name.endswith("href"))
    assert all(re.fullmatch(r"width: \d+\.\d%", value) for name, value in found.values if name == "style")
    assert "url(" not in html and "@import" not in html and "xmlns" not in html


def test_the_page_has_no_script_no_handler_and_no_outside_reference():
    html = page()
    assert_inert(html)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert "http://" not in html and "https://" not in html


def test_hostile_names_change_no_element_and_no_attribute():
    names = [f"d{i}" for i in range(len(builders.HOSTILE))]
    plain = builders.tables(names, list("abcdefghij")) | {"examples": of_names(names)}
    run = builders.run(
        inputs=list(builders.HOSTILE[:2]), fields=list(builders.HOSTILE[:2]), command=builders.HOSTILE[0]
    )
    hostile = builders.tables(builders.HOSTILE, builders.HOSTILE) | {"examples": of_names(builders.HOSTILE)}
    html = page(tables=hostile, run=run, examples=True)
    assert_inert(html)
    assert html.count('class="examples"') == len(names) - 1  # the last is too small to be ranked
    assert shape(html) == shape(page(tables=plain, examples=True))


def of_names(names):
    """An example of each domain whose subject, relation, answer and file have the domain's name."""
    columns = ("domain", "subject", "relation", "answer", "path")
    return pa.Table.from_pylist([dict.fromkeys(columns, name) | {"record": 1} for name in names])


def test_hostile_names_are_shown_as_text():
    html = page(tables=builders.tables(builders.HOSTILE, builders.HOSTILE))
    text = "".join(Elements(html).text)
    assert "<script>alert(1)</script>" in text and "{{7*7}}" in text and "javascript:alert(1)" in text
    assert "\x1b" not in html and "\u202e" not in html and "\\x1b[31mred" in text


@pytest.mark.parametrize("text", builders.HOSTILE)
def test_hostile_titles_paths_settings_reasons_and_conditions_are_inert(text):
    run = builders.run(
        inputs=[text], fields=[text], command=text, settings={text: {text: text}}, versions={text: text},
        stages=[{"stage": text, "read": 3, "kept": 1, "rejected": {text: 2}}],
    )  # fmt: skip
    rows = [builders.rate(method=text, status=text), builders.estimate("singleton_rate", 0.2, unit=text, method=text)]
    tables = builders.tables(estimates=rows, bounds=[builders.bound(text, conditions=text, status=text, n_kind=text)])
    html = render(summarise(tables, run, ReportSettings(title=text)))
    assert_inert(html)


@settings(max_examples=10, deadline=None)
@given(st.lists(ANY_TEXT, min_size=2, max_size=2), ANY_TEXT)
def test_no_text_whatever_is_more_than_text(domains, other):
    html = page(tables=builders.tables(domains, [other], growth=[], spectra=[]), run=builders.run(command=other))
    assert_inert(html)


def test_a_lone_surrogate_in_a_path_does_not_stop_the_page():
    html = page(run=builders.run(inputs=["corpus/\udce9.jsonl"]))
    assert "\\udce9" in html
    html.encode("utf-8")


def test_as_many_rows_and_figures_as_there_is_to_show():
    html = page(top=3)
    assert html.count("<figure>") == html.count('<svg role="img"') + html.count(' role="img" aria-labelledby') == 4
    assert len(re.findall(r"<tr>", html.split('id="domain-table"')[1].split("</table>")[0])) == 1 + 3
    assert len(re.findall(r"<tr>", html.split('id="relation-table"')[1].split("</table>")[0])) == 1 + 3
    assert len(re.findall(r"<tr>", html.split('id="bound-table"')[1].split("</table>")[0])) == 1 + len(builders.BOUNDS)


def test_two_names_that_are_cut_alike_stay_two_rows_of_the_figure():
    names = [f"{'x' * 60}{i}" for i in range(4)]
    svg = page(tables=builders.tables([*names, "small"])).split("<svg")[1].split("</svg>")[0]
    assert svg.count("xxx…") == 4


def test_no_control_character_reaches_the_drawing_library_which_would_abort():
    html = page(
        tables=builders.tables(["".join(map(chr, range(32))), "\x7f\x85\ufffe", "small"], growth=[], spectra=[])
    )
    assert_inert(html)


def test_a_long_name_is_cut_and_told_in_full_in_its_title():
    name = "long-" * 30
    found = Elements(page(tables=builders.tables([name, "b", "c"])))
    assert ("title", name) in found.values
    assert name not in "".join(found.text)


def test_ten_thousand_domains_make_less_than_a_megabyte_and_the_rest_is_told():
    relations = [f"relation number {i} of {300}" for i in range(300)]
    tables = builders.tables([f"site-{i:05d}.a-rather-long-name.example" for i in range(10_000)], relations)
    tables |= {"examples": pa.concat_tables([builders.examples(f"site-{i:05d}.example", 5) for i in range(10)])}
    html = render(summarise(tables, builders.run(), ReportSettings(show_examples=True)))
    assert len(html.encode()) < 1_000_000
    assert "first 100 of 10,000" in html and "OFFSET 100" in html
    assert "site-00099" in html and "site-00100" not in html


def test_the_query_for_the_rest_runs_and_goes_on_where_the_page_stops(tmp_path):
    tables = builders.tables([f"site-{i:02d}.example" for i in range(12)])
    (tmp_path / "estimate" / "risk").mkdir(parents=True)
    pq.write_table(tables["risk"], tmp_path / "estimate" / "risk" / "part-0.parquet")
    query = page(top=5, tables=tables).split("<pre><code>")[1].split("</code>")[0]
    query = query.replace("&#39;", "'").replace("RUN", str(tmp_path))
    assert [row[0] for row in duckdb.sql(query).fetchall()] == [*range(6, 12), None]


def test_every_palette_colour_of_a_figure_is_mapped_for_dark_mode():
    html = page()
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', html))
    mapped = set(re.findall(r'\[(?:fill|stroke)="(#[0-9a-f]{6})"\]', html))
    assert used and used <= mapped
    assert '"black"' not in html and 'fill="#000"' not in html


@pytest.mark.parametrize("tables", [builders.empty(), {}, builders.tables(["only.example"], ["born_in"])])
def test_empty_and_one_domain_runs_render_without_gaps(tables):
    html = page(tables=tables, run=builders.run() if tables else {"stages": []})
    assert_inert(html)
    text = " ".join(Elements(html).text)
    assert not re.search(r"\b(nan|NaN|None|inf|Undefined)\b", text)


def test_gaps_are_told_in_words():
    gone = dict.fromkeys(
        ("singleton_rate", "low", "high", "raw_rate", "document_rate", "corrected_rate", "removed_by_dedup")
    )
    rows = [builders.small_row(0, "a.example", **gone)]
    text = " ".join(Elements(page(tables=builders.tables(risk=rows))).text)
    assert "too small to rank" in text and "undefined" in text and "not measured" in text and "vacuous" in text
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)


def test_examples_are_shown_only_if_asked_for_only_in_outline_and_with_their_place():
    tables = builders.tables() | {"examples": builders.examples("news.example")}
    hidden, shown = page(tables=tables), page(tables=tables, examples=True)
    assert 'class="examples"' not in hidden and 'class="examples"' in shown
    assert "Hopper" not in shown and "1906" not in shown and "G… H…" in shown
    assert "part-1.jsonl:18" in shown and "part-1.jsonl" not in hidden


def test_the_map_shows_what_the_cells_say_and_colours_only_cells_of_enough_statements():
    cells = [
        builders.cell(0, "a", "capital", statements=40, singletons=34, singleton_rate=0.85),
        builders.cell(1, "a", "born in", statements=9, singletons=9, singleton_rate=1.0),
        builders.cell(2, "b", "capital", statements=20, singletons=2, singleton_rate=0.1),
    ]
    html = page(tables=builders.tables(["a", "b", "c"], cells=cells))
    rows = re.findall(r"<tr>.*?</tr>", html.split('id="map-table"')[1].split("</table>")[0], re.DOTALL)[1:]
    assert [re.findall(r"<td.*?</td>", row) for row in rows] == [
        ['<td class="s4">85</td>', "<td>·</td>"],
        ['<td class="s1">10</td>', "<td></td>"],
        ["<td></td>", "<td></td>"],
    ]


def test_the_riskiest_ten_have_a_section_each_with_their_own_relations():
    html = page(tables=builders.tables([f"d{i:02d}" for i in range(30)], list("abcdefghijkl")))
    portraits = html.split('<section class="portrait"')[1:]
    assert [re.search(r">(d\d\d)<", text)[1] for text in portraits] == [f"d{i:02d}" for i in range(10)]
    assert all(text.count('scope="row"') == 8 for text in portraits[:9])


def test_a_corrected_rate_is_drawn_beside_the_raw_one_where_it_was_measured():
    rows = [builders.risk_row(i, f"d{i}", corrected_rate=0.2, corrected_low=0.1) for i in range(3)]
    measured, without = page(tables=builders.tables(risk=rows)), page()
    assert "by cluster, corrected" in measured and "by cluster, corrected" not in without
    assert "No rate is corrected here" in without and "No rate is corrected here" not in measured


def test_the_figures_of_a_hundred_domains_fit_a_printed_page_each():
    html = page(top=100, tables=builders.tables([f"d{i:03d}" for i in range(101)]))
    heights = [int(h) for h in re.findall(r'<svg[^>]* height="(\d+)"', html)]
    assert len(heights) == 3 + 3 + 2 and max(heights) < 900


def test_what_twice_the_data_would_do_is_said_with_its_interval():
    text = " ".join(Elements(page()).text)
    assert "Twice as much data of the same kind would leave a singleton rate of 32" in text
    assert "6 points less than now" in text and "123,621" in text and "31,400,000" in text


def test_the_accounting_goes_from_characters_to_statements():
    text = " ".join(Elements(page()).text)
    places = [text.index(part) for part in ("180,402,118", "31,402,118", "joined: lists", "statements counted (N)")]
    assert places == sorted(places)


def test_the_same_summary_makes_the_same_page():
    assert page() == page()


def test_a_bound_that_covers_nothing_says_why_and_conditions_name_the_column():
    rows = [builders.bound(relations=0, status="conditions_not_met"),
            builders.bound("kalai_vempala", conditions="of which there are wrong_answers a fact")]  # fmt: skip
    text = "".join(Elements(page(tables=builders.tables(bounds=rows))).text)
    assert glossary.NOTHING_COVERED in text and "of which there are |E| a fact" in text
    assert "independent samples; calibrated model" not in text
