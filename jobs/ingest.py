"""spark-submit jobs/ingest.py [INPUT...] --out DIR: build stage ingest again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "ingest", *sys.argv[1:]])
