#include "harness/cli/pdf_figures.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

extern char** environ;

namespace mexbench::cli {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;

constexpr const char* kProgram = "rsvg-convert";

// The environment with a date for the file's metadata.
std::vector<std::string> dated_environment() {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  if (std::getenv("SOURCE_DATE_EPOCH") == nullptr) out.emplace_back("SOURCE_DATE_EPOCH=0");
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

core::Status convert(const fs::path& svg, const fs::path& pdf) {
  // Absolute, so that no name is taken for an option.
  std::vector<std::string> arguments{kProgram, "--format=pdf", "--output", fs::absolute(pdf).string(), fs::absolute(svg).string()};
  std::vector<std::string> environment = dated_environment();
  pid_t child = 0;
  const int refused = ::posix_spawnp(&child, kProgram, nullptr, nullptr, pointers(arguments).data(), pointers(environment).data());
  if (refused == ENOENT) {
    return Error(ErrorCode::kData, fmt::format("--pdf needs the program '{}', which is not installed", kProgram))
        .hint("install the package librsvg2-bin (Debian, Ubuntu) or librsvg2-tools (Fedora)");
  }
  if (refused != 0)
    return Error(ErrorCode::kFailed, fmt::format("can't start '{}': {}", kProgram, std::generic_category().message(refused)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return Error(ErrorCode::kFailed, fmt::format("can't wait for '{}'", kProgram));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::error_code none;
  fs::remove(pdf, none);
  return Error::in_file(ErrorCode::kFailed, svg.string(), fmt::format("{} does not convert it to PDF", kProgram));
}

}  // namespace

core::Result<std::size_t> write_pdf_figures(std::span<const fs::path> files) {
  std::size_t written = 0;
  for (const fs::path& file : files) {
    if (file.extension() != ".svg") continue;
    fs::path pdf = file;
    pdf.replace_extension(".pdf");
    MEXBENCH_TRY(convert(file, pdf));
    ++written;
  }
  return written;
}

}  // namespace mexbench::cli
