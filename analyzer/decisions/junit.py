"""What a gate said as JUnit XML, which CI systems show as tests: a rule is a test case.

Elements and attributes are those of the Ant schema that Jenkins, GitLab and GitHub's reporters read. No time is
written: equal runs give equal files.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from analyzer.decisions.judge import FAILED, PASSED, UNDECIDED, UNJUDGED, Verdict
from analyzer.decisions.markdown import SHOWN, told, worth_listing
from analyzer.text.redact import printable

SUITE = "monofact gate"


def document(verdicts: Sequence[Verdict], run: str) -> str:
    """The whole file; `run` names what was judged, credentials masked."""
    counts = {outcome: sum(v.counts_as == outcome for v in verdicts) for outcome in (FAILED, UNJUDGED)}
    passed = sum(v.outcome == UNDECIDED and v.counts_as == PASSED for v in verdicts)
    totals = {"tests": str(len(verdicts)), "failures": str(counts[FAILED]), "errors": str(counts[UNJUDGED])}
    root = ElementTree.Element("testsuites", {"name": SUITE, **totals})
    suite = ElementTree.SubElement(root, "testsuite", {"name": printable(run), **totals, "skipped": str(passed)})
    for verdict in verdicts:
        _case(suite, verdict)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, verdict: Verdict) -> None:
    at = {"classname": f"{SUITE}.{verdict.rule.kind}", "name": printable(verdict.rule.name)}
    case = ElementTree.SubElement(suite, "testcase", at)
    message = {"message": printable(told(verdict))}
    listed = worth_listing(verdict)
    lines = [f"{j.outcome}: {j.number.subject}: {j.reason}" for j in listed[:SHOWN]]
    lines += [f"and {len(listed) - SHOWN:,} more"] if len(listed) > SHOWN else []
    text = "\n".join(map(printable, lines))
    if verdict.counts_as == PASSED and verdict.outcome == UNDECIDED:
        ElementTree.SubElement(case, "skipped", message)
    elif verdict.counts_as == PASSED:
        ElementTree.SubElement(case, "system-out").text = message["message"]
    else:
        tag = "failure" if verdict.counts_as == FAILED else "error"
        ElementTree.SubElement(case, tag, message | {"type": verdict.outcome}).text = text
