#pragma once

#include <string>
#include <vector>

#include "simulated_field.h"

namespace ksweep {

/// A setting of a published sweep.
struct PublishedSetting {
  double core_s;               ///< of one training
  std::vector<double> values;  ///< over the seeds; larger ones are better
};

/// Settings of a published sweep that might have raced.
struct PublishedSweep {
  std::string name;
  std::vector<PublishedSetting> settings;

  std::size_t n_seeds() const { return settings.front().values.size(); }
};

/// Reads the table that published_values.py writes.
std::vector<PublishedSweep> read_published(const std::string& path);

/// The mean correlation of two settings over seeds, at least 0; 0 of sweeps with fewer than 5 seeds, which say too little of it.
double correlation(const PublishedSweep& sweep);

/// How values of simulated races are drawn.  All have the means and the scatters of the sweep.
enum class DrawnFrom {
  normals,    ///< normal, with the same correlation for each two settings
  residuals,  ///< the same with residuals of all settings in units of their scatters, each drawn by itself
  seeds,      ///< residuals of all settings with one seed, drawn together
};

/// The unit of differences is the scatter of the best setting.
Field published_field(const PublishedSweep& sweep, DrawnFrom from);

}  // namespace ksweep
