#include "models/svm/svm.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "models/methods.h"
#include "models/registry.h"

namespace mexbench::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What scikit-learn computes: tests/data/classical/make_svm_cases.py.
class SvmLikeScikitLearn : public ::testing::Test {
 protected:
  SvmLikeScikitLearn() {
    std::ifstream file(MEXBENCH_SOURCE_DIR "/tests/data/classical/svm_cases.json");
    cases = nlohmann::json::parse(file);
  }
  [[nodiscard]] Matrix features(const std::vector<std::int64_t>& rows) const {
    const auto& all = cases.at("features");
    Matrix out(static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(all[0].size()));
    out.values.clear();
    for (const std::int64_t row : rows) {
      const auto values = all[static_cast<std::size_t>(row)].get<std::vector<double>>();
      out.values.insert(out.values.end(), values.begin(), values.end());
    }
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> classes(const std::vector<std::int64_t>& rows) const {
    std::vector<std::int64_t> out;
    for (const std::int64_t row : rows) out.push_back(cases.at("classes")[static_cast<std::size_t>(row)]);
    return out;
  }
  // The machine's parameters of a method, with libsvm stopped as late as scikit-learn's was.
  static SvmOptions options(nlohmann::json params) {
    params["tolerance"] = 1e-9;
    if (!params.contains("kernel")) params["kernel"] = "linear";
    if (!params.contains("scaling")) params["scaling"] = "standardise";
    const auto resolved = resolve_params(*find_model("bi_woof"), params);
    EXPECT_TRUE(resolved) << resolved.error().render();
    return svm_options(*resolved);
  }
  nlohmann::json cases;
};

TEST_F(SvmLikeScikitLearn, DecisionsAndScoresAreEqual) {
  const std::vector<std::int64_t> test = cases.at("test");
  const Matrix unseen = features(test);
  ASSERT_GE(cases.at("cases").size(), 7U);
  for (const auto& one : cases.at("cases")) {
    SCOPED_TRACE(one.at("params").dump());
    const std::vector<std::int64_t> rows = one.at("rows");
    const auto svm = fit_svm(options(one.at("params")), features(rows), classes(rows), 3, {});
    ASSERT_TRUE(svm) << svm.error().render();
    for (std::int64_t clip = 0; clip < unseen.rows; ++clip) {
      const std::vector<double> decisions = one.at("decisions")[static_cast<std::size_t>(clip)];
      const std::vector<double> scores = one.at("scores")[static_cast<std::size_t>(clip)];
      EXPECT_THAT(svm->decisions(unseen.row(clip)), ::testing::Pointwise(::testing::DoubleNear(1e-6), decisions));
      EXPECT_THAT(svm->scores(unseen.row(clip)), ::testing::Pointwise(::testing::DoubleNear(1e-6), scores));
    }
  }
}

TEST_F(SvmLikeScikitLearn, TheOrderOfTrainingClipsDoesNotMatter) {
  std::vector<std::int64_t> rows = cases.at("train");
  const auto svm = fit_svm(options({}), features(rows), classes(rows), 3, {});
  std::reverse(rows.begin(), rows.end());
  ASSERT_NE(classes(rows).front(), 0);
  const auto reversed = fit_svm(options({}), features(rows), classes(rows), 3, {});
  ASSERT_TRUE(svm && reversed);
  EXPECT_EQ(svm->labels, reversed->labels);
  const Matrix unseen = features(cases.at("test"));
  for (std::int64_t clip = 0; clip < unseen.rows; ++clip) {
    EXPECT_THAT(svm->decisions(unseen.row(clip)), ::testing::Pointwise(::testing::DoubleNear(1e-6), reversed->decisions(unseen.row(clip))));
  }
}

TEST_F(SvmLikeScikitLearn, HyperParametersAreChosenOnInnerSubjects) {
  const auto& choice = cases.at("choice");
  const std::vector<std::int64_t> rows = cases.at("train");
  const std::vector<std::int32_t> subjects = choice.at("subjects");
  EXPECT_EQ(inner_fold_of_clips(subjects, 5), choice.at("folds").get<std::vector<std::int64_t>>());
  for (const char* metric : {"uf1", "uar"}) {
    SCOPED_TRACE(metric);
    const auto svm = fit_svm(options({{"C", choice.at("C")}, {"select_by", metric}}), features(rows), classes(rows), 3, subjects);
    ASSERT_TRUE(svm) << svm.error().render();
    const std::vector<double> wanted = choice.at("scores").at(metric);
    EXPECT_THAT(svm->inner_scores, ::testing::Pointwise(::testing::DoubleNear(1e-12), wanted));
    const auto best = static_cast<std::size_t>(std::max_element(wanted.begin(), wanted.end()) - wanted.begin());
    EXPECT_EQ(svm->point.c, choice.at("C")[best].get<double>());
    // And the machine is then fitted on all clips.
    const auto alone = fit_svm(options({{"C", svm->point.c}}), features(rows), classes(rows), 3, {});
    EXPECT_EQ(svm->coefficients, alone->coefficients);
    EXPECT_TRUE(alone->inner_scores.empty());
  }
}

TEST(InnerFolds, KeepSubjectsTogetherAndAreNeverMoreThanThere) {
  const std::vector<std::int32_t> subjects{7, 7, 7, 3, 5, 5, 3, 9};
  // 7 has three clips, then 3 and 5 (two each, 3 seen first), then 9.
  EXPECT_THAT(inner_fold_of_clips(subjects, 2), ElementsAre(0, 0, 0, 1, 1, 1, 1, 0));
  EXPECT_THAT(inner_fold_of_clips(subjects, 100), ElementsAre(0, 0, 0, 1, 2, 2, 1, 3));
}

// Two features, four clips of two classes.
Matrix corners() {
  Matrix out(4, 2);
  out.values = {0, 0, 0, 1, 3, 0, 3, 1};
  return out;
}

TEST(Svm, KnownMarginOfTwoClasses) {
  // The widest street between x = 0 and x = 3 has its middle at 1.5 and half a width of 1.5: decision (1.5 - x) / 1.5 for the first class.
  SvmOptions options{.kernel = Kernel::kLinear, .scaling = Scaling::kNone, .points = {{.c = 100.0}}, .tolerance = 1e-9};
  const std::vector<std::int64_t> classes{0, 0, 2, 2};
  const auto svm = fit_svm(options, corners(), classes, 4, {});
  ASSERT_TRUE(svm);
  EXPECT_THAT(svm->labels, ElementsAre(0, 2));
  const std::vector<double> middle{1.5, 0.3};
  const std::vector<double> left{0.75, 0.9};
  EXPECT_NEAR(svm->decisions(middle)[0], 0.0, 1e-6);
  EXPECT_NEAR(svm->decisions(left)[0], 0.5, 1e-6);
  // One pair won and 0.5 / (3 * 1.5); classes 1 and 3 have no training clips.
  EXPECT_THAT(svm->scores(left),
              ElementsAre(::testing::DoubleNear(1.0 + 1.0 / 9.0, 1e-6), -1.0, ::testing::DoubleNear(-1.0 / 9.0, 1e-6), -1.0));
}

TEST(Svm, OfEquallyGoodHyperParametersTheFirstIsTaken) {
  const std::vector<std::int64_t> classes{0, 0, 1, 1};
  const std::vector<std::int32_t> subjects{0, 1, 0, 1};
  for (const double first : {1.0, 5.0}) {
    const auto svm = fit_svm({.points = {{.c = first}, {.c = 6.0 - first}}}, corners(), classes, 2, subjects);
    ASSERT_TRUE(svm);
    EXPECT_THAT(svm->inner_scores, ElementsAre(1.0, 1.0));
    EXPECT_EQ(svm->point.c, first);
  }
}

TEST(Svm, OneClassAloneIsPredictedAlways) {
  const std::vector<std::int64_t> classes{1, 1, 1, 1};
  const auto svm = fit_svm({.points = {{}}}, corners(), classes, 3, {});
  ASSERT_TRUE(svm);
  EXPECT_THAT(svm->scores(std::vector<double>{9.0, 9.0}), ElementsAre(-1.0, 0.0, -1.0));
}

TEST(Svm, ConstantFeaturesAreNotBlownUp) {
  Matrix features = corners();
  features.values = {0, 0.1, 0, 0.1, 3, 0.1, 3, 0.1};
  const std::vector<std::int64_t> classes{0, 0, 1, 1};
  for (const Scaling scaling : {Scaling::kStandardise, Scaling::kMinMax}) {
    const auto svm = fit_svm({.scaling = scaling, .points = {{}}}, features, classes, 2, {});
    ASSERT_TRUE(svm);
    EXPECT_EQ(svm->factor[1], 1.0);
    EXPECT_NEAR(svm->factor[0], scaling == Scaling::kMinMax ? 1.0 / 3.0 : 1.0 / 1.5, 1e-12);
  }
}

TEST(Svm, WhatCannotBeFittedIsToldApart) {
  const std::vector<std::int64_t> classes{0, 0, 1, 1};
  const SvmOptions two{.points = {{.c = 1.0}, {.c = 2.0}}};
  const std::vector<std::int32_t> alone{4, 4, 4, 4};
  EXPECT_THAT(fit_svm(two, corners(), classes, 2, alone).error().render(), HasSubstr("all training clips are of one subject"));
  EXPECT_THAT(fit_svm(two, corners(), classes, 2, {}).error().render(), HasSubstr("subjects of the clips are not known"));
  Matrix broken = corners();
  broken.values[3] = std::numeric_limits<double>::quiet_NaN();
  const auto failed = fit_svm({.points = {{}}}, broken, classes, 2, {});
  EXPECT_EQ(failed.error().code(), core::ErrorCode::kFailed);
}

TEST(Svm, ItsStateIsReadBackAndDamageIsFound) {
  const std::vector<std::int64_t> classes{0, 1, 2, 2};
  const std::vector<std::int32_t> subjects{0, 1, 2, 3};
  const SvmOptions options{.kernel = Kernel::kRbf, .points = {{.c = 1.0}, {.c = 2.0, .gamma = 0.5}}};
  const auto svm = fit_svm(options, corners(), classes, 3, subjects);
  ASSERT_TRUE(svm);
  model::StateDict state = to_state(*svm, "mine");
  const auto again = svm_from_state(state, "mine", options, "a.pth");
  ASSERT_TRUE(again) << again.error().render();
  EXPECT_EQ(again->scores(std::vector<double>{1.0, 0.5}), svm->scores(std::vector<double>{1.0, 0.5}));
  EXPECT_EQ(again->inner_scores, svm->inner_scores);
  EXPECT_EQ(again->point, svm->point);

  EXPECT_THAT(svm_from_state(state, "yours", options, "a.pth").error().render(), HasSubstr("tensor 'yours.scaler.offset' (1) is missing"));
  for (model::TensorData& tensor : state.tensors) {
    if (tensor.name == "mine.svm.counts") tensor.bytes[0] = std::byte{9};
  }
  const auto damaged = svm_from_state(state, "mine", options, "a.pth");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), core::ErrorCode::kData);
  EXPECT_THAT(damaged.error().render(), HasSubstr("'svm.counts' are not those of its vectors"));
}

