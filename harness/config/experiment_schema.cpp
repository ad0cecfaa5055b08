#include "harness/config/experiment_schema.h"

#include "harness/config/latency.h"

namespace mexbench::config {
namespace {

constexpr const char* kDatasetPattern = "[a-z0-9][a-z0-9_-]*";
constexpr const char* kNamePattern = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
constexpr const char* kNameWords = "a name of letters, digits and '._-', at most 128 characters";
constexpr Range kShareOpen{.minimum = 0, .maximum = 1, .open_minimum = true, .open_maximum = true};
constexpr Range kDecay{.minimum = 0, .maximum = 1, .open_maximum = true};
constexpr Range kNotNegative{.minimum = 0};
constexpr Range kPositive{.minimum = 0, .open_minimum = true};
constexpr Range kCount{.minimum = 1};

Type loss_type() {
  return one_of("name",
                {{"cross_entropy",
                  {"cross-entropy of the softmax of the network's scores",
                   {defaulted("label_smoothing", number(kDecay), 0.0,
                              "share of the target dealt out evenly over all classes (Szegedy et al., CVPR 2016)")},
                   {}}},
                 {"focal",
                  {"focal loss (Lin et al., ICCV 2017): cross-entropy times (1 - p)^gamma, p the probability of the clip's class",
                   {defaulted("gamma", number(kNotNegative), 2.0, "how little a clip counts that is right already; 0: cross-entropy")},
                   {}}},
                 {"capsule_margin",
                  {"margin loss of capsule lengths (Sabour et al., NeurIPS 2017, equation 4); for networks that give lengths from 0 to 1",
                   {defaulted("m_plus", number({.minimum = 0, .maximum = 1, .open_minimum = true}), kDefaultMPlus,
                              "length from which the clip's class costs nothing"),
                    defaulted("m_minus", number(kDecay), kDefaultMMinus, "length up to which another class costs nothing; below m_plus"),
                    defaulted("lambda", number(kNotNegative), 0.5, "weight of the other classes")},
                   {}}}},
                {}, /*shorthand=*/true);
}

Type optimizer_type() {
  const Field decay = defaulted("weight_decay", number(kNotNegative), 0.0, "L2 penalty added to the gradient");
  const Field lr = defaulted("lr", number(kPositive), kDefaultLearningRate, "learning rate");
  const Field betas = defaulted("betas", list_of(number(kDecay), {.least = 2, .most = 2}), {0.9, 0.999}, "decay of the two running means");
  const Field eps = defaulted("eps", number(kPositive), 1.0e-8, "added to the denominator");
  return one_of(
      "name",
      {{"adam", {"Adam (Kingma and Ba, ICLR 2015)", {lr, decay, betas, eps}, {}}},
       {"adamw",
        {"Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019)",
         {lr, defaulted("weight_decay", number(kNotNegative), 0.01, "share of each weight taken off per step, times the learning rate"),
          betas, eps},
         {}}},
       {"sgd",
        {"stochastic gradient descent",
         {required("lr", number(kPositive), "learning rate"), decay,
          defaulted("momentum", number(kDecay), 0.0, "share of the last step kept"),
          defaulted("nesterov", boolean(), false, "Nesterov's momentum; needs a momentum above 0")},
         {}}},
       {"rmsprop",
        {"RMSprop (Tieleman and Hinton 2012), as PyTorch computes it",
         {required("lr", number(kPositive), "learning rate"), decay,
          defaulted("alpha", number(kDecay), 0.99, "decay of the running mean of squared gradients"), eps,
          defaulted("momentum", number(kDecay), 0.0, "share of the last step kept"),
          defaulted("centered", boolean(), false, "divide by the deviation from the mean gradient, not by the root of the mean square")},
         {}}}},
      {}, /*shorthand=*/true);
}

Type schedule_type() {
  const Field warmup =
      defaulted("warmup_epochs", integer({.minimum = 0, .maximum = 1'000'000}), 0,
                "first epochs with a rate that grows evenly: lr * epoch / (warmup_epochs + 1); the schedule begins after them")
          .introduced_in(2);
  return one_of("name",
                {{"constant", {"the learning rate stays", {warmup}, {}}},
                 {"step",
                  {"the learning rate drops every few epochs",
                   {defaulted("step_size", integer(kCount), 30, "epochs between drops"),
                    defaulted("gamma", number({.minimum = 0, .maximum = 1, .open_minimum = true}), 0.1, "factor of a drop"), warmup},
                   {}}},
                 {"cosine",
                  {"the learning rate falls along half a cosine over the epochs",
                   {defaulted("min_lr", number(kNotNegative), 0.0, "learning rate after the last epoch"), warmup},
                   {}}}},
                {}, /*shorthand=*/true);
}

Type selection_type() {
  return one_of(
      "name",
      {{"fixed_epoch", {"the last epoch, whatever it scores", {}, {}}},
       {"inner_subjects",
        {"the epoch that scores best on subjects held out of the fold's training side",
         {defaulted("validation_share", number(kShareOpen), 0.2, "share of the training subjects held out for selection"),
          defaulted("metric",
                    choice({{"uf1", "pooled over the validation clips"},
                            {"uar", "pooled over the validation clips"},
                            {"loss", "mean over them, without class weights and label smoothing"}}),
                    "uf1", "what is best"),
          defaulted("refit", boolean(), true, "train again on all training clips for the chosen number of epochs"),
          optional("patience", integer(kCount), "stop selecting after that many epochs without a better score; without it, never")},
         {}}}},
      {}, /*shorthand=*/true);
}

Type augment_type() {
  const Range share{.minimum = 0, .maximum = 1, .open_minimum = true};
  const Field always = defaulted("probability", number(share), 1.0, "share of the clips that go through the step");
  const Field border = required("border", choice({{"edge", "the nearest pixel"}, {"zero", "no movement; black in frames"}}),
                                "what comes in from outside the image");
  return list_of(one_of(
      "name",
      {{"flip",
        {"left and right change places; channel u becomes low + high - u, low and high being the declared range",
         {defaulted("probability", number(share), 0.5, "share of the clips that are mirrored")},
         {}}},
       {"shift",
        {"by whole pixels, down and to the right, each drawn evenly from -pixels to pixels",
         {required("pixels", integer({.minimum = 1, .maximum = 1000}), "largest shift"), border, always},
         {}}},
       {"rotate",
        {"about the centre, by an angle drawn evenly from -degrees to degrees; vectors (u, v) turn with the image",
         {required("degrees", number({.minimum = 0, .maximum = 180, .open_minimum = true}), "largest angle"), border, always},
         {}}},
       {"noise",
        {"Gaussian noise, drawn for every number",
         {required("sigma", number(share), "standard deviation as a share of the declared range"), always},
         {}}},
       {"mixup",
        {"clips and targets of a batch blended in pairs (Zhang et al., ICLR 2018), the share drawn once per batch",
         {required("alpha", number({.minimum = 0, .maximum = 100, .open_minimum = true}), "the share is drawn from Beta(alpha, alpha)")},
         {}}},
       {"magnify",
        {"the flow's deviation from its zero, times a factor drawn evenly between two",
         {required("factor", list_of(number({.minimum = 0, .maximum = 100, .open_minimum = true}), {.least = 2, .most = 2}),
                   "least and largest factor"),
          always},
         {}}},
       {"temporal_jitter",
        {"for volumes of frames (channels t00, t01, ...): by whole frames, drawn evenly from -frames to frames; the ends are repeated",
         {required("frames", integer({.minimum = 1, .maximum = 1000}), "largest shift in time"), always},
         {}}}},
      {}, /*shorthand=*/true));
}

// A rule from a corpus's labels to classes, written out (datasets/labels.h).
Type own_label_map_type() {
  const Type label = text();
  return object({.doc = "A label map of the experiment's own.",
                 .fields = {required("id", text_like(kNamePattern, kNameWords), "what reports call it"),
                            defaulted("by", choice({{"emotion", ""}, {"objective_class", ""}, {"type", "macro- or micro-expression"}}),
                                      "emotion", "the column of the sheet that labels are taken from"),
                            required("classes", list_of(label, {.least = 2, .unique = true}), "in the order of score columns"),
                            required("rules", map_of(label), "label of the corpus -> class"),
                            defaulted("drop", list_of(label, {.least = 0, .unique = true}), nlohmann::json::array(),
                                      "labels that are of no class; any other that is not in `rules` is an error"),
                            defaulted("exclude", list_of(label, {.least = 0, .unique = true}), nlohmann::json::array(),
                                      "clips to leave out, as subject/clip in the release's folder form")}});
}

Field label_map_field(const AdapterSchema& adapter) {
  const char* doc = "versioned rule from the corpus's labels to classes";
  std::vector<Choice> maps;
  for (const std::string& map : adapter.label_maps) maps.push_back({map, ""});
  Type type = adapter.own_label_maps ? either({choice(std::move(maps)), own_label_map_type()}) : choice(std::move(maps));
  if (adapter.label_maps.size() == 1) return defaulted("label_map", std::move(type), adapter.label_maps.front(), doc);
  return required("label_map", std::move(type), doc);
}

Type dataset_type(const Vocabulary& vocabulary) {
  std::vector<Variant> variants;
  for (const auto& [id, adapter] : vocabulary.adapters) {
    Variant variant{id, {adapter.options.doc, {}, adapter.options.exactly_one_of}};
    const char* root_doc = "folder of the corpus; it can change nothing but where the files are read";
    variant.schema.fields.push_back(adapter.needs_root ? required("root", path(), root_doc) : optional("root", path(), root_doc));
    variant.schema.fields.push_back(label_map_field(adapter));
    variant.schema.fields.insert(variant.schema.fields.end(), adapter.options.fields.begin(), adapter.options.fields.end());
    std::vector<Choice> datasets;
    for (const std::string& dataset : adapter.datasets) datasets.push_back({dataset, ""});
    const Type dataset = datasets.empty() ? text_like(kDatasetPattern, "a dataset id such as 'casme2'") : choice(std::move(datasets));
    variant.schema.fields.push_back(optional("only", list_of(dataset, {.unique = true}), "dataset ids to keep; without it, all"));
    variants.push_back(std::move(variant));
  }
  return one_of("adapter", std::move(variants), {"Where the clips come from.", {}, {}});
}

Type protocol_type(const Vocabulary& vocabulary) {
  std::vector<Variant> variants;
  for (const auto& [name, schema] : vocabulary.protocols) variants.push_back({name, schema});
  return one_of("name", std::move(variants), {"How clips are split into folds and how scores pool.", {}, {}}, /*shorthand=*/true);
}

// Folders and files that a run puts beside the folders of its models, and beside the folders of experiments.
Type label_type() {
  Type type = text_like(kLabelPattern, "a name of letters, digits and '._=+-', at most 128 characters");
  for (const char* own : {"report", "aside"}) type.refused.emplace_back(own, "is a folder of the run's own beside those of the models");
  for (const char* own : {"summary.csv", "resolved.yaml", "experiment.yaml"}) {
    type.refused.emplace_back(own, "is a file of the run's own beside the folders of the models");
  }
  return type;
}

Type name_type() {
  Type type = text_like(kNamePattern, kNameWords);
  type.refused.emplace_back("corpora", "is the folder of generated corpora beside those of experiments");
  return type;
}

// Height and width. As written, one integer stands for both.
Type sides_type(Range range, Form form) {
  Type both = list_of(integer(range), {.least = 2, .most = 2});
  return form == Form::kWritten ? either({integer(range), std::move(both)}) : both;
}

constexpr Range kSide{.minimum = 1, .maximum = 1024};

Type mosaic_type(Form form) {
  const Type point = list_of(number({.minimum = 0, .maximum = 1'000'000}), {.least = 2, .most = 2});
  std::vector<Field> points;
  for (const char* name : {"left_eye", "right_eye", "left_mouth", "right_mouth"}) {
    points.push_back(required(name, point, "[x, y] in pixels of the dataset's image, from its upper left corner"));
  }
  return object({.doc = "Four crops around points of the face, side by side: eyes above, corners of the mouth below (HTNet's input).",
                 .fields = {required("points",
                                     object({.doc = "Left and right as in the image; the same in all clips.",
                                             .fields = std::move(points),
                                             .exactly_one_of = {}}),
                                     "what the crops are around; a crop that would leave the image is moved inside"),
                            defaulted("crop", sides_type(kSide, form), {14, 14},
                                      "pixels of a crop: [height, width], or one number for both; the mosaic has twice as many a side"),
                            defaulted("swap_axes", boolean(), false, "let x count rows and y columns, as HTNet's released code does")},
                 .exactly_one_of = {}});
}

std::vector<Conflict> input_conflicts(const nlohmann::json& input) {
  std::vector<Conflict> out;
  if (input.contains("interpolation") && !input.contains("size")) {
    out.push_back({.keys = {"interpolation"}, .message = "'interpolation' says how images are resized, but no 'size' is given"});
  }
  const auto range = input.find("range");
  if (range != input.end() && range->is_array() && range->size() == 2 && range->at(0).is_number() && range->at(1).is_number() &&
      range->at(0).get<double>() >= range->at(1).get<double>()) {
    out.push_back({.keys = {"range"}, .message = "'range' is [low, high], and its low is not below its high"});
  }
  return out;
}

Type input_type(Form form) {
  Type type = object({.doc = "A declared adaptation of the dataset's tensor to the model: its steps, in this order.",
                      .fields = {optional("channels", list_of(text_like("[A-Za-z0-9_.-]+", "a channel's name"), {.unique = true}),
                                          "channels to use, in this order; without it, the dataset's"),
                                 optional("mosaic", mosaic_type(form), "crops of each channel instead of the whole; without it, the whole"),
                                 optional("size", sides_type(kSide, form),
                                          "pixels each channel is resized to: [height, width], or one number for both; without it, as "
                                          "they come"),
                                 optional("interpolation",
                                          choice({{"bilinear", "linear between the pixel centres around a point"},
                                                  {"area", "mean over what a pixel covers"},
                                                  {"nearest", "the pixel a point is in"},
                                                  {"bicubic", "cubic convolution, a = -0.75; may overshoot"}}),
                                          "how images are resized (docs/inputs.md); with a `size` and without this, bilinear"),
                                 optional("range", list_of(number(), {.least = 2, .most = 2}),
                                          "[low, high]: what the data's declared range becomes; without it, values as they come"),
                                 optional("normalise",
                                          choice({{"per-channel", "mean and deviation of a channel"},
                                                  {"per-pixel", "mean and deviation of each pixel by itself"}}),
                                          "mean 0 and deviation 1 over the training clips of each fold; without it, not"),
                                 optional("pca", integer({.minimum = 1, .maximum = 100000}),
                                          "keeps what lies in this many principal components of the fold's training clips; without it, "
                                          "all")},
                      .exactly_one_of = {},
                      .any_key = true,
                      .conflicts = input_conflicts});
  return form == Form::kWritten ? as_part(std::move(type)) : type;
}

constexpr const char* kPattern = "{dataset}, {subject}, {fold} and {seed} are filled in, so that each fold has its own";

Type init_type() {
  return object(
      {"Starting values for training, in place of random ones. Say in `card` what they have seen.",
       {required("weights", path(), std::string("state dictionary; ") + kPattern),
        defaulted("fresh", list_of(text_like("[A-Za-z0-9_.]+", "the beginning of a parameter's name"), {.least = 0, .unique = true}),
                  nlohmann::json::array(), "parameters whose names begin so keep their random values: a new head, say")},
       {}});
}

Type engine_type() {
  return choice({{"auto", "the fused engine where it can be, else LibTorch; loaded weights on LibTorch"},
                 {"libtorch", "LibTorch, for every network"},
                 {"fused", "the fused engine: its networks and recipes only"}});
}

Type card_type() {
  return object(
      {"What a reader should know of a model of your own, or of weights it starts from.",
       {defaulted("title", text(), "", "shown in reports; without it, the catalogue's"),
        defaulted("paper", text(), "", "citation; without it, the catalogue's"),
        optional("pretraining", list_of(text(), {.least = 0, .unique = true}),
                 "data that the starting values or loaded weights were trained on, corpora by dataset id or usual name (`casme2`, "
                 "`CASME II`, `MEGC2019`); `[]`: none. Without it that is not known, and a run that starts from values of a file is "
                 "UNAUDITED; so is one with a name that only looks like a corpus")},
       {}});
}

}  // namespace

Type model_type(const Vocabulary& vocabulary, Form form) {
  std::vector<Variant> variants;
  for (const auto& [name, model] : vocabulary.models) {
    const Type type = form == Form::kWritten ? as_part(object(model.params)) : object(model.params);
    ObjectSchema own{model.params.doc, {}, {}};
    if (model.own_params) {
      Type any = map_of(plain_value(), "[A-Za-z_][A-Za-z0-9_]*", "a name");
      any.list.least = 0;
      own.fields.push_back(defaulted("params", std::move(any), nlohmann::json::object(),
                                     "handed to the file's model as they are: numbers, true or false, text, lists of them"));
    } else {
      own.fields.push_back(defaulted("params", type, nlohmann::json::object(), "the model's parameters"));
    }
    if (model.file_or_weights) {
      own.fields.push_back(optional("file", path(), "the model, trained here by `train`; or give `weights`"));
    } else if (model.has_file) {
      own.fields.push_back(required("file", path(), "the model"));
    }
    variants.push_back({name, std::move(own)});
  }
  ObjectSchema common;
  common.doc = "One entry per model; each is trained, or loaded when it has `weights`, once per seed.";
  common.fields = {
      optional("label", label_type(), "name of the model's folder and rows; without it, `name`").outside_science(),
      optional("weights", path(),
               std::string("file to load instead of training: a state dictionary, or the model itself where it is a file; ") + kPattern),
      optional("init", form == Form::kWritten ? as_part(init_type()) : init_type(),
               "starting values for training; without it, random ones"),
      optional("card", form == Form::kWritten ? as_part(card_type()) : card_type(), "what a reader should know of a model of your own")
          .outside_science(),
      optional("weights_sha256", form == Form::kWritten ? either({path(), pins_type()}) : pins_type(),
               "pins: file name -> SHA-256 of the weight file, or a path to a YAML file that is such a map"),
      optional("input", input_type(form), "how the dataset's tensor is adapted to the model; without it, not at all"),
      // Which engine it comes to depends on the model: the run's science has that (harness/run/run_plan.h), not what was asked for.
      optional("engine", engine_type(), "what computes this network; without it, the experiment's `engine`").outside_science(),
      optional("train", form == Form::kWritten ? as_part(train_type()) : train_type(), "merged over the experiment's `train`"),
  };
  if (form == Form::kWritten) {
    common.fields.push_back(optional("sweep",
                                     map_of(list_of(anything()), "(params|train|input)\\.[A-Za-z0-9_.]+",
                                            "a key path below 'params', 'train' or 'input' (such as 'params.dropout')"),
                                     "key path -> values: the entry becomes one model per combination, labelled `<label>-<key>=<value>`"));
  }
  return one_of("name", std::move(variants), std::move(common));
}

Type train_type() {
  return object(
      {"How models are trained.",
       {required("epochs", integer({.minimum = 1, .maximum = 1'000'000}), "passes over the training clips"),
        required("batch_size", integer({.minimum = 1, .maximum = 1'000'000}), "clips per step"),
        defaulted("shuffle", boolean(), true, "new order of the training clips in every epoch; false: the release's own order"),
        defaulted("optimizer", optimizer_type(), {{"name", "adam"}}, "rule of a step"),
        defaulted("schedule", schedule_type(), {{"name", "constant"}}, "course of the learning rate"),
        defaulted("selection", selection_type(), {{"name", "fixed_epoch"}}, "how the epoch is chosen; the test subject is never looked at"),
        defaulted("class_weights",
                  either({choice({{"none", "all clips count alike"}, {"balanced", "clips / (classes * clips of the class)"}}),
                          list_of(number(kPositive))}),
                  "none", "weight of each class in the loss, or one number per class"),
        defaulted("loss", loss_type(), {{"name", "cross_entropy"}}, "what a step makes smaller").introduced_in(2),
        defaulted("sampler",
                  choice({{"natural", "every training clip once per epoch"},
                          {"class_balanced", "as many draws with replacement as there are clips: a class, then one of its clips"},
                          {"dataset_balanced", "likewise: a dataset, then one of its clips"}}),
                  "natural", "which training clips an epoch is made of")
            .introduced_in(2),
        defaulted(
            "numerics",
            choice({{"contiguous", "(clips, channels, height, width), as published code has them"},
                    {"channels_last", "(clips, height, width, channels): other last bits, and faster where convolutions are the work"}}),
            "contiguous", "how images and the weights of convolutions lie in memory")
            .introduced_in(2),
        optional("augment", augment_type(), "steps that training batches go through, in this order; nothing else does"),
        optional("clip_grad_norm", number(kPositive), "largest Euclidean norm of the whole gradient; a longer one is shortened to it")},
       {}});
}

Type pins_type() { return map_of(text_like("[0-9a-f]{64}", "a SHA-256 of 64 lower-case hexadecimal digits")); }

Type published_type() {
  const Range share{.minimum = 0, .maximum = 1};
  const Type scores = object({"Scores as printed, between 0 and 1.",
                              {optional("uf1", number(share), "unweighted F1"), optional("uar", number(share), "unweighted average recall"),
                               optional("accuracy", number(share), "share of clips classified right")},
                              {},
                              /*any_key=*/true});
  return object(
      {"A number from a paper, shown beside ours.",
       {required("id", text_like(kNamePattern, kNameWords), "unique name"), required("citation", text(), "authors, title, venue, year"),
        defaulted("doi", text(), "", "digital object identifier"), required("where", text(), "table, figure or page"),
        required("metric_convention",
                 choice({{"pooled", "counts summed over folds, then the formula"},
                         {"fold_averaged", "the formula per fold, then the mean"},
                         {"unknown", "the source does not say"}}),
                 "how the score was formed"),
        required("selection_rule", text(), "how epoch and hyper-parameters were chosen, as far as the source tells"),
        required("read_in_full", boolean(), "whether the source was read in full by whoever entered the number"),
        defaulted("model_label", text(), "", "label of the model it belongs beside"),
        defaulted("note", text(), "", "anything a reader must know"),
        required("scores", map_of(scores, kDatasetPattern, "'all' or a dataset id"), "scope (`all` or a dataset id) -> scores")},
       {}});
}

Type statistics_type() {
  const Range share{.minimum = 0, .maximum = 1, .open_minimum = true, .open_maximum = true};
  const Type family =
      object({"Comparisons that were planned.",
              {required("name", text_like(R"([^\n]{1,120})", "one line of at most 120 characters"), "what they ask"),
               required("pairs", list_of(list_of(text(), {.least = 2, .most = 2, .unique = true})), "labels of the two models of each")},
              {}});
  return object(
      {"",
       {optional("family", family,
                 "the comparisons whose p-values are adjusted together (Holm); without it, every pair of models on the same clips"),
        defaulted("alpha", number(share), 0.05, "level of the tests, two-sided"),
        defaulted("equivalence", number(share), 0.01,
                  "a difference of at most this in a subject's accuracy makes none in practice (region of practical equivalence)")},
       {}});
}

Type evidence_type() {
  return object({"",
                 {defaulted("above_chance_by", number({.minimum = 0, .maximum = 1}), 0.0,
                            "how far the 95 % interval of UF1 must lie above the floor"),
                  defaulted("calibration_level", number({.minimum = 0, .maximum = 1, .open_minimum = true, .open_maximum = true}), 0.95,
                            "share of calibrated models that would pass the test of calibration"),
                  defaulted("latency_ms", number({.minimum = 0, .open_minimum = true}), 500.0,
                            "milliseconds from the last frame to the answer, 99th percentile")},
                 {}});
}

Type experiment_type(const Vocabulary& vocabulary, Form form) {
  const bool written = form == Form::kWritten;
  std::vector<Field> fields = {
      required("schema_version", integer({.minimum = 1, .maximum = 1}), "version of this format").outside_science(),
      required("name", name_type(), "folder of the runs").outside_science(),
      defaulted("description", text(), "", "for people").outside_science(),
      required("dataset", dataset_type(vocabulary), "the corpus"),
      required("protocol", protocol_type(vocabulary), "the folds"),
  };
  if (written) fields.push_back(optional("train", as_part(train_type()), "how models are trained; needed unless all are loaded"));
  fields.push_back(required("models", list_of(model_type(vocabulary, form)), "what is compared"));
  const Type seed = integer({.minimum = 0, .maximum = static_cast<double>(kLargestSeed)});
  const Type seed_list = list_of(seed, {.unique = true});
  if (written) {
    fields.insert(fields.begin() + 1, optional("include", either({path(), list_of(path())}),
                                               "files merged below this one, in order, relative to this file: maps merge, anything else is "
                                               "replaced, `null` removes, a map whose "
                                               "`name` or `adapter` differs replaces"));
    const Type counted = object({"Consecutive seeds.",
                                 {defaulted("from", seed, 0, "first seed"),
                                  required("count", integer({.minimum = 1, .maximum = static_cast<double>(kMostSeeds)}), "how many")},
                                 {}});
    fields.push_back(required("seeds", either({seed_list, counted}), "one run per model and seed"));
  } else {
    fields.push_back(required("seeds", seed_list, "one run per model and seed"));
  }
  fields.push_back(
      defaulted("record_epochs", boolean(), false, "keep the test scores of every epoch, for analysis; training stays bit-equal")
          .outside_science());
  fields.push_back(defaulted("save_weights", boolean(), false, "keep the fitted weights of every fold").outside_science());
  Type device = choice({{"cpu", ""}});
  device.refused = {{"cuda", "is not built in; use 'cpu'"}, {"gpu", "is not built in; use 'cpu'"}, {"mps", "is not built in; use 'cpu'"}};
  fields.push_back(defaulted("device", device, "cpu", "what computes"));
  fields.push_back(defaulted("engine", engine_type(), "auto", "what computes the networks (docs/recipes.md)").outside_science());
  fields.push_back(optional("published",
                            written ? either({path(), list_of(either({path(), published_type()}))}) : list_of(published_type()),
                            "published results to show beside ours: entries, or paths of files with a list `published`")
                       .outside_science());
  fields.push_back(optional("statistics", statistics_type(), "how reports compare the models").outside_science());
  fields.push_back(
      optional("evidence", evidence_type(), "thresholds of the report's evidence card; another than the default stands beside the verdict")
          .outside_science());
  fields.push_back(optional("latency", latency_type(), "what `mexbench bench` times, and how long").outside_science());
  return object({"", std::move(fields), {}});
}

Type experiment_type(const Vocabulary& vocabulary) { return experiment_type(vocabulary, Form::kWritten); }

nlohmann::json json_schema(const Vocabulary& vocabulary) { return json_schema_of(experiment_type(vocabulary), "mexbench experiment"); }

std::string reference_markdown(const Vocabulary& vocabulary) {
  return markdown_of(experiment_type(vocabulary), "Experiment files: every key");
}

std::map<std::string, ObjectSchema> protocol_schemas() {
  return {
      {"loso", {"leave one subject out: each subject is the test side of one fold", {}, {}}},
      {"lodo", {"leave one dataset out: each dataset is the test side of one fold", {}, {}}},
      {"subject_kfold",
       {"subjects dealt into folds; no subject is on both sides",
        {defaulted("folds", integer({.minimum = 2, .maximum = 10'000}), 5, "number of folds")},
        {}}},
      {"holdout",
       {"one fold with a fixed test side",
        {optional("test_subjects", list_of(text_like("[^/]+/[^/]+", "a subject id such as 'casme2/sub01'"), {.unique = true}),
                  "subjects of the test side"),
         optional("test_share", number(kShareOpen), "share of the subjects drawn for the test side")},
        {{"test_subjects", "test_share"}}}},
  };
}

}  // namespace mexbench::config
