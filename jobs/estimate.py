"""spark-submit jobs/estimate.py [INPUT...] --out DIR: build stage estimate again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "estimate", *sys.argv[1:]])
