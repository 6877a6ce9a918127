#include "store/netcdf4.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using ::testing::ElementsAre;

TEST(Netcdf4File, NumbersItsDimensionsInTheOrderInWhichTheyWereDefined) {
  Netcdf4File file;
  for (const char* name : {"trial", "epoch", "class"}) file.define(name, name, {0, 1});
  const std::string image = file.image();
  const auto back = h5::open_image(image);
  std::vector<std::int32_t> numbers;  // by which netCDF's tools know them
  for (const char* name : {"trial", "epoch", "class"})
    numbers.push_back(h5::read_integers(h5::find_dataset(back, name).value(), "_Netcdf4Dimid", 1).at(0));
  EXPECT_THAT(numbers, ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace ksweep
