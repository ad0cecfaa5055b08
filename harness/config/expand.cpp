#include "harness/config/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "harness/config/compose.h"
#include "harness/config/experiment_schema.h"
#include "harness/core/text.h"

namespace mexbench::config {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostModels = 10'000;

void erase_key(Node& map, std::string_view key) {
  std::erase_if(map.children, [&](const Node& child) { return child.key == key; });
}

void put(Node& map, std::string_view key, const Place& key_where, Node value) {
  value.key = key;
  value.key_where = key_where;
  if (Node* old = map.find(key)) {
    *old = std::move(value);
  } else {
    map.children.push_back(std::move(value));
  }
}

// A swept value as part of a folder name.
std::string label_part(const Node& value) {
  std::string out;
  for (const Node& child : value.children) out += (out.empty() ? "" : "+") + label_part(child);
  for (const char c : value.text) {
    const bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      std::string_view("._+-").find(c) != std::string_view::npos;
    out += fits ? c : '-';
  }
  return out;
}

struct Swept {
  std::string path;
  const Node* values = nullptr;
};

class Expander {
 public:
  Expander(const Vocabulary& vocabulary, Problems& problems)
      : vocabulary_(vocabulary), problems_(problems), model_type_(model_type(vocabulary, Form::kWritten)) {}

  Node expand(const Node& written) {
    out_ = written;
    top_ = written.where.source;
    if (const Node* train = written.find("train")) train_ = with_kinds(*train);
    erase_key(out_, "train");
    if (Node* seeds = out_.find("seeds")) list_seeds(*seeds);
    if (Node* published = out_.find("published")) inline_published(*published);
    if (Node* models = out_.find("models"); models != nullptr && models->kind == NodeKind::kList) {
      std::vector<Node> expanded;
      for (Node& entry : models->children) sweep(std::move(entry), expanded);
      models->children = std::move(expanded);
    }
    drop_labels_of_other_experiments();
    return std::move(out_);
  }

 private:
  // `optimizer: {lr: 0.1}` is of the default kind: named here, so that a model's `optimizer: {name: sgd}` replaces it instead of merging.
  static Node with_kinds(Node train) {
    const Type type = train_type();
    for (const Field& field : type.object.fields) {
      Node* child = train.find(field.name);
      const std::string& key = field.type.discriminator;
      if (child == nullptr || child->kind != NodeKind::kMap || key.empty() || child->find(key) != nullptr) continue;
      put(*child, key, {}, Node::scalar(field.fallback->at(key).get<std::string>(), /*quoted=*/false, {}));
    }
    return train;
  }

  // {from, count} as a list. A malformed one is reported where it was written; one seed in its place keeps the second check silent.
  void list_seeds(Node& seeds) {
    if (seeds.kind == NodeKind::kList || seeds.kind == NodeKind::kNull) return;
    const Node* count = seeds.find("count");
    const Node* from = seeds.find("from");
    const std::int64_t number = count != nullptr ? core::parse_int(count->text).value_or(0) : 0;
    const std::int64_t first = from != nullptr ? core::parse_int(from->text).value_or(-1) : 0;
    Node list = Node::list(seeds.where);
    list.key = seeds.key;
    list.key_where = seeds.key_where;
    bool usable = number >= 1 && number <= kMostSeeds && first >= 0 && first <= kLargestSeed;
    if (usable && first > kLargestSeed - (number - 1)) {
      usable = false;
      problems_.add((from != nullptr ? *from : *count).where,
                    fmt::format("the last of 'seeds' is {}, at most {} is wanted", first + number - 1, kLargestSeed),
                    fmt::format("'from' is at most {} for {} seeds", kLargestSeed - (number - 1), number));
    }
    for (std::int64_t i = 0; i < (usable ? number : 1); ++i) {
      list.children.push_back(Node::scalar(std::to_string(usable ? first + i : 0), /*quoted=*/false, usable ? count->where : seeds.where));
    }
    seeds = std::move(list);
  }

