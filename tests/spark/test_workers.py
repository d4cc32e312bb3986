"""A cluster that cannot do the work is told so in one line, before any data is read."""

from __future__ import annotations

import pytest

from analyzer.errors import SetupError
from analyzer.spark import workers

DRIVER = workers.described()


@pytest.mark.spark
def test_a_worker_of_another_python_is_refused_by_both_versions(spark, monkeypatch):
    """Spark compares what it sends, the driver's version, with the worker's: here the driver pretends."""
    monkeypatch.setattr(spark.sparkContext, "pythonVer", "3.99")
    with pytest.raises(SetupError, match=r"workers run Python 3\.1\d.*the driver 3\.99"):
        workers.ask(spark)


@pytest.mark.spark
def test_workers_of_this_machine_are_as_the_driver(spark):
    workers.demand_same(DRIVER, workers.ask(spark))


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ("ModuleNotFoundError: No module named 'analyzer.spark'", "lacks the package analyzer"),
        ("ImportError: PyArrow >= 18.0.0 must be installed; however, it was not found.", "lacks the package PyArrow"),
        ('java.io.IOException: Cannot run program "./environment/bin/python": error=2', "cannot run ./environment"),
    ],
)
def test_what_a_trace_says_of_a_worker_becomes_one_line(trace, said):
    line = workers.explained(f"Traceback (most recent call last):\n{trace}\n\tat org.apache.spark")
    assert line is not None and said in line and "\n" not in line
    assert workers.explained("java.lang.OutOfMemoryError") is None


def test_another_release_of_the_parser_is_refused_by_name():
    with pytest.raises(SetupError, match=r"spacy 3\.0 \(driver: "):
        workers.demand_same(DRIVER, DRIVER | {"spacy": "3.0"})
    with pytest.raises(SetupError, match="rapidfuzz not installed"):
        workers.demand_same(DRIVER, DRIVER | {"rapidfuzz": None})
    workers.demand_same(DRIVER | {"python": "3.11.7"}, DRIVER | {"python": "3.11.2"})  # the minor version decides


@pytest.mark.parametrize("version", ["11", "1.8", "99"])
def test_a_java_that_spark_does_not_run_on_is_refused(version):
    with pytest.raises(SetupError, match="JAVA_HOME"):
        workers.demand_java(version)
    workers.demand_java("17")
