"""spark-submit jobs/count.py [INPUT...] --out DIR: build stage count again; flags as in `monofact stage`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["stage", "count", *sys.argv[1:]])
