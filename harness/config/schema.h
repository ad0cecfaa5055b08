// Schemas are data: one definition of each key is what the checker enforces, what the JSON Schema tells an editor, and what the
// reference page prints. Nothing about a key is written down twice.
//
//   ObjectSchema params{"", {defaulted("dropout", number({.minimum = 0, .maximum = 1, .open_maximum = true}), 0.5, "share of units
//   dropped"),
//                            defaulted("classes", integer({.minimum = 2}), 3, "number of classes")}};
//
// Scalars are judged by the type asked for: whole numbers are plain decimal (`010`, `1e3` and `"3"` are none), booleans are `true` and
// `false` only, text takes any scalar as it was written, so that a subject `006` stays `006`.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/config/problems.h"
#include "harness/config/tree.h"
#include "harness/core/result.h"

namespace mexbench::config {

enum class TypeKind { kText, kPath, kInteger, kNumber, kBoolean, kList, kMap, kObject, kUnion, kEither, kAny };

struct Range {
  std::optional<double> minimum{}, maximum{};
  bool open_minimum = false, open_maximum = false;  // the bound itself is outside
};

struct ListRules {
  std::size_t least = 1;
  std::optional<std::size_t> most{};
  bool unique = false;
};

struct Field;

// Values that are right one by one and wrong together.
struct Conflict {
  std::vector<std::string> keys;
  std::string message;
};

struct ObjectSchema {
  std::string doc;
  std::vector<Field> fields;
  std::vector<std::vector<std::string>> exactly_one_of;  // groups of optional keys of which exactly one is given
  bool any_key = false;                                  // all keys are optional, but one at least is given
  // Given the complete value, in which single keys may still be wrong; empty: any values go together.
  std::function<std::vector<Conflict>(const nlohmann::json& value)> conflicts{};
};

struct Variant {
  std::string name;
  ObjectSchema schema;
};

struct Choice {
  std::string value;
  std::string doc;
};

struct Type {
  TypeKind kind = TypeKind::kAny;
  // kText
  std::vector<Choice> choices;                               // non-empty: one of these
  std::vector<std::pair<std::string, std::string>> refused;  // values that would fit but can't be had, each with what to say
  std::string pattern, pattern_words;                        // ECMAScript, of the whole text; in words: "letters and digits"
  Range range;                                               // kInteger, kNumber
  ListRules list;                                            // kList; kMap: `least` alone, which is 0 or 1
  std::vector<Type> inner;                                   // kList: entry; kMap: value; kEither: one per shape (scalar, list, map)
  ObjectSchema object;                                       // kObject; kUnion: keys that every variant has
  std::string discriminator;                                 // kUnion: the key whose text picks the variant
  std::vector<Variant> variants;                             // kUnion
  bool shorthand = false;                                    // kUnion: a lone text stands for {discriminator: text}
  bool core_schema = false;                                  // kAny: scalars are typed as YAML's core schema does
  bool partial = false;  // kObject, kUnion: merged with other maps before it counts, so that nothing is required of this part
};

struct Field {
  std::string name;
  Type type;
  std::string doc;
  bool required = false;
  std::optional<nlohmann::json> fallback;  // the default; optional keys without one are absent from the result
  int since = 1;                           // later than 1: left out of the science settings while at its default, so that old hashes hold
  bool science = true;                     // false: can't change a result (names, descriptions, what is recorded)

  [[nodiscard]] Field introduced_in(int version) const;
  [[nodiscard]] Field outside_science() const;
};

[[nodiscard]] Field required(std::string name, Type type, std::string doc);
[[nodiscard]] Field optional(std::string name, Type type, std::string doc);
[[nodiscard]] Field defaulted(std::string name, Type type, nlohmann::json fallback, std::string doc);

// Free text and paths have ${NAME} expanded; choices and patterned text are taken as written.
[[nodiscard]] Type text();
[[nodiscard]] Type text_like(std::string pattern, std::string in_words);
[[nodiscard]] Type choice(std::vector<Choice> choices);
[[nodiscard]] Type path();
[[nodiscard]] Type integer(Range range = {});
[[nodiscard]] Type number(Range range = {});
[[nodiscard]] Type boolean();
[[nodiscard]] Type list_of(Type entry, ListRules rules = {});
[[nodiscard]] Type map_of(Type value, std::string key_pattern = {}, std::string key_words = {});
[[nodiscard]] Type object(ObjectSchema schema);
[[nodiscard]] Type one_of(std::string discriminator, std::vector<Variant> variants, ObjectSchema common = {}, bool shorthand = false);
[[nodiscard]] Type either(std::vector<Type> one_per_shape);
[[nodiscard]] Type anything();          // scalars as text
[[nodiscard]] Type plain_value();       // anything, plain scalars as YAML's core schema reads them: 3, 0.5, true, null, text
[[nodiscard]] Type as_part(Type type);  // sets `partial`

// Values a choice or the discriminator of a union may have.
[[nodiscard]] std::vector<std::string> choice_names(const Type& type);

// What a value may be, in words: "a whole number, at least 1".
[[nodiscard]] std::string in_words(const Type& type);

struct CheckedTree {     // NOLINT(bugprone-exception-escape): it means the implicit move, which throws nothing
  nlohmann::json value;  // typed, defaults filled in, ${NAME} expanded, paths absolute
  Node tree;             // the same keys in schema order, as written, each with its place (a default has none)

  // Place of the value at a JSON pointer; of its nearest ancestor that has one when it is a default.
  [[nodiscard]] Place place(std::string_view pointer) const;
};

// Writes each lone text that stands for a map (Type::shorthand) as that map, so that merging and key paths see one form only.
void spell_out(Node& node, const Type& type);

// Checks everything and adds every problem. The result is complete only if no problem was added.
[[nodiscard]] CheckedTree check(const Node& node, const Type& type, Problems& problems);

// A whole YAML file (without `include` and `--set`) against a schema; kUsage with all problems.
[[nodiscard]] core::Result<CheckedTree> check_file(const std::filesystem::path& path, const Type& type);
// The same for text in memory; `name` stands for the file in messages, `folder` for its folder.
[[nodiscard]] core::Result<CheckedTree> check_text(std::string_view text, std::string name, const Type& type,
                                                   const std::filesystem::path& folder = {});

// The settings of a checked value that can change a result: without paths, without keys outside science, and without keys that were
// introduced later and are at their default.
[[nodiscard]] nlohmann::json science_of(const nlohmann::json& value, const Type& type);

// JSON Schema draft-07 of files of this type. With `include`, a file that has an `include` key may leave anything out.
[[nodiscard]] nlohmann::json json_schema_of(const Type& type, std::string title);

// A Markdown section for the type and each object in it: a table of key, type, default and meaning.
[[nodiscard]] std::string markdown_of(const Type& type, std::string_view title);

}  // namespace mexbench::config
