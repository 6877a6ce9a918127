#include "probe/knn.h"

#include <algorithm>
#include <limits>

#include "base/errors.h"

namespace ksweep {
namespace {

constexpr int group_size = 64;  // queries that are compared with a block of training points at a time
constexpr int n_groups_between_questions = 16;  // calls of keep_going

/// The nearest training points found so far for a group of queries, nearest first.
class Neighbours {
 public:
  explicit Neighbours(int n)
      : n_(n),
        distance_(static_cast<std::size_t>(group_size * n)),
        label_(distance_.size()),
        farthest_(group_size) {}

  void clear() {
    std::ranges::fill(distance_, std::numeric_limits<float>::infinity());
    std::ranges::fill(farthest_, std::numeric_limits<float>::infinity());
  }

  float farthest(int query) const { return farthest_[static_cast<std::size_t>(query)]; }

  void insert(int query, float distance, std::int32_t label) {
    float* const distances = distance_.data() + query * n_;
    std::int32_t* const labels = label_.data() + query * n_;
    int place = n_ - 1;
    for (; place > 0 && distances[place - 1] > distance; --place) {
      distances[place] = distances[place - 1];
      labels[place] = labels[place - 1];
    }
    distances[place] = distance;
    labels[place] = label;
    farthest_[static_cast<std::size_t>(query)] = distances[n_ - 1];
  }

  const std::int32_t* labels(int query) const { return label_.data() + query * n_; }

 private:
  int n_;
  std::vector<float> distance_;
  std::vector<std::int32_t> label_;
  std::vector<float> farthest_;
};

/// State of one thread.
struct Searcher {
  Columns queries;
  ProductScratch scratch;
  Neighbours neighbours;

  Searcher(const Points& train, int n_neighbours)
      : queries(train.rows.n_features(), group_size),
        scratch(train.features, group_size),
        neighbours(n_neighbours) {}
};

void load(const Points& queries, std::size_t first, int count, Columns& columns) {
  std::ranges::fill(columns.values.span(), 0.0f);
  for (int q = 0; q < count; ++q) {
    const std::size_t i = first + static_cast<std::size_t>(q);
    for_each_entry(queries.rows[i],
                   [&](int feature, float value) { columns.at(feature, q) = queries.scale[i] * value; });
  }
}

/// Compares squared distances minus the queries' squared lengths, which do not change the order.
void search(const Kernels& kernels, const Points& train, std::span<const std::int32_t> labels, int count,
            Searcher& searcher) {
  searcher.neighbours.clear();
  for (std::size_t block = 0; block < n_product_blocks(train.features); ++block) {
    const float* products =
        block_products(kernels, train.features, block, searcher.queries, searcher.scratch);
    const std::size_t first = block * product_block, end = std::min(first + product_block, train.size());
    for (std::size_t i = first; i < end; ++i, products += searcher.queries.n_columns) {
      const float factor = -2 * train.scale[i], length = train.squared_length[i];
      for (int q = 0; q < count; ++q)
        if (const float distance = length + factor * products[q]; distance < searcher.neighbours.farthest(q))
          searcher.neighbours.insert(q, distance, labels[i]);
    }
  }
}

}  // namespace

std::vector<std::int32_t> neighbour_labels(const Kernels& kernels, const Points& train,
                                           std::span<const std::int32_t> train_labels, const Points& queries,
                                           int n_neighbours, const Team& team, const KeepGoing& keep_going) {
  std::vector<Searcher> searchers;
  std::vector<std::int32_t> found(queries.size() * static_cast<std::size_t>(n_neighbours));
  constexpr std::size_t step = group_size * n_groups_between_questions;
  for (std::size_t begin = 0; begin < queries.size(); begin += step) {
    if (!keep_going()) throw Interrupted();
    while (static_cast<int>(searchers.size()) < team.n_threads()) searchers.emplace_back(train, n_neighbours);
    const std::size_t end = std::min(begin + step, queries.size());
#pragma omp parallel for num_threads(team.n_threads()) schedule(dynamic)
    for (std::size_t first = begin; first < end; first += group_size) {
      Searcher& searcher = searchers[static_cast<std::size_t>(omp_get_thread_num())];
      const int count = static_cast<int>(std::min<std::size_t>(group_size, end - first));
      load(queries, first, count, searcher.queries);
      search(kernels, train, train_labels, count, searcher);
      std::copy_n(searcher.neighbours.labels(0), count * n_neighbours,
                  found.data() + first * static_cast<std::size_t>(n_neighbours));
    }
  }
  return found;
}

std::vector<std::int32_t> majorities(std::span<const std::int32_t> labels, int n_neighbours, int n,
                                     int n_classes) {
  std::vector<std::int32_t> winners(labels.size() / static_cast<std::size_t>(n_neighbours));
  std::vector<int> votes(static_cast<std::size_t>(n_classes));
  for (std::size_t i = 0; i < winners.size(); ++i) {
    const auto voters =
        labels.subspan(i * static_cast<std::size_t>(n_neighbours), static_cast<std::size_t>(n));
    const auto votes_of = [&](std::int32_t label) -> int& { return votes[static_cast<std::size_t>(label)]; };
    for (const std::int32_t label : voters) ++votes_of(label);
    winners[i] = *std::ranges::max_element(voters, {}, votes_of);  // the first of several maxima
    for (const std::int32_t label : voters) votes_of(label) = 0;
  }
  return winners;
}

}  // namespace ksweep
