"""Results of ksweep in Python: `import ksweep; ksweep.open("results/NAME/sweep.h5")` gives an xarray Dataset.

Run with analysis/ in PYTHONPATH; needs python3-xarray, python3-pandas and python3-h5py.
"""

from .dataset import open

__all__ = ["open"]
