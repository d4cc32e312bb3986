"""spark-submit jobs/dedup.py [INPUT...] --out DIR: build stage dedup again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "dedup", *sys.argv[1:]])
