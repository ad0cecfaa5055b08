#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "harness/core/embedded.h"
#include "harness/core/text.h"
#include "harness/core/version.h"
#include "reports/html_parts.h"
#include "reports/render.h"
#include "reports/svg.h"

namespace mexbench::reports {
namespace html {

std::string linked(std::string_view to, const std::string& markup) { return fmt::format("<a href=\"#{}\">{}</a>", to, markup); }

std::string of_model(const ReportView& view, std::size_t model) { return anchor_of(view.models[model].runs); }
std::string of_models(const ReportView& view, std::span<const std::size_t> models) { return anchor_of(runs_of_models(view, models)); }
std::string of_group(const ReportView& view, const ScopeGroup& group) { return anchor_of(runs_in(view, group)); }
std::string of_all(const ReportView& view) { return anchor_of(all_runs(view)); }

namespace {

std::string note_link(std::size_t note) { return fmt::format("<sup><a href=\"#note-{0}\">{0}</a></sup>", note); }

// A number's cell, with markup behind its link.
std::string cell_with(std::string_view to, const Number& number, const std::string& behind) {
  return fmt::format("<td class=\"n{}{}\"{}>{}{}</td>", number.kind.empty() ? "" : " ", number.kind,
                     number.value ? fmt::format(" data-value=\"{:.9g}\"", *number.value) : std::string(),
                     linked(to, number.text + number.below), behind);
}

// "[0.652, 0.768]"; empty without one.
std::string interval_span(const IntervalCell* interval) {
  if (interval == nullptr || !interval->there()) return {};
  return fmt::format("<span class=\"interval\">{}</span>", bounds(*interval->low, *interval->high));
}

// The footnote that says why there is no interval; empty with one, and where none belongs.
std::string no_interval(const ReportView& view, const IntervalCell* interval) {
  if (interval == nullptr || interval->there() || interval->note == 0) return {};
  return fmt::format(R"(<span class="interval undefined" title="{}">no interval{}</span>)", h(view.notes[interval->note - 1]),
                     note_link(interval->note));
}

}  // namespace

std::string number_cell(std::string_view to, const Number& number) { return cell_with(to, number, {}); }

std::string figure_cell(const ReportView& view, std::string_view to, const FigureCell& figure) {
  if (figure.value) return number_cell(to, {.text = four_decimals(*figure.value), .below = {}});
  return fmt::format(R"(<td class="n"><span class="undefined" title="{}">undefined{}</span></td>)", h(view.notes[figure.note - 1]),
                     note_link(figure.note));
}

std::string interval_cell(const ReportView& view, std::string_view to, const FigureCell& figure, const IntervalCell* interval) {
  if (!figure.value) return figure_cell(view, to, figure);
  return cell_with(to, {.text = four_decimals(*figure.value), .below = interval_span(interval)}, no_interval(view, interval));
}

std::string spread_cell(const ReportView& view, std::string_view to, const SpreadCell& figure, const IntervalCell* interval) {
  if (!figure.mean.value) return figure_cell(view, to, figure.mean);
  const std::string range = fmt::format("<span class=\"range\">{}{}\xE2\x80\x93{}</span>", interval == nullptr ? "" : "seeds ",
                                        four_decimals(figure.low), four_decimals(figure.high));
  return cell_with(to, {.text = four_decimals(*figure.mean.value), .below = interval_span(interval) + range}, no_interval(view, interval));
}

std::string count_cell(std::string_view to, std::int64_t count) { return number_cell(to, {.text = fmt::format("{}", count), .below = {}}); }

std::string prose(std::string_view to, std::string_view text) {
  std::string out;
  std::size_t at = 0;
  for (const NumberPlace& place : numbers_in(text)) {
    out += h(text.substr(at, place.begin - at)) + linked(to, h(text.substr(place.begin, place.end - place.begin)));
    at = place.end;
  }
  return out + h(text.substr(at));
}

std::string told(const ReportView& view, std::string_view sentence) {
  const Runs runs = runs_told(view, sentence);
  return runs.empty() ? h(sentence) : prose(anchor_of(runs), sentence);
}

std::string paragraphs(const ReportView& view, const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += fmt::format("<p>{}</p>\n", told(view, sentence));
  return out;
}

std::string findings(const ReportView& view, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  std::string out = "<ul class=\"findings\">\n";
  for (const std::string& sentence : sentences) out += fmt::format("<li>{}</li>\n", told(view, sentence));
  return out + "</ul>\n";
}

std::string badge(const std::string& verdict) {
  // Told by shape and word: a tick, a cross, an open ring.
  const bool invalid = verdict.ends_with("INVALID");
  const char* mark = verdict == "VALID" ? "<path d=\"M2 6.5 4.8 9.2 10 3\"/>"
                     : invalid          ? "<path d=\"M2.5 2.5l7 7M9.5 2.5l-7 7\"/>"
                                        : R"(<circle cx="6" cy="6" r="4"/>)";
  const char* tone = verdict == "VALID" ? "valid" : invalid ? "invalid" : "open-verdict";
  return fmt::format(R"(<span class="badge {}"><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{}</svg>{}</span>)", tone,
                     mark, h(verdict));
}

std::string facts(const std::vector<Fact>& list) {
  std::string out = "<dl class=\"facts\">\n";
  for (const Fact& fact : list) {
    const std::string value = fact.code ? "<code>" + h(fact.value) + "</code>" : h(fact.value);
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", h(fact.key), value);
  }
  return out + "</dl>\n";
}

std::string table(std::string_view css_class, std::string_view caption, const std::string& head, const std::string& body) {
  return fmt::format(
      "<div class=\"scroll {0}\" tabindex=\"0\" role=\"region\" aria-label=\"{1}\"><table class=\"{0}\"><caption "
      "class=\"unseen\">{1}</caption>\n<thead>{2}</thead>\n"
      "{3}</table></div>\n",
      css_class, caption, head, body);
}

std::string sortable(std::string_view words, bool number) {
  return fmt::format(R"(<th scope="col" data-sort="{}"{}>{}</th>)", number ? "number" : "text", number ? " class=\"n\"" : "", words);
}

std::string figure(const std::string& page, const std::string& phone, std::string_view caption) {
  return fmt::format(
      "<figure><div class=\"scroll plot wide\" tabindex=\"0\">{}</div><div class=\"plot "
      "narrow\">{}</div><figcaption>{}</figcaption></figure>\n",
      page, phone, caption);
}

std::string command(const std::string& text) {
  return fmt::format("<div class=\"command\"><pre><code>{}</code></pre><button type=\"button\" class=\"copy\" hidden>Copy</button></div>\n",
                     h(text));
}

std::string notes(const ReportView& view) {
  std::string out = "<p>Why a figure is undefined; an undefined figure is never counted as 0.</p>\n<ol class=\"notes\">\n";
  for (std::size_t i = 0; i < view.notes.size(); ++i) out += fmt::format("<li id=\"note-{}\">{}</li>\n", i + 1, h(view.notes[i]));
  return out + "</ol>\n";
}

}  // namespace html

namespace {

using html::h;

struct Section {
  const char* id;
  const char* title;
  std::string content;
};

std::string_view asset(std::string_view path) {
  for (const core::EmbeddedFile& file : embedded::report_assets()) {
    if (file.path == path) return file.content;
  }
  return {};
}

// Figures in the dark: their light colours are attributes, which style rules override.
std::string dark_figures() {
  const auto shades = dark_shades();
  std::string out = "@media screen and (prefers-color-scheme: dark) {\n";
  for (std::size_t i = 0; i < kShades; ++i)
    out += fmt::format(".q{0} {{ fill: {1} }} .t{0} {{ fill: {2} }}\n", i, shades[i].fill, shades[i].text);
  return out + "}\n";
}

constexpr const char* kProvenance = "provenance";

// The anchors of several runs that the sections lead to, each once, in the order of their runs.
std::vector<std::string> groups_linked(const std::vector<Section>& sections) {
  constexpr std::string_view kLink = "<a href=\"#";
  std::map<Runs, std::string> found;
  for (const Section& section : sections) {
    const std::string& text = section.content;
    for (std::size_t at = 0; (at = text.find(kLink, at)) != std::string::npos;) {
      at += kLink.size();
      const std::string anchor = text.substr(at, text.find('"', at) - at);
      if (auto runs = runs_at(anchor)) found.emplace(std::move(*runs), anchor);
    }
  }
  std::vector<std::string> out;
  for (const auto& entry : found) out.push_back(entry.second);
  return out;
}

std::vector<Section> sections(const ReportView& view) {
  std::vector<Section> list;
  list.push_back({"summary", "Summary", html::summary(view)});
  if (!view.incomplete.empty()) list.push_back({"incomplete", "Incomplete runs", html::incomplete(view)});
  if (!view.comparisons.empty()) list.push_back({"pairs", "Pairs of models", html::comparisons(view)});
  if (!view.runs.empty()) {
    list.push_back({"models", "Models", html::models(view)});
    list.push_back({"datasets", "Scores per dataset", html::datasets(view)});
    list.push_back({"classes", "Confusion and classes", html::classes(view)});
    list.push_back({"subjects", "Subjects", html::subjects(view)});
    if (!view.influence.groups.empty()) list.push_back({"influence", "Influence and resolution", html::influence(view)});
    list.push_back({"training", "Training curves", html::training(view)});
    if (!view.selection.groups.empty()) list.push_back({"selection", "Selection and inflation gap", html::selection(view)});
    if (!view.conventions.rows.empty()) list.push_back({"conventions", "Conventions", html::conventions(view)});
    list.push_back({"calibration", "Calibration", html::calibration(view)});
    list.push_back({"latency", "Latency", html::latency(view)});
    list.push_back({"audit", "Audit", html::audit(view)});
  }
  if (!view.published.empty()) list.push_back({"published", "Published results", html::published(view)});
  if (!view.changes.empty()) list.push_back({"changes", "What changed", html::changes(view)});
  if (!view.runs.empty()) {
    list.push_back({"input", "Dataset and input", html::inputs(view)});
    list.push_back({kProvenance, "Provenance", {}});  // last, when all links are known
  }
  if (!view.evidence.models.empty()) list.push_back({"evidence", "Evidence", html::evidence(view)});
  if (!view.notes.empty()) list.push_back({"notes", "Notes", html::notes(view)});
  const std::vector<std::string> groups = groups_linked(list);
  for (Section& section : list) {
    if (std::string_view(section.id) == kProvenance) section.content = html::provenance(view, groups);
  }
  return list;
}

}  // namespace

std::string render_html(const ReportView& view) {
  const std::vector<Section> list = sections(view);
  std::string toc, body;
  for (const Section& section : list) {
    toc += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.title);
    body += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", section.id, section.title, section.content);
  }
  std::string lead;
  if (view.experiments.size() > 1) {
    std::string names;
    for (const std::string& experiment : view.experiments) names += (names.empty() ? "" : ", ") + h(experiment);
    lead += fmt::format("<p class=\"about\">{}</p>\n", names);
  }
  for (const std::string& description : view.descriptions) lead += fmt::format("<p class=\"about\">{}</p>\n", h(description));

  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
  out +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
      "'unsafe-inline'\">\n";
  out += "<meta name=\"referrer\" content=\"no-referrer\">\n";
  out += fmt::format("<title>{} \xC2\xB7 mexbench report</title>\n<style>\n{}{}</style>\n</head>\n<body>\n", h(view.title),
                     asset("report.css"), dark_figures());
  out += fmt::format(
      "<a class=\"skip\" href=\"#summary\">Skip to the summary</a>\n<div class=\"page\">\n<nav "
      "aria-label=\"Contents\"><ol>\n{}</ol></nav>\n<main>\n",
      toc);
  out += fmt::format(
      "<header>\n<p class=\"kicker\">mexbench report \xC2\xB7 facial micro-expression recognition</p>\n<h1>{}</h1>\n{}</header>\n",
      h(view.title), lead);
  out += body;
  out += fmt::format(
      "<footer><p>Written by mexbench {} from {} and nothing else; runs by mexbench {}. Numbers are rounded only where they are drawn; "
      "<code>summary.csv</code> beside this page has them in full.</p></footer>\n",
      core::kVersion,
      view.runs.size() + view.incomplete.size() == 1 ? "one run folder"
                                                     : fmt::format("{} run folders", view.runs.size() + view.incomplete.size()),
      h(core::join(view.versions, ", ")));
  out += fmt::format("</main>\n</div>\n<script>\n{}</script>\n</body>\n</html>\n", asset("report.js"));
  return out;
}

}  // namespace mexbench::reports
