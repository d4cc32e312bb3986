"""Evaluation logs of every common tool -> one table of items. A file a format, one place that decides outcomes.

log = Log()
for batch in items(["logs/"], options=ReadOptions(filter="strict-match"), log=log):
    ...  # pa.RecordBatch of schema ITEMS
"""

from analyzer.io.eval_logs.abstention import Detector, detector
from analyzer.io.eval_logs.options import FIELDS, FORMATS, ReadOptions
from analyzer.io.eval_logs.read import Log, items
from analyzer.io.eval_logs.rows import Notes, Row
from analyzer.io.eval_logs.source import records
from analyzer.io.records import Fault, Record, fault

__all__ = [
    "FIELDS", "FORMATS", "Detector", "Fault", "Log", "Notes", "ReadOptions", "Record", "Row", "detector", "fault",
    "items", "records",
]  # fmt: skip
