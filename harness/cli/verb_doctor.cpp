// doctor: what this machine has, and which corpora lie where.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "datasets/registry.h"
#include "harness/cli/common.h"
#include "harness/core/files.h"
#include "harness/core/memory_ceiling.h"
#include "harness/core/version.h"

namespace mexbench::cli {
namespace {
namespace fs = std::filesystem;

using core::Table;
using nlohmann::json;

struct Arguments {
  std::vector<std::string> folders;
  std::string table;
  std::string format = "text";
};

Table machine(const core::Result<json>& worker) {
  Table table;
  table.columns = {{"what"}, {"found"}};
  const auto add = [&](const char* what, std::string found) { table.rows.push_back({what, std::move(found)}); };
  add("mexbench", core::kVersion);
  add("worker", worker ? "starts" : "does not start: " + worker.error().message());
  if (worker) {
    const json& environment = worker->at("environment");
    for (const auto& [key, value] : environment.items())
      table.rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  add("processors", std::to_string(available_cores()));
  const auto memory = core::machine_memory();
  add("memory (GiB)", memory ? fmt::format("{:.1f}", static_cast<double>(*memory) / (1024.0 * 1024.0 * 1024.0)) : "not known");
  const char* data = std::getenv("MEXBENCH_DATA");
  add("MEXBENCH_DATA", data == nullptr ? "not set" : data);
  return table;
}

// The folders asked for and those in them, two levels down: corpora lie in folders of their own.
std::set<fs::path> places(const std::vector<std::string>& folders) {
  std::set<fs::path> out;
  for (const std::string& folder : folders) {
    const fs::path root = fs::absolute(folder).lexically_normal();
    std::vector<fs::path> level{root};
    for (int depth = 0; depth <= 2; ++depth) {
      std::vector<fs::path> next;
      for (const fs::path& place : level) {
        out.insert(place);
        const auto names = core::list_folder(place);
        if (!names || depth == 2) continue;
        for (const std::string& name : *names) {
          std::error_code none;
          if (fs::is_directory(place / name, none)) next.push_back(place / name);
        }
      }
      level = std::move(next);
    }
  }
  return out;
}

// A corpus is told once, by the uppermost folder it is found from.
Table corpora(const std::vector<std::string>& folders) {
  Table table;
  table.columns = {{"adapter"}, {"folder"}, {"what"}};
  const std::set<fs::path> all = places(folders);
  for (const datasets::AdapterInfo& adapter : datasets::registry()) {
    if (!adapter.look) continue;
    std::vector<fs::path> found;
    for (const fs::path& place : all) {  // a folder comes before those in it
      const bool below = std::any_of(found.begin(), found.end(), [&](const fs::path& above) {
        const fs::path inside = place.lexically_relative(above);
        return !inside.empty() && *inside.begin() != "..";
      });
      if (below) continue;
      const auto what = adapter.look(place);
      if (!what) continue;
      found.push_back(place);
      table.rows.push_back({adapter.id, place.string(), *what});
    }
  }
  return table;
}

int doctor_verb(const Arguments& arguments) {
  std::vector<std::string> folders = arguments.folders;
  const char* data = std::getenv("MEXBENCH_DATA");
  if (folders.empty() && data != nullptr) folders.emplace_back(data);
  for (const std::string& folder : folders) {
    std::error_code none;
    if (!fs::is_directory(folder, none)) {
      return fail(core::Error::in_file(core::ErrorCode::kData, folder, "no such folder").hint("name the folder that holds your corpora"));
    }
  }
  const auto worker = ask_worker({{"type", "hello"}});
  const Table of_machine = machine(worker);
  const Table of_corpora = corpora(folders);
  const core::TableFormat format = format_of(arguments.format);
  if (!arguments.table.empty() || (format != core::TableFormat::kText && format != core::TableFormat::kJson)) {
    fmt::print("{}", core::render(arguments.table == "machine" ? of_machine : of_corpora, format));
  } else if (format == core::TableFormat::kJson) {
    json out = {{"schema", "mexbench.doctor/1"}, {"machine", json::object()}};
    for (const auto& row : of_machine.rows) out["machine"][row[0].text] = row[1].value;
    out["corpora"] = json::parse(core::render(of_corpora, core::TableFormat::kJson));
    fmt::print("{}\n", out.dump(1));
  } else {
    fmt::print("{}\n", core::render(of_machine, core::TableFormat::kText));
    if (!of_corpora.rows.empty()) {
      fmt::print("{}", core::render(of_corpora, core::TableFormat::kText));
    } else if (folders.empty()) {
      fmt::print("no folder was looked into for corpora: name one, or set MEXBENCH_DATA\n");
    } else {
      fmt::print("no corpus was found: folders and two levels below them were looked into\n");
    }
  }
  return worker ? 0 : static_cast<int>(core::ErrorCode::kFailed);
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("doctor", "what this machine has, and which corpora are found where");
  verb->add_option("folder", arguments->folders, "folders with corpora; without one, MEXBENCH_DATA");
  verb->add_option("--table", arguments->table, "machine or corpora; without it both as text or json, corpora in other formats")
      ->check(CLI::IsMember({"machine", "corpora"}));
  add_format(*verb, arguments->format);
  verb->footer(
      "\nExit code 1 when the worker, which trains and times models, does not start.\n"
      "\nExamples:\n"
      "  mexbench doctor\n"
      "  mexbench doctor ~/corpora\n"
      "  mexbench doctor ~/corpora --table corpora --format json");
  verb->callback([arguments, &action] { action = [arguments] { return doctor_verb(*arguments); }; });
}

}  // namespace mexbench::cli
