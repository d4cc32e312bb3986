"""Figures are drawn from the experiments' tables and say in words what they show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import cache

import pytest

from analyzer.lab import figures
from analyzer.lab.experiments import EXPERIMENTS
from analyzer.lab.figures import Figure


@cache
def drawn(name: str) -> Figure:
    experiment, draw = figures.FIGURES[name]
    return draw(EXPERIMENTS[experiment](1, True))


def flagship() -> Figure:
    row = {"rate": 0.5, "rate_low": 0.4, "rate_high": 0.6, "error": 0.5, "error_low": 0.4, "error_high": 0.6}
    return figures.corpus_to_model([
        row | {"domain": domain, "seed": seed, "learner": learner}
        for learner, seeds in (("ngram", 3), ("transformer", 2)) for domain in ("a", "b") for seed in range(seeds)
    ])  # fmt: skip


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_figure_is_an_svg_with_a_sentence(name: str) -> None:
    found = drawn(name)
    assert found.svg.startswith("<svg") and len(found.alt) > 40


def test_the_flagship_has_a_panel_for_each_learner_and_says_how_many_seeds() -> None:
    found = flagship()
    assert "n-gram model (3 seeds)" in found.alt and "transformer, 20 epochs (2 seeds)" in found.alt
    assert found.svg.count("error of the model") == 1


def test_a_figure_as_a_file_is_whole_xml_that_names_itself_on_white() -> None:
    text = figures.standalone(flagship())
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg" and root.get("role") == "img"
    background, title = root.find(f"{space}rect"), root.find(f"{space}title")
    assert background is not None and background.get("fill") == "white"
    assert title is not None and title.text is not None and title.text.startswith("The audit's singleton rate")
