#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "datasets/card.h"
#include "datasets/registry.h"
#include "harness/cli/common.h"
#include "harness/cli/verb_inspect.h"
#include "harness/core/console.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/data/image_file.h"
#include "harness/data/stages.h"

namespace mexbench::cli {
namespace {
namespace fs = std::filesystem;

using core::Cell;
using core::Table;
using nlohmann::json;

struct Arguments {
  std::string id;
  std::string root;
  std::string label_map;  // empty: the usual one
  std::vector<std::string> settings;
  std::string sheet;  // file of the contact sheet; empty: none
  std::size_t each = 4;
  std::string table;  // empty: all as text and json
  std::string format = "text";
};

core::Error usage(std::string message, std::string hint) {
  return core::Error(core::ErrorCode::kUsage, std::move(message)).hint(std::move(hint));
}

// What was asked for, and for corpora of frames every frame from onset to offset, so that each is looked at.
core::Result<data::AdapterRequest> request_of(const datasets::AdapterInfo& adapter, const Arguments& arguments) {
  data::AdapterRequest request;
  request.root = arguments.root.empty() ? fs::path() : fs::absolute(arguments.root).lexically_normal();
  request.label_map = arguments.label_map.empty() ? adapter.label_maps.front() : arguments.label_map;
  MEXBENCH_ASSIGN(json given, parse_settings(arguments.settings, adapter.options, "apex_policy=drop"));
  for (const datasets::OptionDef& option : adapter.options) {
    if (option.type == data::OptionType::kPath && given.contains(option.name) && given[option.name].is_string())
      given[option.name] = fs::absolute(given[option.name].get<std::string>()).lexically_normal().string();
    if (given.contains(option.name)) continue;
    if (option.name == "preprocess")
      given[option.name] = json::parse(R"([{"stage": "magnify"}, {"stage": "flow"}, {"stage": "flow-image"}])");
    if (option.name == "apex_policy") given[option.name] = "midpoint";
    if ((option.name == "apex" || option.name == "smic_apex") && option.default_value == "none") given[option.name] = "midpoint";
  }
  for (const char* other : {"flow", "stretch", "volume", "side"}) {
    if (given.contains(other)) given.erase("preprocess");
  }
  MEXBENCH_ASSIGN(request.options, datasets::complete_options(adapter, given));
  return request;
}

struct Spread {
  std::int64_t least = 0, median = 0, most = 0;
};
std::optional<Spread> spread_of(std::vector<std::int64_t> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Spread{.least = values.front(), .median = values[values.size() / 2], .most = values.back()};
}

class Inspection {
 public:
  explicit Inspection(const data::Manifest& manifest) : manifest_(manifest) {
    if (datasets::card(manifest.adapter)) expected_ = datasets::expected_counts(manifest.adapter, manifest.label_map.id);
  }

  // dataset, class, clips, card.
  [[nodiscard]] Table classes() const {
    Table table;
    table.columns = {{"dataset"}, {"class"}, {"clips", core::Align::kRight}, {"card", core::Align::kRight}};
    for (const core::DatasetId& dataset : manifest_.datasets()) {
      std::map<std::string, std::int64_t> counts;
      std::set<core::SubjectId> people;
      std::int64_t clips = 0;
      for (const data::Clip& clip : manifest_.clips) {
        if (clip.dataset != dataset) continue;
        ++clips;
        ++counts[clip.truth.text(manifest_.label_map.classes)];
        people.insert(clip.subject);
      }
      const auto row = [&](const std::string& shown, const std::string& key, std::int64_t count) {
        table.rows.push_back({dataset.text(), shown, Cell::integer(count), card_cell(dataset.text(), key)});
      };
      for (const std::string& name : manifest_.label_map.classes) row(name, name, counts[name]);
      row("all clips", "clips", clips);
      row("subjects", "subjects", static_cast<std::int64_t>(people.size()));
    }
    return table;
  }

