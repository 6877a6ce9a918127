#include "data/hdf5_reader.h"

#include <hdf5_hl.h>

#include <array>

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

/// A file with /x_train (6 x 1 x 2, 8 bit), /y_train, and /group/images (6 x 2, double) beside /group/labels.
class Hdf5Reader : public testing::Test {
 protected:
  Hdf5Reader() {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const std::array<std::uint8_t, 12> pixels{255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255};
    const std::array<std::int64_t, 6> labels{0, 1, 2, 0, 1, 2};
    std::array<double, 12> values{};
    values[11] = -4;
    const hsize_t images[]{6, 1, 2}, rows[]{6, 2}, n_labels[]{6}, huge[]{1000000000, 1000};
    H5LTmake_dataset(file, "/x_train", 3, images, H5T_NATIVE_UINT8, pixels.data());
    H5LTmake_dataset(file, "/y_train", 1, n_labels, H5T_NATIVE_INT64, labels.data());
    H5Gclose(H5Gcreate2(file, "/group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5LTmake_dataset(file, "/group/images", 2, rows, H5T_NATIVE_DOUBLE, values.data());
    H5LTmake_dataset(file, "/group/labels", 1, n_labels, H5T_NATIVE_INT64, labels.data());
    H5LTmake_dataset_string(file, "/text", "no samples");
    const hid_t space = H5Screate_simple(2, huge, nullptr);
    H5Dclose(H5Dcreate2(file, "/huge", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Fclose(file);
  }
  Dataset load(const std::string& object) {
    return load_dataset({path.string() + object, {}, 0, 0, {.test_part = TestPart::last}});
  }

  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "a.h5";
};

TEST_F(Hdf5Reader, FindsThePartsByName) {
  const Dataset dataset = load("");
  EXPECT_EQ(dataset.n_train + dataset.n_test, 6u);
  EXPECT_EQ(dataset.n_classes, 3);
  EXPECT_EQ(dataset.train()(0, 0), 1);
}

TEST_F(Hdf5Reader, ReadsANamedDatasetWithTheLabelsBesideIt) {
  const Dataset dataset = load(":/group/images");
  EXPECT_EQ(dataset.n_classes, 3);
  EXPECT_EQ(dataset.test()(0, 1), -4);
  EXPECT_THAT(dataset.source, HasSubstr("a.h5:/group/images"));
}

TEST_F(Hdf5Reader, NamesWhatIsWrong) {
  EXPECT_USER_ERROR(load(":/absent"), HasSubstr("a.h5:/absent: there is no such dataset or group"));
  EXPECT_USER_ERROR(load(":/text"), HasSubstr("a.h5:/text: "));
}

TEST_F(Hdf5Reader, RefusesADatasetThatWasNeverWritten) {
  EXPECT_USER_ERROR(load(":/huge"),
                    HasSubstr("claims 1000000000 x 1000 elements, 4000000000000 bytes, but holds only 0"));
}

TEST_F(Hdf5Reader, RefusesNumbersThatLieInOtherFiles) {
  const auto other = folder.write("raw", std::string(48, 'x'));
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(creation, other.c_str(), 0, 48);
  const hsize_t dims[]{6, 2};
  const hid_t space = H5Screate_simple(2, dims, nullptr);
  H5Dclose(H5Dcreate2(file, "/away", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose(space);
  H5Pclose(creation);
  H5Fclose(file);
  EXPECT_USER_ERROR(load(":/away"), HasSubstr("a.h5:/away: has its numbers in other files"));
}

TEST_F(Hdf5Reader, RefusesAFileThatIsCutShort) {
  std::filesystem::resize_file(path, 600);
  EXPECT_USER_ERROR(load(""), HasSubstr("a.h5: is cut short, damaged"));
}

}  // namespace
}  // namespace ksweep
