// What editors and readers get from the schemas: JSON Schema and Markdown.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/config/schema.h"
#include "harness/core/text.h"

namespace mexbench::config {
namespace {

using Json = nlohmann::json;

Json nullable(Json schema) { return {{"anyOf", Json::array({std::move(schema), {{"type", "null"}}})}}; }

enum class Extent {
  kWhole,
  kPart,     // of a map that is merged with others before it counts: nothing is required
  kIncludes  // the same in a file that includes others: besides, null removes an inherited key
};

class JsonSchema {
 public:
  Json of(const Type& type, Extent extent) const {
    extent = within(extent, type);
    switch (type.kind) {
      case TypeKind::kText:
        return text(type);
      case TypeKind::kPath:
        return {{"type", "string"}};
      case TypeKind::kInteger:
        return ranged("integer", type.range);
      case TypeKind::kNumber:
        return ranged("number", type.range);
      case TypeKind::kBoolean:
        return {{"type", "boolean"}};
      case TypeKind::kList:
        return list(type);
      case TypeKind::kMap: {
        Json out = {{"type", "object"}, {"additionalProperties", of(type.inner.front(), Extent::kWhole)}, {"minProperties", 1}};
        if (!type.pattern.empty()) out["propertyNames"] = {{"pattern", anchored(type.pattern)}};
        return out;
      }
      case TypeKind::kObject:
        return object(type.object, extent);
      case TypeKind::kUnion:
        return choose(type, extent, std::nullopt);
      case TypeKind::kEither: {
        Json any = Json::array();
        for (const Type& inner : type.inner) any.push_back(of(inner, extent));
        return {{"anyOf", std::move(any)}};
      }
      case TypeKind::kAny:
        break;
    }
    return Json::object();
  }

  Json property(const Field& field, Extent extent) const {
    Json out =
        field.type.kind == TypeKind::kUnion ? choose(field.type, within(extent, field.type), field.fallback) : of(field.type, extent);
    if (extent == Extent::kIncludes) out = nullable(std::move(out));
    out["description"] = field.doc;
    if (field.fallback) out["default"] = *field.fallback;
    return out;
  }

 private:
  static Extent within(Extent extent, const Type& type) { return extent == Extent::kWhole && type.partial ? Extent::kPart : extent; }
  static std::string anchored(const std::string& pattern) { return fmt::format("^(?:{})$", pattern); }

  // Text takes any scalar as written; JSON Schema sees what a YAML reader makes of it.
  static Json text(const Type& type) {
    if (!type.choices.empty()) return {{"enum", choice_names(type)}};
    Json out = {{"type", {"string", "number", "boolean"}}};
    if (!type.pattern.empty()) out["pattern"] = anchored(type.pattern);
    Json reserved = Json::array();
    for (const auto& [value, reason] : type.refused) reserved.push_back(value);
    if (!reserved.empty()) out["not"] = {{"enum", std::move(reserved)}};
    return out;
  }

  static Json ranged(const char* name, const Range& range) {
    Json out = {{"type", name}};
    const auto bound = [&](const char* key, double value) {
      if (std::string_view(name) == "integer") {
        out[key] = static_cast<std::int64_t>(value);
      } else {
        out[key] = value;
      }
    };
    if (range.minimum) bound(range.open_minimum ? "exclusiveMinimum" : "minimum", *range.minimum);
    if (range.maximum) bound(range.open_maximum ? "exclusiveMaximum" : "maximum", *range.maximum);
    return out;
  }

  Json list(const Type& type) const {
    Json out = {{"type", "array"}, {"items", of(type.inner.front(), Extent::kWhole)}};
    if (type.list.least > 0) out["minItems"] = type.list.least;
    if (type.list.most) out["maxItems"] = *type.list.most;
    if (type.list.unique) out["uniqueItems"] = true;
    return out;
  }

  void add_fields(Json& properties, Json& required, const ObjectSchema& schema, Extent extent) const {
    for (const Field& field : schema.fields) {
      properties[field.name] = property(field, extent);
      if (field.required && extent == Extent::kWhole) required.push_back(field.name);
    }
  }

  static void add_groups(Json& out, const ObjectSchema& schema, Extent extent) {
    for (const auto& group : schema.exactly_one_of) {
      Json one = Json::array();
      for (const std::string& key : group) one.push_back({{"required", {key}}});
      if (extent != Extent::kWhole) one.push_back({{"not", {{"anyOf", one}}}});
      out["allOf"].push_back({{"oneOf", std::move(one)}});
    }
  }

