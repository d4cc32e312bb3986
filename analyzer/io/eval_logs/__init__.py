"""Evaluation logs of every common tool -> one table of items. A file a format, one place that decides outcomes.

log = Log()
for batch in items(["logs/"], options=ReadOptions(filter="strict-match"), log=log):
    ...  # pa.RecordBatch of schema ITEMS
"""

from analyzer.io.eval_logs.abstention import Detector, detector
from analyzer.io.eval_logs.options import FIELDS, FORMATS, ReadOptions
from analyzer.io.eval_logs.read import Log, items

__all__ = ["FIELDS", "FORMATS", "Detector", "Log", "ReadOptions", "detector", "items"]
