#include "data/generated_set.h"

#include <fmt/core.h>

#include <utility>

#include "data/endless.h"
#include "data/normalise.h"
#include "data/scale_row.h"
#include "data/streaming.h"
#include "data/superposition.h"

namespace ksweep {
namespace {

/// The samples of a part, each made when it is read.
class GeneratedRows final : public RowReader {
 public:
  GeneratedRows(std::shared_ptr<const Superposition> generator, Part part, const GeneratedSet& set)
      : generator_(std::move(generator)),
        part_(part),
        n_inputs_(static_cast<std::size_t>(set.recipe.n_inputs)),
        scaling_(set.scaling) {}

  void read(std::uint32_t row, float* numbers) const override {
    const std::span sample(numbers, n_inputs_);
    generator_->draw(part_, row, sample);
    scale_row(scaling_, sample);
  }

 private:
  std::shared_ptr<const Superposition> generator_;
  Part part_;
  std::size_t n_inputs_;
  InputScaling scaling_;
};

std::shared_ptr<const StreamedParts> parts_of(const std::shared_ptr<const Superposition>& generator,
                                              const GeneratedSet& set) {
  auto parts = std::make_shared<StreamedParts>();
  parts->description = description_of(set);
  parts->train = std::make_unique<GeneratedRows>(generator, Part::train, set);
  parts->test = std::make_unique<GeneratedRows>(generator, Part::test, set);
  return parts;
}

}  // namespace

std::shared_ptr<const StreamedParts> open_parts(const GeneratedSet& set) {
  return parts_of(std::make_shared<const Superposition>(set.recipe), set);
}

/// Name, hash and statistics are those of a few samples in memory: they do not depend on how many there are.
Dataset load_generated(const DataRequest& request) {
  const Preparation& how = request.preparation;
  const std::size_t n_train = request.n_train > 0 ? request.n_train : default_train_count,
                    n_test = request.n_test > 0 ? request.n_test : default_test_count;
  const double n_numbers = static_cast<double>(n_train + n_test) * how.recipe.n_inputs;
  refuse_to_stream(how, fmt::format("data.set = {}", superposition_name), n_numbers,
                   "are made as they are needed");
  const std::size_t few = how.any() ? n_statistics : n_hashed_samples;
  const auto generator = std::make_shared<const Superposition>(how.recipe);
  Dataset dataset =
      prepare(make_superposition(*generator, few, n_hashed_samples), how, few, n_hashed_samples);

  dataset.streamed = parts_of(generator, {how.recipe, dataset.scaling()});
  dataset.is_streamed = true;
  dataset.train_samples = dataset.test_samples = nullptr;
  dataset.n_train = n_train;
  dataset.n_test = n_test;
  dataset.notes.push_back(
      fmt::format("the samples, {:.3g} GB, are made as they are needed", n_numbers * sizeof(float) / 1e9));
  return dataset;
}

}  // namespace ksweep
