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
        ("s3://key:sec/ret+1@bucket/x", "s3://***@bucket/x"),
        ("abfs://c@a.net/x?sv=1&sig=abc%3D&se=2", "abfs://***@a.net/x?sv=1&sig=***&se=2"),
        ("https://h/x?X-Amz-Credential=k&X-Amz-Signature=s", "https://h/x?X-Amz-Credential=***&X-Amz-Signature=***"),
        ("--set estimate.key_split_rate=.1", "--set estimate.key_split_rate=.1"),
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


def test_a_trace_in_the_log_holds_places_and_classes_and_no_message(tmp_path):
    """A message may quote the text that an error is about, as that of `int("text")` does."""
    path = tmp_path / "run.log"
    logs.to_file(path)
    try:
        try:
            int("canary")
        except ValueError as error:
            raise RuntimeError("canary\n  canary at canary") from error
    except RuntimeError:
        logs.LOGGER.debug("failed", exc_info=True)
    text = path.read_text()
    assert "canary" not in text
    assert "ValueError" in text and "RuntimeError" in text and "test_logs.py" in text


def test_of_a_trace_of_the_jvm_frames_and_classes_stay():
    text = (
        "py4j.protocol.Py4JJavaError: An error occurred: canary\n: org.apache.spark.SparkException: canary\n"
        "\tat org.apache.spark.api.python.BasePythonRunner$ReaderIterator.handle(PythonRunner.scala:12)\n"
        "Caused by: java.io.IOException: canary\ncanary at large\n"
    )
    kept = logs.trace(text)
    assert "canary" not in kept
    assert "ReaderIterator.handle(PythonRunner.scala:12)" in kept and "Caused by: java.io.IOException" in kept
