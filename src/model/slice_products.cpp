#include "model/slice_products.h"

#include "kernels/matrix_product.h"

namespace ksweep {

void SliceProducts::begin(const LoadedSamples& samples, int n_samples, bool screens) {
  samples_ = &samples;
  n_samples_ = n_samples;
  screens_ = screens;
  if (!screens) return;
  make_room(pairs_,
            static_cast<std::size_t>(padded(capacity_)) * static_cast<std::size_t>(pairs_of(stride_)));
  make_room(bounds_, static_cast<std::size_t>(padded(capacity_) / lanes));
}

void SliceProducts::prepare(Scratch& scratch) const {
  const auto stride = static_cast<std::size_t>(stride_),
             n_pairs = static_cast<std::size_t>(pairs_of(stride_));
  make_room(scratch.z, std::size_t{std::max(widest_slice * groups_at_once, settled_slice)} * lanes);
  if (!screens_) return;
  make_room(scratch.pairs, std::max(widest_slice * n_pairs, n_pairs + stride));
  make_room(scratch.bounds, widest_slice);
  make_room(scratch.start, settled_slice);
  scratch.place.resize(settled_slice);
  scratch.rows.resize(settled_slice);
}

void SliceProducts::round_samples(int group, const float* centre, Scratch& scratch) {
  if (!screens_) return;
  kernels_.screening->round_samples(samples_->input(group * lanes), lanes_of(group), stride_, centre,
                                    pairs_.data() + std::ptrdiff_t{group} * pairs_of(stride_) * lanes,
                                    &bounds_[static_cast<std::size_t>(group)], scratch.pairs.data());
}

void SliceProducts::take_units(const EncoderInputs& encoder, Range units, Scratch& scratch) const {
  if (!screens_) return;
  kernels_.screening->round_units(encoder.network.encoder_row(units.begin),
                                  encoder.network.hidden_bias.data() + units.begin, units.count(), stride_,
                                  scratch.pairs.data(), scratch.bounds.data());
}

void SliceProducts::multiply(const EncoderInputs& encoder, Range units, Range groups,
                             Scratch& scratch) const {
  if (!screens_) return multiply_in_float32(encoder, units, groups, scratch);
  const int n_pairs = pairs_of(stride_);
  kernels_.screening->product(
      matrix_product({padded(units.count()), groups.count(), n_pairs}, rows_of(scratch.pairs.data(), n_pairs),
                     packed_samples(pairs_.data() + std::ptrdiff_t{groups.begin} * n_pairs * lanes, n_pairs),
                     scratch.z.data(), lanes, std::ptrdiff_t{padded(units.count())} * lanes));
}

void SliceProducts::multiply_in_float32(const EncoderInputs& encoder, Range units, Range groups,
                                        Scratch& scratch) const {
  Product product = matrix_product({units.count(), groups.count(), stride_},
                                   rows_of(encoder.network.encoder_row(units.begin), stride_),
                                   packed_samples(packed(groups.begin), stride_), scratch.z.data(), lanes,
                                   std::ptrdiff_t{padded(units.count())} * lanes);
  product.row_start = encoder.row_start + units.begin;
  kernels_.product(product);
}

void SliceProducts::settle(const EncoderInputs& encoder, Range units, int group, Scratch& scratch) const {
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
