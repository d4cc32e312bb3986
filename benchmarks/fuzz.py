"""`make fuzz`: a million cases of hostile input over readers, logs, texts, trees and the page; findings by place.

    python -m benchmarks.fuzz --cases 1000000 --seed 1
    python -m benchmarks.fuzz --target wet --seed 1 --case 17     one case again, with its trace

One line of JSON a target. Exit code 1 if anything was found.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import evaluations, readers
from tests.fuzz.run import TARGETS, one, several

# Share of all cases: as many as a target's speed allows.
SHARES = {
    "lines": 14, "any format": 12, "compressed": 9, "parquet": 8, "wet": 8, "evaluation logs": 10, "questions": 8,
    "gold sets": 5, "small files": 3, "reading a text": 11, "signing a text": 3, "showing a text": 8, "page": 0.1,
    "summary and terminal": 0.3, "text to facts": 0.2, "tree to facts": 2,
}  # fmt: skip
# Bytes of address space for files: a giant allocation fails instead of filling the machine. The library that draws
# figures reserves more than that.
MEMORY = 12 << 30


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--case", type=int)
    given = parser.parse_args()
    faulthandler.enable()
    free = resource.getrlimit(resource.RLIMIT_AS)
    total, failed = 0, 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        folder = Path(name) / "files"
        folder.mkdir()
        if given.case is not None:
            one(given.target, given.seed, given.case, folder)
            return
        chosen = [given.target] if given.target else list(TARGETS)
        whole = sum(SHARES[target] for target in chosen)
        for target in chosen:
            count = max(1, round(given.cases * SHARES[target] / whole))
            bounded = target in readers.TARGETS or target in evaluations.TARGETS
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, free[1]) if bounded else free)
            began = time.process_time()
            found = several(target, given.seed, range(count), folder)
            total, failed = total + count, failed + sum(map(len, found.values()))
            taken = time.process_time() - began
            line = {"target": target, "seed": given.seed, "cases": count, "seconds": round(taken, 1),
                    "findings": {kind: [len(cases), *cases[:3]] for kind, cases in found.items()}}  # fmt: skip
            print(json.dumps(line), flush=True)
    print(json.dumps({"cases": total, "findings": failed}))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
