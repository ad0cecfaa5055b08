// A small check that the tags of an HTML page or an SVG file nest.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace mexbench::reports::testing {

// Empty when every element is closed in order and every attribute is quoted; otherwise what is wrong and where.
inline std::string balance_problem(const std::string& page) {
  static const std::set<std::string> kVoid{"br", "hr", "img", "input", "link", "meta"};
  std::vector<std::string> open;
  for (std::size_t at = 0; (at = page.find('<', at)) != std::string::npos;) {
    const auto near = [&] { return " near: " + page.substr(at, 60); };
    if (page.compare(at, 2, "<!") == 0) {
      at = page.find('>', at);
      continue;
    }
    const bool closing = page[at + 1] == '/';
    std::size_t end = at + (closing ? 2 : 1);
    std::string name;
    while (end < page.size() && (std::isalnum(static_cast<unsigned char>(page[end])) != 0)) name += page[end++];
    if (name.empty()) return "a bare '<'" + near();
    bool quoted = false;
    while (end < page.size() && (quoted || page[end] != '>')) {
      if (page[end] == '"') quoted = !quoted;
      if (page[end] == '<') return "'<' inside a tag" + near();
      ++end;
    }
    if (end == page.size()) return "a tag without its end" + near();
    if (closing) {
      if (open.empty() || open.back() != name) return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back()) + near();
      open.pop_back();
    } else if (page[end - 1] != '/' && !kVoid.contains(name)) {
      open.push_back(name);
    }
    at = end + 1;
    if (!closing && (name == "script" || name == "style")) at = page.find("</" + name, at);
  }
  return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

}  // namespace mexbench::reports::testing
