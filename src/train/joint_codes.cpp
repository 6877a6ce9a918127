#include "train/joint_codes.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/errors.h"
#include "train/evaluate.h"

namespace ksweep {
namespace {

/// Returns codes (n_units + 1 x n_units): each unit alone with its mean non-zero activation, then a code of
/// zeros.
std::vector<float> single_units(const UnitActivity& activity) {
  const std::size_t n_units = activity.sum.size();
  std::vector<float> codes((n_units + 1) * n_units);
  for (std::size_t unit = 0; unit < n_units; ++unit)
    if (activity.active[unit] > 0)
      codes[unit * (n_units + 1)] = static_cast<float>(activity.sum[unit] / activity.active[unit]);
  return codes;
}

}  // namespace

std::vector<LayerRule> innermost_rule(const SparsityRule* rule, const RuleSettings& settings,
                                      std::size_t n_layers) {
  std::vector<LayerRule> rules(n_layers);
  rules.back() = {rule, settings};
  return rules;
}

std::vector<LayerRule> innermost_rule_of_k(int k, std::span<const Layer> encoder) {
  if (k >= encoder.back().n_outputs) return {};
  return innermost_rule(sparsity_rule(ModelKind::k_sparse), {k, 1, 0}, encoder.size());
}

Features encode_features(LayersBatch& batch, std::span<const Layer> encoder, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active) {
  const auto n_units = static_cast<std::size_t>(encoder.back().n_outputs),
             at_once = static_cast<std::size_t>(batch_size);
  const std::vector<LayerRule> rules = innermost_rule_of_k(k, encoder);
  const bool dense = rules.empty();
  if (active) active->assign(n_units, 0);
  std::vector<std::int32_t> units(n_units);
  std::iota(units.begin(), units.end(), 0);
  Features all;
  all.n_features = encoder.back().n_outputs;
  all.n_samples = chosen.size();
  if (dense) all.own_rows.reserve(chosen.size() * n_units);
  SparseFeatures kept(all.n_features, dense ? 0 : chosen.size() * static_cast<std::size_t>(k));
  for (std::size_t first = 0; first < chosen.size(); first += at_once) {
    if (!keep_going()) throw Interrupted();
    batch.load(rows, chosen.subspan(first, std::min(at_once, chosen.size() - first)));
    batch.forward(encoder, {rules});
    for (int i = 0; i < batch.n_samples(); ++i) {
      const std::span<const float> code(batch.outputs(i, encoder.size() - 1), n_units);
      if (dense)
        all.own_rows.insert(all.own_rows.end(), code.begin(), code.end());
      else
        kept.add(units, code);
    }
    if (active) batch.count_active(encoder.size() - 1, *active);
  }
  if (!dense) return std::move(kept).finish();
  all.rows = all.own_rows.data();
  return all;
}

Filters decoder_filters(const Kernels& kernels, std::span<const Layer> decoder, const UnitActivity& activity,
                        const Team& team) {
  const std::vector<float> codes = single_units(activity);
  const int n_units = decoder.front().n_inputs, n_inputs = decoder.back().n_outputs;
  std::vector<std::uint32_t> chosen(static_cast<std::size_t>(n_units) + 1);
  std::iota(chosen.begin(), chosen.end(), 0u);
  LayersBatch batch(kernels, decoder, n_units + 1, team);
  batch.load(codes.data(), chosen);
  batch.forward(decoder);
  Network drawn;  // a network with these images as its decoder
  drawn.n_inputs = n_inputs;
  drawn.n_hidden = n_units;
  drawn.stride = padded(n_inputs);
  drawn.decoder = AlignedFloats(static_cast<std::size_t>(n_units) * static_cast<std::size_t>(drawn.stride));
  for (int unit = 0; unit < n_units; ++unit)
    for (int pixel = 0; pixel < n_inputs; ++pixel)
      drawn.decoder[static_cast<std::size_t>(unit) * static_cast<std::size_t>(drawn.stride) +
                    static_cast<std::size_t>(pixel)] =
          batch.outputs(unit)[pixel] - batch.outputs(n_units)[pixel];
  return most_active_filters(drawn, activity.active);
}

}  // namespace ksweep
