#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "arm.h"
#include "harness/eval/metrics.h"
#include "harness/model/learner.h"
#include "harness/train/recipe_json.h"

namespace mexbench::bench {
namespace {

using nlohmann::json;

// Clips of one side of a fold, in the order of the inputs.
struct Side {
  std::vector<float> numbers;
  std::vector<float> targets;  // one-hot
  std::vector<std::size_t> labels;
  model::TensorView view;
};

Side side_of(const Inputs& inputs, const std::string& subject, bool held_out, std::size_t most) {
  Side side;
  for (std::size_t clip = 0; clip < inputs.labels.size() && side.labels.size() < most; ++clip) {
    if ((inputs.subjects[clip] == subject) != held_out) continue;
    const std::size_t label = inputs.labels[clip];
    const float* numbers = inputs.clip(clip).data;
    side.numbers.insert(side.numbers.end(), numbers, numbers + inputs.numbers_per_clip());
    side.labels.push_back(label);
    for (std::size_t one = 0; one < inputs.classes; ++one) side.targets.push_back(one == label ? 1.0F : 0.0F);
  }
  side.view = {.data = side.numbers.data(),
               .shape = {static_cast<std::int64_t>(side.labels.size()), inputs.shape[1], inputs.shape[2], inputs.shape[3]}};
  return side;
}

// Evaluates the held-out clips after every epoch, and starts the clock after the last one of the warm-up.
class Clock final : public model::EpochObserver {
 public:
  Clock(const Side& test, std::int64_t warmup) : test_(test), warmup_(warmup) {}

  core::Status on_epoch(const model::EpochReport& report, model::FittedModel& model) override {
    MEXBENCH_ASSIGN(const model::Scores scores, model.predict(test_.view));
    right_ = 0;
    const std::span<const float> values(scores.values);
    const auto classes = static_cast<std::size_t>(scores.classes);
    for (std::size_t clip = 0; clip < test_.labels.size(); ++clip) {
      right_ += eval::argmax(values.subspan(clip * classes, classes)) == test_.labels[clip] ? 1 : 0;
    }
    if (report.epoch > warmup_) loss_.push_back(report.train_loss);
    if (report.epoch != warmup_) return {};
    MEXBENCH_TRY(wait_for_go());
    begin_ = now();
    return {};
  }

  [[nodiscard]] double begin() const { return begin_; }
  [[nodiscard]] const std::vector<double>& loss() const { return loss_; }
  [[nodiscard]] std::int64_t right() const { return right_; }

 private:
  const Side& test_;
  std::int64_t warmup_;
  double begin_ = 0.0;
  std::vector<double> loss_;
  std::int64_t right_ = 0;
};

}  // namespace

core::Result<json> train(const json& settings) {
  MEXBENCH_ASSIGN(const Inputs inputs, read_inputs(settings));
  const std::size_t all = std::numeric_limits<std::size_t>::max();
  const train::Recipe recipe = train::recipe_from_json(settings.at("train"));
  std::int64_t warmup = settings.at("warmup_epochs");
  if (warmup < 1) return core::Error(core::ErrorCode::kUsage, fmt::format("warmup_epochs is {}, at least 1 is wanted", warmup));
  json result = {{"loss", json::array()}, {"right", json::array()}};
  double epochs = 0.0;
  for (const std::string subject : settings.at("subjects")) {
    const Side training = side_of(inputs, subject, /*held_out=*/false, settings.value("train_clips", all));
    const Side test = side_of(inputs, subject, /*held_out=*/true, settings.value("test_clips", all));
    if (test.labels.empty()) return core::Error(core::ErrorCode::kUsage, fmt::format("no clip of subject '{}'", subject));
    train::Recipe of_fold = recipe;
    of_fold.epochs += warmup;
    Clock clock(test, warmup);
    MEXBENCH_ASSIGN(const std::unique_ptr<model::Learner> learner, learner_of(settings, inputs, of_fold));
    const auto classes = static_cast<std::int64_t>(inputs.classes);
    MEXBENCH_TRY(learner->fit({.inputs = training.view, .targets = {.values = training.targets, .classes = classes}}, {},
                              {.seed = {0}, .fold = core::FoldId(subject)}, clock));
    if (warmup > 0) result["begin"] = clock.begin();
    warmup = 0;
    for (const double loss : clock.loss()) result["loss"].push_back(loss);
    result["right"].push_back(clock.right());
    epochs += static_cast<double>(recipe.epochs);
  }
  result["end"] = now();
  result["work"] = epochs * settings.value("work_per_epoch", 1.0);
  return result;
}

}  // namespace mexbench::bench