  // The file a path names, parsed; its problems are reported at their own places, a missing file at the path.
  std::optional<Node> read(const Node& path) {
    const auto resolved = resolve_path(path, problems_);
    if (!resolved) return std::nullopt;
    const std::string label = resolved->lexically_relative(top_->folder).string();
    const fs::path named = label.empty() ? *resolved : (fs::path(top_->file).parent_path() / label).lexically_normal();
    auto source = read_source(named, label);
    if (!source) {
      const core::Diagnostic& problem = source.error().diagnostics().front();
      if (problem.where.line > 0) {
        problems_.add(source.error());
      } else {
        problems_.add(path.where, fmt::format("{}: {}", named.string(), problem.message),
                      "relative paths are relative to the file that holds them");
      }
      return std::nullopt;
    }
    return parse_yaml(*source, problems_);
  }

  void inline_published(Node& published) {
    std::vector<Node> entries;
    if (published.kind == NodeKind::kScalar) entries.push_back(published);
    if (published.kind == NodeKind::kList) entries = published.children;
    if (entries.empty()) return;
    Node list = Node::list(published.where);
    for (Node& entry : entries) {
      if (entry.kind != NodeKind::kScalar) {
        list.children.push_back(std::move(entry));
        continue;
      }
      const auto file = read(entry);
      if (!file) continue;
      published_files_.insert(file->where.source);
      (void)check(*file, published_file_type(), problems_);
      if (const Node* found = file->find("published")) {
        std::copy(found->children.begin(), found->children.end(), std::back_inserter(list.children));
      }
    }
    if (list.children.empty()) {
      erase_key(out_, "published");
      return;
    }
    for (Node& entry : list.children) {
      entry.key.clear();
      entry.key_where = {};
    }
    list.key = published.key;
    list.key_where = published.key_where;
    published = std::move(list);
  }

  void drop_labels_of_other_experiments() {
    Node* published = out_.find("published");
    if (published == nullptr) return;
    std::set<std::string> labels;
    if (const Node* models = out_.find("models")) {
      for (const Node& model : models->children) {
        if (const Node* label = model.find("label")) labels.insert(label->text);
      }
    }
    for (Node& entry : published->children) {
      const Node* label = entry.find("model_label");
      if (label == nullptr || labels.contains(label->text) || !published_files_.contains(entry.where.source)) continue;
      erase_key(entry, "model_label");
    }
  }

  static bool can_be_swept(const std::string& path) {
    return path.starts_with("params.") || path.starts_with("train.") || path.starts_with("input.");
  }

  void sweep(Node entry, std::vector<Node>& models) {
    const Node* found = entry.find("sweep");
    const Node written = found != nullptr ? *found : Node{};
    erase_key(entry, "sweep");
    std::vector<Swept> swept;
    std::size_t combinations = 1;
    if (written.kind == NodeKind::kMap) {
      for (const Node& child : written.children) {
        if (child.kind != NodeKind::kList || child.children.empty() || !can_be_swept(child.key)) continue;
        swept.push_back({child.key, &child});
        combinations = std::min(kMostModels + 1, combinations * child.children.size());
      }
    }
    if (models.size() + combinations > kMostModels) {
      if (!too_many_) {
        problems_.add(found != nullptr ? written.key_or_value() : entry.where, fmt::format("more than {} models are made", kMostModels),
                      "split the experiment");
      }
      too_many_ = true;
      combinations = 1;  // enough to check what is swept
    }
    for (std::size_t n = 0; n < combinations; ++n) {
      Node model = entry;
      if (!swept.empty()) choose(model, swept, n, written.key_where);
      finish(model);
      models.push_back(std::move(model));
    }
  }

