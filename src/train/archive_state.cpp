#include "train/archive_state.h"

#include <map>
#include <string_view>

#include "measure/density.h"
#include "probe/accuracy.h"

namespace ksweep {
namespace {

void transfer(Archive& archive, Filters& filters) {
  archive.number(filters.n_filters);
  archive.number(filters.n_pixels);
  archive.list(filters.units);
  archive.list(filters.scale);
  archive.list(filters.levels);
  archive.require(filters.n_filters >= 0 && filters.n_pixels >= 0);
  const auto n_filters = static_cast<std::size_t>(filters.n_filters);
  archive.require(filters.units.size() == n_filters && filters.scale.size() == n_filters &&
                  filters.levels.size() == n_filters * static_cast<std::size_t>(filters.n_pixels));
}

}  // namespace

void transfer(Archive& archive, Network& network) {
  for (AlignedFloats* part : parameters(network)) archive.array(part->span());
}

void transfer(Archive& archive, OptimizerState& state) {
  transfer(archive, state.first);
  transfer(archive, state.second);
}

void transfer(Archive& archive, Layers& layers) {
  for (AlignedFloats* part : parameters(layers)) archive.array(part->span());
}

void transfer(Archive& archive, LayersState& state) {
  transfer(archive, state.first);
  transfer(archive, state.second);
}

void transfer(Archive& archive, Curves& curves) {
  for (std::vector<double>* curve :
       {&curves.k, &curves.train_loss, &curves.validation_mse, &curves.validation_fvu, &curves.l0,
        &curves.dead_units, &curves.samples}) {
    archive.list(*curve);
    archive.require(curve->size() == curves.k.size());
  }
}

void transfer(Archive& archive, TrialResult& result, int n_classes, std::size_t n_epochs) {
  auto status = static_cast<std::uint8_t>(result.status);
  archive.number(status);
  archive.require(status <= static_cast<std::uint8_t>(Status::failed));
  result.status = static_cast<Status>(status);
  archive.list(result.reason);
  archive.list(result.weights_sha256);
  for (const ScalarQuantity& quantity : scalar_quantities()) archive.number(result.*quantity.member);
  const auto of_classes = static_cast<std::size_t>(n_classes);
  const std::map<std::string_view, std::size_t> most{{"epoch", n_epochs},
                                                     {"class", of_classes},
                                                     {"density_bin", n_density_bins},
                                                     {"confusion", most_confusions}};
  for (const VectorQuantity& quantity : vector_quantities()) {
    archive.list(result.*quantity.member);
    archive.require((result.*quantity.member).size() <= most.at(quantity.dimension));
  }
  archive.list(result.test_confusion);
  archive.require(result.test_confusion.empty() || result.test_confusion.size() == of_classes * of_classes);
  transfer(archive, result.filters);
}

}  // namespace ksweep
