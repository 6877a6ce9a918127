"""Linear algebra uses one thread: small products gain nothing by more, and idle threads of OpenBLAS spin.

A number of threads that the user has set wins.  The libraries read these variables when NumPy is first imported; where that was
before, nothing changes.
"""

import os

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_NUM_THREADS")

for _name in VARIABLES:
    os.environ.setdefault(_name, "1")
