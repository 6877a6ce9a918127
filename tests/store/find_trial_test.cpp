#include "store/find_trial.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "base/atomic_file.h"
#include "base/sha256.h"
#include "samples.h"
#include "scratch.h"
#include "store/store.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Two records, the first with weights.
class FindTrial : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    const Store store(folder);
    store.prepare();
    first.weights.layers = {{2, 1, {0.5f, -1}, {0.25f}}};
    store.write(first);
    store.write(second);
  }
  std::string refusal_of(const std::string& id) const {
    return user_error([&] { find_trial(folder, id); });
  }

  TrialResult first = sample_result(0), second = sample_result(1);
};

TEST_F(FindTrial, ReturnsTheRecordWithItsWeights) {
  const TrialResult found = find_trial(folder, id_text(first.id));
  EXPECT_EQ(found.id, first.id);
  EXPECT_EQ(found.test_accuracy, first.test_accuracy);
  ASSERT_EQ(found.weights.layers.size(), 1u);
  EXPECT_EQ(found.weights.layers[0].weights, first.weights.layers[0].weights);
  EXPECT_TRUE(find_trial(folder, id_text(second.id)).weights.empty());
}

TEST_F(FindTrial, TakesSoManyDigitsAsTellItFromAllOthers) {
  const std::string one = id_text(first.id), other = id_text(second.id);
  const auto n_common = static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
  EXPECT_EQ(find_trial(folder, one.substr(0, n_common + 1)).id, first.id);
  EXPECT_THAT(refusal_of(one.substr(0, n_common)),
              AllOf(HasSubstr("the ids of 2 trials begin with"), HasSubstr(id_text(first.id)),
                    HasSubstr(id_text(second.id)), HasSubstr("Give more digits")));
}

TEST_F(FindTrial, NamesANearId) {
  std::string wrong = id_text(first.id);
  wrong[5] = wrong[5] == '0' ? '1' : '0';
  EXPECT_THAT(refusal_of(wrong),
              AllOf(HasSubstr("holds no trial " + wrong),
                    HasSubstr("Did you mean " + id_text(first.id) + "?"), HasSubstr("lists the ids")));
  EXPECT_THAT(user_error([&] { find_trial(folder / "trials", wrong); }),
              HasSubstr("holds no folder trials/"));
}

TEST_F(FindTrial, RefusesADamagedRecord) {
  const auto path = Store(folder).trial_path(first.id);
  std::string bytes = read_file(path);
  bytes.back() ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_THAT(refusal_of(id_text(first.id)), HasSubstr("its checksum is wrong"));
}

}  // namespace
}  // namespace ksweep
