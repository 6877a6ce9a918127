#include "probe/svm.h"

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "base/random.h"

namespace ksweep {
namespace {

constexpr int most_passes = 1000;

}  // namespace

LinearSvm::LinearSvm(const Features& features, std::span<const std::int32_t> labels, int n_classes,
                     std::uint64_t seed, const Team& team)
    : rows_(features),
      labels_(labels),
      team_(team),
      n_classes_(n_classes),
      seed_(seed),
      scale_(static_cast<float>(1 / root_mean_square_length(features))) {
  for (const double length : squared_lengths(rows_))
    squared_length_.push_back(static_cast<float>(length) * scale_ * scale_ + 1);
  for (int first = 0; first < n_classes; first += width) {
    const int n = std::min(width, n_classes - first);
    groups_.push_back({.first_class = first,
                       .n_classes = n,
                       .present = (Lanes::LinSpaced(0, width - 1) < static_cast<float>(n)).cast<float>(),
                       .weights = AlignedFloats(static_cast<std::size_t>((features.n_features + 1) * width)),
                       .alpha = AlignedFloats(features.n_samples * width),
                       .idle = std::vector<std::uint8_t>(features.n_samples)});
  }
}

void LinearSvm::Group::wake_all() {
  std::ranges::fill(idle, std::uint8_t{0});
  n_idle = 0;
  safe.setConstant(std::numeric_limits<float>::infinity());
  settled = false;
}

void LinearSvm::step(std::size_t sample, float diagonal, Group& group, Gradients& gradients) const {
  const auto weight = [&](int feature) {
    return Eigen::Map<Lanes>(group.weights.data() + std::ptrdiff_t{feature} * width);
  };
  const Row row = rows_[sample];
  Lanes product = Lanes::Zero();
  for_each_entry(row, [&](int feature, float value) { product += value * weight(feature); });

  Lanes sign = -group.present;
  if (const int own = labels_[sample] - group.first_class; own >= 0 && own < group.n_classes) sign(own) = 1;
  Eigen::Map<Lanes> alpha(group.alpha.data() + sample * width);
  const Lanes gradient =
      sign * (scale_ * product + weight(rows_.n_features())) - group.present + diagonal * alpha;
  if ((alpha == 0 && gradient > group.safe).all()) {
    group.idle[sample] = 1;
    ++group.n_idle;
    return;
  }
  const Lanes projected = (alpha > 0).select(gradient, gradient.min(0));
  gradients.lowest = gradients.lowest.min(projected);
  gradients.highest = gradients.highest.max(projected);

  const Lanes next = (alpha - gradient / (squared_length_[sample] + diagonal)).max(0);
  const Lanes change = sign * (next - alpha);
  if ((change == 0).all()) return;
  alpha = next;
  const Lanes scaled = scale_ * change;
  for_each_entry(row, [&](int feature, float value) { weight(feature) += value * scaled; });
  weight(rows_.n_features()) += change;
}

void LinearSvm::pass(std::span<const std::uint32_t> order, float diagonal, double tolerance,
                     Group& group) const {
  const bool all = group.n_idle == 0;
  Gradients gradients;
  for (const std::uint32_t sample : order)
    if (!group.idle[sample]) step(sample, diagonal, group, gradients);
  group.safe = (gradients.highest > 0).select(gradients.highest, std::numeric_limits<float>::infinity());
  group.safe.tail(width - group.n_classes).setConstant(-1);
  group.violation = 0;
  for (int c = 0; c < group.n_classes; ++c)
    group.violation =
        std::max(group.violation, static_cast<double>(gradients.highest(c) - gradients.lowest(c)));
  if (group.violation > tolerance) return;
  if (all)
    group.settled = true;
  else
    group.wake_all();
}

LinearSvm::Fit LinearSvm::fit(double c, double tolerance, const KeepGoing& keep_going) {
  const auto diagonal = static_cast<float>(0.5 / c);
  const auto n_samples = static_cast<std::uint32_t>(rows_.size());
  const auto is_open = [](const Group& group) { return !group.settled; };
  for (Group& group : groups_) group.wake_all();
  Fit fit;
  for (; fit.passes < most_passes && std::ranges::any_of(groups_, is_open); ++fit.passes) {
    if (!keep_going()) throw Interrupted();
    const auto order = permutation(n_samples, RandomStream(seed_, Purpose::svm_order, n_passes_++));
#pragma omp parallel for num_threads(team_.n_threads()) schedule(dynamic)
    for (std::size_t g = 0; g < groups_.size(); ++g)
      if (is_open(groups_[g])) pass(order, diagonal, tolerance, groups_[g]);
  }
  for (const Group& group : groups_) fit.violation = std::max(fit.violation, group.violation);
  return fit;
}

Columns LinearSvm::weights() const {
  const int n_features = rows_.n_features();
  Columns columns(n_features + 1, n_classes_);
  for (int feature = 0; feature <= n_features; ++feature)
    for (int c = 0; c < n_classes_; ++c)
      columns.at(feature, c) =
          groups_[static_cast<std::size_t>(c / width)].weights[std::ptrdiff_t{feature} * width + c % width] *
          (feature < n_features ? scale_ : 1);
  return columns;
}

std::vector<std::int32_t> classify(const Kernels& kernels, const Features& features, const Columns& weights,
                                   int n_classes, const Team& team) {
  std::vector<std::int32_t> classes(features.n_samples);
  for_each_block_of_products(
      kernels, features, weights, team, [&](std::size_t first, std::size_t count, const float* products) {
        for (std::size_t i = first; i < first + count; ++i) {
          const auto value = [&](int c) { return products[c] + weights.at(features.n_features, c); };
          int best = 0;
          for (int c = 1; c < n_classes; ++c)
            if (value(c) > value(best)) best = c;
          classes[i] = best;
          products += weights.n_columns;
        }
      });
  return classes;
}

}  // namespace ksweep
