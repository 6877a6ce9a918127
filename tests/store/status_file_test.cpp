#include "store/status_file.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "base/atomic_file.h"
#include "scratch.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

using StatusFile = Scratch;

TEST_F(StatusFile, GivesBackWhatWasWritten) {
  SweepStatus status;
  status.title = "a \"quoted\" title";
  status.n_trials = 12;
  status.n_done = 3;
  status.n_failed = 1;
  status.best = -1e-300;
  write_status(status_path(folder), status);
  const SweepStatus back = read_status(status_path(folder));
  EXPECT_EQ(back.title, status.title);
  EXPECT_EQ(back.n_left(), 8);
  EXPECT_EQ(back.best, status.best);
  EXPECT_TRUE(std::isnan(back.left_s));
}

TEST_F(StatusFile, IsRefusedWithNumbersThatNoRunWrites) {
  const auto path = status_path(folder);
  for (const char* number : {"1e300", "-1e300", "1e16", "1.5e15", "nan", "inf"}) {
    write_status(path, {});
    std::string json = read_file(path);
    const std::string field = "\"n_done\": 0";
    ASSERT_NE(json.find(field), json.npos);
    json.replace(json.find(field), field.size(), std::string("\"n_done\": ") + number);
    std::ofstream(path) << json;
    EXPECT_THAT(user_error([&] { read_status(path); }), HasSubstr("status.json: is no status of a sweep"))
        << number;
  }
}

}  // namespace
}  // namespace ksweep
