#include <span>

#include "arm.h"

namespace mexbench::bench {

using nlohmann::json;

core::Result<json> predict(const json& settings) {
  MEXBENCH_ASSIGN(const Inputs inputs, read_inputs(settings));
  MEXBENCH_ASSIGN(const auto model, fitted_of(settings, inputs));
  model->freeze();
  const std::size_t warmup = settings.at("warmup");
  const std::size_t samples = settings.at("samples");
  std::vector<model::TensorView> clips;
  for (std::size_t clip = 0; clip < inputs.labels.size(); ++clip) clips.push_back(inputs.clip(clip));
  for (std::size_t i = 0; i < warmup; ++i) MEXBENCH_TRY(model->predict(clips[i % clips.size()]));
  std::vector<double> seconds(samples);
  MEXBENCH_TRY(wait_for_go());
  const double begin = now();
  for (std::size_t i = 0; i < samples; ++i) {
    const double before = now();
    MEXBENCH_TRY(model->predict(clips[i % clips.size()]));
    seconds[i] = now() - before;
  }
  const double end = now();
  std::vector<float> scores;
  for (const model::TensorView& clip : clips) {
    MEXBENCH_ASSIGN(const model::Scores of_clip, model->predict(clip));
    scores.insert(scores.end(), of_clip.values.begin(), of_clip.values.end());
  }
  return json{{"begin", begin}, {"end", end}, {"work", samples}, {"seconds", seconds}, {"scores", scores}};
}

}  // namespace mexbench::bench
