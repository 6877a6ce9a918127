#include "base/fault.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <new>
#include <stdexcept>

#include "lowered_limit.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

template <class Error>
Fault fault_by(const Error& error) {
  return fault_of(std::make_exception_ptr(error));
}

Fault fault_by_raising(const Fault& fault) {
  try {
    raise(fault);
  } catch (...) {
    return fault_of(std::current_exception());
  }
}

TEST(Faults, AreTheUsersOrTheMachinesOrElseOurs) {
  EXPECT_EQ(fault_by(UserError("wrong")).code, ExitCode::usage);
  EXPECT_EQ(fault_by(std::filesystem::filesystem_error("status", "x", {})).code, ExitCode::usage);
  EXPECT_EQ(fault_by(EnvironmentError("no cores")).code, ExitCode::environment);
  EXPECT_EQ(fault_by(std::bad_alloc()).code, ExitCode::environment);
  EXPECT_EQ(fault_by(std::logic_error("vector::at")).code, ExitCode::our_mistake);
  EXPECT_EQ(fault_by(42).code, ExitCode::our_mistake);
}

TEST(Faults, SayWhatTheExceptionSays) {
  EXPECT_EQ(fault_by(UserError("x.cfg:7: wrong")).text, "x.cfg:7: wrong");
  EXPECT_EQ(fault_by(std::logic_error("vector::at")).text, "vector::at");
}

TEST(Faults, WithoutMemorySayWhatToDo) {
  EXPECT_THAT(fault_by(std::bad_alloc()).text, HasSubstr("memory is exhausted"));
  EXPECT_THAT(fault_by(std::bad_alloc()).text, HasSubstr("Use fewer ranks per node"));
}

TEST(Faults, WithoutMemorySayWhichLimitThereIs) {
  const LoweredLimit limit(RLIMIT_AS, rlim_t{70'000'000'000'000});  // more than sanitizers reserve
  EXPECT_THAT(
      fault_by(std::bad_alloc()).text,
      ::testing::ContainsRegex("memory is exhausted \\(a process may have 70.* here: ulimit -v\\): "));
}

TEST(Faults, StayWhatTheyAreWhenTheyAreRaisedAgain) {
  for (const ExitCode code : {ExitCode::usage, ExitCode::environment, ExitCode::our_mistake}) {
    const Fault again = fault_by_raising({code, "what and why"});
    EXPECT_EQ(again.code, code);
    EXPECT_EQ(again.text, "what and why");
  }
}

TEST(Faults, AreNoneByDefault) {
  EXPECT_FALSE(Fault{});
  EXPECT_TRUE(fault_by(std::logic_error("")));
}

}  // namespace
}  // namespace ksweep
