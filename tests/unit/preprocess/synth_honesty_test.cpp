// What the synthetic corpus promises, measured on the real way: frames on disk -> manifest -> optical flow -> a ridge classifier.
//
// UF1 is pooled over leave-one-subject-out folds unless a test says otherwise. Chance is an interval: UF1 of the same classifier on the
// same tensors under 400 permutations of the labels, of which 99 % lie inside.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "datasets/card.h"
#include "datasets/registry.h"
#include "harness/preprocess/recipe.h"
#include "harness/preprocess/synth_render.h"
#include "unit/preprocess/linear_probe.h"
#include "unit/preprocess/temporary_folder.h"

namespace mexbench {
namespace {

struct Corpus {
  data::Manifest manifest;
  std::vector<float> tensors;
  std::vector<std::size_t> labels;
  std::vector<std::size_t> subjects;  // a number per clip
};

// Only onset and apex enter the tensors, so three frames a clip show the same as nine.
data::SynthOptions quick() {
  data::SynthOptions options;
  options.frames = 3;
  return options;
}

Corpus make(const data::SynthOptions& options) {
  const test::TemporaryFolder folder;
  const auto root = folder.path() / "corpus";
  Corpus corpus;
  const core::Status rendered = preprocess::render_synth(options, root, {}, /*threads=*/2);
  EXPECT_TRUE(rendered.ok()) << rendered.error().render();
  auto manifest = (*datasets::find_adapter("synth"))
                      ->create()
                      ->manifest({.root = root, .label_map = "synth", .only = {}, .options = data::to_json(options)});
  EXPECT_TRUE(manifest.ok()) << manifest.error().render();
  corpus.manifest = std::move(manifest).value();
  corpus.tensors.resize(preprocess::input_numbers(corpus.manifest));
  const core::Status computed = preprocess::compute_inputs(corpus.manifest, root, corpus.tensors, {}, /*threads=*/2);
  EXPECT_TRUE(computed.ok()) << computed.error().render();
  std::map<core::SubjectId, std::size_t> numbers;
  for (const data::Clip& clip : corpus.manifest.clips) {
    corpus.labels.push_back(*clip.truth.single_class());
    corpus.subjects.push_back(numbers.emplace(clip.subject, numbers.size()).first->second);
  }
  return corpus;
}

test::LinearProbe probe(const Corpus& corpus, const std::vector<std::size_t>& folds) {
  return {corpus.tensors, corpus.labels.size(), folds};
}

double loso(const Corpus& corpus) { return probe(corpus, corpus.subjects).score(corpus.labels); }

// Mean over three random splits of the clips into as many folds of the same sizes, so that subjects are on both sides.
double leaking(const Corpus& corpus) {
  constexpr int kSplits = 3;
  core::RandomStream stream(7);
  double sum = 0.0;
  for (int split = 0; split < kSplits; ++split) {
    std::vector<std::size_t> folds = corpus.subjects;
    stream.shuffle(std::span(folds));
    sum += probe(corpus, folds).score(corpus.labels);
  }
  return sum / kSplits;
}

void expect_chance(const Corpus& corpus) {
  constexpr std::size_t kPermutations = 400;
  const test::LinearProbe classifier = probe(corpus, corpus.subjects);
  std::vector<std::size_t> labels = corpus.labels;
  std::vector<double> null;
  core::RandomStream stream(11);
  for (std::size_t i = 0; i < kPermutations; ++i) {
    stream.shuffle(std::span(labels));
    null.push_back(classifier.score(labels));
  }
  std::sort(null.begin(), null.end());
  const double low = null[1];
  const double high = null[kPermutations - 2];
  const double seen = classifier.score(corpus.labels);
  EXPECT_GE(seen, low) << "chance is " << low << " to " << high;
  EXPECT_LE(seen, high) << "chance is " << low << " to " << high;
  EXPECT_LT(high, 0.5);  // an interval that says something
}

TEST(SynthHonesty, WithoutIntensityThereIsOnlyChance) {
  for (const std::int64_t seed : {1, 2}) {
    data::SynthOptions options = quick();
    options.intensity = 0.0;
    options.seed = seed;
    expect_chance(make(options));
  }
}

TEST(SynthHonesty, WithPermutedLabelsThereIsOnlyChanceOnTheSameImages) {
  data::SynthOptions options = quick();
  const Corpus plain = make(options);
  options.permute_labels = true;
  const Corpus permuted = make(options);
  EXPECT_EQ(permuted.tensors, plain.tensors);
  EXPECT_NE(permuted.labels, plain.labels);
  auto sorted = [](std::vector<std::size_t> labels) {
    std::sort(labels.begin(), labels.end());
    return labels;
  };
  EXPECT_EQ(sorted(permuted.labels), sorted(plain.labels));
  expect_chance(permuted);
}

TEST(SynthHonesty, DefaultCorpusIsNeitherTrivialNorHopeless) {
  const Corpus corpus = make(data::SynthOptions{});
  std::array<std::size_t, test::kClasses> counts{};
  for (const std::size_t label : corpus.labels) ++counts[label];
  EXPECT_NE(
      datasets::card("synth")->find(fmt::format("all: {{clips: {}, subjects: {}, negative: {}, positive: {}, surprise: {}}}",
                                                corpus.labels.size(), corpus.manifest.subjects().size(), counts[0], counts[1], counts[2])),
      std::string_view::npos)
      << "the card tells other counts than " << counts[0] << ", " << counts[1] << ", " << counts[2];
  const double score = loso(corpus);
  EXPECT_GT(score, 0.5);
  EXPECT_LT(score, 0.9);
}

TEST(SynthHonesty, ScoreRisesWithIntensity) {
  double last = 0.0;
  for (const double intensity : {0.0, 0.5, 1.0, 2.0}) {
    data::SynthOptions options = quick();
    options.intensity = intensity;
    const double score = loso(make(options));
    EXPECT_GT(score, last + 0.03) << "at intensity " << intensity;
    last = score;
  }
}

TEST(SynthHonesty, IdiosyncrasyWidensTheGapToASplitThatLeaksSubjects) {
  double last = -1.0;
  for (const double idiosyncrasy : {0.0, 1.0, 2.0}) {
    data::SynthOptions options = quick();
    options.idiosyncrasy = idiosyncrasy;
    const Corpus corpus = make(options);
    const double gap = leaking(corpus) - loso(corpus);
    if (idiosyncrasy == 0.0) {
      EXPECT_NEAR(gap, 0.0, 0.05);
    }
    EXPECT_GT(gap, last + 0.05) << "at idiosyncrasy " << idiosyncrasy;
    last = gap;
  }
}

}  // namespace
}  // namespace mexbench