  // Combination number n, the last key varying fastest.
  void choose(Node& model, const std::vector<Swept>& swept, std::size_t n, const Place& where) {
    const Node* label = model.find("label");
    if (label == nullptr) label = model.find("name");
    std::string text = label != nullptr ? label->text : "";
    std::vector<const Node*> values(swept.size());
    for (std::size_t i = swept.size(); i-- > 0;) {
      const auto& list = swept[i].values->children;
      values[i] = &list[n % list.size()];
      n /= list.size();
    }
    for (std::size_t i = 0; i < swept.size(); ++i) {
      const std::string& path = swept[i].path;
      text += fmt::format("-{}={}", path.substr(path.rfind('.') + 1), label_part(*values[i]));
    }
    // A map before its keys, however they are written: 'train.optimizer.lr' is a key of the optimizer that 'train.optimizer' chooses.
    std::vector<std::size_t> order(swept.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return swept[a].path.size() < swept[b].path.size(); });
    for (const std::size_t i : order) {
      assign(model, swept[i].path, *values[i], swept[i].values->key_where, problems_);
      spell_out(model, model_type_);
    }
    put(model, "label", where, Node::scalar(std::move(text), /*quoted=*/false, where));
  }

  // `64` -> [64, 64], at the same place.
  static void spell_out_sides(Node& map, const char* key) {
    const Node* sides = map.find(key);
    if (sides == nullptr || sides->kind != NodeKind::kScalar) return;
    Node list = Node::list(sides->where);
    list.children.assign(2, Node::scalar(sides->text, sides->quoted, sides->where));
    const Place key_where = sides->key_where;
    put(map, key, key_where, std::move(list));
  }

  // The default of a key that only has a meaning beside another one.
  static void finish_input(Node& input) {
    spell_out_sides(input, "size");
    if (Node* mosaic = input.find("mosaic"); mosaic != nullptr && mosaic->kind == NodeKind::kMap) spell_out_sides(*mosaic, "crop");
    if (input.find("size") != nullptr && input.find("interpolation") == nullptr) {
      put(input, "interpolation", {}, Node::scalar(ResizeSpec{}.interpolation, /*quoted=*/false, {}));
    }
  }

  void finish(Node& model) {
    if (model.kind != NodeKind::kMap) return;
    if (const Node* name = model.find("name"); name != nullptr && model.find("label") == nullptr) {
      put(model, "label", {}, Node::scalar(name->text, name->quoted, {}));
    }
    if (Node* pins = model.find("weights_sha256"); pins != nullptr && pins->kind == NodeKind::kScalar) {
      const Place key_where = pins->key_where;
      auto file = read(*pins);
      if (file) {
        put(model, "weights_sha256", key_where, std::move(*file));
      } else {
        erase_key(model, "weights_sha256");
      }
    }
    if (Node* input = model.find("input"); input != nullptr && input->kind == NodeKind::kMap) finish_input(*input);
    check_source(model);
    join_recipe(model);
  }

  static std::string called(const Node& model) {
    const Node* label = model.find("label");
    return label != nullptr ? shown(label->text) : "";
  }

  // What the model is made of: `file`, `weights`, `init`.
  void check_source(Node& model) {
    const ModelSchema& schema = schema_of(model);
    const Node* weights = model.find("weights");
    const Node* file = model.find("file");
    if (schema.file_or_weights && file != nullptr && weights != nullptr) {
      problems_.add(file->key_where, fmt::format("model '{}' has both 'file' and 'weights'", called(model)),
                    "'file' is trained here, 'weights' is evaluated as it is: remove one");
    } else if (schema.file_or_weights && file == nullptr && weights == nullptr && !model.incomplete) {
      problems_.add(model.where, fmt::format("model '{}' has neither 'file' nor 'weights'", called(model)),
                    "'file: mine.pt' is trained here, 'weights: mine.pt' is evaluated as it is");
    } else if (schema.learning == Learning::kNever && weights == nullptr && !model.incomplete) {
      problems_.add(model.where, fmt::format("model '{}' is evaluated as it is, but 'weights' does not say which file", called(model)),
                    "add 'weights: mine.onnx', or one for each fold: 'weights: \"mine/{subject}.onnx\"'");
    }
    if (const Node* init = model.find("init"); init != nullptr && (weights != nullptr || schema.learning != Learning::kByRecipe)) {
      problems_.add(init->key_where, "'init' is given for a model that no recipe trains", "remove 'init'");
      erase_key(model, "init");
    }
  }

