// The sections that hold scores.
#include <fmt/format.h>

#include "reports/html_parts.h"
#include "reports/svg.h"

namespace mexbench::reports::html {
namespace {

std::string score_cells(const ReportView& view, const ScoreCells& scores) {
  return figure_cell(view, scores.uf1) + figure_cell(view, scores.uar) + figure_cell(view, scores.accuracy);
}

std::string spread_cells(const ReportView& view, const ScopeSpread& spread) {
  return spread_cell(view, spread.uf1) + spread_cell(view, spread.uar) + spread_cell(view, spread.accuracy);
}

std::string verdict_cell(const RunView& run) {
  std::string out = badge(run.verdict);
  for (const std::string& reason : run.reasons) out += fmt::format("<span class=\"reason\">{}</span>", h(reason));
  return "<td class=\"verdict\">" + out + "</td>";
}

std::string run_link(const RunView& run) { return fmt::format("<a href=\"#{}\">{}</a>", run.anchor, h(run.model)); }

// "all datasets" or the id.
std::string scope_name(const std::string& scope) { return scope == "all" ? "all datasets" : h(scope); }

std::string group_counts(const ScopeGroup& group) {
  if (!group.clips || !group.subjects) return {};
  return fmt::format("<span class=\"aside\">{}, {}</span>", counted(*group.clips, "clip"), counted(*group.subjects, "subject"));
}

std::string summary_table(const ReportView& view) {
  const std::string head =
      "<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"n\">Seed</th><th scope=\"col\" class=\"n\">Clips</th><th scope=\"col\" "
      "class=\"n\">Subjects</th><th scope=\"col\" class=\"n\">UF1</th><th scope=\"col\" class=\"n\">UAR</th><th scope=\"col\" "
      "class=\"n\">Accuracy</th><th scope=\"col\">Verdict</th></tr>";
  std::string body = "<tbody>\n";
  for (const ModelView& model : view.models) {
    for (const std::size_t place : model.runs) {
      const RunView& run = view.runs[place];
      const ScopeView* all = run.find("all");
      if (all == nullptr) continue;
      body += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}{}</tr>\n", run_link(run), fmt::format("<td class=\"n\">{}</td>", run.seed),
                          count_cell(all->clips), count_cell(all->subjects), score_cells(view, all->scores), verdict_cell(run));
    }
    const ScopeSpread* all = model.find("all");
    if (all == nullptr || model.runs.size() < 2) continue;
    body += fmt::format(
        "<tr class=\"mean\"><th scope=\"row\">{}</th><td class=\"n\" colspan=\"3\">mean of {} seeds, range</td>{}<td>{}</td></tr>\n",
        h(model.name), model.runs.size(), spread_cells(view, *all),
        model.invalid ? "<span class=\"reason\">includes an INVALID run</span>" : "");
  }
  return table("summary", "Scores of every run on all clips", head, body + "</tbody>\n");
}

// A column heading that script turns into a sort button.
std::string sortable(std::string_view words, bool number) {
  return fmt::format("<th scope=\"col\" data-sort=\"{}\"{}>{}</th>", number ? "number" : "text", number ? " class=\"n\"" : "", words);
}

}  // namespace

std::string summary(const ReportView& view) {
  std::string out = "<div class=\"lead\">\n";
  for (const std::string& sentence : view.sentences) out += fmt::format("<p>{}</p>\n", h(sentence));
  out += "</div>\n";
  if (view.runs.empty()) return out;
  out += summary_table(view);
  std::string caption =
      "Counts are pooled over folds before the formula: UF1 is the mean over classes of 2TP/(2TP+FP+FN), UAR the mean over classes of "
      "TP/N, "
      "each class weighing the same.";
  if (view.several_seeds()) caption += " The number beside a row of dots is the mean over seeds.";
  return out + figure(scores_svg(view), caption);
}

