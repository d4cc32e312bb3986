"""spark-submit jobs/extract.py [INPUT...] --out DIR: build stage extract again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "extract", *sys.argv[1:]])
