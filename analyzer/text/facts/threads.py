"""One thread a matrix library: imported before numpy, because the libraries read the environment when they load.

Threads of a matrix library inside a Spark worker fight with the other workers (two threads were slower than one).
A variable that the user has set is left alone.
"""

from __future__ import annotations

import os

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

for _variable in VARIABLES:
    os.environ.setdefault(_variable, "1")