  void join_recipe(Node& model) {
    const Node* own = model.find("train");
    if (model.find("weights") != nullptr) {
      if (own != nullptr) {
        problems_.add(own->key_where, "'train' is given for a model that loads its weights", "remove 'train' or 'weights'");
        erase_key(model, "train");
      }
    } else if (schema_of(model).learning != Learning::kByRecipe) {
      if (own != nullptr) {
        const bool never = schema_of(model).learning == Learning::kNever;
        problems_.add(own->key_where,
                      fmt::format("'train' is given for '{}', which {}", model.find("name")->text,
                                  never ? "is evaluated as it is" : "learns by a rule of its own"),
                      never ? "remove 'train'" : "remove 'train'; its settings are in 'params'");
        erase_key(model, "train");
      }
    } else if (own == nullptr && train_.kind == NodeKind::kMap) {
      put(model, "train", train_.key_where, train_);
    } else if (own == nullptr && train_.kind == NodeKind::kNull && !train_.key_where.source && !model.incomplete && !out_.incomplete) {
      problems_.add(model.where,
                    fmt::format("model '{}' has nothing to be trained by: neither 'train' nor 'weights' is given", called(model)),
                    "add 'train: {epochs: ..., batch_size: ...}', or 'weights: ...' to load it");
    } else if (own != nullptr && own->kind == NodeKind::kMap && train_.kind == NodeKind::kMap) {
      const Place key_where = own->key_where;
      put(model, "train", key_where, merge(train_, *own));
    }
  }

  [[nodiscard]] const ModelSchema& schema_of(const Node& model) const {
    static const ModelSchema kUnknown;  // said elsewhere
    const Node* name = model.find("name");
    const auto known = name == nullptr ? vocabulary_.models.end() : vocabulary_.models.find(name->text);
    return known == vocabulary_.models.end() ? kUnknown : known->second;
  }

  const Vocabulary& vocabulary_;
  Problems& problems_;
  Type model_type_;  // of one entry of `models`, as written
  Node out_;
  std::set<std::shared_ptr<const Source>> published_files_;  // what entries of `published` were read from
  std::shared_ptr<const Source> top_;
  Node train_;
  bool too_many_ = false;
};

// The braces of a pattern are placeholders; those of a folder that it is relative to would be taken for some.
void check_folder(const Node& weights, Problems& problems) {
  const auto braces = [](std::string_view text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return c == '{' || c == '}'; });
  };
  if (braces(path_as_written_for(weights, {})) <= braces(weights.text)) return;
  problems.add(weights.where,
               fmt::format("'weights' is relative to '{}', whose braces would be taken for placeholders",
                           shown(weights.where.source->folder.string())),
               "rename that folder");
}

void check_placeholders(const Node& weights, Problems& problems) {
  const std::vector<std::string> known(std::begin(kWeightsPlaceholders), std::end(kWeightsPlaceholders));
  const std::string& text = weights.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "${") == 0) {
      i = std::min(text.find('}', i), text.size());
      continue;
    }
    if (text[i] != '{') continue;
    const std::size_t close = text.find('}', i);
    if (close == std::string::npos) {
      problems.add(weights.where, fmt::format("'{{' without its '}}' in '{}'", shown(text)));
      return;
    }
    const std::string name = text.substr(i + 1, close - i - 1);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const auto near = core::closest(name, known);
      problems.add(weights.where, fmt::format("unknown placeholder '{{{}}}' in 'weights'", shown(name)),
                   near ? fmt::format("did you mean '{{{}}}'?", *near) : "known: '{dataset}', '{subject}', '{fold}' and '{seed}'");
    }
    i = close;
  }
}

// A path with placeholders.
void check_pattern(const Node* weights, Problems& problems) {
  if (weights == nullptr || weights->kind != NodeKind::kScalar) return;
  check_placeholders(*weights, problems);
  check_folder(*weights, problems);
}

std::optional<double> number_at(const Node* map, std::string_view key) {
  const Node* node = map != nullptr ? map->find(key) : nullptr;
  return node != nullptr ? core::parse_double(node->text) : std::nullopt;
}

