#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datasets/annotations.h"
#include "harness/cli/common.h"
#include "harness/cli/verb_inspect.h"
#include "harness/core/text.h"

namespace mexbench::cli {
namespace {

using core::Cell;
using data::Annotation;
using data::AnnotationRow;
using data::Gravity;
using data::Irregularity;
using nlohmann::json;

struct Arguments {
  std::string file;
  std::string dataset;  // empty: the one whose form it has
  std::string table;    // empty: all as text and json, else the rows
  std::string format = "text";
};

core::Table figures_table(const json& report) {
  core::Table table;
  table.columns = {{"figure"}, {"value", core::Align::kRight}};
  const auto add = [&](const char* name, const json& value) { table.rows.push_back({name, Cell::integer(value)}); };
  add("rows", report.at("rows"));
  add("subjects", report.at("subjects"));
  add("sum of onsets", report.at("sums").at("onset"));
  add("sum of apexes", report.at("sums").at("apex"));
  add("sum of offsets", report.at("sums").at("offset"));
  add("rows with an apex", report.at("apex_count"));
  add("frames rounded", report.at("rounded"));
  add("further movements", report.at("further_intervals"));
  return table;
}

core::Table counts_table(const json& report) {
  core::Table table;
  table.columns = {{"of"}, {"name"}, {"rows", core::Align::kRight}};
  for (const auto& [key, of] : {std::pair("datasets", "dataset"), std::pair("types", "type"), std::pair("classes", "class"),
                                std::pair("objective_classes", "objective class")}) {
    if (!report.contains(key)) continue;
    for (const auto& [name, count] : report.at(key).items()) table.rows.push_back({of, name, Cell::integer(count)});
  }
  return table;
}

core::Table irregular_table(const Annotation& annotation) {
  core::Table table;
  table.columns = {{"row", core::Align::kRight}, {"cell"}, {"subject"}, {"clip"}, {"gravity"}, {"rule"}, {"message"}};
  for (const Irregularity& one : annotation.irregular) {
    table.rows.push_back({Cell::integer(static_cast<std::int64_t>(one.row)), one.cell, one.subject, one.clip,
                          std::string(to_string(one.gravity)), one.rule, one.message});
  }
  return table;
}

core::Table rows_table(const Annotation& annotation) {
  core::Table table;
  table.columns = {{"row", core::Align::kRight},
                   {"dataset"},
                   {"subject"},
                   {"clip"},
                   {"onset", core::Align::kRight},
                   {"apex", core::Align::kRight},
                   {"offset", core::Align::kRight},
                   {"emotion"},
                   {"action units", core::Align::kLeft, "action_units"},
                   {"objective class", core::Align::kLeft, "objective_class"},
                   {"type"},
                   {"fps", core::Align::kRight}};
  const auto frame = [](const std::optional<std::int64_t>& number) {
    return number ? Cell::integer(*number) : Cell::undefined("no frame number");
  };
  for (const AnnotationRow& row : annotation.rows) {
    table.rows.push_back({Cell::integer(static_cast<std::int64_t>(row.row)), row.dataset, row.subject, row.clip, frame(row.onset),
                          frame(row.apex), frame(row.offset), row.emotion, row.action_units, row.objective_class, row.type,
                          row.fps ? Cell(core::format_double(*row.fps), *row.fps) : Cell::undefined("no frame rate")});
  }
  return table;
}

void print_all(const Annotation& annotation, const json& report) {
  const std::string sheet = annotation.sheet.empty() ? "" : fmt::format(", sheet '{}'", annotation.sheet);
  const std::string header = annotation.header_row ? fmt::format("header in row {}", *annotation.header_row) : "no header";
  fmt::print("{}{} as {}, {}\ncolumns: {}\n", annotation.file, sheet, annotation.dataset, header, core::join(annotation.columns, ", "));
  for (const std::string& note : annotation.notes) fmt::print("note: {}\n", note);
  fmt::print("\n");
  fmt::print("{}\n{}", core::render(figures_table(report), core::TableFormat::kText),
             core::render(counts_table(report), core::TableFormat::kText));
  if (annotation.irregular.empty()) {
    fmt::print("\nevery row is plain\n");
  } else {
    fmt::print("\nrows that are not plain:\n{}", core::render(irregular_table(annotation), core::TableFormat::kText));
  }
}

void print_report(const Annotation& annotation, const Arguments& arguments) {
  const core::TableFormat format = format_of(arguments.format);
  const json report = to_json(annotation);
  if (arguments.table.empty() && format == core::TableFormat::kText) return print_all(annotation, report);
  if (arguments.table.empty() && format == core::TableFormat::kJson) return fmt::print("{}\n", report.dump(1));
  fmt::print("{}", core::render(arguments.table == "figures"     ? figures_table(report)
                                : arguments.table == "counts"    ? counts_table(report)
                                : arguments.table == "irregular" ? irregular_table(annotation)
                                                                 : rows_table(annotation),
                                format));
}

// What no corpus can be built on, as an error; the table is printed before.
std::optional<core::Error> errors_in(const Annotation& annotation) {
  std::vector<core::Diagnostic> problems;
  for (const Irregularity& one : annotation.irregular) {
    if (one.gravity != Gravity::kError) continue;
    core::Diagnostic problem;
    problem.where = {.file = annotation.file, .line = annotation.sheet.empty() ? one.row : 0, .column = 0};
    problem.message = fmt::format("{}{} {}", annotation.sheet.empty() ? "" : fmt::format("sheet '{}', row {}: ", annotation.sheet, one.row),
                                  one.clip, one.message);
    problem.hint = "take out the row that is not the release's";
    problems.push_back(std::move(problem));
  }
  if (problems.empty()) return std::nullopt;
  return core::Error(core::ErrorCode::kData, std::move(problems));
}

int inspect_annotation(const Arguments& arguments) {
  const auto annotation = datasets::read_annotation_of(arguments.file, arguments.dataset);
  if (!annotation) return fail(annotation.error());
  print_report(*annotation, arguments);
  const auto errors = errors_in(*annotation);
  return errors ? fail(*errors) : 0;
}

constexpr const char* kFooter =
    "\nRows that are not plain are listed and kept as they are; a second row of a clip that can only have one is exit 3.\n"
    "docs/annotations.md has the formats and rules.\n"
    "\nExamples:\n"
    "  mexbench inspect annotation CASME2-coding-20140508.xlsx --dataset casme2\n"
    "  mexbench inspect annotation SAMM_Micro_FACS_Codes_v2.xlsx --dataset samm --table irregular\n"
    "  mexbench inspect annotation SMIC-HS-E_annotation.xlsx --dataset smic --format csv > smic.csv";

}  // namespace

void add_inspect_annotation(CLI::App& inspect, Action& action) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* verb =
      inspect.add_subcommand("annotation", "what a corpus's spreadsheet says: clips, frames, labels, and rows that are not plain");
  verb->add_option("file", arguments->file, "an .xlsx, .xls or .csv file")->required();
  verb->add_option("--dataset", arguments->dataset, "the corpus it is of; without it the one whose form the file has, when only one fits");
  verb->add_option("--table", arguments->table, "figures, counts, irregular or rows; without it all as text or json, rows in other formats")
      ->check(CLI::IsMember({"figures", "counts", "irregular", "rows"}));
  add_format(*verb, arguments->format);
  verb->footer(kFooter);
  verb->callback([arguments, &action] { action = [arguments] { return inspect_annotation(*arguments); }; });
}

}  // namespace mexbench::cli
