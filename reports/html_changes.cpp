// The section that says what two models differ in.
#include <fmt/format.h>

#include "reports/html_parts.h"

namespace mexbench::reports::html {
namespace {

std::string value(std::string_view to, const std::string& text) {
  return text.empty() ? R"(<span class="absent">absent</span>)" : "<code>" + prose(to, text) + "</code>";
}

}  // namespace

std::string changes(const ReportView& view) {
  std::string out =
      "<p>Settings, inputs and environments that differ, and the clips that are called differently. Clips are those of the first "
      "seed of each.</p>\n";
  for (const ChangesView& change : view.changes) {
    const std::string first = h(view.models[change.first].name), second = h(view.models[change.second].name);
    out += fmt::format("<h3>{} and {}</h3>\n", first, second);
    out += fmt::format("<p>{}</p>\n", prose(anchor_of(runs_of_pair(view, change.first, change.second)), changes_sentence(view, change)));
    std::string rows = "<tbody>\n";
    for (const ChangedSetting& setting : change.settings) {
      rows += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td></tr>\n",
                          h(setting.key), value(of_model(view, change.first), setting.first),
                          value(of_model(view, change.second), setting.second));
    }
    const std::string columns = fmt::format(R"(<th scope="col">{}</th><th scope="col">{}</th></tr>)", first, second);
    if (!change.settings.empty()) {
      out += table("settings", fmt::format("Settings that differ between {} and {}", first, second),
                   "<tr><th scope=\"col\">Setting</th>" + columns, rows + "</tbody>\n");
    }
    if (change.clips.empty()) continue;
    std::string clips = "<tbody>\n";
    for (const ChangedClip& clip : change.clips) {
      const auto answer = [&](const std::string& text) {
        return fmt::format("<td>{}{}</td>", h(text), text == clip.truth ? R"( <span class="right">right</span>)" : "");
      };
      clips += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>{}{}</tr>\n", h(clip.clip), h(clip.truth), answer(clip.first),
                           answer(clip.second));
    }
    out += fmt::format("<details><summary>{} called differently</summary>\n{}</details>\n",
                       counted(static_cast<std::int64_t>(change.clips.size()), "clip"),
                       table("clips", fmt::format("Clips that {} and {} call differently", first, second),
                             R"(<tr><th scope="col">Clip</th><th scope="col">Truth</th>)" + columns, clips + "</tbody>\n"));
  }
  return out;
}

}  // namespace mexbench::reports::html
