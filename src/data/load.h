#pragma once

#include <filesystem>
#include <string>

#include "data/prepare.h"

namespace ksweep {

struct DataRequest {
  std::string set;                 ///< digits, a set's name, or a path
  std::filesystem::path data_dir;  ///< --data-dir; searched before KSWEEP_DATA and the user's cache directory
  std::size_t n_train = 0;         ///< of a generator: how many to make, validation included; 0: 60,000
  std::size_t n_test = 0;          ///< of a generator; 0: 10,000
  Preparation preparation = {};
};

/// The samples of a trial.
DataRequest request_for(const Trial& trial, const std::filesystem::path& data_dir);

/// Reads or generates a data set into plain memory and prepares it.  Throws UserError for every fault of the files.
///
/// A set is found as itself (a path), or as a folder or file of this name in --data-dir, KSWEEP_DATA or
/// $XDG_CACHE_HOME/ksweep (~/.cache/ksweep); for mnist, fashion, cifar10 and norb only the latter.  What a file is, its
/// first bytes tell, not its name.  What is read from it:
///
/// | what              | samples                                     | labels                        | test part      |
/// | ---               | ---                                         | ---                           | ---            |
/// | folder of IDX     | train-images-idx3-ubyte[.gz], or idx2, idx4 | train-labels-idx1-ubyte[.gz]  | t10k-..., same |
/// | folder of CIFAR-10 | data_batch_1.bin .. 5[.gz], as cifar10.h tells  | in the same files             | test_batch.bin |
/// | folder of NORB    | smallnorb-*-training-dat.mat[.gz]; see norb.h | smallnorb-*-training-cat.mat  | ...-testing-.. |
/// | one IDX file      | the file                                    | none                          | none           |
/// | file.npy          | the array                                   | none                          | none           |
/// | file.npz, file.h5 | x_train; or x; or the only array            | y_train; or y or labels; none | x_test, y_test |
/// | file.h5:/group    | the same names in the group                 | the same                      | the same       |
/// | file.h5:/a/data   | this dataset                                | /a/labels or /a/y; none       | none           |
///
/// Labels and test part are optional; without a test part the last sixth of the samples, in file order, is
/// the test set.  Samples are (n, m), (n, height, width) or (n, channels, height, width); (n, height, width,
/// channels) with at most 4 channels is turned round.  8-bit unsigned numbers are scaled by 1/255, all others
/// are taken as they are.  Labels are whole numbers 0 .. classes-1, one a sample.
Dataset load_dataset(const DataRequest& request);

}  // namespace ksweep
