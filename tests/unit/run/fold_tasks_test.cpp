#include "harness/run/fold_tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mexbench::run {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Two subjects with three clips of each class; as in a release with class folders, the classes follow each other.
data::Manifest class_major() {
  data::Manifest manifest;
  manifest.label_map = data::megc2019_label_map();
  manifest.input.channels = {"strain", "v", "u"};
  manifest.input.height = manifest.input.width = 2;
  for (std::size_t label = 0; label < 3; ++label) {
    for (int number = 0; number < 6; ++number) {
      data::Clip clip;
      clip.dataset = core::DatasetId("samm");
      clip.subject = core::make_subject_id(clip.dataset, number < 3 ? "006" : "007");
      clip.name = "clip" + std::to_string(label) + std::to_string(number);
      clip.id = core::make_clip_id(clip.subject, clip.name);
      clip.truth = data::Truth::one_class(label);
      manifest.clips.push_back(clip);
    }
  }
  return manifest;
}

RunPlan loso_plan(const data::Manifest& manifest) {
  RunPlan plan;
  plan.spec.model.name = "ststnet";
  plan.spec.model.train = config::TrainSpec();
  plan.channels = {0, 1, 2};
  plan.folds = *protocol::plan_folds(manifest, "loso", json::object());
  return plan;
}

TEST(FoldTasks, NothingOfATaskTellsTheTestLabels) {
  const data::Manifest manifest = class_major();
  const RunPlan plan = loso_plan(manifest);
  ASSERT_EQ(plan.folds.size(), 2U);
  const FoldTask task = FoldTasks(manifest).make(plan, 0);
  // In ascending order of rows, and rows follow digests of ids: nothing of it comes from the order of the files.
  EXPECT_TRUE(std::is_sorted(task.test_rows.begin(), task.test_rows.end()));
  data::Manifest reversed = manifest;
  std::reverse(reversed.clips.begin(), reversed.clips.end());
  EXPECT_EQ(FoldTasks(reversed).make(loso_plan(reversed), 0).test_rows, task.test_rows);
  // Other truths of the test clips, the same task.
  data::Manifest other = manifest;
  for (const std::size_t clip : plan.folds[0].test) other.clips[clip].truth = data::Truth::one_class(2);
  EXPECT_EQ(to_json(FoldTasks(other).make(plan, 0)), to_json(task));
}

TEST(FoldTasks, ScoresComeBackToTheirClips) {
  const data::Manifest manifest = class_major();
  const RunPlan plan = loso_plan(manifest);
  const FoldTasks tasks(manifest);
  const FoldTask task = tasks.make(plan, 1);
  // A worker that answers with the row of each clip: then each clip must find its own row.
  std::vector<float> answer;
  for (const std::int64_t row : task.test_rows) answer.insert(answer.end(), 3, static_cast<float>(row));
  const auto scores = tasks.in_plan_order(plan.folds[1], answer);
  ASSERT_TRUE(scores);
  const data::Manifest arranged = tasks.arranged();
  const std::vector<core::ClipId> ids = tasks.ids(plan.folds[1].test);
  ASSERT_EQ(scores->size(), 3 * ids.size());
  for (std::size_t clip = 0; clip < ids.size(); ++clip) {
    EXPECT_EQ(arranged.clips.at(static_cast<std::size_t>(scores->at(3 * clip))).id, ids[clip]);
  }
  answer.pop_back();
  const auto short_answer = tasks.in_plan_order(plan.folds[1], answer);
  ASSERT_FALSE(short_answer);
  EXPECT_THAT(short_answer.error().message(), HasSubstr("gave 26 scores for 9 clips"));
}