  Json object(const ObjectSchema& schema, Extent extent) const {
    Json properties = Json::object();
    Json required = Json::array();
    add_fields(properties, required, schema, extent);
    Json out = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) out["required"] = std::move(required);
    if (schema.any_key && extent == Extent::kWhole) out["minProperties"] = 1;
    add_groups(out, schema, extent);
    return out;
  }

  // A map without the discriminator is of the kind that `fallback`, the default of its key, names.
  Json choose(const Type& type, Extent extent, const std::optional<Json>& fallback) const {
    const bool has_default = extent == Extent::kWhole && fallback && fallback->is_object();
    Json any_key = {{type.discriminator, {{"enum", choice_names(type)}}}};
    for (const Field& field : type.object.fields) any_key[field.name] = true;
    for (const Variant& variant : type.variants) {
      for (const Field& field : variant.schema.fields) any_key[field.name] = true;
    }
    Json out = {{"type", "object"}, {"properties", any_key}, {"additionalProperties", false}};
    if (extent == Extent::kWhole && !has_default) out["required"] = {type.discriminator};
    Json cases = Json::array();
    for (const Variant& variant : type.variants) {
      Json properties = {{type.discriminator, {{"const", variant.name}, {"description", variant.schema.doc}}}};
      Json required = Json::array();
      add_fields(properties, required, variant.schema, extent);
      add_fields(properties, required, type.object, extent);
      Json then = {{"properties", std::move(properties)}, {"additionalProperties", false}, {"required", std::move(required)}};
      add_groups(then, variant.schema, extent);
      add_groups(then, type.object, extent);
      Json when = {{"properties", {{type.discriminator, {{"const", variant.name}}}}}};
      if (!has_default || fallback->at(type.discriminator) != variant.name) when["required"] = {type.discriminator};
      cases.push_back({{"if", std::move(when)}, {"then", std::move(then)}});
    }
    if (!cases.empty()) out["allOf"] = std::move(cases);
    if (!type.shorthand) return out;
    return {{"anyOf", Json::array({{{"enum", choice_names(type)}}, std::move(out)})}};
  }
};

std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

class Markdown {
 public:
  std::string out;

  // One section per map; sections of inner maps follow.
  void section(const Type& type, const std::string& path, std::size_t level, bool partial, const std::string& when = {}) {
    partial = partial || type.partial;
    const Type& inner = unwrapped(type);
    if (&inner != &type) return section(inner, path + suffix(type), level, partial, when);
    if (type.kind == TypeKind::kEither) {
      for (const Type& alternative : type.inner) section(alternative, path, level, partial, when);
      return;
    }
    if (type.kind == TypeKind::kObject && !type.object.fields.empty()) {
      heading(path, level, when);
      paragraph(type.object.doc);
      if (const auto [first, fresh] = described_.try_emplace(signature(type), path); !fresh) {
        return paragraph(fmt::format("Its keys are those of [`{0}`](#{1}).", first->second, anchor(first->second)));
      }
      if (partial) paragraph(kPartialNote);
      table(type.object.fields, partial);
      groups(type.object);
      for (const Field& field : type.object.fields) section(field.type, dotted(path, field.name), level + 1, partial);
    } else if (type.kind == TypeKind::kUnion) {
      choose(type, path, level, partial);
    }
  }

 private:
  std::map<std::string, std::string> described_;  // signature -> path of its first section

  static constexpr const char* kPartialNote =
      "Parts of this map may come from elsewhere (a map it is merged with, a sweep); what is required must be there in the end.";

