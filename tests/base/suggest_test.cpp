#include "base/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace ksweep {
namespace {

const std::vector<std::string> keys{"model.k", "model.hidden", "train.seed", "l1"};

TEST(Suggest, AMissingAddedOrWrongLetterIsATypingError) {
  EXPECT_EQ(nearest("model.hiden", keys), "model.hidden");
  EXPECT_EQ(nearest("train.seeed", keys), "train.seed");
  EXPECT_EQ(nearest("train.seet", keys), "train.seed");
}

TEST(Suggest, ASwapOfNeighboursIsOneEdit) {
  const std::vector<std::string> words{"model"};
  EXPECT_EQ(nearest("modle", words), "model");
  EXPECT_EQ(nearest("mdloe", words), "");
}

TEST(Suggest, AShortWordMayHaveOneWrongLetter) {
  EXPECT_EQ(nearest("l2", keys), "l1");
  EXPECT_EQ(nearest("xx", keys), "");
}

TEST(Suggest, WhatIsFarFromAllHasNoSuggestion) { EXPECT_EQ(nearest("colour", keys), ""); }

TEST(Suggest, TheNearestOfSeveralWinsAndOfEqualsTheFirst) {
  const std::vector<std::string> words{"abcdxx", "abcdex", "abcdey"};
  EXPECT_EQ(nearest("abcdef", words), "abcdex");
}

}  // namespace
}  // namespace ksweep