TEST(SvmParams, ValuesNobodyLooksAtAreRefused) {
  const auto refusal = [](const nlohmann::json& params) {
    const auto resolved = resolve_params(*find_model("bi_woof"), params);
    return resolved ? std::string("accepted") : resolved.error().render();
  };
  EXPECT_EQ(refusal({{"C", {1, 10}}}), "accepted");
  EXPECT_THAT(refusal({{"gamma", {0.1, 1}}}), HasSubstr("gamma has 2 values to choose from, kernel 'linear' uses none"));
  EXPECT_THAT(refusal({{"kernel", "rbf"}, {"degree", {2, 3}}}), HasSubstr("degree has 2 values to choose from, kernel 'rbf' uses none"));
  EXPECT_EQ(refusal({{"kernel", "polynomial"}, {"degree", {2, 3}}, {"gamma", {0.1, 1}}}), "accepted");
}

// A file's numbers are of unknown origin, whatever model they are of: the audit starts from what a model says of itself.
TEST(SvmModels, LoadedOnesSayThatTheyWereNotFittedHere) {
  const struct {
    const char* name;
    std::int64_t channels;
    std::int64_t side;
    nlohmann::json params;
  } methods[] = {{"bi_woof", 3, 6, {{"zero", 0.5}}}, {"mdmo", 2, 6, {{"zero", 0.5}}}, {"lbp_top", 9, 9, {}}, {"hog3d", 4, 8, {}}};
  class Silent final : public model::EpochObserver {
    core::Status on_epoch(const model::EpochReport&, model::FittedModel&) override { return {}; }
  } observer;
  for (const auto& one : methods) {
    SCOPED_TRACE(one.name);
    const std::int64_t clips = 4;
    std::vector<float> images;
    for (std::int64_t i = 0; i < clips * one.channels * one.side * one.side; ++i) images.push_back(static_cast<float>(i * i % 97) / 97.0F);
    const std::vector<float> targets{1, 0, 0, 1, 1, 0, 0, 1};
    const model::TensorView inputs{.data = images.data(), .shape = {clips, one.channels, one.side, one.side}};
    const auto learner = method(one.name, one.params);
    ASSERT_TRUE(learner) << learner.error().render();
    const auto fitted = (*learner)->fit({.inputs = inputs, .targets = {.values = targets, .classes = 2}}, {},
                                        {.seed = core::Seed{0}, .fold = core::FoldId("a/b")}, observer);
    ASSERT_TRUE(fitted) << fitted.error().render();
    EXPECT_TRUE((*fitted)->capabilities().trainable);
    EXPECT_EQ((*fitted)->capabilities().start, model::Start::kFresh);

    const auto path = std::filesystem::temp_directory_path() / fmt::format("mexbench-svm-test-{}-{}.pth", one.name, ::getpid());
    ASSERT_TRUE((*fitted)->save(path));
    const auto state = model::read_state_dict(path);
    std::filesystem::remove(path);
    ASSERT_TRUE(state) << state.error().render();
    const auto loaded = load_method(one.name, one.params, *state, path.string());
    ASSERT_TRUE(loaded) << loaded.error().render();
    EXPECT_FALSE((*loaded)->capabilities().trainable);
    EXPECT_EQ((*loaded)->capabilities().start, model::Start::kLoaded);
    EXPECT_EQ((*loaded)->capabilities().parameters, (*fitted)->capabilities().parameters);
    EXPECT_EQ((*loaded)->predict(inputs)->values, (*fitted)->predict(inputs)->values);
  }
}

TEST(SvmParams, WhereNothingMovesHasNoValueWithoutARange) {
  for (const char* name : {"bi_woof", "mdmo"}) {
    EXPECT_FALSE(resolve_params(*find_model(name), nullptr)->contains("zero"));
    EXPECT_THAT(method(name, {}).error().render(), HasSubstr("parameter 'zero' of " + std::string(name) + " is missing"));
    EXPECT_TRUE(method(name, {{"zero", 0}}));
    EXPECT_THAT(resolve_params(*find_model(name), {{"zero", "middle"}}).error().render(), HasSubstr("need a number from"));
  }
}

}  // namespace
}  // namespace mexbench::models
