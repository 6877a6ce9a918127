#include "train/mean_of_rows.h"

#include <omp.h>

#include <algorithm>

#include "base/errors.h"
#include "base/omp_guard.h"

namespace ksweep {
namespace {

/// Rows that are read together, then added: each column by one thread, in the order of rows.
class RowBlock {
 public:
  RowBlock(const SampleRows& rows, int n_inputs, const Team& team)
      : rows_(rows), n_inputs_(static_cast<std::size_t>(n_inputs)), team_(team) {
    if (!rows.in_memory()) buffer_.resize(rows_at_once * n_inputs_);
  }

  void add(std::span<const std::uint32_t> chosen, std::vector<double>& sums) {
    OmpGuard guard;
#pragma omp parallel num_threads(team_.n_threads())
    {
#pragma omp for schedule(static)
      for (std::size_t i = 0; i < chosen.size(); ++i)
        guard.run([&] {
          if (!rows_.in_memory())
            rows_.copy(chosen[i], static_cast<int>(n_inputs_), buffer_.data() + i * n_inputs_);
        });
      const auto thread = static_cast<std::size_t>(omp_get_thread_num());
      const auto n_threads = static_cast<std::size_t>(omp_get_num_threads());
      const std::size_t begin = n_inputs_ * thread / n_threads, end = n_inputs_ * (thread + 1) / n_threads;
      for (std::size_t i = 0; i < chosen.size(); ++i)
        for (std::size_t c = begin; c < end; ++c) sums[c] += static_cast<double>(row(chosen[i], i)[c]);
    }
    guard.rethrow();
  }

 private:
  const float* row(std::uint32_t chosen, std::size_t place) const {
    return rows_.in_memory() ? rows_.in_memory() + chosen * n_inputs_ : buffer_.data() + place * n_inputs_;
  }

  const SampleRows& rows_;
  std::size_t n_inputs_;
  const Team& team_;
  std::vector<float> buffer_;
};

}  // namespace

std::vector<double> mean_of_rows(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
                                 const Team& team, const KeepGoing& keep_going) {
  std::vector<double> mean(static_cast<std::size_t>(n_inputs));
  RowBlock block(rows, n_inputs, team);
  for (std::size_t first = 0; first < chosen.size(); first += rows_at_once) {
    if (!keep_going()) throw Interrupted();
    block.add(chosen.subspan(first, std::min(rows_at_once, chosen.size() - first)), mean);
  }
  for (double& value : mean) value /= static_cast<double>(chosen.size());
  return mean;
}

}  // namespace ksweep
