"""Files are read without a lock: they are replaced whole and never written in place, and on NFS and Lustre locks may fail.

libhdf5 reads the variable when h5py is first imported; what the user has set wins.
"""

import os

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