  static const Type& unwrapped(const Type& type) {
    return (type.kind == TypeKind::kList || type.kind == TypeKind::kMap) ? type.inner.front() : type;
  }
  static std::string suffix(const Type& type) { return type.kind == TypeKind::kList ? "[]" : ".<key>"; }
  static std::string dotted(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

  // What makes two maps the same to a reader: their keys, values, defaults and what these mean.
  static std::string signature(const Type& type) {
    std::string all = type.object.doc;
    for (const Field& field : type.object.fields) {
      all += fmt::format("\n{}\n{}\n{}\n{}", field.name, value_words(field.type), field.fallback ? field.fallback->dump() : "", field.doc);
    }
    return all;
  }
  static std::string union_signature(const Type& type) {
    std::string all = type.discriminator + signature(type);
    for (const Variant& variant : type.variants) {
      all += "\n" + variant.name + variant.schema.doc;
      for (const Field& field : variant.schema.fields) all += "\n" + field.name + value_words(field.type) + field.doc;
    }
    return all;
  }
  // A heading's anchor as Git hosts derive it: lower case, punctuation dropped.
  static std::string anchor(const std::string& path) {
    std::string letters;
    for (const char c : path) {
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') letters += c;
    }
    return letters;
  }

  // `when` tells maps of one path apart: " with `name: sgd`".
  void heading(const std::string& path, std::size_t level, const std::string& when = {}) {
    if (path.empty()) return;
    out += fmt::format("{} `{}`{}\n\n", std::string(std::min<std::size_t>(level, 5), '#'), path, when);
  }
  void paragraph(const std::string& text) {
    if (!text.empty()) out += text + "\n\n";
  }

  void table(const std::vector<Field>& fields, bool partial) {
    if (fields.empty()) return;
    out += "| key | value | default | meaning |\n|---|---|---|---|\n";
    for (const Field& field : fields) {
      std::string otherwise = field.required ? (partial ? "required in the end" : "required") : "none";
      if (field.fallback)
        otherwise = fmt::format("`{}`", field.fallback->is_string() ? field.fallback->get<std::string>() : field.fallback->dump());
      if (field.fallback && field.fallback->is_string() && field.fallback->get<std::string>().empty()) otherwise = "empty";
      out += fmt::format("| `{}` | {} | {} | {} |\n", field.name, cell(value_words(field.type)), cell(otherwise),
                         cell(field.doc + choice_docs(field.type)));
    }
    out += "\n";
  }

  static std::string value_words(const Type& type) {
    if (type.kind == TypeKind::kList) return "list of: " + value_words(type.inner.front());
    if (type.kind == TypeKind::kMap) return "map of: " + value_words(type.inner.front());
    if (type.kind == TypeKind::kEither) {
      std::string words;
      for (const Type& inner : type.inner) words += (words.empty() ? "" : ", or ") + value_words(inner);
      return words;
    }
    return in_words(type);
  }
  static std::string choice_docs(const Type& type) {
    std::string words;
    for (const Choice& choice : type.choices) {
      if (!choice.doc.empty()) words += fmt::format("{} `{}`: {}", words.empty() ? "." : ";", choice.value, choice.doc);
    }
    for (const Type& inner : type.inner) words += choice_docs(inner);
    return words;
  }

  void groups(const ObjectSchema& schema) {
    if (schema.any_key) paragraph("At least one of its keys is given.");
    for (const auto& group : schema.exactly_one_of) paragraph(fmt::format("Exactly one of {} is given.", core::quoted_list(group, "and")));
  }

  void choose(const Type& type, const std::string& path, std::size_t level, bool partial) {
    heading(path, level);
    paragraph(type.object.doc);
    if (const auto [first, fresh] = described_.try_emplace(union_signature(type), path); !fresh) {
      return paragraph(fmt::format("Its forms are those of [`{0}`](#{1}).", first->second, anchor(first->second)));
    }
    if (partial) paragraph(kPartialNote);
    out += fmt::format("`{}` (required) is one of:\n\n", type.discriminator);
    for (const Variant& variant : type.variants) {
      out += fmt::format("- `{}`{}{}\n", variant.name, variant.schema.doc.empty() ? "" : ": ", variant.schema.doc);
    }
    out += "\n";
    if (type.shorthand) paragraph(fmt::format("The value of `{0}` alone stands for a map with only that key.", type.discriminator));
    table(type.object.fields, partial);
    groups(type.object);
    for (const Field& field : type.object.fields) section(field.type, dotted(path, field.name), level + 1, partial);
    for (const Variant& variant : type.variants) {
      if (variant.schema.fields.empty()) continue;
      const std::string when = fmt::format(" with `{}: {}`", type.discriminator, variant.name);
      heading(path, level + 1, when);
      table(variant.schema.fields, partial);
      groups(variant.schema);
      for (const Field& field : variant.schema.fields) section(field.type, dotted(path, field.name), level + 2, partial, when);
    }
  }
};

}  // namespace

Json json_schema_of(const Type& type, std::string title) {
  const JsonSchema generator;
  Json out = generator.of(type, Extent::kWhole);
  const auto& fields = type.object.fields;
  if (std::any_of(fields.begin(), fields.end(), [](const Field& field) { return field.name == "include"; })) {
    // Included files supply what this one leaves out: the checker, which sees them all, says what is missing. What holds for every file
    // stands at the top, where editors and people look for the keys.
    Json any = generator.of(type, Extent::kIncludes);
    any["if"] = {{"required", {"include"}}};
    any["else"] = std::move(out);
    out = std::move(any);
  }
  out["$schema"] = "http://json-schema.org/draft-07/schema#";
  out["title"] = std::move(title);
  return out;
}

std::string markdown_of(const Type& type, std::string_view title) {
  Markdown page;
  page.out = fmt::format("# {}\n\n", title);
  page.section(type, "", 1, /*partial=*/false);
  while (page.out.ends_with("\n\n")) page.out.pop_back();
  return std::move(page.out);
}

}  // namespace mexbench::config
