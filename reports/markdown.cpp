#include <fmt/format.h>

#include <algorithm>

#include "harness/core/text.h"
#include "reports/markdown_parts.h"
#include "reports/render.h"
#include "reports/text.h"

namespace mexbench::reports {
namespace {

using markdown::cell;
using markdown::header;
using markdown::md;
using markdown::model_column;
using markdown::model_name;
using markdown::row;
using markdown::run_name;
using markdown::spread;
using markdown::with_interval;

// A span or block of code whose fence is longer than any run of backticks inside.
std::string fence_for(std::string_view text, std::size_t least) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return std::string(std::max(least, longest + 1), '`');
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

std::string code_block(const std::string& text) {
  const std::string fence = fence_for(text, 3);
  return fmt::format("{}\n{}\n{}\n", fence, one_line(text), fence);
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator = "; ") {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : std::string(separator)) + md(text);
  return out;
}

std::string facts(const std::vector<Fact>& list) {
  std::string out;
  for (const Fact& fact : list) out += fmt::format("- {}: {}\n", md(fact.key), md(fact.value));
  return out;
}

const std::vector<std::string> kScoreColumns{"Scope", "Model", "Seed", "Clips", "Subjects", "Apex", "UF1", "UAR", "Accuracy", "Verdict"};
constexpr std::string_view kScoreAlignment = "llrrrlrrrl";

// A published result, with the difference behind each number.
std::string published_row(const PublishedView& result, const ScopeGroup& group) {
  std::vector<std::string> cells{md(group.title), md(result.source.id), "published", "", "", ""};
  bool any = false;
  for (const char* metric : {"UF1", "UAR", "accuracy"}) {
    const PublishedRow* line = result.find(group.scope, metric);
    any = any || line != nullptr;
    cells.push_back(line == nullptr ? std::string()
                                    : fmt::format("{} ({})", four_decimals(line->published),
                                                  line->difference ? "ours " + signed_four_decimals(*line->difference) : md(line->absent)));
  }
  const std::string caution = result.first_caution(group.scope);
  cells.push_back(caution.empty() ? caution : "caution: " + md(caution));
  return any ? row(cells) : std::string();
}

// What answers score that look at no image.
std::string floor_rows(const ScopeGroup& group) {
  std::string out;
  const auto numbers = [](const std::optional<std::int64_t>& count) { return count ? fmt::format("{}", *count) : std::string(); };
  for (const FloorView& floor : group.floors) {
    const std::string name = floor.of.empty() ? "floor: " : fmt::format("floor of {}: ", floor.of);
    out += row({md(group.title), md(name + "majority / prior"), "", numbers(group.clips), numbers(group.subjects), "",
                cell(floor.majority.uf1), cell(floor.majority.uar), cell(floor.majority.accuracy), ""});
    out += row({md(group.title), md(fmt::format("{}stratified random, mean of {} draws", name, thousands(floor.draws))), "",
                numbers(group.clips), numbers(group.subjects), "", spread(floor.random.uf1), spread(floor.random.uar),
                spread(floor.random.accuracy), ""});
  }
  return out;
}

// The models of one group of clips, each with its mean first, then its runs, and the floor below them.
std::string score_rows(const ReportView& view, const ScopeGroup& group, bool whole_only, bool published) {
  std::string out;
  bool any = false;
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    const ModelView& model = view.models[m];
    const ScopeSpread* spreads = model.in(group);
    if (spreads == nullptr || (whole_only && !group.is_whole(model.datasets))) continue;
    any = true;
    if (model.runs.size() > 1) {
      const ScopeIntervals* intervals = model.intervals_on(group.scope);
      const auto mean = [&](const SpreadCell& figure, IntervalCell ScopeIntervals::*of) {
        const bool there = intervals != nullptr && figure.mean.value && (intervals->*of).there();
        return spread(figure) + (there ? " " + bounds(*(intervals->*of).low, *(intervals->*of).high) : std::string());
      };
      out += row({md(group.title), model_name(view, m), fmt::format("mean of {}", model.runs.size()), "", "", "",
                  mean(spreads->uf1, &ScopeIntervals::uf1), mean(spreads->uar, &ScopeIntervals::uar),
                  mean(spreads->accuracy, &ScopeIntervals::accuracy), model.verdict});
    }
    for (const std::size_t place : model.runs) {
      const RunView& run = view.runs[place];
      const ScopeView& scope = *run.in(group);
      // Of several seeds the mean has the interval.
      const ScopeIntervals* own = model.runs.size() > 1 ? nullptr : run.intervals_on(group.scope);
      const auto score = [&](const FigureCell& figure, IntervalCell ScopeIntervals::*of) {
        if (own == nullptr || !figure.value || !(own->*of).there()) return cell(figure);
        return cell(figure) + " " + bounds(*(own->*of).low, *(own->*of).high);
      };
      out += row({md(group.title), run_name(run), fmt::format("{}", run.seed), fmt::format("{}", scope.clips),
                  fmt::format("{}", scope.subjects), md(scope.apex), score(scope.scores.uf1, &ScopeIntervals::uf1),
                  score(scope.scores.uar, &ScopeIntervals::uar), score(scope.scores.accuracy, &ScopeIntervals::accuracy), run.verdict});
    }
    if (!published) continue;
    for (const PublishedView* result : view.published_beside(m)) out += published_row(*result, group);
  }
  return any ? out + floor_rows(group) : out;
}

