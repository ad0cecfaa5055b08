// The sections that say what was run, on what, and how to run it again.
#include <fmt/format.h>

#include <map>

#include "reports/html_parts.h"

namespace mexbench::reports::html {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + h(name);
  return out;
}

std::string audit(const RunView& run) {
  if (run.audit_rules.empty()) return {};
  std::string body = "<tbody>\n";
  for (const audit::RuleResult& rule : run.audit_rules) {
    body += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td class=\"wrap\">{}</td></tr>\n", h(rule.rule),
                        audit::to_string(rule.status), h(rule.detail));
  }
  return table("audit", "Audit rules", R"(<tr><th scope="col">Audit rule</th><th scope="col">Status</th><th scope="col">Detail</th></tr>)",
               body + "</tbody>\n");
}

// The runs behind numbers that were computed from several.
std::string group_table(const ReportView& view, const std::vector<std::string>& groups) {
  if (groups.empty()) return {};
  std::string body = "<tbody>\n";
  for (const std::string& group : groups) {
    std::map<std::string, std::string> models;  // in the order of their names, as runs stand
    const auto runs = runs_at(group);
    if (!runs) continue;
    for (const std::size_t place : *runs) {
      const RunView& run = view.runs[place];
      std::string& seeds = models[run.model];
      seeds += (seeds.empty() ? "" : ", ") + linked(run.anchor, fmt::format("{}", run.seed));
    }
    std::string names;
    for (const auto& [model, seeds] : models) names += fmt::format("{}{}: seed {}", names.empty() ? "" : "; ", h(model), seeds);
    body += fmt::format("<tr id=\"{}\"><th scope=\"row\">{}</th><td class=\"wrap\">{}</td></tr>\n", group,
                        counted(static_cast<std::int64_t>(runs->size()), "run"), names);
  }
  return "<p>A number on this page leads to the run that it was computed from. Where these were several, it leads to their row "
         "here.</p>\n" +
         table("origins", "Runs behind numbers of several",
               R"(<tr><th scope="col">Computed from</th><th scope="col">Model and seed</th></tr>)", body + "</tbody>\n");
}

}  // namespace

std::string models(const ReportView& view) {
  std::string out = "<div class=\"cards\">\n";
  for (const ModelView& model : view.models) {
    out += fmt::format(
        "<article class=\"card\">\n<h3><a href=\"#{}\">{}</a></h3>\n<p class=\"verified\"><strong>verified: {}</strong> "
        "<span>{}</span></p>\n{}</article>\n",
        anchor_of(model.runs), h(model.name), h(model.verified), h(model.verified_meaning), facts(model.facts));
  }
  return out + "</div>\n";
}

std::string inputs(const ReportView& view) {
  std::string out;
  for (const InputView& input : view.inputs) {
    const std::string to = anchor_of(input.runs);
    out += fmt::format("<h3>{}<span class=\"aside\">used by {}</span></h3>\n", h(input.adapter), list_of(input.used_by));
    std::string head = R"(<tr><th scope="col">Dataset</th><th scope="col" class="n">Clips</th><th scope="col" class="n">Subjects</th>)";
    for (const std::string& name : input.class_names) head += fmt::format(R"(<th scope="col" class="n">{}</th>)", h(name));
    head += "<th scope=\"col\">Apex</th></tr>";
    std::string body = "<tbody>\n";
    for (const DatasetCounts& counts : input.counts) {
      const bool total = counts.dataset == "all";
      body += fmt::format("<tr{}><th scope=\"row\">{}</th>{}{}", total ? " class=\"mean\"" : "", total ? "all datasets" : h(counts.dataset),
                          count_cell(to, counts.clips), count_cell(to, counts.subjects));
      for (const std::int64_t clips : counts.per_class) body += count_cell(to, clips);
      body += fmt::format("<td>{}</td></tr>\n", prose(to, counts.apex));
    }
    out += table("counts", "Clips per dataset and class", head, body + "</tbody>\n");
    if (!input.notes.empty()) {
      out += "<ul class=\"remarks\">\n";
      for (const std::string& note : input.notes) out += fmt::format("<li>{}</li>\n", h(note));
      out += "</ul>\n";
    }
    out += facts(input.facts);
  }
  return out;
}

std::string provenance(const ReportView& view, const std::vector<std::string>& groups) {
  std::string out = group_table(view, groups);
  for (const RunView& run : view.runs) {
    out +=
        fmt::format("<article class=\"run\" id=\"{}\">\n<h3>{}<span class=\"aside\">seed {}</span> {}</h3>\n<p>Do this run again:</p>\n{}",
                    run.anchor, h(run.model), run.seed, badge(run.verdict), command(run.command));
    out += facts(run.facts) + audit(run) + "</article>\n";
  }
  for (const EnvironmentView& environment : view.environments) {
    out += fmt::format("<article class=\"run\">\n<h3>Environment<span class=\"aside\">{}</span></h3>\n{}</article>\n",
                       list_of(environment.used_by), facts(environment.facts));
  }
  return out;
}

}  // namespace mexbench::reports::html
