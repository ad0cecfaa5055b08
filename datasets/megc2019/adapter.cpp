#include "datasets/megc2019/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "datasets/annotations.h"
#include "datasets/casme2/adapter.h"
#include "datasets/frame_options.h"
#include "datasets/frames/frame_corpus.h"
#include "datasets/frames/sheet_corpus.h"
#include "datasets/megc2019_flow/ground_truth.h"
#include "datasets/samm/adapter.h"
#include "datasets/smic/adapter.h"

namespace mexbench::datasets::megc2019 {
namespace fs = std::filesystem;
namespace {

using core::Error;
using core::ErrorCode;
using nlohmann::json;

// One of the three.
struct Part {
  std::string id;
  AdapterInfo info;
  std::function<core::Result<frames::FrameCorpus>(const fs::path& root, const json& options, CorpusLabels labels)> find;
};

const std::vector<Part>& parts() {
  static const std::vector<Part> kParts = [] {
    const auto from_sheet = [](const frames::SheetCorpus& corpus) {
      return Part{.id = corpus.id,
                  .info = frames::adapter_info(corpus),
                  .find = [corpus](const fs::path& root, const json& options, CorpusLabels labels) {
                    return frames::find_corpus(corpus, root, options, std::move(labels));
                  }};
    };
    return std::vector<Part>{
        from_sheet(casme2::corpus()), {.id = "smic", .info = smic::info(), .find = smic::find_corpus}, from_sheet(samm::corpus())};
  }();
  return kParts;
}

// Options that belong to a part: its folder, and those of its adapter that differ between the parts.
constexpr std::array<const char*, 3> kOfParts{"annotation", "release", "apex"};

bool is_kept(const data::AdapterRequest& request, const std::string& id) {
  return request.only.empty() || std::find(request.only.begin(), request.only.end(), id) != request.only.end();
}

// The options of one part: `casme2_annotation` becomes `annotation`, shared ones are passed on.
core::Result<json> options_of(const Part& part, const json& complete) {
  json given = json::object();
  for (const OptionDef& option : part.info.options) {
    const std::string own = part.id + "_" + option.name;
    const std::string& name = complete.contains(own) ? own : option.name;
    if (name != "corrections" && complete.contains(name)) given[option.name] = complete.at(name);
  }
  // A correction is of the part that knows it, or of the one whose clip it is.
  given["corrections"] = json::array();
  const std::vector<std::string> names = correction_names(part.id);
  for (const json& entry : complete.at("corrections")) {
    if (entry.is_string() && std::find(names.begin(), names.end(), entry.get<std::string>()) != names.end())
      given["corrections"].push_back(entry);
    if (!entry.is_object()) continue;
    const std::string clip = entry.value("clip", "");
    if (!clip.starts_with(part.id + "/")) continue;
    json own = entry;
    own["clip"] = clip.substr(part.id.size() + 1);
    given["corrections"].push_back(std::move(own));
  }
  return complete_options(part.info, given);
}

core::Status check_corrections(const json& complete) {
  std::set<std::string> known;
  for (const Part& part : parts()) {
    for (const std::string& name : correction_names(part.id)) known.insert(name);
  }
  for (const json& entry : complete.at("corrections")) {
    if (entry.is_string() && !known.contains(entry.get<std::string>())) {
      return Error(ErrorCode::kUsage, fmt::format("no correction of the composite's corpora is called '{}'", entry.get<std::string>()))
          .hint(data::suggestion(entry.get<std::string>(), {known.begin(), known.end()}));
    }
    const std::string clip = entry.is_object() ? entry.value("clip", "") : "";
    const bool placed = std::any_of(parts().begin(), parts().end(), [&](const Part& part) { return clip.starts_with(part.id + "/"); });
    if (entry.is_object() && !placed) {
      return Error(ErrorCode::kUsage, fmt::format("a correction is of clip '{}', which names no corpus", clip))
          .hint("in a composite the corpus stands in front: samm/032/032_3_1");
    }
  }
  return {};
}

// How the tensor is made is the same for all; SMIC alone has no apex, so its own choice counts there.
core::Result<InputPlan> plan_of(const data::AdapterRequest& request, const json& complete) {
  MEXBENCH_ASSIGN(InputPlan plan, plan_input(complete));
  for (const Part& part : parts()) {
    if (!is_kept(request, part.id)) continue;
    MEXBENCH_ASSIGN(const json options, options_of(part, complete));
    if (part.id == "smic" && plan.needs_apex && !plan.finds_apex && options.at("apex") == "none") {
      return Error(ErrorCode::kUsage, "SMIC-HS has no annotated apex, and optical flow needs one")
          .hint("add 'smic_apex: midpoint', a stage that looks for it, or 'only: [casme2, samm]'");
    }
    MEXBENCH_TRY(frames::plan_frames(options, part.info.id));
  }
  return plan;
}

class Adapter final : public data::DatasetAdapter {
 public:
  [[nodiscard]] core::Result<data::CorpusOutline> outline(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(check_request(info(), request));
    MEXBENCH_ASSIGN(const json options, complete_options(info(), request.options));
    MEXBENCH_TRY(check_corrections(options));
    MEXBENCH_ASSIGN(const InputPlan plan, plan_of(request, options));
    return data::CorpusOutline{.label_map = data::megc2019_label_map(), .input = plan.recipe};
  }

