#include "cli/commands.h"

#include <gmock/gmock.h>

#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

int dispatched(const Arguments& arguments, Arguments* seen = nullptr) {
  const Command commands[] = {
      {"run", "train",
       [&](const Arguments& rest) {
         if (seen) *seen = rest;
         return 42;
       }},
      {"status", "look", [](const Arguments&) { return 43; }},
  };
  return dispatch("ksweep", commands, arguments);
}

TEST(Dispatch, HandsTheOtherArgumentsToTheCommand) {
  Arguments seen;
  EXPECT_EQ(dispatched({"run", "a.cfg", "--quiet"}, &seen), 42);
  EXPECT_THAT(seen, ::testing::ElementsAre("a.cfg", "--quiet"));
  EXPECT_EQ(dispatched({"status"}), 43);
}

TEST(Dispatch, WithoutACommandListsThemAndFails) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(dispatched({}), 1);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("  run     train\n  status  look\n"));
}

TEST(Dispatch, ListsTheCommandsOnRequest) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(dispatched({"--help"}), 0);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("Usage: ksweep COMMAND"));
}

TEST(Dispatch, TellsTheVersion) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(dispatched({"--version"}), 0);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("compiler"));
}

TEST(Dispatch, AMistypedCommandIsAnsweredWithTheNearest) {
  EXPECT_EQ(refusal([] { dispatched({"satus"}); }),
            "there is no command `ksweep satus`: what to do is unknown. Did you mean `ksweep status`?");
  EXPECT_EQ(refusal([] { dispatched({"cook"}); }),
            "there is no command `ksweep cook`: what to do is unknown. Commands are run, status.");
}

}  // namespace
}  // namespace ksweep
