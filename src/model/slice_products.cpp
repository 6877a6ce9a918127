#include "model/slice_products.h"

#include <utility>

#include "kernels/matrix_product.h"

namespace ksweep {

void SliceProducts::start_rounding() {
  rounds_ahead_ = n_hidden_ <= rounded_at_once;
  first_rounded_ = 0;
  if (rounds_ahead_) make_room_for_units();
}

void SliceProducts::make_room_for_units() {
  const auto n_pairs = static_cast<std::size_t>(pairs_of(stride_));
  const auto at_once = static_cast<std::size_t>(padded(std::min(rounded_at_once, n_hidden_)));
  make_room(unit_pairs_, std::max(at_once, std::size_t{lanes}) * n_pairs);
  make_room(unit_bounds_, at_once);
}

void SliceProducts::begin(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples,
                          bool screens, int n_threads) {
  samples_ = &samples;
  n_samples_ = n_samples;
  n_threads_ = n_threads;
  screens_ = screens;
  is_rounded_ = screens && std::exchange(rounds_ahead_, false);
  scratch_.resize(std::max(scratch_.size(), static_cast<std::size_t>(n_threads)));
  const auto n_pairs = static_cast<std::size_t>(pairs_of(stride_));
  if (screens) {
    make_room(sample_pairs_, static_cast<std::size_t>(padded(capacity_)) * n_pairs);
    make_room(sample_bounds_, static_cast<std::size_t>(padded(capacity_) / lanes));
    make_room_for_units();
  }
  for (Scratch& scratch : scratch_) prepare(scratch);
  if (!screens) return;
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < n_groups(); ++group) round_samples(encoder, group);
}

void SliceProducts::prepare(Scratch& scratch) const {
  make_room(scratch.z, std::size_t{std::max(widest_slice * groups_at_once, settled_slice)} * lanes);
  if (!screens_) return;
  make_room(scratch.start, settled_slice);
  make_room(scratch.rounded, std::size_t{lanes} * static_cast<std::size_t>(pairs_of(stride_)) +
                                 static_cast<std::size_t>(stride_));
  scratch.place.resize(settled_slice);
  scratch.rows.resize(settled_slice);
}

void SliceProducts::round_samples(const EncoderInputs& encoder, int group) {
  kernels_.screening->round_samples(samples_->input(group * lanes), lanes_of(group), stride_, encoder.centre,
                                    sample_pairs_.data() + std::ptrdiff_t{group} * pairs_of(stride_) * lanes,
                                    &sample_bounds_[static_cast<std::size_t>(group)], mine().rounded.data());
}

void SliceProducts::round_units(const Network& network, Range units) {
  const std::ptrdiff_t place = units.begin - first_rounded_;
  kernels_.screening->round_units(network.encoder_row(units.begin), network.hidden_bias.data() + units.begin,
                                  units.count(), stride_, unit_pairs_.data() + place * pairs_of(stride_),
                                  unit_bounds_.data() + place);
}

void SliceProducts::multiply(const EncoderInputs& encoder, Range units, Range groups, float* z) const {
  if (!screens_) return multiply_in_float32(encoder, units, groups, z);
  const int n_pairs = pairs_of(stride_);
  const float* const of_units = unit_pairs_.data() + std::ptrdiff_t{units.begin - first_rounded_} * n_pairs;
  const float* const of_samples = sample_pairs_.data() + std::ptrdiff_t{groups.begin} * n_pairs * lanes;
  kernels_.screening->product(matrix_product({padded(units.count()), groups.count(), n_pairs},
                                             rows_of(of_units, n_pairs), packed_samples(of_samples, n_pairs),
                                             z, lanes, size_of_group(units)));
}

void SliceProducts::multiply_in_float32(const EncoderInputs& encoder, Range units, Range groups,
                                        float* z) const {
  Product product = matrix_product(
      {units.count(), groups.count(), stride_}, rows_of(encoder.network.encoder_row(units.begin), stride_),
      packed_samples(packed(groups.begin), stride_), z, lanes, size_of_group(units));
  product.row_start = encoder.row_start + units.begin;
  product.last_columns = lanes_of(groups.end - 1);
  kernels_.product(product);
}

void SliceProducts::settle(const EncoderInputs& encoder, Range units, int group) {
  Scratch& scratch = mine();
  int n_rows = 0;
  for (int unit = units.begin; unit < units.end; ++unit) {
    std::int32_t& place = scratch.place[static_cast<std::size_t>(unit - units.begin)];
    if (place < 0) continue;
    place = n_rows;
    scratch.rows[static_cast<std::size_t>(n_rows)] = encoder.network.encoder_row(unit);
    scratch.start[static_cast<std::size_t>(n_rows++)] = encoder.row_start[unit];
  }
  kernels_.product_of_rows(scratch.rows.data(), scratch.start.data(), n_rows, stride_, packed(group),
                           scratch.z.data());
}

}  // namespace ksweep
