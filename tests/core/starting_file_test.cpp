#include "core/starting_file.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

void expect_parts(const char* value, const char* path, const char* content) {
  const StartingFile file = starting_file(value);
  EXPECT_EQ(file.path, path) << value;
  EXPECT_EQ(file.content, content) << value;
  EXPECT_EQ(file.text(), value);
}

TEST(StartingFile, IsAPathWithTheContentThatItMustHaveIfThatIsSaid) {
  expect_parts("weights/best", "weights/best", "");
  expect_parts("weights/best@0123456789abcdef", "weights/best", "0123456789abcdef");
}

TEST(StartingFile, MayHaveAPathWithAnAtOfItsOwn) {
  expect_parts("me@home/best@0123456789abcdef", "me@home/best", "0123456789abcdef");
  expect_parts("best@home", "best@home", "");
  expect_parts("best@0123456789abcde", "best@0123456789abcde", "");
  expect_parts("best@0123456789ABCDEF", "best@0123456789ABCDEF", "");
  expect_parts("@0123456789abcdef", "@0123456789abcdef", "");
}

}  // namespace
}  // namespace ksweep
