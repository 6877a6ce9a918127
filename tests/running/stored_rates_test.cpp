#include "run/stored_rates.h"

#include <gmock/gmock.h>

#include "store/samples.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

/// Rates that are no defaults.
Rates fitted() {
  Rates rates = default_rates();
  rates.n_measured = 12;
  for (double& rate : rates.training) rate *= 2;
  return rates;
}

class StoredRates : public testing::Test {
 protected:
  Rates with(const std::string& name, const std::string& text) const {
    SweepRecord record = sample_record();
    record.provenance.emplace_back(name, text);
    write_sweep_file(folder_.path() / "sweep.h5", record);
    return stored_rates(folder_.path());
  }

  const TemporaryFolder folder_;
};

TEST_F(StoredRates, AreThoseOfTheLastRun) {
  const Rates rates = with("cost_rates", rates_text(fitted()));
  EXPECT_EQ(rates.n_measured, 12);
  EXPECT_EQ(rates.training, fitted().training);
  EXPECT_EQ(rates.probe, default_rates().probe);
}

TEST_F(StoredRates, AreTheDefaultsWithoutAReadableText) {
  EXPECT_EQ(stored_rates(folder_.path()).training, default_rates().training);  // no file
  EXPECT_EQ(with("rates", rates_text(fitted())).training, default_rates().training);
  const Rates unreadable = with("cost_rates", "fast");
  EXPECT_EQ(unreadable.training, default_rates().training);
  EXPECT_EQ(unreadable.n_measured, 0);
}

}  // namespace
}  // namespace ksweep
