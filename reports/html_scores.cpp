// The sections that hold scores.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "reports/html_parts.h"
#include "reports/svg.h"

namespace mexbench::reports::html {
namespace {

std::string score_cells(const ReportView& view, std::string_view to, const ScoreCells& scores, const ScopeIntervals* intervals = nullptr) {
  const auto interval = [&](IntervalCell ScopeIntervals::*of) { return intervals == nullptr ? nullptr : &(intervals->*of); };
  return interval_cell(view, to, scores.uf1, interval(&ScopeIntervals::uf1)) +
         interval_cell(view, to, scores.uar, interval(&ScopeIntervals::uar)) +
         interval_cell(view, to, scores.accuracy, interval(&ScopeIntervals::accuracy));
}

std::string spread_cells(const ReportView& view, std::string_view to, const ScopeSpread& spread,
                         const ScopeIntervals* intervals = nullptr) {
  const auto interval = [&](IntervalCell ScopeIntervals::*of) { return intervals == nullptr ? nullptr : &(intervals->*of); };
  return spread_cell(view, to, spread.uf1, interval(&ScopeIntervals::uf1)) +
         spread_cell(view, to, spread.uar, interval(&ScopeIntervals::uar)) +
         spread_cell(view, to, spread.accuracy, interval(&ScopeIntervals::accuracy));
}

std::string aside(const std::string& words) { return words.empty() ? words : fmt::format("<span class=\"aside\">{}</span>", words); }

std::string range(const std::string& words) { return fmt::format("<span class=\"range\">{}</span>", words); }

std::string counts(std::int64_t clips, std::int64_t subjects) { return counted(clips, "clip") + ", " + counted(subjects, "subject"); }

// One run's row. Under a row for the mean it is called by its seed alone.
std::string run_row(const ReportView& view, const RunView& run, const ScopeGroup& group, bool below_mean) {
  const ScopeView& scope = *run.in(group);
  // Where the runs of a group differ in their clips, each row says its own.
  std::string own = group.clips && group.subjects ? std::string() : ", " + counts(scope.clips, scope.subjects);
  if (!group.apex && !scope.apex.empty()) own += ", " + apex_words(scope.apex);
  const std::string name = below_mean ? fmt::format("<a href=\"#{}\">seed {}</a>{}", run.anchor, run.seed,
                                                    aside(own.empty() ? own : prose(run.anchor, own.substr(2))))
                                      : fmt::format("<a href=\"#{}\">{}</a>{}", run.anchor, h(run.model),
                                                    aside(fmt::format("seed {}{}", run.seed, prose(run.anchor, own))));
  return fmt::format("<tr{}><th scope=\"row\">{} {}</th>{}</tr>\n", below_mean ? " class=\"seed\"" : "", name, badge(run.verdict),
                     score_cells(view, run.anchor, scope.scores, below_mean ? nullptr : run.intervals_on(group.scope)));
}

// A published result under the model it stands beside, with the difference below each number.
std::string published_row(const PublishedView& result, const ScopeGroup& group) {
  std::string cells;
  bool any = false;
  for (const char* metric : {"UF1", "UAR", "accuracy"}) {
    const PublishedRow* row = result.find(group.scope, metric);
    any = any || row != nullptr;
    if (row == nullptr) {
      cells += "<td></td>";
    } else {
      cells +=
          number_cell(result.anchor, {.text = four_decimals(row->published),
                                      .below = range(row->difference ? "ours " + signed_four_decimals(*row->difference) : h(row->absent))});
    }
  }
  if (!any) return {};
  std::string out = fmt::format("<tr class=\"paper\"><th scope=\"row\"><a href=\"#{}\">{}</a>{}</th>{}</tr>\n", result.anchor,
                                h(result.source.id), aside("published"), cells);
  if (const std::string caution = result.first_caution(group.scope); !caution.empty()) {
    out += fmt::format("<tr class=\"paper-caution\"><td colspan=\"4\">{}</td></tr>\n", h(caution));
  }
  return out;
}

// Below the models of a group, in grey: what no model is.
std::string floor_rows(const ReportView& view, const ScopeGroup& group) {
  std::string out;
  for (const FloorView& floor : group.floors) {
    const std::string to = anchor_of(floor.runs);
    const std::string of = floor.of.empty() ? floor.of : fmt::format(" of {}", h(floor.of));
    out += fmt::format("<tr class=\"floor\"><th scope=\"row\">floor{}: majority / prior{}</th>{}</tr>\n", of, aside(h(floor.answers)),
                       score_cells(view, to, floor.majority));
    out += fmt::format("<tr class=\"floor\"><th scope=\"row\">floor{}: stratified random{}</th>{}</tr>\n", of,
                       aside(fmt::format("mean of {} draws, 2.5 to 97.5\xC2\xA0%", thousands(floor.draws))),
                       spread_cells(view, to, floor.random));
  }
  return out;
}

// The models of one group of clips, each with its mean first, then its seeds.
std::string group_rows(const ReportView& view, const ScopeGroup& group, bool whole_only, bool published) {
  std::string out;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    const ModelView& model = view.models[m];
    const ScopeSpread* spread = model.in(group);
    if (spread == nullptr || (whole_only && !group.is_whole(model.datasets))) continue;
    const bool several = model.runs.size() > 1;
    if (several) {
      out += fmt::format("<tr class=\"mean\"><th scope=\"row\">{}{} {}</th>{}</tr>\n", h(model.name),
                         aside(fmt::format("mean of {} seeds, range", model.runs.size())),
                         model.invalid ? badge(model.verdict) : std::string(),
                         spread_cells(view, anchor_of(model.runs), *spread, model.intervals_on(group.scope)));
    }
    for (const std::size_t place : model.runs) out += run_row(view, view.runs[place], group, several);
    if (!published) continue;
    for (const PublishedView* result : view.published_beside(m)) out += published_row(*result, group);
  }
  if (out.empty()) return out;
  std::string numbers = group.clips && group.subjects ? counts(*group.clips, *group.subjects) : std::string();
  if (group.apex && !group.apex->empty()) numbers += (numbers.empty() ? "" : ", ") + apex_words(*group.apex);
  return fmt::format("<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"4\">{}{}</th></tr>\n{}{}</tbody>\n", h(group.title),
                     aside(prose(of_group(view, group), numbers)), out, floor_rows(view, group));
}

std::string score_table(const ReportView& view, std::string_view caption, bool whole_only, bool published) {
  const std::string head =
      "<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"n\">UF1</th><th scope=\"col\" class=\"n\">UAR</th><th scope=\"col\" "
      "class=\"n\">Accuracy</th></tr>";
  std::string body;
  for (const ScopeGroup& group : view.scopes) body += group_rows(view, group, whole_only, published);
  return table("scores", caption, head, body);
}

std::string reasons(const ReportView& view) {
  if (view.reasons.empty()) return {};
  std::string out = "<ul class=\"verdicts\">\n";
  for (const ReasonView& reason : view.reasons) {
    out += fmt::format("<li>{} <span>{}{}</span></li>\n", badge(reason.verdict), h(reason.reason), aside(h(reason.runs)));
  }
  return out + "</ul>\n";
}

// How many runs have which verdict, beside the first sentence.
std::string trust(const ReportView& view) {
  std::string out;
  for (const char* verdict : {"INVALID", "UNAUDITED", "VALID"}) {
    Runs runs;
    for (std::size_t place = 0; place < view.runs.size(); ++place) {
      if (view.runs[place].verdict == verdict) runs.push_back(place);
    }
    if (!runs.empty())
      out += fmt::format("{} <span>{}</span> ", badge(verdict),
                         prose(anchor_of(runs), counted(static_cast<std::int64_t>(runs.size()), "run")));
  }
  return out.empty() ? out : fmt::format("<p class=\"trust\">{}</p>\n", out);
}

}  // namespace