  [[nodiscard]] core::Result<data::Manifest> manifest(const data::AdapterRequest& request) const override {
    MEXBENCH_TRY(this->outline(request));
    MEXBENCH_ASSIGN(const json options, complete_options(info(), request.options));
    MEXBENCH_ASSIGN(const InputPlan plan, plan_of(request, options));
    if (request.root.empty())
      return Error(ErrorCode::kData, "the composite has no root").hint("set 'root' to the folder that casme2, smic and samm lie in");
    std::error_code none;
    const fs::path root = fs::weakly_canonical(request.root, none);
    std::vector<frames::FrameCorpus> corpora;
    std::vector<core::Diagnostic> problems;
    for (const Part& part : parts()) {
      if (!is_kept(request, part.id)) continue;
      auto found = find_part(part, root, options);
      if (found) {
        corpora.push_back(std::move(found).value());
      } else {
        problems.insert(problems.end(), found.error().diagnostics().begin(), found.error().diagnostics().end());
      }
    }
    if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
    MEXBENCH_ASSIGN(data::Manifest manifest, frames::build_manifest("megc2019", root, plan, corpora));
    manifest.label_map = data::megc2019_label_map();
    MEXBENCH_TRY(check_against_list(request, options, root, manifest));
    note_differences_from_card(manifest, request.only);
    return manifest;
  }

 private:
  static core::Result<frames::FrameCorpus> find_part(const Part& part, const fs::path& root, const json& complete) {
    MEXBENCH_ASSIGN(const json options, options_of(part, complete));
    std::error_code none;
    fs::path folder = complete.at(part.id).get<std::string>();
    if (folder.empty()) folder = fs::is_directory(root / part.id, none) ? root / part.id : root;
    folder = fs::weakly_canonical(folder, none);
    const fs::path inside = folder.lexically_relative(root);
    if (inside.empty() || *inside.begin() == "..") {
      return Error::in_file(ErrorCode::kData, folder.string(), fmt::format("does not lie in the composite's root {}", root.string()))
          .hint("set 'root' to a folder that all three lie in");
    }
    data::AdapterRequest request;
    request.label_map = "megc2019";
    MEXBENCH_ASSIGN(CorpusLabels labels, frames::labels_of(request, part.id));
    return part.find(folder, options, std::move(labels));
  }

  // The organisers' list, where it is: clips of the kept corpora one by one.
  static core::Status check_against_list(const data::AdapterRequest& request, const json& options, const fs::path& root,
                                         data::Manifest& manifest) {
    const fs::path given = options.at("ground_truth").get<std::string>();
    std::error_code none;
    const auto has = [&](const char* name) { return fs::exists(root / name, none); };
    if (given.empty() && !has("combined_3class_gt.csv") && !has("combined_3_class_gt.csv")) {
      manifest.notes.emplace_back("not checked against the official list: it was not given");
      return {};
    }
    MEXBENCH_ASSIGN(const megc2019_flow::GroundTruth list, megc2019_flow::read_ground_truth(given, root));
    std::vector<core::Diagnostic> problems;
    const auto problem = [&](std::size_t line, std::string message) {
      core::Diagnostic one;
      one.where = {.file = list.file.string(), .line = line, .column = 0};
      one.message = std::move(message);
      one.hint = "the composite is made with CASME II's sheet of 2014 and SAMM's of 2018";
      problems.push_back(std::move(one));
    };
    const data::LabelMap classes = data::megc2019_label_map();
    for (const auto& [id, wanted] : list.clips) {
      if (!is_kept(request, wanted.key.dataset.text())) continue;
      const data::Clip* clip = manifest.find(id);
      const std::string& name = classes.classes[*classes.index_of_native(wanted.label)];
      if (clip == nullptr) {
        problem(wanted.line, fmt::format("clip '{}' is in the official list and not among the clips found", id.text()));
      } else if (clip->truth.text(classes.classes) != name) {
        problem(wanted.line,
                fmt::format("clip '{}' is {} in the official list, {} by the sheet", id.text(), name, clip->truth.text(classes.classes)));
      }
    }
    for (const data::Clip& clip : manifest.clips) {
      if (!list.clips.contains(clip.id)) problem(0, fmt::format("has no clip '{}'", clip.id.text()));
    }
    if (!problems.empty()) return Error(ErrorCode::kData, std::move(problems));
    manifest.notes.push_back(fmt::format("clips and classes are those of the official list {}", list.file.filename().string()));
    return {};
  }
};

}  // namespace

AdapterInfo info() {
  AdapterInfo out{.id = "megc2019",
                  .summary = "MEGC 2019 composite from the frames of CASME II, SMIC-HS and SAMM as distributed, 3 classes",
                  .needs_root = true,
                  .datasets = megc2019_flow::composite_datasets(),
                  .label_maps = {"megc2019"},
                  .options = {path_option("ground_truth",
                                          "the official combined_3class_gt.csv to check against; empty: the one in root, if it is there")},
                  .create = [] { return std::make_unique<Adapter>(); }};
  for (const Part& part : parts()) {
    out.options.push_back(
        path_option(part.id, fmt::format("the folder of {}, in root; empty: {} in root, or root itself", part.id, part.id)));
    for (OptionDef option : part.info.options) {
      // CASME II and SAMM share how their apexes are used.
      const bool own =
          std::find(kOfParts.begin(), kOfParts.end(), option.name) != kOfParts.end() && (option.name != "apex" || part.id == "smic");
      if (!own) continue;
      option.name = part.id + "_" + option.name;
      option.doc = part.id + ": " + option.doc;
      out.options.push_back(std::move(option));
    }
  }
  for (OptionDef option : frames::frame_options(/*annotated=*/true, "casme2")) {
    if (option.name == "corrections") {
      for (const char* part : {"smic", "samm"}) {
        for (const std::string& name : correction_names(part)) option.choices.push_back(name);
      }
    }
    out.options.push_back(std::move(option));
  }
  return out;
}

}  // namespace mexbench::datasets::megc2019
