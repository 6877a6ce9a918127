#include "base/in_child.h"

#include <gmock/gmock.h>

#include <csignal>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/errors.h"

namespace ksweep {
namespace {

constexpr ChildLimits limits{60, 1e9};

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// What the parent reads of a child that does this work.
std::string answer(const std::function<void(const ToParent&)>& work, const ChildLimits& of = limits) {
  std::string text;
  in_child(
      work,
      [&](const FromChild& from) {
        std::vector<std::byte> part(1000);
        while (const std::size_t got = from(part.data(), part.size()))
          text.append(reinterpret_cast<const char*>(part.data()), got);
      },
      of);
  return text;
}

std::string fault(const std::function<void(const ToParent&)>& work, const ChildLimits& of = limits) {
  try {
    return "no fault, but the answer " + answer(work, of);
  } catch (const ChildFault& error) {
    return error.what();
  }
}

TEST(InChild, TheAnswerArrivesWhole) {
  const std::string long_text(3'000'000, 'x');
  EXPECT_EQ(answer([&](const ToParent& to) { to(bytes_of("begin ")), to(bytes_of(long_text)); }),
            "begin " + long_text);
}

TEST(InChild, ARefusalIsThrownHere) {
  EXPECT_THAT([] { answer([](const ToParent&) { throw UserError("a.h5: is damaged"); }); },
              testing::ThrowsMessage<UserError>("a.h5: is damaged"));
}

TEST(InChild, ACrashEndsTheChildOnly) {
  EXPECT_EQ(fault([](const ToParent&) { ::raise(SIGKILL); }), "it crashed (Killed)");
}

TEST(InChild, ACrashAmidTheAnswerIsAFault) {
  EXPECT_EQ(fault([](const ToParent& to) { to(bytes_of("half")), ::raise(SIGKILL); }), "it crashed (Killed)");
}

TEST(InChild, AnErrorThatIsNotTheUsersIsAFault) {
  const auto fail = [](const ToParent&) { throw std::runtime_error("vector::at"); };
  EXPECT_EQ(fault(fail), "it failed");
  EXPECT_EQ(fault([&](const ToParent& to) { to(bytes_of("half")), fail(to); }), "it failed");
}

TEST(InChild, WorkThatComesToNoEndIsAFault) {
  EXPECT_EQ(fault(
                [](const ToParent&) {
                  while (std::clock() < 20l * CLOCKS_PER_SEC) {  // an end that a child without limits reaches
                  }
                },
                {1, 1e9}),
            "it came to no end");
}

#ifndef KSWEEP_SANITIZE
TEST(InChild, WorkThatFillsTheMemoryIsAFault) {
  EXPECT_EQ(fault([](const ToParent& to) { to(std::vector<std::byte>(std::size_t{1} << 31)); }),
            "it asked for more memory than can be right");
}
#endif

TEST(InChild, WhatTheParentThrowsIsThrown) {
  const auto refuse = [](const FromChild&) { throw UserError("enough"); };
  const auto write_much = [](const ToParent& to) { to(bytes_of(std::string(1'000'000, 'x'))); };
  EXPECT_THROW(in_child(write_much, refuse, limits), UserError);
  const auto before = ::signal(SIGPIPE, SIG_IGN);  // as MPI programs do; the child still ends by it
  EXPECT_THROW(in_child(write_much, refuse, limits), UserError);
  ::signal(SIGPIPE, before);
}

}  // namespace
}  // namespace ksweep
