#include "harness/config/schema.h"

#include <fmt/format.h>

#include "harness/core/text.h"

namespace mexbench::config {
namespace {

std::string range_words(const Range& range) {
  if (range.minimum && range.minimum == range.maximum) return " equal to " + core::format_double(*range.minimum);
  std::string out;
  if (range.minimum) out += fmt::format("{} {}", range.open_minimum ? "above" : "of at least", core::format_double(*range.minimum));
  if (range.minimum && range.maximum) out += " and ";
  if (range.maximum) out += fmt::format("{} {}", range.open_maximum ? "below" : "at most", core::format_double(*range.maximum));
  return out.empty() ? out : " " + out;
}

Type of_kind(TypeKind kind) {
  Type type;
  type.kind = kind;
  return type;
}

Field field(std::string name, Type type, std::string doc) {
  Field out;
  out.name = std::move(name);
  out.type = std::move(type);
  out.doc = std::move(doc);
  return out;
}

}  // namespace

Field Field::introduced_in(int version) const {
  Field out = *this;
  out.since = version;
  return out;
}
Field Field::outside_science() const {
  Field out = *this;
  out.science = false;
  return out;
}

Field required(std::string name, Type type, std::string doc) {
  Field out = field(std::move(name), std::move(type), std::move(doc));
  out.required = true;
  return out;
}
Field optional(std::string name, Type type, std::string doc) { return field(std::move(name), std::move(type), std::move(doc)); }
Field defaulted(std::string name, Type type, nlohmann::json fallback, std::string doc) {
  Field out = field(std::move(name), std::move(type), std::move(doc));
  out.fallback = std::move(fallback);
  return out;
}

Type text() { return of_kind(TypeKind::kText); }
Type text_like(std::string pattern, std::string words) {
  Type type = text();
  type.pattern = std::move(pattern);
  type.pattern_words = std::move(words);
  return type;
}
Type choice(std::vector<Choice> choices) {
  Type type = text();
  type.choices = std::move(choices);
  return type;
}
Type path() { return of_kind(TypeKind::kPath); }
Type integer(Range range) {
  Type type = of_kind(TypeKind::kInteger);
  type.range = range;
  return type;
}
Type number(Range range) {
  Type type = of_kind(TypeKind::kNumber);
  type.range = range;
  return type;
}
Type boolean() { return of_kind(TypeKind::kBoolean); }
Type list_of(Type entry, ListRules rules) {
  Type type = of_kind(TypeKind::kList);
  type.inner.push_back(std::move(entry));
  type.list = rules;
  return type;
}
Type map_of(Type value, std::string key_pattern, std::string key_words) {
  Type type = of_kind(TypeKind::kMap);
  type.inner.push_back(std::move(value));
  type.pattern = std::move(key_pattern);
  type.pattern_words = std::move(key_words);
  return type;
}
Type object(ObjectSchema schema) {
  Type type = of_kind(TypeKind::kObject);
  type.object = std::move(schema);
  return type;
}
Type one_of(std::string discriminator, std::vector<Variant> variants, ObjectSchema common, bool shorthand) {
  Type type = of_kind(TypeKind::kUnion);
  type.discriminator = std::move(discriminator);
  type.variants = std::move(variants);
  type.object = std::move(common);
  type.shorthand = shorthand;
  return type;
}
Type either(std::vector<Type> one_per_shape) {
  Type type = of_kind(TypeKind::kEither);
  type.inner = std::move(one_per_shape);
  return type;
}
Type anything() { return of_kind(TypeKind::kAny); }

Type plain_value() {
  Type type = anything();
  type.core_schema = true;
  return type;
}
Type as_part(Type type) {
  type.partial = true;
  return type;
}

std::vector<std::string> choice_names(const Type& type) {
  std::vector<std::string> out;
  for (const Choice& choice : type.choices) out.push_back(choice.value);
  for (const Variant& variant : type.variants) out.push_back(variant.name);
  return out;
}

std::string in_words(const Type& type) {
  switch (type.kind) {
    case TypeKind::kText:
      if (!type.choices.empty()) return core::quoted_list(choice_names(type));
      return type.pattern_words.empty() ? "text" : type.pattern_words;
    case TypeKind::kPath:
      return "a path";
    case TypeKind::kInteger:
      return "a whole number" + range_words(type.range);
    case TypeKind::kNumber:
      return "a number" + range_words(type.range);
    case TypeKind::kBoolean:
      return "'true' or 'false'";
    case TypeKind::kList:
      return "a list";
    case TypeKind::kMap:
    case TypeKind::kObject:
      return "a map of keys";
    case TypeKind::kUnion:
      return type.shorthand ? fmt::format("{}, or a map with the key '{}'", core::quoted_list(choice_names(type)), type.discriminator)
                            : fmt::format("a map with the key '{}'", type.discriminator);
    case TypeKind::kEither: {
      std::string out;
      for (const Type& inner : type.inner) out += (out.empty() ? "" : ", or ") + in_words(inner);
      return out;
    }
    case TypeKind::kAny:
      break;
  }
  return "any value";
}

}  // namespace mexbench::config
