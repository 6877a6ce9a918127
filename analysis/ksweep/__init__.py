"""Results of ksweep in Python: `import ksweep; ksweep.open("results/NAME/sweep.h5")` gives an xarray Dataset.

Run with analysis/ in PYTHONPATH; needs python3-xarray, python3-pandas and python3-h5py.  As the report does, it has NumPy use one
thread, unless that was imported before or a variable like OPENBLAS_NUM_THREADS says otherwise.
"""

import ksweep_report.base.one_thread  # noqa: F401  before NumPy

from .dataset import open

__all__ = ["open"]
