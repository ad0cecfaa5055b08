// An option of an adapter or of a stage: what a configuration checker, a reference page and the code that reads it need to know of a key.
// Values travel as JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/result.h"

namespace mexbench::data {

// kStages: a list of stages (stages.h); kCorrections: a list of corrections (datasets/corrections.h).
enum class OptionType { kText, kInt, kNumber, kBool, kPath, kStages, kCorrections };
[[nodiscard]] std::string_view to_string(OptionType type);

struct OptionDef {
  std::string name;
  OptionType type = OptionType::kText;
  nlohmann::json default_value;  // of the option's type
  std::optional<double> min;     // kInt, kNumber: inclusive
  std::optional<double> max;
  std::vector<std::string> choices;  // kText: the accepted values; empty: any. kCorrections: the names there are
  std::string doc;                   // one line
  int since = 1;                     // later than 1: introduced later, left out of the science settings while at its default
};

// Short forms.
[[nodiscard]] OptionDef whole_option(std::string name, std::int64_t value, double min, std::optional<double> max, std::string doc);
[[nodiscard]] OptionDef number_option(std::string name, double value, double min, std::optional<double> max, std::string doc);
[[nodiscard]] OptionDef choice_option(std::string name, std::vector<std::string> choices, std::string doc);  // the first is the default
[[nodiscard]] OptionDef text_option(std::string name, std::string value, std::string doc);                   // any text
[[nodiscard]] OptionDef path_option(std::string name, std::string doc);                                      // default: empty, not given
[[nodiscard]] OptionDef bool_option(std::string name, bool value, std::string doc);

[[nodiscard]] OptionDef list_option(std::string name, OptionType type, std::string doc);  // default: empty

// `given` with every default filled in. `owner` for messages: "dataset adapter 'synth'". Fails with kUsage: unknown key, wrong type, out of
// range; all problems at once.
[[nodiscard]] core::Result<nlohmann::json> complete_options(std::string_view owner, const std::vector<OptionDef>& options,
                                                            const nlohmann::json& given);

// "did you mean 'x'?", or the list of all.
[[nodiscard]] std::string suggestion(std::string_view seen, const std::vector<std::string>& known);

}  // namespace mexbench::data
