// A small check that the tags of an HTML page or an SVG file nest and that what is no markup is escaped.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <vector>

namespace mexbench::reports::testing {

// What follows an '&' must be one of the references that XML knows without a declaration.
inline std::string reference_problem(const std::string& text) {
  for (std::size_t at = 0; (at = text.find('&', at)) != std::string::npos; ++at) {
    const std::string name = text.substr(at + 1, text.find(';', at) - at - 1);
    const bool number = name.size() > 1 && name[0] == '#' && name.find_first_not_of("0123456789", 1) == std::string::npos;
    static const std::set<std::string> kKnown{"amp", "lt", "gt", "quot", "apos"};
    if (!number && !kKnown.contains(name)) return "a bare '&' near: " + text.substr(at, 40);
  }
  return {};
}

// Empty when every element is closed in order, every attribute is quoted and nothing in between is markup by mistake; otherwise what is
// wrong and where.
inline std::string balance_problem(const std::string& page) {
  static const std::set<std::string> kVoid{"br", "hr", "img", "input", "link", "meta"};
  std::vector<std::string> open;
  std::size_t text = 0;  // where the text before the next tag begins
  for (std::size_t at = 0; (at = page.find('<', at)) != std::string::npos; text = at) {
    if (std::string problem = reference_problem(page.substr(text, at - text)); !problem.empty()) return problem;
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
    if (std::string problem = reference_problem(page.substr(at, end - at)); !problem.empty()) return problem;
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