TEST(FoldTasks, TrainingSideKeepsTheManifestsOrderAndItsLabels) {
  const data::Manifest manifest = class_major();
  RunPlan plan = loso_plan(manifest);
  protocol::FoldPlan& fold = plan.folds[0];
  // Every third training clip validates: ranks tell how both interleave.
  std::vector<std::size_t> train;
  for (std::size_t i = 0; i < fold.train.size(); ++i) (i % 3 == 1 ? fold.validation : train).push_back(fold.train[i]);
  fold.train = train;
  const FoldTasks tasks(manifest);
  const FoldTask task = tasks.make(plan, 0);
  EXPECT_EQ(task.train_order, (std::vector<std::int64_t>{0, 2, 3, 5, 6, 8}));
  EXPECT_EQ(task.validation_order, (std::vector<std::int64_t>{1, 4, 7}));
  EXPECT_EQ(task.validation_subjects, (std::vector<std::int32_t>{0, 0, 0}));
  EXPECT_EQ(task.validation_targets, (std::vector<float>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
  const data::Manifest arranged = tasks.arranged();
  for (std::size_t i = 0; i < train.size(); ++i) {
    EXPECT_EQ(arranged.clips.at(static_cast<std::size_t>(task.train_rows[i])).id, manifest.clips[train[i]].id);
  }
}

TEST(FoldTasks, AnswerAboutOtherRowsIsRefused) {
  const data::Manifest manifest = class_major();
  const RunPlan plan = loso_plan(manifest);
  const FoldTasks tasks(manifest);
  const FoldTask task = tasks.make(plan, 0);
  json answer = {{"train_rows", task.train_rows}, {"validation_rows", task.validation_rows}, {"test_rows", task.test_rows}};
  EXPECT_TRUE(tasks.check_rows(plan.folds[0], answer));
  std::swap(answer["test_rows"][0], answer["test_rows"][1]);
  const core::Status refused = tasks.check_rows(plan.folds[0], answer);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("'test_rows' differs"));
}

// Whatever clip the worker names comes into the record, a test clip too: the audit must see it.
TEST(FoldTasks, RowsOfALineageComeBackAsClipsWhicheverTheyAre) {
  const data::Manifest manifest = class_major();
  RunPlan plan = loso_plan(manifest);
  plan.spec.model.train->augment = {{.name = "flip"}};
  const FoldTasks tasks(manifest);
  const FoldTask task = tasks.make(plan, 0);
  EXPECT_EQ(task.images.names, manifest.input.channels);
  const auto answer = [](std::vector<std::int64_t> parents) {
    return json{{"lineage", {{{"phase", "train"}, {"children", 5}, {"parents", parents}, {"digest", "d"}}}}};
  };
  const auto lineage = tasks.lineage(plan, answer({task.train_rows[4], task.test_rows[0], task.train_rows[1]}));
  ASSERT_TRUE(lineage) << lineage.error().render();
  ASSERT_EQ(lineage->size(), 1U);
  const data::Manifest arranged = tasks.arranged();
  std::vector<core::ClipId> wanted;
  for (const data::Clip& clip : manifest.clips) {  // in the manifest's order
    for (const std::int64_t row : {task.train_rows[4], task.test_rows[0], task.train_rows[1]}) {
      if (arranged.clips[static_cast<std::size_t>(row)].id == clip.id) wanted.push_back(clip.id);
    }
  }
  EXPECT_EQ(lineage->front().parents, wanted);
  EXPECT_EQ(lineage->front().children, 5);

  EXPECT_THAT(tasks.lineage(plan, answer({18})).error().message(), HasSubstr("augmented row 18 of 18 rows"));
  EXPECT_THAT(tasks.lineage(plan, {{"lineage", json::array()}}).error().message(), HasSubstr("does not say of which"));
  plan.spec.model.train->augment.clear();
  EXPECT_THAT(tasks.lineage(plan, answer({1})).error().message(), HasSubstr("but the recipe does not"));
  EXPECT_TRUE(tasks.lineage(plan, {{"lineage", json::array()}}));
}

TEST(FoldTasks, RowsOfAFittedStepComeBackAsClipsWhicheverTheyAre) {
  const data::Manifest manifest = class_major();
  RunPlan plan = loso_plan(manifest);
  const FoldTasks tasks(manifest);
  const FoldTask task = tasks.make(plan, 0);
  const auto answer = [](const char* step, std::vector<std::int64_t> rows) {
    return json{{"fitted", {{{"step", step}, {"rows", rows}, {"digest", "d"}}}}};
  };
  EXPECT_TRUE(tasks.fittings(plan, {{"fitted", json::array()}}));
  EXPECT_THAT(tasks.fittings(plan, answer("normalise", {1})).error().message(),
              HasSubstr("the steps of the input that learn are '', but the worker tells of 'normalise'"));
  plan.adaptation.normalise = data::Normalise::kChannel;
  const auto fitted = tasks.fittings(plan, answer("normalise", {task.test_rows[0], task.train_rows[0]}));
  ASSERT_TRUE(fitted) << fitted.error().render();
  ASSERT_EQ(fitted->size(), 1U);
  const data::Manifest arranged = tasks.arranged();
  const auto id_of = [&](std::int64_t row) { return arranged.clips[static_cast<std::size_t>(row)].id; };
  EXPECT_THAT(fitted->front().clips, testing::UnorderedElementsAre(id_of(task.test_rows[0]), id_of(task.train_rows[0])));
  EXPECT_EQ(fitted->front().digest, "d");
  EXPECT_THAT(tasks.fittings(plan, answer("normalise", {18})).error().message(), HasSubstr("fitted a step on row 18 of 18 rows"));
  EXPECT_THAT(tasks.fittings(plan, {{"fitted", json::array()}}).error().message(), HasSubstr("'normalise', but the worker tells of ''"));
}

}  // namespace
}  // namespace mexbench::run