std::string summary(const ReportView& view) {
  std::string out = "<div class=\"lead\">\n";
  for (std::size_t i = 0; i < view.sentences.size(); ++i) {
    out += fmt::format("<p>{}</p>\n", told(view, view.sentences[i]));
    if (i == 0) out += trust(view);
  }
  out += "</div>\n";
  if (view.runs.empty()) return out;
  std::string caption =
      "Counts are pooled over folds before the formula: UF1 is the mean over classes of 2TP/(2TP+FP+FN), UAR the mean over classes of "
      "TP/N, each class weighing the same.";
  if (!view.interval_method.empty()) caption += " " + view.interval_method + ".";
  if (view.several_seeds()) caption += " The number beside a row of dots is the mean over seeds, and so is what its interval is of.";
  const std::string plots = figure(scores_svg(view), scores_svg(view, ScorePanels::kUf1) + scores_svg(view, ScorePanels::kUar), caption);
  const std::string scores =
      score_table(view, "Scores of every run on all its clips", /*whole_only=*/true, /*published=*/true) + reasons(view);
  // What fills a screen of its own does not come first.
  constexpr std::size_t kFewRuns = 4;
  return out + (view.runs.size() <= kFewRuns ? scores + plots : plots + scores);
}

std::string incomplete(const ReportView& view) {
  std::string out = "<p>These runs have open or failed folds. None of their scores appears in this report.</p>\n";
  const std::string head =
      "<tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"n\">Seed</th><th scope=\"col\">State</th><th scope=\"col\" "
      "class=\"n\">Folds "
      "sealed</th><th scope=\"col\">Missing files</th><th scope=\"col\">Failed folds</th></tr>";
  std::string body = "<tbody>\n";
  for (std::size_t i = 0; i < view.incomplete.size(); ++i) {
    const IncompleteView& run = view.incomplete[i];
    const std::string to = fmt::format("incomplete-{}", i + 1);
    std::string missing, failed;
    for (const std::string& file : run.missing_files) missing += (missing.empty() ? "" : ", ") + fmt::format("<code>{}</code>", h(file));
    for (const FailedFold& fold : run.failed) {
      failed += fmt::format("<span class=\"reason\"><code>{}</code> {}</span>", h(fold.fold.text()), h(fold.reason));
    }
    body += fmt::format("<tr><th scope=\"row\">{}</th>{}<td>{}</td>{}<td>{}</td><td class=\"verdict\">{}</td></tr>\n", h(run.model),
                        number_cell(to, {.text = fmt::format("{}", run.seed), .below = {}}), h(run.state),
                        number_cell(to, {.text = fmt::format("{} of {}", run.sealed, run.planned), .below = {}}),
                        missing.empty() ? "none" : missing, failed.empty() ? "none" : failed);
  }
  out += table("incomplete", "Incomplete runs", head, body + "</tbody>\n");
  for (std::size_t i = 0; i < view.incomplete.size(); ++i) {
    const IncompleteView& run = view.incomplete[i];
    out += fmt::format("<p id=\"incomplete-{}\">{}, seed {}: the command of the run</p>\n{}", i + 1, h(run.model), run.seed,
                       command(run.command));
  }
  return out;
}

