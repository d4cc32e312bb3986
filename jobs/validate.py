"""spark-submit jobs/validate.py RUN LOGS... --out DIR: rarity against errors; flags as in `monofact validate`."""

import sys

from analyzer.cli import main

if __name__ == "__main__":
    main(["validate", *sys.argv[1:]])