std::string incomplete(const ReportView& view) {
  std::string out = "<p>These runs have open or failed folds. None of their scores appears in this report.</p>\n";
  const std::string head =
      "<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"n\">Seed</th><th scope=\"col\">State</th><th scope=\"col\" "
      "class=\"n\">Folds "
      "sealed</th><th scope=\"col\">Missing files</th><th scope=\"col\">Failed folds</th></tr>";
  std::string body = "<tbody>\n";
  for (const IncompleteView& run : view.incomplete) {
    std::string missing, failed;
    for (const std::string& file : run.missing_files) missing += (missing.empty() ? "" : ", ") + fmt::format("<code>{}</code>", h(file));
    for (const FailedFold& fold : run.failed) {
      failed += fmt::format("<span class=\"reason\"><code>{}</code> {}</span>", h(fold.fold.text()), h(fold.reason));
    }
    body += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{} of {}</td><td>{}</td><td "
        "class=\"verdict\">{}</td></tr>\n",
        h(run.model), run.seed, h(run.state), run.sealed, run.planned, missing.empty() ? "none" : missing,
        failed.empty() ? "none" : failed);
  }
  out += table("incomplete", "Incomplete runs", head, body + "</tbody>\n");
  for (const IncompleteView& run : view.incomplete) {
    out += fmt::format("<p>{}, seed {}: the command of the run</p>\n{}", h(run.model), run.seed, command(run.command));
  }
  return out;
}

std::string datasets(const ReportView& view) {
  const std::string head =
      "<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"n\">Seed</th><th scope=\"col\" class=\"n\">UF1</th><th scope=\"col\" "
      "class=\"n\">UAR</th><th scope=\"col\" class=\"n\">Accuracy</th></tr>";
  std::string body;
  for (const ScopeGroup& group : view.scopes) {
    body += fmt::format("<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"5\">{}{}</th></tr>\n", scope_name(group.scope),
                        group_counts(group));
    for (const ModelView& model : view.models) {
      for (const std::size_t place : model.runs) {
        const RunView& run = view.runs[place];
        const ScopeView* scope = run.find(group.scope);
        if (scope == nullptr) continue;
        body += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td>{}</tr>\n", run_link(run), run.seed,
                            score_cells(view, scope->scores));
      }
      const ScopeSpread* spread = model.find(group.scope);
      if (spread == nullptr || model.runs.size() < 2) continue;
      body += fmt::format("<tr class=\"mean\"><th scope=\"row\">{}</th><td class=\"n\">mean of {}, range</td>{}</tr>\n", h(model.name),
                          model.runs.size(), spread_cells(view, *spread));
    }
    if (group.largest_class_uf1 && group.largest_class_uar && group.largest_class_accuracy) {
      body += fmt::format(
          "<tr class=\"scale\"><th scope=\"row\" colspan=\"2\">always \xE2\x80\x98{}\xE2\x80\x99</th><td class=\"n\">{}</td><td "
          "class=\"n\">{}</td><td "
          "class=\"n\">{}</td></tr>\n",
          h(group.largest_class), four_decimals(*group.largest_class_uf1), four_decimals(*group.largest_class_uar),
          four_decimals(*group.largest_class_accuracy));
    }
    body += "</tbody>\n";
  }
  return "<p>The same predictions, counted for each dataset by itself. The grey rows answer the largest class of that dataset every "
         "time.</p>\n" +
         table("per-dataset", "Scores per dataset", head, body);
}

std::string classes(const ReportView& view) {
  std::string out =
      "<p>Rows are truth, columns predictions. A cell has the number of clips and its share of the row; the stronger the "
      "colour, the larger the share.</p>\n";
  for (const RunView& run : view.runs) {
    out += fmt::format("<h3>{}<span class=\"aside\">seed {}</span></h3>\n<div class=\"panels\">\n", run_link(run), run.seed);
    for (const ScopeView& scope : run.scopes) {
      const std::string title = fmt::format("Confusion of {}, seed {}, {}", run.model, run.seed, scope.scope);
      std::string rows = "<tbody>\n";
      for (const ClassView& row : scope.classes) {
        rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>\n", h(row.name), count_cell(row.clips),
                            figure_cell(view, row.precision), figure_cell(view, row.recall), figure_cell(view, row.f1));
      }
      const std::string head =
          "<tr><th scope=\"col\">Class</th><th scope=\"col\" class=\"n\">Clips</th><th scope=\"col\" class=\"n\">Precision</th><th "
          "scope=\"col\" "
          "class=\"n\">Recall</th><th scope=\"col\" class=\"n\">F1</th></tr>";
      out += fmt::format(
          "<article class=\"panel\">\n<h4>{}<span class=\"aside\">{}, {}</span></h4>\n<div class=\"scroll "
          "matrix\">{}</div>\n{}</article>\n",
          scope_name(scope.scope), counted(scope.clips, "clip"), counted(scope.subjects, "subject"),
          confusion_svg(scope, run.class_names, title), table("per-class", h("Classes: " + title), head, rows + "</tbody>\n"));
    }
    out += "</div>\n";
  }
  return out;
}