void summary(const ReportView& view, std::string& out) {
  out += "## Summary\n\n";
  for (const std::string& sentence : view.sentences) out += md(sentence) + "\n";
  if (view.runs.empty()) return;
  out += "\n" + header(kScoreColumns, kScoreAlignment);
  for (const ScopeGroup& group : view.scopes) out += score_rows(view, group, /*whole_only=*/true, /*published=*/true);
  out +=
      "\nCounts are pooled over folds before the formulas. Behind a mean stands the range over seeds, of the "
      "random floor that from the 2.5 to the 97.5 percentile of its draws.";
  out += view.interval_method.empty() ? "\n\n" : fmt::format(" In brackets: {}.\n\n", md(view.interval_method));
  for (const ReasonView& reason : view.reasons) {
    out += fmt::format("- {} ({}): {}\n", reason.verdict, md(reason.runs), md(reason.reason));
  }
  out += "\n![scores](scores.svg)\n";
}

void incomplete(const ReportView& view, std::string& out) {
  if (view.incomplete.empty()) return;
  out += "\n## Incomplete runs\n\n" + header({"Model", "Seed", "State", "Folds sealed", "Missing files", "Failed folds"}, "lrlrll");
  for (const IncompleteView& run : view.incomplete) {
    std::vector<std::string> failed;
    for (const FailedFold& fold : run.failed) failed.push_back(fold.fold.text() + ": " + fold.reason);
    out += row({md(run.model), fmt::format("{}", run.seed), md(run.state), fmt::format("{} of {}", run.sealed, run.planned),
                joined(run.missing_files, ", "), joined(failed)});
  }
}

void models(const ReportView& view, std::string& out) {
  out += "\n## Models\n";
  for (std::size_t m = 0; m < view.models.size(); ++m) {
    const ModelView& model = view.models[m];
    std::string runs;
    for (const std::size_t place : model.runs) {
      const RunView& run = view.runs[place];
      runs += fmt::format("{}[{}](#{})", runs.empty() ? "" : ", ", run.seed, run.anchor);
    }
    out += fmt::format("\n{}\n\n### {}\n\nRuns: seed {}.\n\nVerified: {} ({}).\n\n{}", markdown::anchor(markdown::model_anchor(m)),
                       md(model.name), runs, md(model.verified), md(model.verified_meaning), facts(model.facts));
  }
}