void check_schedule(const Node& schedule, const Node& train, Problems& problems) {
  const Node* floor = schedule.find("min_lr");
  const auto low = number_at(&schedule, "min_lr");
  const double lr = number_at(train.find("optimizer"), "lr").value_or(kDefaultLearningRate);
  if (low && *low > lr) {
    problems.add(floor->where, fmt::format("'min_lr' is {}, above the learning rate {}", shown(floor->text), core::format_double(lr)));
  }
  const Node* warmup = schedule.find("warmup_epochs");
  const auto epochs = number_at(&train, "epochs");
  if (warmup != nullptr && epochs && *epochs >= 1 && number_at(&schedule, "warmup_epochs") >= epochs) {
    problems.add(warmup->where,
                 fmt::format("'warmup_epochs' is {}, of {} epochs: the schedule would never begin", shown(warmup->text),
                             core::format_double(*epochs)),
                 "warm up for fewer epochs, or train for more");
  }
}

void check_factors(const Node& augment, Problems& problems) {
  for (const Node& step : augment.children) {
    const Node* factor = step.find("factor");
    if (factor == nullptr || factor->children.size() != 2) continue;
    const auto low = core::parse_double(factor->children[0].text);
    const auto high = core::parse_double(factor->children[1].text);
    if (low && high && *low > *high) {
      problems.add(factor->children[0].where,
                   fmt::format("'factor' is from {} to {}, the least comes first", core::format_double(*low), core::format_double(*high)));
    }
  }
}

// Keys that are right one by one and wrong together.
void check_train(const Node& train, Problems& problems) {
  if (const Node* optimizer = train.find("optimizer")) {
    const Node* nesterov = optimizer->find("nesterov");
    if (nesterov != nullptr && nesterov->text == "true" && number_at(optimizer, "momentum").value_or(0.0) == 0.0) {
      problems.add(nesterov->where, "'nesterov' needs a 'momentum' above 0", "add 'momentum: 0.9'");
    }
  }
  if (const Node* schedule = train.find("schedule")) check_schedule(*schedule, train, problems);
  if (const Node* loss = train.find("loss")) {
    const auto low = number_at(loss, "m_minus");
    const auto high = number_at(loss, "m_plus");
    if ((low || high) && low.value_or(kDefaultMMinus) >= high.value_or(kDefaultMPlus)) {
      problems.add(loss->find(low ? "m_minus" : "m_plus")->where,
                   fmt::format("'m_minus' is {}, 'm_plus' is {}: 'm_minus' below 'm_plus' is wanted",
                               core::format_double(low.value_or(kDefaultMMinus)), core::format_double(high.value_or(kDefaultMPlus))));
    }
  }
  if (const Node* augment = train.find("augment")) check_factors(*augment, problems);
  const Node* sampler = train.find("sampler");
  const Node* shuffle = train.find("shuffle");
  if (sampler != nullptr && shuffle != nullptr && sampler->text != "natural" && shuffle->text == "false") {
    problems.add(shuffle->where, fmt::format("'shuffle: false' keeps the release's order, '{}' draws another", shown(sampler->text)),
                 "remove one of the two");
  }
}

// The datasets the adapter of the experiment has clips of; empty when they are not known.
std::vector<std::string> datasets_of(const Node& expanded, const Vocabulary& vocabulary) {
  const Node* dataset = expanded.find("dataset");
  const Node* adapter = dataset != nullptr ? dataset->find("adapter") : nullptr;
  if (adapter == nullptr) return {};
  const auto found = vocabulary.adapters.find(adapter->text);
  return found == vocabulary.adapters.end() ? std::vector<std::string>{} : found->second.datasets;
}

