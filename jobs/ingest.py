"""spark-submit jobs/ingest.py [INPUT...] --out DIR: build stage ingest of a run again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "ingest", *sys.argv[1:]])