void datasets(const ReportView& view, std::string& out) {
  out += "\n## Scores per dataset\n\n" + header(kScoreColumns, kScoreAlignment);
  for (const ScopeGroup& group : view.scopes) out += score_rows(view, group, /*whole_only=*/false, /*published=*/false);
}

void classes(const ReportView& view, std::string& out) {
  out += "\n## Confusion matrices and classes\n";
  for (const RunView& run : view.runs) {
    out += fmt::format("\n### {}, seed {}: {}\n", run_name(run), run.seed, run.verdict);
    for (const ScopeGroup& group : view.scopes) {
      const ScopeView* scope = run.in(group);
      if (scope == nullptr) continue;
      out += fmt::format("\n{} ([figure]({})); rows are truth, columns predictions:\n\n", md(group.title),
                         file_name_part(confusion_file(view, run, group.scope)));
      std::vector<std::string> names{"Truth"};
      for (const std::string& name : run.class_names) names.push_back(md(name));
      names.insert(names.end(), {"Clips", "Precision", "Recall", "F1"});
      out += header(names, "l" + std::string(names.size() - 1, 'r'));
      const ScopeIntervals* intervals = run.intervals_on(group.scope);
      for (std::size_t i = 0; i < scope->classes.size(); ++i) {
        const ClassView& one = scope->classes[i];
        std::vector<std::string> cells{md(one.name)};
        for (const std::int64_t clips : scope->confusion[i]) cells.push_back(fmt::format("{}", clips));
        cells.insert(cells.end(), {fmt::format("{}", one.clips), cell(one.precision), cell(one.recall),
                                   with_interval(one.f1, intervals == nullptr ? nullptr : &intervals->f1[i])});
        out += row(cells);
      }
    }
  }
}

void subjects(const ReportView& view, std::string& out) {
  out += "\n## Subjects\n\nShare of a subject's clips that were classified correctly, mean over seeds.\n\n";
  std::vector<std::string> names{"Dataset", "Subject", "Clips"};
  for (std::size_t m = 0; m < view.models.size(); ++m) names.push_back(model_column(view, m));
  out += header(names, "ll" + std::string(names.size() - 2, 'r'));
  for (const SubjectRow& subject : view.subjects) {
    std::vector<std::string> cells{md(subject.dataset), md(subject.subject), fmt::format("{}", subject.clips)};
    for (const auto& model : subject.models) cells.push_back(model ? four_decimals(model->accuracy) : "");
    out += row(cells);
  }
  out += "\n";
  for (const ModelView& model : view.models) {
    out += fmt::format("![subjects under {}]({})\n", md(model.name), file_name_part(subjects_file(view, model)));
  }
}

void published(const ReportView& view, std::string& out) {
  if (view.published.empty()) return;
  out += "\n## Published results\n";
  for (const PublishedView& result : view.published) {
    const PublishedResult& source = result.source;
    out += fmt::format("\n### {}\n\n{}{}{}\n\n", md(source.id), md(source.citation), source.where.empty() ? "" : ", " + md(source.where),
                       source.doi.empty() ? "" : ", doi " + md(doi_identifier(source.doi).value_or(source.doi)));
    out += fmt::format("- metric convention: {}\n- selection rule: {}\n- source read in full: {}\n", md(source.metric_convention),
                       source.selection_rule.empty() ? "not recorded" : md(source.selection_rule), source.read_in_full ? "yes" : "no");
    const ModelView* model = result.model ? &view.models[*result.model] : nullptr;
    if (model != nullptr) out += "- our selection rule: " + md(model->selection) + "\n";
    if (!source.note.empty()) out += "- note: " + md(source.note) + "\n";
    for (const std::string& caution : result.cautions) out += "- caution: " + md(caution) + "\n";
    std::string ours = model == nullptr ? "Ours" : model_name(view, *result.model);
    if (model != nullptr && model->runs.size() > 1) ours += " (mean over seeds)";
    if (model != nullptr && model->invalid) ours += ", " + model->verdict;
    out += "\n" + header({"Scope", "Metric", "Published", ours, "Difference", "In our interval"}, "llrrrl");
    for (const PublishedRow& line : result.rows) {
      const std::string room =
          line.published_low ? fmt::format(" (at least {})", bounds(*line.published_low, *line.published_high)) : std::string();
      out += row({md(line.scope), line.metric, four_decimals(line.published) + room, line.ours ? cell(*line.ours) : md(line.absent),
                  line.difference ? signed_four_decimals(*line.difference) : "",
                  !line.inside   ? ""
                  : *line.inside ? "yes"
                                 : "no"});
    }
  }
}

