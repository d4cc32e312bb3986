"""spark-submit jobs/report.py [INPUT...] --out DIR: build stage report again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "report", *sys.argv[1:]])
