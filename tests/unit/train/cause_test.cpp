#include "harness/train/cause.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace mexbench::train {
namespace {

std::string cause(const std::string& text) { return cause_of(std::runtime_error(text)); }

// Texts as LibTorch 1.13 gives them.
TEST(Cause, OfAScriptItIsWhatStandsBehindTheTraceback) {
  const std::string traceback =
      "The following operation failed in the TorchScript interpreter.\n"
      "Traceback of TorchScript, serialized code (most recent call last):\n"
      "  File \"code/__torch__.py\", line 18, in forward\n"
      "    _0 = torch.add(torch.mul(ema, 0.5), torch.mean(x, [0]))\n"
      "         ~~~~~~~~~ <--- HERE\n"
      "    s.ema = _0\n";
  EXPECT_EQ(cause(traceback + "RuntimeError: The size of tensor a (3) must match the size of tensor b (4)\n"),
            "The size of tensor a (3) must match the size of tensor b (4)");
  EXPECT_EQ(cause(traceback + "RuntimeError: first line\nsecond line\n"), "first line");
  EXPECT_EQ(cause(traceback + "builtins.ValueError: wrong width\n\n"), "ValueError: wrong width");
}

TEST(Cause, OfAnythingElseItIsTheFirstLineThatSaysSomething) {
  EXPECT_EQ(cause("mat1 and mat2 shapes cannot be multiplied\nException raised from .."), "mat1 and mat2 shapes cannot be multiplied");
  EXPECT_EQ(cause("\n  Arguments for call are not valid.\nThe following .."), "Arguments for call are not valid.");
  EXPECT_EQ(cause("\n \n"), "an exception without words");
  EXPECT_EQ(cause_of(std::bad_alloc()), "out of memory");
}

}  // namespace
}  // namespace mexbench::train
