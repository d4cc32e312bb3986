"""Corpus text in Markdown: whatever a name says, it is shown and not obeyed."""

from __future__ import annotations

from html import unescape

import pytest

from analyzer.report.markdown import escaped, table

HOSTILE = [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "a|b", "`code`", "**bold** _it_", "![i](http://x.y/z.png)",
    "# heading", "line\nbreak", "\x1b[31mred", "&lt;b&gt;", "http://evil.example/", "www.evil.example", "a\\|b", "$x$",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_a_name_is_markup(name):
    shown = escaped(name, 100)
    rest = "".join(part.partition(";")[2] if i else part for i, part in enumerate(shown.split("&#")))
    assert not set(rest) & set("<>[]()|`*_!#\\&$\n\x1b\"'~@:")
    assert "://" not in shown
    assert "www." not in shown


def test_a_reader_sees_the_name():
    assert unescape(escaped("<b>|www.a.org")) == "<b>|www.a.org"
    assert escaped("digital.gov/news-2") == "digital.gov/news-2"


def test_a_bar_in_a_cell_does_not_end_it():
    lines = table(("a", "b"), [("1|2", "3")]).splitlines()
    assert [line.count("|") for line in lines] == [3, 3, 3]
