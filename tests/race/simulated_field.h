#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/distributions.h"
#include "base/portable_math.h"

namespace ksweep {

/// Draws of values over seeds, mean 0 and standard deviation 1.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed, Purpose::split), normals_(random_) {}
  double normal() { return normals_.next(); }
  double exponential();
  double lognormal();
  double heavy();
  /// Uniform in 0 .. count - 1.
  std::size_t below(std::size_t count) { return random_.below(static_cast<std::uint32_t>(count)); }

 private:
  RandomStream random_;
  PortableNormals normals_;
};

/// How values scatter over seeds.
struct Law {
  std::string name;
  std::function<double(Draws&)> draw;
};
extern const std::vector<Law> laws;

/// Settings that race.  Smaller values are better.
struct Field {
  std::vector<double> means;                        ///< the true ones
  std::vector<double> core_s;                       ///< of one training
  double scatter;                                   ///< the unit of differences that matter
  std::function<std::vector<double>(Draws&)> draw;  ///< the values of all settings with one seed

  std::size_t size() const { return means.size(); }
};

/// Made-up settings; the first is the best, or one of the best.
struct Family {
  std::string name;
  std::function<double(std::size_t)> mean;
};
extern const std::vector<Family> families;

/// Scatters differ as race_family.h says, the largest is the unit, and all trainings take the same time.  What all settings have in
/// common in a seed, the pairing removes.
Field made_field(const Family& family, const Law& law, std::size_t n_settings, bool best_scatters_most);

}  // namespace ksweep