void inputs(const ReportView& view, std::string& out) {
  out += "\n## Dataset and input\n";
  for (const InputView& input : view.inputs) {
    out += fmt::format("\n### {} (used by {})\n\n", md(input.adapter), joined(input.used_by, ", "));
    std::vector<std::string> names{"Dataset", "Clips", "Subjects"};
    for (const std::string& name : input.class_names) names.push_back(md(name));
    names.emplace_back("Apex");
    out += header(names, "l" + std::string(names.size() - 2, 'r') + "l");
    for (const DatasetCounts& counts : input.counts) {
      std::vector<std::string> cells{md(counts.dataset), fmt::format("{}", counts.clips), fmt::format("{}", counts.subjects)};
      for (const std::int64_t clips : counts.per_class) cells.push_back(fmt::format("{}", clips));
      cells.push_back(md(counts.apex));
      out += row(cells);
    }
    out += "\n" + facts(input.facts);
    for (const std::string& note : input.notes) out += "- note: " + md(note) + "\n";
  }
}

void provenance(const ReportView& view, std::string& out) {
  out += "\n## Provenance\n";
  for (const RunView& run : view.runs) {
    out += fmt::format("\n{}\n\n### Run {}, seed {}: {}\n\nDo it again:\n\n{}\n{}", markdown::anchor(run.anchor), md(run.model), run.seed,
                       run.verdict, code_block(run.command), facts(run.facts));
    for (const audit::RuleResult& rule : run.audit_rules) {
      out += fmt::format("- audit {}: {}{}\n", md(rule.rule), audit::to_string(rule.status),
                         rule.detail.empty() ? "" : " (" + md(rule.detail) + ")");
    }
  }
  for (const EnvironmentView& environment : view.environments) {
    out += fmt::format("\n### Environment {}\n\nUsed by {}.\n\n{}", md(environment.hash), joined(environment.used_by),
                       facts(environment.facts));
  }
}

}  // namespace

std::string render_markdown(const ReportView& view) {
  std::string out = fmt::format("# {}\n\n", md(view.title));
  for (const std::string& description : view.descriptions) out += md(description) + "\n\n";
  summary(view, out);
  incomplete(view, out);
  markdown::comparisons(view, out);
  if (!view.runs.empty()) {
    models(view, out);
    datasets(view, out);
    classes(view, out);
    subjects(view, out);
  }
  markdown::influence(view, out);
  if (!view.runs.empty()) markdown::training(view, out);
  markdown::selection(view, out);
  markdown::conventions(view, out);
  if (!view.runs.empty()) {
    markdown::calibration(view, out);
    markdown::latency(view, out);
    markdown::audit(view, out);
  }
  published(view, out);
  markdown::changes(view, out);
  if (!view.runs.empty()) {
    inputs(view, out);
    provenance(view, out);
  }
  markdown::evidence(view, out);
  if (!view.notes.empty()) out += "\n## Notes\n\n";
  for (std::size_t i = 0; i < view.notes.size(); ++i) out += fmt::format("{}. {}\n", i + 1, md(view.notes[i]));
  return out;
}

}  // namespace mexbench::reports