  [[nodiscard]] Table subjects() const {
    Table table;
    table.columns = {{"subject"}, {"clips", core::Align::kRight}};
    for (const std::string& name : manifest_.label_map.classes) table.columns.push_back({name, core::Align::kRight});
    for (const core::SubjectId& subject : manifest_.subjects()) {
      std::map<std::string, std::int64_t> counts;
      std::int64_t clips = 0;
      for (const data::Clip& clip : manifest_.clips) {
        if (clip.subject != subject) continue;
        ++clips;
        ++counts[clip.truth.text(manifest_.label_map.classes)];
      }
      std::vector<Cell> row{subject.text(), Cell::integer(clips)};
      for (const std::string& name : manifest_.label_map.classes) row.push_back(Cell::integer(counts[name]));
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  [[nodiscard]] Table frames() const {
    Table table;
    table.columns = {{"dataset"},
                     {"of"},
                     {"least", core::Align::kRight},
                     {"median", core::Align::kRight},
                     {"most", core::Align::kRight},
                     {"clips", core::Align::kRight}};
    for (const core::DatasetId& dataset : manifest_.datasets()) {
      std::vector<std::int64_t> length, rise, milliseconds;
      for (const data::Clip& clip : manifest_.clips) {
        if (clip.dataset != dataset || !clip.frames.onset || !clip.frames.offset) continue;
        length.push_back(*clip.frames.offset - *clip.frames.onset + 1);
        if (clip.frames.apex) rise.push_back(*clip.frames.apex - *clip.frames.onset);
        if (clip.fps) milliseconds.push_back(std::llround(1000.0 * static_cast<double>(length.back()) / *clip.fps));
      }
      for (const auto& [what, values] : {std::pair("frames, onset to offset", &length), std::pair("frames, onset to apex", &rise),
                                         std::pair("duration (ms)", &milliseconds)}) {
        const auto spread = spread_of(*values);
        if (!spread) continue;
        table.rows.push_back({dataset.text(), what, Cell::integer(spread->least), Cell::integer(spread->median),
                              Cell::integer(spread->most), Cell::integer(static_cast<std::int64_t>(values->size()))});
      }
    }
    return table;
  }

  // Sizes and formats of the clips' first files.
  [[nodiscard]] Table images() const {
    std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> kinds;
    for (const data::Clip& clip : manifest_.clips) {
      if (clip.files.empty() || clip.files.front().role.starts_with("video:")) continue;
      const fs::path path = manifest_.root / clip.files.front().path;
      constexpr std::uint64_t kLimit = std::uint64_t{1} << 28U;
      const auto bytes = core::read_file(path, kLimit);
      if (!bytes) continue;
      const auto header = data::inspect_image(*bytes, path.string());
      if (!header) continue;
      const char* format = header->format == data::ImageFormat::kPng ? "PNG" : header->format == data::ImageFormat::kJpeg ? "JPEG" : "BMP";
      ++kinds[{clip.dataset.text(), format, fmt::format("{} x {}", header->width, header->height)}];
    }
    Table table;
    table.columns = {{"dataset"}, {"format"}, {"size (pixels)", core::Align::kLeft, "size"}, {"clips", core::Align::kRight}};
    for (const auto& [kind, count] : kinds)
      table.rows.push_back({std::get<0>(kind), std::get<1>(kind), std::get<2>(kind), Cell::integer(count)});
    return table;
  }

 private:
  [[nodiscard]] Cell card_cell(const std::string& dataset, const std::string& key) const {
    const auto of_dataset = expected_.find(dataset);
    if (of_dataset == expected_.end() || !of_dataset->second.contains(key)) return Cell::undefined("the card says nothing of it");
    return Cell::integer(of_dataset->second.at(key));
  }

  const data::Manifest& manifest_;
  std::map<std::string, std::map<std::string, std::int64_t>> expected_;
};

// The first clips of each class of each dataset.
json sheet_clips(const data::Manifest& manifest, std::size_t each) {
  std::map<std::pair<core::DatasetId, std::string>, std::size_t> taken;
  json out = json::array();
  for (const data::Clip& clip : manifest.clips) {
    const std::string label = clip.truth.text(manifest.label_map.classes);
    const auto path = [&](const std::optional<std::int64_t>& frame, const char* role) {
      for (const data::MediaFile& file : clip.files) {
        if (file.role == role || (frame && file.role == data::frame_role(*frame))) return (manifest.root / file.path).string();
      }
      return std::string();
    };
    const auto number = [](const std::optional<std::int64_t>& frame) { return frame ? std::to_string(*frame) : std::string("-"); };
    if (clip.files.empty() || clip.files.front().role.starts_with("video:") || taken[{clip.dataset, label}]++ >= each) continue;
    out.push_back({{"title", fmt::format("{}  {}  {} {} {} ({})", clip.id.text(), label, number(clip.frames.onset),
                                         number(clip.frames.apex), number(clip.frames.offset), data::to_string(clip.frames.apex_source))},
                   {"onset", path(clip.frames.onset, "onset")},
                   {"apex", path(clip.frames.apex, "apex")},
                   {"offset", path(clip.frames.offset, "offset")}});
  }
  return out;
}

core::Status write_sheet(const data::Manifest& manifest, const Arguments& arguments) {
  json clips = sheet_clips(manifest, arguments.each);
  const bool any =
      std::any_of(clips.begin(), clips.end(), [](const json& clip) { return !clip.at("onset").get_ref<const std::string&>().empty(); });
  if (!any) return usage(fmt::format("'{}' has no frames to show", manifest.adapter), "a contact sheet is made of corpora of frames");
  MEXBENCH_TRY(ask_worker({{"type", "contact_sheet"},
                           {"corpus", manifest.adapter},
                           {"clips", std::move(clips)},
                           {"file", fs::absolute(arguments.sheet).lexically_normal().string()}}));
  core::tell(fmt::format("contact sheet (shows faces, not to be published): {}\n", arguments.sheet));
  return {};
}

json as_json(const Table& table) { return json::parse(core::render(table, core::TableFormat::kJson)); }

void print_report(const data::Manifest& manifest, const Arguments& arguments) {
  const Inspection found(manifest);
  const core::TableFormat format = format_of(arguments.format);
  const std::map<std::string, Table (Inspection::*)() const> tables = {{"classes", &Inspection::classes},
                                                                       {"subjects", &Inspection::subjects},
                                                                       {"frames", &Inspection::frames},
                                                                       {"images", &Inspection::images}};
  if (!arguments.table.empty() || (format != core::TableFormat::kText && format != core::TableFormat::kJson)) {
    const auto table = tables.at(arguments.table.empty() ? "classes" : arguments.table);
    return fmt::print("{}", core::render((found.*table)(), format));
  }
  if (format == core::TableFormat::kJson) {
    json out = {{"schema", "mexbench.dataset-inspection/1"},
                {"adapter", manifest.adapter},
                {"label_map", manifest.label_map.id},
                {"notes", manifest.notes},
                {"warnings", json::array()}};
    for (const core::Diagnostic& warning : manifest.warnings) out["warnings"].push_back(warning.message);
    for (const auto& [name, table] : tables) out[name] = as_json((found.*table)());
    return fmt::print("{}\n", out.dump(1));
  }
  fmt::print("{} in {}, label map {}\n\n", manifest.adapter, manifest.root.string(), manifest.label_map.id);
  for (const char* name : {"classes", "frames", "images", "subjects"}) {
    const Table table = (found.*tables.at(name))();
    if (!table.rows.empty()) fmt::print("{}\n", core::render(table, core::TableFormat::kText));
  }
  for (const std::string& note : manifest.notes) fmt::print("{}\n", note);
}

int inspect_dataset(const Arguments& arguments) {
  const auto adapter = datasets::find_adapter(arguments.id);
  if (!adapter) return fail(adapter.error());
  if ((*adapter)->needs_root && arguments.root.empty()) {
    return fail(usage(fmt::format("the corpus '{}' has no root", arguments.id), "say where it lies with --root"));
  }
  const auto request = request_of(**adapter, arguments);
  if (!request) return fail(request.error());
  const auto manifest = (*adapter)->create()->manifest(*request);
  if (!manifest) return fail(manifest.error());
  print_warnings(manifest->warnings);
  print_report(*manifest, arguments);
  if (arguments.sheet.empty()) return 0;
  const core::Status written = write_sheet(*manifest, arguments);
  return written ? 0 : fail(written.error());
}

constexpr const char* kFooter =
    "\nCounts stand beside those of the corpus's card. Every frame from onset to offset is read and checked; what is wrong is told at "
    "once,\n"
    "exit 3. Clips whose apex is known to be missing or outside get the middle frame here, unless --set apex_policy says otherwise.\n"
    "\nExamples:\n"
    "  mexbench inspect dataset casme2 --root corpora/CASME2\n"
    "  mexbench inspect dataset samm --root corpora/SAMM --label-map samm-5 --contact-sheet samm.png\n"
    "  mexbench inspect dataset megc2019 --root corpora --table subjects --format csv";

}  // namespace

void add_inspect_dataset(CLI::App& inspect, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = inspect.add_subcommand("dataset", "what there is of a corpus on disk, beside what its release should have");
  verb->add_option("id", arguments->id, "an adapter (mexbench list datasets)")->required();
  verb->add_option("--root", arguments->root, "folder of the corpus");
  verb->add_option("--label-map", arguments->label_map, "label map; without it the adapter's first");
  verb->add_option("--set", arguments->settings, "an option of the adapter: release=cropped (repeatable; docs/experiment-reference.md)")
      ->take_all()
      ->allow_extra_args(false);
  verb->add_option("--contact-sheet", arguments->sheet, "write a PNG of onset, apex, offset and flow; it shows faces, not to be published");
  verb->add_option("--each", arguments->each, "clips of each class on the contact sheet")->check(CLI::Range(1, 50))->capture_default_str();
  verb->add_option("--table", arguments->table,
                   "classes, subjects, frames or images; without it all as text or json, classes in other formats")
      ->check(CLI::IsMember({"classes", "subjects", "frames", "images"}));
  add_format(*verb, arguments->format);
  verb->footer(kFooter);
  verb->callback([arguments, &action] { action = [arguments] { return inspect_dataset(*arguments); }; });
}

}  // namespace mexbench::cli
