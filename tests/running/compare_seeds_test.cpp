#include "run/compare_seeds.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/trial_keys.h"
#include "data/files.h"
#include "measure/directions.h"
#include "measure/matching.h"
#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::NanSensitiveFloatEq;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

auto near(float value) { return FloatNear(value, 1e-6f); }

/// Seed 0: two units that are live, along the first two inputs, and one that is not; its encoder points elsewhere.
AutoencoderWeights of_seed_0() {
  return {.n_hidden = 3,
          .n_inputs = 4,
          .encoder = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1},
          .decoder = {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0},
          .hidden_bias = {0, 0, 0},
          .visible_bias = {0, 0, 0, 0},
          .active = {5, 1, 0}};
}

/// Seed 1, tied: the second input, one between the first and third, the fourth.  Seed 2: the first three inputs; how
/// often its units are active was not counted.
AutoencoderWeights tied(std::vector<float> rows, std::vector<std::int32_t> active) {
  return {.n_hidden = 3,
          .n_inputs = 4,
          .encoder = std::move(rows),
          .decoder = {},
          .hidden_bias = {0, 0, 0},
          .visible_bias = {0, 0, 0, 0},
          .active = std::move(active)};
}
AutoencoderWeights of_seed_1() { return tied({0, 1, 0, 0, 3, 0, 4, 0, 0, 0, 0, 1}, {1, 1, 1}); }
AutoencoderWeights of_seed_2() { return tied({1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, {}); }

/// A sweep of three seeds on samples without labels, whose weights are stored as if they had been trained.
class CompareSeeds : public testing::Test {
 protected:
  CompareSeeds() {
    std::string samples;
    for (int i = 0; i < 48; ++i) samples += static_cast<char>(i % 7);
    folder_.write("samples", idx(8, {12, 4}, samples));
    options_.sweep = folder_.path() / "x.cfg";
    options_.output = folder_.path() / "results";
    options_.quiet = true;
    options_.threads = 1;
  }

  /// Stores the results, compares, and then runs what the test expects; in a process of its own, as MPI can
  /// be begun once in each.
  void compare(const std::string& lines, const std::function<void(PlanRun&)>& expect) {
    folder_.write("x.cfg",
                  "[data]\nset = samples\ntrain = 4\nvalidation = 2\n[model]\nhidden = 3\nk = 1\n[train]\n"
                  "epochs = 1\nbatch = 2\nseed = 0, 1, 2\n" +
                      lines);
    std::fflush(nullptr);
    const pid_t process = ::fork();
    if (process == 0) {
      try {
        compare_here(expect);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
      std::fflush(nullptr);
      std::_Exit(HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }

  std::function<void(const PlanRun&, std::vector<TrialResult>&)> change_ = [](const PlanRun&, auto&) {};
  RunOptions options_;
  std::string said_;  ///< on standard error, for `expect`

 private:
  void compare_here(const std::function<void(PlanRun&)>& expect) {
    testing::internal::CaptureStderr();
    const OpenRun run(options_);
    store_results(run);
    PlanRun planned(run, false);
    testing::internal::GetCapturedStderr();
    testing::internal::CaptureStderr();
    const RunOutcome outcome = compare_seeds(run, planned, {});
    said_ = testing::internal::GetCapturedStderr();
    EXPECT_EQ(outcome.end, RunEnd::complete);
    EXPECT_FALSE(outcome.ranks_lost);
    expect(planned);
  }
  void store_results(const OpenRun& run) const {
    const PlanRun planned(run, false);
    std::vector<TrialResult> results;
    for (const PlannedTrial& trial : planned.plan()) results.push_back(done(trial));
    const std::vector<AutoencoderWeights> weights = {of_seed_0(), of_seed_1(), of_seed_2()};
    for (std::size_t seed = 0; seed < 3; ++seed) results[seed].weights.stack = {weights[seed]};
    change_(planned, results);
    for (const TrialResult& result : results) planned.store().write(result);
  }

  const TemporaryFolder folder_;
};

SeedPair stored_pair(const PlanRun& planned, std::size_t i) {
  const PlannedPair& pair = planned.pairs().at(i);
  const auto stored = planned.store().read_pair(pair.id, pair.identity);
  EXPECT_TRUE(stored) << i;
  return stored.value_or(SeedPair());
}

bool has_weights(const PlanRun& planned, std::size_t i) {
  const PlannedTrial& trial = planned.plan().at(i);
  return !planned.store().read(trial.id, identity(trial.trial), Detail::everything)->weights.empty();
}

TEST_F(CompareSeeds, StoresHowAlikeTheLiveUnitsAre) {
  compare("", [&](const PlanRun& planned) {
    ASSERT_EQ(planned.pairs().size(), 3u);
    const SeedPair first = stored_pair(planned, 0), second = stored_pair(planned, 1);
    EXPECT_EQ(first.first, planned.plan()[0].training_id);
    EXPECT_EQ(first.second, planned.plan()[1].training_id);
    EXPECT_NEAR(first.mcc, 0.8, 1e-6);  // of 0.6 and 1
    EXPECT_NEAR(first.upper, 0.8, 1e-6);
    EXPECT_THAT(first.cosine_of_first, ElementsAre(near(0.6f), near(1), NanSensitiveFloatEq(nan)));
    EXPECT_THAT(first.cosine_of_second, ElementsAre(near(1), near(0.6f), 0));
    EXPECT_NEAR(second.mcc, 1, 1e-6);
    EXPECT_THAT(second.cosine_of_first, ElementsAre(near(1), near(1), NanSensitiveFloatEq(nan)));
    EXPECT_THAT(second.cosine_of_second, ElementsAre(near(1), near(1), 0));
    EXPECT_EQ(said_, "");
  });
}

TEST_F(CompareSeeds, StoresWhatChanceGivesForTheirSizes) {
  compare("", [](const PlanRun& planned) {
    const auto by_chance = [&](int n_first, int n_second) {
      return chance_mcc(planned.kernels(), n_first, n_second, 4, one_thread, Sign::matters);
    };
    EXPECT_NEAR(stored_pair(planned, 0).by_chance, by_chance(2, 3), 1e-6);
    EXPECT_NEAR(stored_pair(planned, 1).by_chance, by_chance(2, 3), 1e-6);
    EXPECT_NEAR(stored_pair(planned, 2).by_chance, by_chance(3, 3), 1e-6);
  });
}

TEST_F(CompareSeeds, DropsWeightsThatNobodyAskedToKeep) {
  compare("", [](const PlanRun& planned) {
    for (const std::size_t seed : {0, 1, 2}) EXPECT_FALSE(has_weights(planned, seed)) << seed;
  });
}

TEST_F(CompareSeeds, KeepsWeightsThatAreToBeSaved) {
  compare("[results]\nsave = weights\n", [](const PlanRun& planned) {
    EXPECT_EQ(stored_pair(planned, 2).first, planned.plan()[1].training_id);
    for (const std::size_t seed : {0, 1, 2}) EXPECT_TRUE(has_weights(planned, seed)) << seed;
  });
}

TEST_F(CompareSeeds, LeavesOutThoseThatFailedAndKeepsWhatIsStillNeeded) {
  change_ = [](const PlanRun&, std::vector<TrialResult>& results) {
    results[2].status = Status::failed;
    results[2].reason = "the loss is not a number";
    results[2].weights = {};
  };
  compare("", [&](const PlanRun& planned) {
    EXPECT_NEAR(stored_pair(planned, 0).mcc, 0.8, 1e-6);
    for (const std::size_t i : {1, 2})
      EXPECT_FALSE(planned.store().has_pair(planned.pairs()[i].id, planned.pairs()[i].identity));
    EXPECT_TRUE(has_weights(planned, 0));
    EXPECT_EQ(said_, "");
  });
}

TEST_F(CompareSeeds, SaysHowManyPairsLackWeights) {
  const std::string rest =
      " of seeds not compared, because the weights of trials that were done before are not kept; "
      "results.consistency = yes trains these again.\n";
  change_ = [](const PlanRun&, std::vector<TrialResult>& results) { results[2].weights = {}; };
  compare("", [&](const PlanRun& planned) {
    EXPECT_EQ(said_, "ksweep: 2 pairs" + rest);
    EXPECT_NEAR(stored_pair(planned, 0).mcc, 0.8, 1e-6);
  });
}

TEST_F(CompareSeeds, ComparesNoPairAgain) {
  change_ = [](const PlanRun& planned, std::vector<TrialResult>& results) {
    for (const std::size_t i : {0, 1}) {
      const PlannedPair& pair = planned.pairs().at(i);
      SeedPair stored;
      stored.id = pair.id;
      stored.mcc = 0.25;
      planned.store().write_pair(stored, pair.identity);
    }
    results[2].weights = {};
  };
  compare("", [&](const PlanRun& planned) {
    for (const std::size_t i : {0, 1}) EXPECT_EQ(stored_pair(planned, i).mcc, 0.25);
    EXPECT_THAT(said_, testing::StartsWith("ksweep: 1 pair of seeds not compared, "));
    EXPECT_FALSE(has_weights(planned, 0));  // they are needed no more
    EXPECT_TRUE(has_weights(planned, 1));
  });
}

TEST_F(CompareSeeds, CountsThePairsForTheProgress) {
  options_.quiet = false;
  compare("", [](PlanRun& planned) {
    RunEnd end = RunEnd::complete;
    testing::internal::CaptureStderr();
    planned.book()->finish(end);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr(" | 3/3 pairs of seeds compared"));
  });
}

TEST_F(CompareSeeds, WithoutPairsHasNothingToDo) {
  compare("[results]\nconsistency = no\n", [](const PlanRun& planned) {
    EXPECT_TRUE(planned.pairs().empty());
    EXPECT_TRUE(has_weights(planned, 0));
  });
}

}  // namespace
}  // namespace ksweep
