#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/errors.h"
#include "temporary_folder.h"

namespace ksweep {

/// A temporary folder of the test, removed at its end.
class Scratch : public ::testing::Test {
  const TemporaryFolder temporary_;

 protected:
  const std::filesystem::path& folder = temporary_.path();
};

/// Returns the text of the UserError that `work` throws; empty, and a failure, if it throws none.
template <class Work>
std::string user_error(Work work) {
  try {
    work();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UserError was thrown";
  return "";
}

}  // namespace ksweep
