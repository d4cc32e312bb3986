"""Figures are drawn from the experiments' tables and say in words what they show."""

from __future__ import annotations

import pytest

from analyzer.lab import figures
from analyzer.lab.experiments import EXPERIMENTS


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_figure_is_an_svg_with_a_sentence(name: str) -> None:
    found = figures.FIGURES[name](EXPERIMENTS[name](1, True))
    assert found.svg.startswith("<svg") and len(found.alt) > 40


def test_the_flagship_shows_a_dot_for_each_domain_and_seed() -> None:
    row = {"rate": 0.5, "rate_low": 0.4, "rate_high": 0.6, "error": 0.5, "error_low": 0.4, "error_high": 0.6}
    rows = [row | {"domain": domain, "seed": seed} for domain in ("a", "b") for seed in (1, 2, 3)]
    found = figures.corpus_to_model(rows)
    assert "3 seeds" in found.alt and "<svg" in found.svg