std::string subjects(const ReportView& view) {
  std::string out =
      "<p>Share of each subject's clips that were classified correctly. Most subjects have too few clips of each class for a UF1 of their "
      "own, "
      "so this is accuracy. A dot is a subject, its area the number of clips.</p>\n";
  for (std::size_t model = 0; model < view.models.size(); ++model) {
    const ModelView& shown = view.models[model];
    const std::string seeds = shown.runs.size() > 1 ? fmt::format(", mean of {} seeds", shown.runs.size()) : std::string();
    out += figure(subjects_svg(view, model), fmt::format("<strong>{}</strong>{}", h(shown.name), seeds));
  }
  std::string head = "<tr>" + sortable("Dataset", false) + sortable("Subject", false) + sortable("Clips", true);
  for (const ModelView& model : view.models) head += sortable(h(model.name), true);
  head += "</tr>";
  std::string body = "<tbody>\n";
  for (const SubjectRow& row : view.subjects) {
    body += fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th>{}", h(row.dataset), h(row.subject), count_cell(row.clips));
    for (const auto& cell : row.models) {
      if (!cell) {
        body += "<td class=\"n\"><span class=\"undefined\">not predicted</span></td>";
        continue;
      }
      body += fmt::format("<td class=\"n\" data-value=\"{0:.9g}\">{1}<span class=\"bar\" style=\"--share:{2}%\"></span></td>",
                          cell->accuracy, four_decimals(cell->accuracy), percent(cell->accuracy));
    }
    body += "</tr>\n";
  }
  return out + table("subjects", "Accuracy of every subject", head, body + "</tbody>\n");
}

std::string published(const ReportView& view) {
  std::string out = "<p>Numbers from papers beside ours. The difference is ours minus published.</p>\n";
  for (const PublishedView& result : view.published) {
    const PublishedResult& source = result.source;
    std::string where = h(source.citation);
    if (!source.where.empty()) where += ", " + h(source.where);
    if (const auto doi = doi_identifier(source.doi)) {
      where += fmt::format(", <a href=\"https://doi.org/{}\" rel=\"noreferrer\">doi:{}</a>", h(doi_path(*doi)), h(*doi));
    } else if (!source.doi.empty()) {
      where += ", " + h(source.doi);
    }
    out += fmt::format("<article class=\"source\">\n<h3>{}</h3>\n<p class=\"citation\">{}</p>\n", h(source.id), where);
    std::vector<Fact> list{{.key = "metric convention", .value = source.metric_convention},
                           {.key = "selection rule", .value = source.selection_rule.empty() ? "not recorded" : source.selection_rule},
                           {.key = "source read in full", .value = source.read_in_full ? "yes" : "no"}};
    if (!result.selection.empty()) list.insert(list.begin() + 2, {.key = "our selection rule", .value = result.selection});
    if (!source.note.empty()) list.push_back({.key = "note", .value = source.note});
    out += facts(list);
    for (const std::string& caution : result.cautions) out += fmt::format("<p class=\"caution\">{}</p>\n", h(caution));
    std::string ours = result.beside.empty() ? std::string("Ours") : h(result.beside);
    if (result.seeds > 1) ours += fmt::format("<span class=\"aside\">mean of {} seeds</span>", result.seeds);
    const std::string head = fmt::format(
        "<tr><th scope=\"col\">Scope</th><th scope=\"col\">Metric</th><th scope=\"col\" class=\"n\">Published</th><th scope=\"col\" "
        "class=\"n\">{}</th><th scope=\"col\" class=\"n\">Difference</th></tr>",
        ours);
    std::string body = "<tbody>\n";
    for (const PublishedRow& row : result.rows) {
      body += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td>{}<td class=\"n\">{}</td></tr>\n",
                          scope_name(row.scope), h(row.metric), four_decimals(row.published),
                          row.ours ? figure_cell(view, *row.ours) : std::string("<td></td>"),
                          row.difference ? signed_four_decimals(*row.difference) : std::string());
    }
    out += table("published", h("Published result " + source.id), head, body + "</tbody>\n") + "</article>\n";
  }
  return out;
}

}  // namespace mexbench::reports::html
