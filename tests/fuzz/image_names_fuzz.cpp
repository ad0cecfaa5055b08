// Fuzz target of names on disk: frames, folders, subjects and clips. Each line is a name. A number is read or not, never wrongly, and the
// canonical form of a canonical form is itself.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "datasets/frames/folder_names.h"
#include "datasets/frames/frame_folder.h"
#include "harness/core/text.h"
#include "harness/data/subject_names.h"

namespace {

// Stops the program in every build, as assert would not.
void require(bool condition) {
  if (!condition) std::abort();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The last run of digits before the ending, written out again, is in the name.
void check_frame(std::string_view name) {
  const auto number = mexbench::datasets::frames::frame_number(name);
  if (!number) return;
  require(*number >= 0);
  std::string_view stem = name.substr(0, name.rfind('.'));
  while (!stem.empty() && !is_digit(stem.back())) stem.remove_suffix(1);
  std::size_t from = stem.size();
  while (from > 0 && is_digit(stem[from - 1])) --from;
  std::string_view digits = stem.substr(from);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  require(digits == std::to_string(*number));
}

void check_names(std::string_view name) {
  constexpr std::array<std::string_view, 5> kDatasets{"casme2", "samm", "smic", "casme3", "own"};
  for (const std::string_view dataset : kDatasets) {
    const std::string subject = mexbench::data::canonical_subject(dataset, name);
    require(subject.find('/') != std::string::npos || mexbench::data::canonical_subject(dataset, subject) == subject);
    const std::string clip = mexbench::data::canonical_clip(dataset, name);
    require(clip.find('/') != std::string::npos || mexbench::data::canonical_clip(dataset, clip) == clip);
  }
  const std::string number = mexbench::datasets::frames::number_in(name);
  require(number.empty() || mexbench::datasets::frames::is_number(number));
  require(number.size() < 2 || number.front() != '0');
  require(mexbench::datasets::frames::number_in(number) == number);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  for (const std::string& name : mexbench::core::split(content, '\n')) {
    (void)mexbench::datasets::frames::is_clutter(name);
    check_frame(name);
    check_names(name);
  }
  return 0;
}
