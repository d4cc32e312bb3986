"""Every page can be read by everyone: valid HTML, named figures and tables, keyboard, contrast."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.cli import main
from analyzer.report import html, quality_page, sweep_page
from tests.conftest import ROOT
from tests.evaluation import test_commands as evaluations
from tests.evaluation.answers import believing
from tests.evaluation.test_quality_card import TYPED, made
from tests.evaluation.test_score_command import written
from tests.report import accessible, builders, test_deduplication, test_sweep_page
from tests.report.test_page import page

CSS = (ROOT / "analyzer" / "report" / "page.css").read_text(encoding="utf-8")
HOSTILE = {"domains": builders.HOSTILE, "relations": builders.HOSTILE}


def told(folder: Path, name: str, *words: object) -> str:
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in (*words, "--quiet")])
    assert not ended.value.code
    return (folder / name).read_text(encoding="utf-8")


def score(folder: Path) -> str:
    rows = [r for t in (None, 0.5) for r in believing(120, 3, power=0.5, threshold=t or 0.0, target=t)]
    log = written(folder / "told.jsonl", rows)
    return told(folder, "out/score/score.html", "score", log, "--out", folder / "out", "--map", "target=target")


def validation(folder: Path) -> str:
    log = evaluations.log(folder / "log.jsonl")
    return told(folder, "v/validation.html", "validate", "-", log, "--frequency", "seen", "--out", folder / "v")


def iiv(folder: Path) -> str:
    return told(folder, "i/iiv.html", "iiv", evaluations.scored(folder / "s.jsonl"), "--out", folder / "i")


PAGES: dict[str, Callable[[Path], str]] = {
    "audit": lambda _: page(examples=True, tables=builders.tables() | {"examples": builders.examples("news.example")}),
    "audit, hostile": lambda _: page(examples=True, tables=builders.tables(**HOSTILE) | {
        "examples": builders.examples(builders.HOSTILE[0])
    }),
    "audit, with duplicates": lambda _: test_deduplication.render(test_deduplication.shown()),
    "audit, empty": lambda _: page(tables=builders.empty()),
    "score": score,
    "validation": validation,
    "iiv": iiv,
    "quality": lambda _: quality_page.render(json.loads(made().to_json()), TYPED),
    "sweep": lambda _: sweep_page.render(builders.table("sweep", test_sweep_page.CELLS), "/data/run"),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> str:
    return page()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_that_can_be_found_without_a_browser(name, tmp_path):
    assert accessible.problems(PAGES[name](tmp_path)) == []


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        ('role="img" aria-labelledby', 'role="img" data-x', "a drawing without a name"),
        ("<h2>Bounds", "<h4>Bounds", "h4 after h2"),
        ("<caption>", "<!--", "has no caption"),
        ('href="#bounds"', 'href="#nowhere"', "link to #nowhere"),
        ('id="bounds"', 'id="glossary"', "id glossary stands 2 times"),
        ("</section>", "</div></section>", "end-tag-too-early"),
        ('class="wide" tabindex="0"', 'class="wide"', "cannot be scrolled by keyboard"),
        ('<th scope="col" class="t">Bound', '<th class="t">Bound', "headers without a scope"),
        ('<html lang="en">', "<html>", "no language"),
    ],
)
def test_each_fault_is_found(whole, was, is_, said):
    assert was in whole
    assert any(said in problem for problem in accessible.problems(whole.replace(was, is_)))


@pytest.mark.parametrize("scheme", accessible.SCHEMES)
def test_every_colour_is_legible_on_every_ground_it_stands_on(scheme):
    colour = accessible.colours(CSS, scheme)
    for name, ground, least in accessible.PAIRS:
        assert accessible.contrast(colour[name], colour[ground]) >= least, (name, ground)


def test_no_text_has_a_colour_that_is_not_checked():
    """Whoever adds a colour of text or a ground adds the pair that it makes."""
    rules = CSS.split("@page")[0]
    text = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", rules))
    grounds = set(re.findall(r"background(?:-color)?: var\(--([\w-]+)\)", rules))
    assert text <= {name for name, _, least in accessible.PAIRS if least == accessible.TEXT}
    assert grounds <= {ground for _, ground, _ in accessible.PAIRS} | {"blue", "orange"}  # bars, without text
    assert not re.search(r"(?<![\w-])(?:color|background): *(?:#|rgb|hsl)", rules)


def test_wcag_contrast_of_black_on_white_is_21():
    assert accessible.contrast("#000", "#ffffff") == pytest.approx(21)
    assert accessible.contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_what_can_be_focused_shows_it_and_what_is_long_can_be_skipped():
    layout = (Path(html.__file__).parent / "layout.html.j2").read_text(encoding="utf-8")
    assert '<a class="skip" href="#finding">' in layout
    assert re.search(r"\.skip:focus \{[^}]*left: \d", CSS)
    assert re.search(r"a:focus-visible[^{]*\.wide:focus-visible[^{]*\{ outline: 3px", CSS)
