#pragma once

#include "data/data_request.h"

namespace ksweep {

/// Reads or generates a data set into plain memory and prepares it.  Throws UserError for every fault of the files.
///
/// A set is found as itself (a path, from here or from the sweep file's folder), or as a folder or file of this name in
/// --data-dir, KSWEEP_DATA or $XDG_CACHE_HOME/ksweep (~/.cache/ksweep); for mnist, fashion, cifar10 and norb only the latter.  What a file is, its
/// first bytes tell, not its name.  What is read from it:
///
/// | what              | samples                                     | labels                        | test part      |
/// | ---               | ---                                         | ---                           | ---            |
/// | folder of IDX     | train-images-idx3-ubyte[.gz], or idx2, idx4 | train-labels-idx1-ubyte[.gz]  | t10k-... or test-... |
/// | folder of CIFAR-10 | data_batch_1.bin .. 5[.gz], as cifar10.h tells  | in the same files             | test_batch.bin |
/// | folder of NORB    | smallnorb-*-training-dat.mat[.gz]; see norb.h | smallnorb-*-training-cat.mat  | ...-testing-.. |
/// | one IDX file      | the file                                    | none                          | none           |
/// | file.npy          | the array                                   | none                          | none           |
/// | file.npz, file.h5, file.mat | x_train; or x; or the only array  | y_train; or y; none           | x_test, y_test |
/// | file.h5:/group    | the same names in the group                 | the same                      | the same       |
/// | file.h5:/a/data   | this dataset                                | labels beside it; none        | none           |
///
/// Arrays are known by the usual names (array_names.h), in groups of HDF5 too: train/data, test_images, target …; two
/// that claim to be the same are refused, and what is not used is told in Dataset::notes.  HDF5 includes MATLAB's .mat
/// files of version 7.3, whose axes are reversed: a d x n matrix is n samples.
///
/// Labels are whole numbers or texts; the distinct ones are the classes.  Labels and test part are optional; without a
/// test part a sixth of the samples is set aside as data.test_part says (test_part.h).  Samples are (n, m), (n, height,
/// width) or (n, channels, height, width); (n, height, width, channels) with at most 4 channels is turned round.  All parts
/// are divided by one number, Preparation::scale or, if it is 0, what the content of the training file says: m if all its
/// numbers are whole, from 0 to m, whatever type they are stored as, else 1.
Dataset load_dataset(const DataRequest& request);

}  // namespace ksweep
