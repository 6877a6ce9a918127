// What a checkpoint may hold: damaged or foreign states are refused before anything is computed from them.

#include "train/archive_state.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/errors.h"
#include "measure/density.h"
#include "probe/accuracy.h"

namespace ksweep {
namespace {

constexpr int n_classes = 3;
constexpr std::size_t n_epochs = 4;

/// A result that fills what an archive allows.
TrialResult full_result() {
  TrialResult result;
  result.status = Status::failed;
  const std::map<std::string_view, std::size_t> length{{"epoch", n_epochs},
                                                       {"class", n_classes},
                                                       {"density_bin", n_density_bins},
                                                       {"confusion", most_confusions}};
  for (const VectorQuantity& quantity : vector_quantities())
    (result.*quantity.member).assign(length.at(quantity.dimension), 0.5);
  result.test_confusion.assign(n_classes * n_classes, 1);
  result.filters = {2, 4, {7, 3}, {0.5f, 0.1f}, std::vector<std::int8_t>(8)};
  return result;
}

std::string written(TrialResult result) {
  Archive archive;
  transfer(archive, result, n_classes, n_epochs);
  return archive.written();
}

bool fits(TrialResult result) {
  Archive archive;
  try {
    transfer(archive, result, n_classes, n_epochs);
    const std::string bytes = archive.written();
    Archive reading(bytes);
    TrialResult read;
    transfer(reading, read, n_classes, n_epochs);
    reading.finish();
    EXPECT_EQ(written(read), bytes);
  } catch (const UnfitCheckpoint&) {
    return false;
  }
  return true;
}

TEST(ArchiveState, ResultsOfEveryAllowedSizeAreReadBack) {
  EXPECT_TRUE(fits(full_result()));
  EXPECT_TRUE(fits({}));
}

TEST(ArchiveState, ResultsThatCannotBeAreRefused) {
  const auto fits_with = [](const std::function<void(TrialResult&)>& change) {
    TrialResult result = full_result();
    change(result);
    return fits(result);
  };
  EXPECT_FALSE(fits_with([](auto& r) { r.status = static_cast<Status>(3); }));
  EXPECT_FALSE(fits_with([](auto& r) { r.test_confusion.push_back(1); }));
  EXPECT_FALSE(fits_with([](auto& r) { r.test_confusion.pop_back(); }));
  for (const VectorQuantity& quantity : vector_quantities())
    EXPECT_FALSE(fits_with([&](auto& r) { (r.*quantity.member).push_back(0); })) << quantity.name;
}

TEST(ArchiveState, FiltersWhosePartsDoNotFitAreRefused) {
  const auto fits_with = [](const std::function<void(Filters&)>& change) {
    TrialResult result = full_result();
    change(result.filters);
    return fits(result);
  };
  EXPECT_FALSE(fits_with([](auto& f) { f.n_filters = 3; }));
  EXPECT_FALSE(fits_with([](auto& f) { f.n_pixels = 5; }));
  EXPECT_FALSE(fits_with([](auto& f) { f.units.pop_back(); }));
  EXPECT_FALSE(fits_with([](auto& f) { f.scale.pop_back(); }));
  EXPECT_FALSE(fits_with([](auto& f) { f.levels.pop_back(); }));
  EXPECT_FALSE(fits_with([](auto& f) { f = {-1, -8, {}, {}, std::vector<std::int8_t>(8)}; }));
  EXPECT_FALSE(fits_with([](auto& f) { f = {0, -1, {}, {}, {}}; }));
}

std::vector<std::vector<double> Curves::*> parts_of_curves() {
  return {&Curves::k,  &Curves::train_loss, &Curves::validation_mse, &Curves::validation_fvu,
          &Curves::l0, &Curves::dead_units, &Curves::samples};
}

TEST(ArchiveState, CurvesOfDifferentLengthsAreRefused) {
  const auto fits_with = [](auto change) {
    Curves curves, read;
    for (const auto part : parts_of_curves()) (curves.*part).assign(3, 0.5);
    change(curves);
    Archive archive;
    transfer(archive, curves);
    const std::string bytes = archive.written();
    Archive reading(bytes);
    try {
      transfer(reading, read);
    } catch (const UnfitCheckpoint&) {
      return false;
    }
    for (const auto part : parts_of_curves()) EXPECT_EQ(read.*part, curves.*part);
    return true;
  };
  EXPECT_TRUE(fits_with([](Curves&) {}));
  for (const auto part : parts_of_curves()) {
    EXPECT_FALSE(fits_with([&](Curves& curves) { (curves.*part).push_back(0); }));
    EXPECT_FALSE(fits_with([&](Curves& curves) { (curves.*part).pop_back(); }));
  }
}

}  // namespace
}  // namespace ksweep
