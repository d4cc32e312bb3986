"""spark-submit jobs/score.py LOG... --out DIR: score evaluation logs; flags as in `monofact score`.

Scoring reads one stream and needs no executor: 10^7 answers take minutes on the driver and 2 GB of memory.
"""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["score", *sys.argv[1:]])