std::string datasets(const ReportView& view) {
  return "<p>The same predictions, counted for each dataset by itself. The grey rows are the floor: answers that look at no image, only at "
         "the classes of a fold\xE2\x80\x99s training clips. Majority answers the class with most of them; prior answers the same and "
         "differs in its scores alone, which no figure here uses; stratified random draws classes with their shares.</p>\n" +
         score_table(view, "Scores per dataset", /*whole_only=*/false, /*published=*/false);
}

std::string classes(const ReportView& view) {
  std::string out =
      "<p>Rows are truth, columns predictions. A cell has the number of clips and its share of the row; the stronger the "
      "colour, the larger the share.";
  if (!view.interval_method.empty()) out += fmt::format(" Below an F1 stands its interval; {}.", h(view.interval_method));
  out += "</p>\n";
  for (const RunView& run : view.runs) {
    out += fmt::format("<h3><a href=\"#{}\">{}</a>{} {}</h3>\n<div class=\"panels\">\n", run.anchor, h(run.model),
                       aside(fmt::format("seed {}", run.seed)), badge(run.verdict));
    for (const ScopeGroup& group : view.scopes) {
      const ScopeView* scope = run.in(group);
      if (scope == nullptr) continue;
      const ScopeIntervals* intervals = run.intervals_on(group.scope);
      std::string rows = "<tbody>\n";
      for (std::size_t c = 0; c < scope->classes.size(); ++c) {
        const ClassView& row = scope->classes[c];
        rows += fmt::format("<tr><th scope=\"row\">{}</th>{}{}{}{}</tr>\n", h(row.name), count_cell(run.anchor, row.clips),
                            figure_cell(view, run.anchor, row.precision), figure_cell(view, run.anchor, row.recall),
                            interval_cell(view, run.anchor, row.f1, intervals == nullptr ? nullptr : &intervals->f1[c]));
      }
      const std::string head =
          "<tr><th scope=\"col\">Class</th><th scope=\"col\" class=\"n\">Clips</th><th scope=\"col\" class=\"n\">Precision</th><th "
          "scope=\"col\" class=\"n\">Recall</th><th scope=\"col\" class=\"n\">F1</th></tr>";
      const std::string caption = fmt::format("Classes of {}, seed {}, {}", run.model, run.seed, group.title);
      out += fmt::format("<article class=\"panel\">\n<h4>{}{}</h4>\n<div class=\"scroll matrix\">{}</div>\n{}</article>\n", h(group.title),
                         aside(prose(run.anchor, counts(scope->clips, scope->subjects))), confusion_svg(run, *scope),
                         table("per-class", h(caption), head, rows + "</tbody>\n"));
    }
    out += "</div>\n";
  }
  return out;
}

