"""One Spark session for the whole test process, small and quiet, in a folder that disappears."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"


@pytest.fixture(scope="session")
def spark() -> Iterator[object]:
    from analyzer.spark import session

    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        spark = session.get(
            {
                "spark.master": "local[2,4]",  # the retries are part of what is tested
                "spark.sql.shuffle.partitions": "4",  # tiny data: fewer tasks, less waiting
                "spark.default.parallelism": "4",
                "spark.driver.memory": "1g",
                "spark.local.dir": folder,
                "spark.sql.warehouse.dir": f"{folder}/warehouse",
                "spark.sql.adaptive.enabled": "false",  # it makes a job of every shuffle: half the time of tiny ones
            },
            small=True,
        )
        yield spark
        spark.stop()


@pytest.fixture(scope="session")
def audited(spark: object, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, object]:
    """A finished run over the tiny corpus: (corpus file, run directory, result). Copy it to change it."""
    from analyzer import pipeline
    from tests import tiny

    folder = tmp_path_factory.mktemp("audited")
    corpus = tiny.write(folder / "corpus")
    return corpus, folder / "run", pipeline.audit(str(corpus), str(folder / "run"), tiny.config())
