// Text files compiled into the program by cmake/Embed.cmake: model and dataset cards, report assets.
#pragma once

#include <span>
#include <string_view>

namespace mexbench::core {

struct EmbeddedFile {
  std::string_view path;  // relative to the folder given to mexbench_embed
  std::string_view content;
};

}  // namespace mexbench::core

namespace mexbench::embedded {

// Defined by the rooms that embed the files of that name.
std::span<const core::EmbeddedFile> model_cards();
std::span<const core::EmbeddedFile> dataset_cards();
std::span<const core::EmbeddedFile> report_assets();

}  // namespace mexbench::embedded
