from __future__ import annotations

import json
import logging

import pytest

from analyzer import logs


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://key:secret@bucket/x", "s3://***@bucket/x"),
        ("https://h/x?token=abc&y=1", "https://h/x?token=***&y=1"),
        ("s3://bucket/x?secret_key=abc", "s3://bucket/x?secret_key=***"),
        ("/plain/path@home", "/plain/path@home"),
    ],
)
def test_credentials_are_masked(given, shown):
    assert logs.mask(given) == shown


def test_the_log_is_one_json_object_a_line_and_masked(tmp_path):
    path = tmp_path / "run.log"
    logs.to_file(path)
    logs.LOGGER.info("reading %s", "s3://a:b@c", extra={"stage": "ingest"})
    logging.getLogger("monofact").warning("second\nline")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["message"] for line in lines] == ["reading s3://***@c", "second\nline"]
    assert [line["stage"] for line in lines] == ["ingest", None]
