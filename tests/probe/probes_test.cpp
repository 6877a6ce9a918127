#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "probe/accuracy.h"
#include "probe/probe.h"
#include "probe/standardise.h"
#include "probe/svm.h"
#include "sample_features.h"

namespace ksweep {
namespace {

ProbeResult probed(
    const ProbeSettings& settings, const Samples& train, const Samples& validation, const Samples& test,
    const KeepGoing& keep_going = [] { return true; }) {
  const Features features[] = {train.sparse(), validation.sparse(), test.sparse()};
  return probe(best_kernels(), {features[0], train.labels}, {features[1], validation.labels},
               {features[2], test.labels}, settings, keep_going);
}

ProbeSettings settings(ProbeKind kind, int n_classes = 3, const Team& team = one_thread) {
  return {.team = team, .n_classes = n_classes, .kind = kind};
}

/// Those of frozen features.
std::vector<ProbeKind> all_kinds() {
  std::vector<ProbeKind> kinds;
  for (int i = 0; i < static_cast<int>(ProbeKind::fine_tune); ++i) kinds.push_back(static_cast<ProbeKind>(i));
  return kinds;
}

/// Those that choose one of all classes for each sample.
std::vector<ProbeKind> kinds_that_choose() {
  std::vector<ProbeKind> kinds = all_kinds();
  std::erase(kinds, ProbeKind::sparse);
  return kinds;
}

/// Three classes that every probe can tell apart.
Samples easy_classes(int n_samples, std::uint64_t seed) {
  Samples samples = overlapping_classes(n_samples, 6, 3, seed);
  for (int i = 0; i < n_samples; ++i) {
    samples.rows.row(i) *= 0.125;
    samples.rows(i, samples.labels[static_cast<std::size_t>(i)]) += 4;
  }
  return samples;
}

TEST(EveryProbe, TellsEasyClassesApartAndMeasuresEachPart) {
  const Samples train = easy_classes(150, 1), validation = easy_classes(60, 2);
  Samples half_wrong{Matrix<double>{{4, 0, 0, 0, 0, 0}, {0, 4, 0, 0, 0, 0}}, {0, 2}};
  for (const ProbeKind kind : kinds_that_choose()) {
    const ProbeResult result = probed(settings(kind), train, validation, half_wrong);
    EXPECT_EQ(result.validation.overall, 1) << int(kind);
    EXPECT_EQ(result.test.overall, 0.5) << int(kind);
    EXPECT_THAT(result.test.confusion, testing::ElementsAre(1, 0, 0, 0, 0, 0, 0, 1, 0)) << int(kind);
    EXPECT_EQ(std::isnan(result.train.overall), kind == ProbeKind::knn) << int(kind);
    EXPECT_TRUE(std::isnan(result.train.overall) || result.train.overall == 1) << int(kind);
  }
}

TEST(EveryProbe, HasTheSameBitsOnAnyNumberOfThreads) {
  const Samples train = overlapping_classes(600, 20, 9, 1), test = overlapping_classes(300, 20, 9, 2);
  for (const ProbeKind kind : all_kinds()) {
    const ProbeResult one = probed(settings(kind, 9), train, test, test);
    const ProbeResult shared = probed(settings(kind, 9, three_threads), train, test, test);
    EXPECT_EQ(shared.test.confusion, one.test.confusion) << int(kind);
    EXPECT_EQ(shared.test.overall, one.test.overall) << int(kind);
    EXPECT_EQ(shared.iterations, one.iterations) << int(kind);
  }
}

TEST(EveryProbe, TellsOnlyWhatItsKindHas) {
  const Samples samples = easy_classes(60, 1);
  for (const ProbeKind kind : all_kinds()) {
    const ProbeResult result = probed(settings(kind), samples, samples, samples);
    EXPECT_EQ(!std::isnan(result.l2), kind == ProbeKind::softmax) << int(kind);
    EXPECT_EQ(!std::isnan(result.c), kind == ProbeKind::svm) << int(kind);
    EXPECT_EQ(!std::isnan(result.neighbours), kind == ProbeKind::knn) << int(kind);
    EXPECT_EQ(!std::isnan(result.test_nmi), kind == ProbeKind::kmeans) << int(kind);
  }
}

TEST(ProbeOfNeighbours, ChoosesTheirNumberOnTheValidationPart) {
  // Two of class 0 around each of class 1: its one neighbour errs where three do not.
  const Samples train{Matrix<double>{{1, 0}, {1.25, 0}, {1.125, 0}, {5, 0}}, {0, 0, 1, 1}};
  const Samples misled{Matrix<double>{{1.125, 0}}, {1}}, robust{Matrix<double>{{1.125, 0}}, {0}};
  EXPECT_EQ(probed(settings(ProbeKind::knn, 2), train, misled, robust).neighbours, 1);
  EXPECT_EQ(probed(settings(ProbeKind::knn, 2), train, robust, misled).neighbours, 3);
}

TEST(ProbeOfNeighbours, TakesNoMoreThanThereAre) {
  const Samples train{Matrix<double>{{1, 0}, {0, 1}}, {0, 1}};
  ProbeSettings wide = settings(ProbeKind::knn, 2);
  wide.neighbours = 50;
  EXPECT_EQ(probed(wide, train, train, train).neighbours, 2);
}

TEST(ProbeOfTheSvm, UsesTheCThatIsAskedFor) {
  const Samples samples = overlapping_classes(50, 6, 3);
  ProbeSettings asked = settings(ProbeKind::svm);
  asked.c = 0.125;
  EXPECT_EQ(probed(asked, samples, samples, samples).c, 0.125);
}

TEST(ProbeOfTheSvm, ChoosesCOnTheValidationPart) {
  const Samples train = overlapping_classes(60, 30, 3, 1), validation = overlapping_classes(200, 30, 3, 2);
  const ProbeResult chosen = probed(settings(ProbeKind::svm), train, validation, train);
  for (const double c : svm_costs()) {
    ProbeSettings fixed = settings(ProbeKind::svm);
    fixed.c = c;
    EXPECT_GE(chosen.validation.overall + 0.02, probed(fixed, train, validation, train).validation.overall)
        << c;
  }
}

/// The C at which a search ends that gives up after so many in a row that are not better.
double best_cost(const Samples& train, const Samples& validation, int patience) {
  const Features features = train.sparse(), held_out = validation.sparse();
  LinearSvm svm(features, train.labels, 3, 0, one_thread);
  double best = -1, chosen = 0;
  for (int worse = 0; const double c : svm_costs()) {
    svm.fit(c, 0.1, [] { return true; });
    const auto classes = classify(best_kernels(), held_out, svm.weights(), 3, one_thread);
    const double reached = accuracy_of(classes, validation.labels, 3).overall;
    if (reached > best)
      best = reached, chosen = c, worse = 0;
    else if (++worse == patience)
      break;
  }
  return chosen;
}

TEST(ProbeOfTheSvm, LooksBeyondOneWorseC) {
  int n_beyond = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Samples train = overlapping_classes(30, 12, 3, 2 * seed),
                  validation = overlapping_classes(60, 12, 3, 2 * seed + 1);
    const double c = best_cost(train, validation, 2);
    EXPECT_EQ(probed(settings(ProbeKind::svm), train, validation, validation).c, c) << seed;
    n_beyond += c != best_cost(train, validation, 1);
  }
  EXPECT_GT(n_beyond, 0);
}

TEST(ProbeOfClusters, NamesThemByTheTrainingPart) {
  const Samples train = easy_classes(90, 1);
  Samples renamed = easy_classes(60, 2);
  for (std::int32_t& label : renamed.labels) label = (label + 1) % 3;
  const ProbeResult result = probed(settings(ProbeKind::kmeans), train, renamed, renamed);
  EXPECT_EQ(result.test.overall, 0);
  EXPECT_DOUBLE_EQ(result.test_nmi, 1);  // which does not depend on names
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// The samples of both.
Samples together(const Samples& first, const Samples& second) {
  Samples both{Matrix<double>(first.rows.rows() + second.rows.rows(), first.rows.cols()), first.labels};
  both.rows << first.rows, second.rows;
  both.labels.insert(both.labels.end(), second.labels.begin(), second.labels.end());
  return both;
}

std::vector<ProbeKind> kinds_to_refit() {
  return {ProbeKind::softmax, ProbeKind::svm, ProbeKind::knn, ProbeKind::centroid};
}

TEST(RefittedProbe, JudgesTheTestPartByAFitOfTheChosenProbeOnBothOtherParts) {
  const Samples train = overlapping_classes(80, 20, 3, 1), validation = overlapping_classes(90, 20, 3, 2);
  const Samples test = overlapping_classes(300, 20, 3, 3);
  for (const ProbeKind kind : kinds_to_refit()) {
    ProbeSettings asked = settings(kind);
    const ProbeResult plain = probed(asked, train, validation, test);
    asked.refit = true;
    const ProbeResult refitted = probed(asked, train, validation, test);
    ProbeSettings given = settings(kind);
    if (kind == ProbeKind::softmax) given.l2 = plain.l2;
    if (kind == ProbeKind::svm) given.c = plain.c;
    if (kind == ProbeKind::knn) given.neighbours = static_cast<int>(plain.neighbours);
    const ProbeResult on_both = probed(given, together(train, validation), test, test);
    EXPECT_EQ(refitted.test.confusion, on_both.test.confusion) << int(kind);
    EXPECT_NE(refitted.test.confusion, plain.test.confusion) << int(kind);
    EXPECT_EQ(refitted.iterations, plain.iterations + on_both.iterations) << int(kind);
    EXPECT_TRUE(same(refitted.gradient_norm, on_both.gradient_norm)) << int(kind);
  }
}

/// The samples with each feature times the factor that standardises it in other samples.
Samples standardised(Samples samples, const Samples& by) {
  const std::vector<float> factors = standardising_factors(by.sparse());
  for (Eigen::Index i = 0; i < samples.rows.rows(); ++i)
    for (Eigen::Index c = 0; c < samples.rows.cols(); ++c)
      samples.rows(i, c) = static_cast<float>(samples.rows(i, c)) * factors[static_cast<std::size_t>(c)];
  return samples;
}

/// Features of very different sizes.
Samples uneven_classes(int n_samples, std::uint64_t seed) {
  Samples samples = overlapping_classes(n_samples, 20, 3, seed);
  for (Eigen::Index c = 0; c < 20; ++c) samples.rows.col(c) *= std::ldexp(1.0, static_cast<int>(c) - 10);
  return samples;
}

TEST(StandardisedProbe, SeesFeaturesDividedByTheirDeviationsOnTheTrainingPart) {
  const Samples train = uneven_classes(80, 1), validation = uneven_classes(90, 2),
                test = uneven_classes(300, 3);
  for (const ProbeKind kind : {ProbeKind::softmax, ProbeKind::svm})
    for (const bool refit : {false, true}) {
      ProbeSettings asked = settings(kind);
      asked.refit = refit;
      const ProbeResult plain = probed(asked, train, validation, test);
      const ProbeResult expected = probed(asked, standardised(train, train), standardised(validation, train),
                                          standardised(test, train));
      asked.standardise = true;
      const ProbeResult result = probed(asked, train, validation, test);
      EXPECT_EQ(result.test.confusion, expected.test.confusion) << int(kind) << refit;
      EXPECT_EQ(result.iterations, expected.iterations) << int(kind) << refit;
      EXPECT_NE(result.test.confusion, plain.test.confusion) << int(kind) << refit;
    }
}

TEST(RefittedProbe, KeepsTheChoiceAndItsAccuraciesOnTheOtherParts) {
  const Samples train = overlapping_classes(80, 20, 3, 1), validation = overlapping_classes(90, 20, 3, 2);
  for (const ProbeKind kind : all_kinds()) {
    ProbeSettings asked = settings(kind);
    const ProbeResult plain = probed(asked, train, validation, train);
    asked.refit = true;
    const ProbeResult refitted = probed(asked, train, validation, train);
    EXPECT_EQ(refitted.validation.confusion, plain.validation.confusion) << int(kind);
    EXPECT_EQ(refitted.validation.overall, plain.validation.overall) << int(kind);
    EXPECT_EQ(refitted.train.confusion, plain.train.confusion) << int(kind);
    EXPECT_TRUE(same(refitted.l2, plain.l2) && same(refitted.c, plain.c)) << int(kind);
    EXPECT_TRUE(same(refitted.neighbours, plain.neighbours)) << int(kind);
  }
}

TEST(RefittedProbe, OfClustersIsThePlainOne) {
  const Samples train = overlapping_classes(80, 20, 3, 1), validation = overlapping_classes(90, 20, 3, 2);
  ProbeSettings asked = settings(ProbeKind::kmeans);
  const ProbeResult plain = probed(asked, train, validation, validation);
  asked.refit = true;
  const ProbeResult refitted = probed(asked, train, validation, validation);
  EXPECT_EQ(refitted.test.confusion, plain.test.confusion);
  EXPECT_EQ(refitted.iterations, plain.iterations);
  EXPECT_EQ(refitted.test_nmi, plain.test_nmi);
}

TEST(EveryIterativeProbe, StopsWhenAsked) {
  const Samples samples = overlapping_classes(60, 6, 3);
  for (const ProbeKind kind : all_kinds()) {
    if (kind == ProbeKind::centroid) continue;
    EXPECT_THROW(probed(settings(kind), samples, samples, samples, [] { return false; }), Interrupted)
        << int(kind);
  }
}

}  // namespace
}  // namespace ksweep
