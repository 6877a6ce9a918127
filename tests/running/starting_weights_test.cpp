#include "run/starting_weights.h"

#include <gmock/gmock.h>

#include "core/starting_file.h"
#include "core/trial_keys.h"
#include "data/write_safetensors.h"
#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A file of two units on three inputs, and an array that no autoencoder has.
class StartingWeights : public testing::Test {
 protected:
  StartingWeights() {
    write("w.safetensors", 1);
    sweep.trials.assign(3, default_trial());
    for (Trial& trial : sweep.trials) {
      trial.n_hidden = 2;
      trial.tied = false;
    }
    sweep.trials[0].start_from = sweep.trials[1].start_from = path("w.safetensors");
    sweep.where["model.start_from"] = "x.cfg:7";
  }

  std::string path(const char* name) const { return folder_.path() / name; }

  void write(const char* name, float first) const {
    std::vector<NewTensor> tensors;
    const auto add = [&](const char* array, const std::vector<std::size_t>& shape, std::size_t count) {
      std::vector<float> numbers(count, 0.5f);
      numbers[0] = first;
      tensors.push_back({array, "F32", shape, [numbers](const TakeBytes& take) {
                           take({reinterpret_cast<const char*>(numbers.data()), numbers.size() * 4});
                         }});
    };
    add("encoder", {2, 3}, 6);
    add("decoder", {2, 3}, 6);
    add("hidden_bias", {2}, 2);
    add("visible_bias", {3}, 3);
    add("skip", {1}, 1);
    write_safetensors(path(name), tensors, {});
  }

  std::vector<std::string> settle(int n_inputs = 3) {
    Dataset data;
    data.shape = {1, 1, n_inputs};
    return settle_starts(sweep, {}, [&](const Trial&) -> const Dataset& { return data; });
  }

  Sweep sweep;

 private:
  const TemporaryFolder folder_;
};

TEST_F(StartingWeights, AreNamedByTheContentOfTheirFile) {
  settle();
  const StartingFile first = starting_file(sweep.trials[0].start_from);
  EXPECT_EQ(first.path, path("w.safetensors"));
  EXPECT_EQ(first.content.size(), 16u);
  EXPECT_EQ(sweep.trials[1].start_from, sweep.trials[0].start_from);
  EXPECT_EQ(sweep.trials[2].start_from, "none");

  write("w.safetensors", 2);
  sweep.trials[0].start_from = path("w.safetensors");
  EXPECT_THAT(refusal([&] { settle(); }), HasSubstr("not " + first.content));  // of the second trial
  sweep.trials[1].start_from = path("w.safetensors");
  settle();
  EXPECT_NE(starting_file(sweep.trials[0].start_from).content, first.content);
}

TEST_F(StartingWeights, SayOnceWhatOfTheirFileIsNotUsed) {
  EXPECT_THAT(settle(), ElementsAre(HasSubstr("w.safetensors: not used: skip")));
}

TEST_F(StartingWeights, AreRefusedForATrialOfAnotherSizeAtThePlaceOfTheKey) {
  EXPECT_THAT(refusal([&] { settle(4); }), AllOf(StartsWith("x.cfg:7: model.start_from: "),
                                                 HasSubstr("w.safetensors: is of samples of 3 inputs")));
  sweep.trials[1].n_hidden = 3;
  EXPECT_THAT(refusal([&] { settle(); }), HasSubstr("w.safetensors: has 2 units, and model.hidden = 3"));
}

}  // namespace
}  // namespace ksweep