void check_scopes(const Node& entry, const std::vector<std::string>& datasets, Problems& problems) {
  const Node* scores = entry.find("scores");
  if (scores == nullptr || datasets.empty()) return;
  std::vector<std::string> known = datasets;
  known.insert(known.begin(), "all");
  for (const Node& scope : scores->children) {
    if (std::find(known.begin(), known.end(), scope.key) != known.end()) continue;
    const auto near = core::closest(scope.key, known);
    problems.add(scope.key_where,
                 fmt::format("'{}' in 'scores' is no dataset of the experiment, {} is wanted", shown(scope.key), core::quoted_list(known)),
                 near ? fmt::format("did you mean '{}'?", *near) : "");
  }
}

void check_published(const Node& published, const std::vector<std::string>& labels, const std::vector<std::string>& datasets,
                     Problems& problems) {
  std::map<std::string, Place> ids;
  for (const Node& entry : published.children) {
    if (const Node* id = entry.find("id")) {
      const auto [first, fresh] = ids.try_emplace(id->text, id->where);
      if (!fresh)
        problems.add(id->where, fmt::format("published id '{}' is used twice", shown(id->text)), {},
                     {"first used at " + first->second.named()});
    }
    check_scopes(entry, datasets, problems);
    const Node* label = entry.find("model_label");
    if (label == nullptr || label->text.empty()) continue;
    if (std::find(labels.begin(), labels.end(), label->text) == labels.end()) {
      const auto near = core::closest(label->text, labels);
      problems.add(label->where, fmt::format("'model_label' is '{}', which no model has", shown(label->text)),
                   near ? fmt::format("did you mean '{}'?", *near) : "");
    }
  }
}

// Pairs of labels that are there, none twice.
void check_family(const Node& pairs, const std::vector<std::string>& labels, Problems& problems) {
  std::map<std::set<std::string>, Place> seen;
  for (const Node& pair : pairs.children) {
    std::set<std::string> names;
    for (const Node& label : pair.children) {
      names.insert(label.text);
      if (std::find(labels.begin(), labels.end(), label.text) != labels.end()) continue;
      const auto near = core::closest(label.text, labels);
      problems.add(label.where, fmt::format("no model is labelled '{}'", shown(label.text)),
                   near ? fmt::format("did you mean '{}'?", *near) : "");
    }
    const auto [first, fresh] = seen.try_emplace(names, pair.where);
    if (!fresh) problems.add(pair.where, "these two are compared already", "remove one", {"first at " + first->second.named()});
  }
}

}  // namespace

Type published_file_type() { return object({"", {required("published", list_of(published_type()), "published results")}, {}}); }

Node expand_tree(const Node& written, const Vocabulary& vocabulary, Problems& problems) {
  return Expander(vocabulary, problems).expand(written);
}

void check_meaning(const Node& expanded, const Vocabulary& vocabulary, Problems& problems) {
  std::vector<std::string> labels;
  if (const Node* models = expanded.find("models")) {
    std::map<std::string, Place> seen;
    for (const Node& model : models->children) {
      if (const Node* label = model.find("label")) {
        const Place where = label->where.source ? label->where : model.where;
        const auto [first, fresh] = seen.try_emplace(label->text, where);
        if (!fresh)
          problems.add(where, fmt::format("two models are labelled '{}'", shown(label->text)), "give each its own 'label'",
                       {"first at " + first->second.named()});
        labels.push_back(label->text);
      }
      const Node* weights = model.find("weights");
      check_pattern(weights, problems);
      if (const Node* init = model.find("init")) check_pattern(init->find("weights"), problems);
      if (const Node* pins = model.find("weights_sha256"); pins != nullptr && weights == nullptr) {
        problems.add(pins->key_where, "'weights_sha256' pins weights, but there is no 'weights'", "add 'weights', or remove the pins");
      }
      if (const Node* train = model.find("train")) check_train(*train, problems);
    }
  }
  if (const Node* published = expanded.find("published")) {
    check_published(*published, labels, datasets_of(expanded, vocabulary), problems);
  }
  if (const Node* statistics = expanded.find("statistics")) {
    const Node* family = statistics->find("family");
    const Node* pairs = family != nullptr ? family->find("pairs") : nullptr;
    if (pairs != nullptr) check_family(*pairs, labels, problems);
  }
}

}  // namespace mexbench::config
