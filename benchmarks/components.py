"""Components of many edges on the driver: CPU time and memory of what `analyzer.spark.components` does there.

    python benchmarks/components.py [EDGES]

The graph is that of star edges: random 64-bit keys, mean degree of a hub 3, about as many nodes as edges (10^7 unless
given). Fetching the keys from Spark comes on top, 16 bytes an edge.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from analyzer.spark.components import least_members


def main() -> None:
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    random = np.random.default_rng(1)
    keys = random.integers(-(2**63), 2**63 - 1, edges // 3 + edges)
    src = keys[random.integers(0, edges // 3, edges)]
    dst = keys[random.integers(edges // 3, len(keys), edges)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    nodes, labels = least_members(src, dst)
    spent = time.process_time() - began
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    count = int((nodes == labels).sum())
    print(f"{edges:,} edges, {len(nodes):,} nodes, {count:,} components: {spent:.1f} s CPU, {peak:,.0f} MB more")


if __name__ == "__main__":
    main()
