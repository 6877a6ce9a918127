#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "samples.h"

namespace ksweep {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<std::string> lines_of(const SweepRecord& record) {
  std::istringstream stream(csv_table(record));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(CsvTable, HasOneColumnForEachKeyAndScalar) {
  const auto header = lines_of(sample_record())[0];
  EXPECT_THAT(header, StartsWith("data_set,data_train,data_validation,data_test,data_test_part,data_scale,"
                                 "data_patch,data_grey,data_normalise,data_skip_positions,"));
  EXPECT_THAT(header, HasSubstr(",probe_l2_requested,"));
  EXPECT_THAT(header, HasSubstr(",test_accuracy,validation_accuracy,"));
  EXPECT_THAT(header, EndsWith(",status,reason,id"));
  const auto n_columns = std::ranges::count(header, ',') + 1;
  EXPECT_EQ(n_columns, static_cast<long>(trial_keys().size() + scalar_quantities().size() + 3));
}

TEST(CsvTable, HasARowForEachTrialDoneOrNot) {
  const auto record = sample_record();
  const auto lines = lines_of(record);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[1], EndsWith(",done,," + id_text(record.trials[0].id)));
  EXPECT_THAT(lines[4], EndsWith(",,,missing,," + id_text(record.trials[3].id)));
}

TEST(CsvTable, QuotesFieldsWithCommasAndQuotes) {
  EXPECT_THAT(lines_of(sample_record())[3],
              HasSubstr(R"(,failed,"the loss is not a number after epoch 2, ""diverged""",)"));
}

TEST(CsvTable, QuotesFieldsWithLineBreaks) {
  auto record = sample_record();
  record.trials[2].reason = "out of\nmemory";
  EXPECT_THAT(csv_table(record), HasSubstr(",failed,\"out of\nmemory\","));
  record.trials[2].reason = "out of\rmemory";
  EXPECT_THAT(csv_table(record), HasSubstr(",failed,\"out of\rmemory\","));
}

TEST(CsvTable, IsUtf8) {
  auto record = sample_record();
  record.trials[0].trial.data_set = "/d/caf\xE9.npz";
  EXPECT_THAT(lines_of(record)[1], StartsWith("/d/caf\\xe9.npz,"));
}

}  // namespace
}  // namespace ksweep
