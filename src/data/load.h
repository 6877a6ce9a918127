#pragma once

#include "data/data_request.h"

namespace ksweep {

/// Reads or generates a data set into plain memory and prepares it.  Throws UserError for every fault of the files.
///
/// A set is a path, relative to the current or the sweep file's folder, or the name of a folder or file in
/// --data-dir, KSWEEP_DATA or $XDG_CACHE_HOME/ksweep (~/.cache/ksweep); mnist, fashion, cifar10 and norb are
/// always names.  A file's first bytes identify its format, not its name.  What is read from it:
///
/// | what              | samples                                     | labels                        | test part      |
/// | ---               | ---                                         | ---                           | ---            |
/// | folder of IDX     | train-images-idx3-ubyte[.gz], or idx2, idx4 | train-labels-idx1-ubyte[.gz]  | t10k-... or test-... |
/// | folder of CIFAR-10 | data_batch_1.bin .. 5[.gz]; see cifar10.h   | in the same files | test_batch.bin |
/// | folder of NORB    | smallnorb-*-training-dat.mat[.gz]; see norb.h | smallnorb-*-training-cat.mat  | ...-testing-.. |
/// | one IDX file      | the file                                    | none                          | none           |
/// | file.npy          | the array                                   | none                          | none           |
/// | file.npz, file.h5, file.mat | x_train; or x; or the only array  | y_train; or y; none           | x_test, y_test |
/// | file.h5:/group    | the same names in the group                 | the same                      | the same       |
/// | file.h5:/a/data   | this dataset                                | labels beside it; none        | none           |
/// | file.safetensors[:name] | the array; the only one of 2 or 3 dimensions; or by its name | labels beside it; none | x_test |
/// | folder or pattern of shards | the samples of all files, see shards.h | of all files; none     | none           |
///
/// Arrays are recognised by the usual names (array_names.h), also in groups of HDF5: train/data, test_images,
/// target …; two with the same meaning are refused, and Dataset::notes lists those that are not used.  HDF5
/// includes MATLAB's .mat files of version 7.3, whose axes are reversed: a d x n matrix is n samples.
///
/// Labels are integers or texts; the distinct ones are the classes.  Labels and test part are optional;
/// without a test part a sixth of the samples is split off as data.test_part says (test_part.h).  Samples are
/// (n, m), (n, height, width) or (n, channels, height, width); (n, height, width, channels) with at most 4
/// channels is transposed; (n, positions, m) becomes (n * positions, m) in safetensors, or if data.skip_positions
/// is given.  All parts are divided by one number: Preparation::scale, or if it is 0, the
/// largest number m of the training samples if all are integers from 0 to m, whatever type they are stored
/// as, else 1.
Dataset load_dataset(const DataRequest& request);

}  // namespace ksweep
