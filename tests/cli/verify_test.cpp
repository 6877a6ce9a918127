#include "cli/verify.h"

#include <gmock/gmock.h>

#include "base/errors.h"
#include "stored_folder.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

class Verify : public StoredFolder {
 protected:
  /// The exit code, without training anything again; what was printed is in printed_.
  int code() {
    ::testing::internal::CaptureStdout();
    const int code = verify_command({folder_, 0, 0, false, {}, {}});
    printed_ = ::testing::internal::GetCapturedStdout();
    return code;
  }
  std::string printed_;
};

TEST_F(Verify, OfWhatIsSoundSucceeds) {
  EXPECT_EQ(code(), 0) << printed_;
  EXPECT_THAT(printed_, HasSubstr("all is as it should be"));
}

TEST_F(Verify, OfAFaultFailsSoThatScriptsNotice) {
  kept_.test_accuracy = 0.5;
  store_.write(kept_);
  EXPECT_EQ(code(), static_cast<int>(ExitCode::failed_trials));
  EXPECT_THAT(printed_, HasSubstr("FAULT"));
  EXPECT_THAT(printed_, HasSubstr("1 fault found"));
}

}  // namespace
}  // namespace ksweep
