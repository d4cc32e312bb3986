"""spark-submit jobs/audit.py INPUT... --out DIR: the whole audit; flags as in `monofact audit`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["audit", *sys.argv[1:]])