std::string subjects(const ReportView& view) {
  std::string out =
      "<p>Share of each subject's clips that were classified correctly. Most subjects have too few clips of each class for a UF1 of their "
      "own, so this is accuracy. A dot is a subject, its area the number of clips.</p>\n";
  for (std::size_t model = 0; model < view.models.size(); ++model) {
    const ModelView& shown = view.models[model];
    const std::string seeds = shown.runs.size() > 1 ? fmt::format("mean of {} seeds", shown.runs.size()) : std::string();
    out += figure(subjects_svg(view, model), subjects_svg(view, model, FigureWidth::kPhone),
                  fmt::format("<strong>{}</strong>{} {}", h(shown.name), aside(seeds), badge(shown.verdict)));
  }
  std::string head = "<tr>" + sortable("Dataset", false) + sortable("Subject", false) + sortable("Clips", true);
  for (const ModelView& model : view.models) head += sortable(h(model.invalid ? model.name + ", " + model.verdict : model.name), true);
  head += "</tr>";
  std::string body = "<tbody>\n";
  for (const SubjectRow& row : view.subjects) {
    body += fmt::format("<tr><td>{}</td><th scope=\"row\">{}</th>{}", h(row.dataset), h(row.subject), count_cell(of_all(view), row.clips));
    for (std::size_t model = 0; model < row.models.size(); ++model) {
      const std::optional<SubjectCell>& cell = row.models[model];
      if (!cell) {
        body += R"(<td class="n"><span class="undefined">not predicted</span></td>)";
        continue;
      }
      body += number_cell(of_model(view, model),
                          {.text = four_decimals(cell->accuracy),
                           .below = fmt::format(R"(<span class="bar" style="--share:{}%"></span>)", percent(cell->accuracy)),
                           .value = cell->accuracy});
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
      where += fmt::format(R"(, <a href="https://doi.org/{}" rel="noreferrer">doi:{}</a>)", h(doi_path(*doi)), h(*doi));
    } else if (!source.doi.empty()) {
      where += ", " + h(source.doi);
    }
    const ModelView* model = result.model ? &view.models[*result.model] : nullptr;
    out += fmt::format("<article class=\"source\" id=\"{}\">\n<h3>{}</h3>\n<p class=\"citation\">{}</p>\n", result.anchor, h(source.id),
                       where);
    std::vector<Fact> list{{.key = "metric convention", .value = source.metric_convention},
                           {.key = "selection rule", .value = source.selection_rule.empty() ? "not recorded" : source.selection_rule},
                           {.key = "source read in full", .value = source.read_in_full ? "yes" : "no"}};
    if (model != nullptr) list.insert(list.begin() + 2, {.key = "our selection rule", .value = model->selection});
    if (!source.note.empty()) list.push_back({.key = "note", .value = source.note});
    out += facts(list);
    for (const std::string& caution : result.cautions) out += fmt::format("<p class=\"caution\">{}</p>\n", h(caution));
    std::string ours = model == nullptr ? std::string("Ours") : h(model->name);
    if (model != nullptr && model->runs.size() > 1) ours += aside(fmt::format("mean of {} seeds", model->runs.size()));
    if (model != nullptr && model->invalid) ours += aside(model->verdict);
    const std::string head = fmt::format(
        "<tr><th scope=\"col\">Scope</th><th scope=\"col\">Metric</th><th scope=\"col\" class=\"n\">Published</th><th scope=\"col\" "
        "class=\"n\">{}</th><th scope=\"col\" class=\"n\">Difference</th><th scope=\"col\">Published figure in our interval</th></tr>",
        ours);
    std::string body = "<tbody>\n";
    for (const PublishedRow& row : result.rows) {
      const std::string room = row.published_low
                                   ? fmt::format(
                                         "<span class=\"range\" title=\"a class has fewer than 30 clips: what so few leave open, at "
                                         "least\">{} at least</span>",
                                         bounds(*row.published_low, *row.published_high))
                                   : std::string();
      const std::string to = result.model ? of_model(view, *result.model) : of_all(view);
      body += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>{}{}{}<td>{}</td></tr>\n",
                          row.scope == "all" ? "all datasets" : h(row.scope), h(row.metric),
                          number_cell(result.anchor, {.text = four_decimals(row.published), .below = room}),
                          row.ours ? figure_cell(view, to, *row.ours) : fmt::format("<td class=\"n absent\">{}</td>", h(row.absent)),
                          row.difference ? number_cell(to, {.text = signed_four_decimals(*row.difference), .below = {}}) : "<td></td>",
                          !row.inside   ? ""
                          : *row.inside ? "yes"
                                        : "no");
    }
    out += table("published", h("Published result " + source.id), head, body + "</tbody>\n") + "</article>\n";
  }
  return out;
}

}  // namespace mexbench::reports::html
