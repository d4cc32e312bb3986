"""Memory and time of `monofact score` on a log larger than memory should need: `python -m benchmarks.score_scale`.

Writes ROWS answers (1.1 GB for the default 10^7) of MODELS models to a temporary folder, scores them in a process of
its own, and prints peak memory, CPU seconds and how many bytes of memory an answer cost.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS, MODELS = 10_000_000, 5
TEXTS = ("It is Velmar.", "I'm sorry, but I don't have any information about that town.", "Tor, I think.", "1954")


def write(path: Path, rows: int) -> int:
    """A binary log with confidences, a few duplicates and a few broken rows; its size in bytes."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as stream:
        for i in range(rows):
            known = draw.random()
            row = {
                "model": f"model-{i % MODELS}",
                "id": i // MODELS if draw.random() > 1e-4 else 0,
                "correct": draw.random() < known,
                "response": TEXTS[draw.randrange(4)],
                "confidence": round(known, 3),
                "topic": f"topic {i // MODELS % 20}",
            }
            stream.write("{broken\n" if draw.random() < 1e-5 else json.dumps(row) + "\n")
    return path.stat().st_size


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        size = write(Path(folder) / "answers.jsonl", rows)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "analyzer", "score", folder, "--out", f"{folder}-scores", "--quiet", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        counts = json.loads(done.stdout)["summary"]["about"]["counts"]
        subprocess.run(["rm", "-r", f"{folder}-scores"], check=True)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    peak = used.ru_maxrss * 1024
    print(f"{rows:,} rows, {size / 1e9:.2f} GB: {counts}")
    print(f"peak memory {peak / 1e6:,.0f} MB ({peak / rows:.0f} bytes an answer), {seconds:,.0f} CPU seconds")


if __name__ == "__main__":
    main()
