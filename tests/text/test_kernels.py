"""Which matrix library a worker finds faster must not show in a single mention."""

from __future__ import annotations

import json

import pytest
from thinc.api import NumpyOps, get_current_ops, set_current_ops

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extractor, model
from tests.conftest import SAMPLES


@pytest.fixture
def ops():
    before = get_current_ops()
    yield
    set_current_ops(before)


def test_blis_and_numpy_give_the_same_mentions(ops, monkeypatch):
    lines = (SAMPLES / "corpus" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line).get("text") or "" for line in lines if line.startswith('{"id"') and line.endswith("}")]
    found = []
    for use_blis in (True, False):
        monkeypatch.setattr(model, "use_faster_ops", lambda blis=use_blis: set_current_ops(NumpyOps(use_blis=blis)))
        extractor = Extractor(ExtractSettings())
        assert extractor._model.nlp.get_pipe("parser").model.ops.use_blis == use_blis
        found.append([extraction.mentions for extraction in extractor.extract(texts)])
    assert sum(len(mentions) for mentions in found[0]) > 50
    assert found[0] == found[1]
