// The released logs joined to the clips of the released images, whose folders carry fold, class and clip name.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/audit/join.h"
#include "harness/core/files.h"
#include "harness/core/text.h"
#include "harness/eval/import.h"

namespace mexbench::audit {
namespace {

namespace fs = std::filesystem;

std::string dataset_of(const std::string& fold) { return fold.starts_with("sub") ? "casme2" : fold.starts_with("s") ? "smic" : "samm"; }

// `<fold>/u_test/<class>/<fold>_<clip> .png`
data::Manifest manifest_from_folders(const fs::path& root) {
  data::Manifest out;
  out.label_map = data::megc2019_label_map();
  for (const std::string& fold : *core::list_folder(root)) {
    if (!fs::is_directory(root / fold / "u_test")) continue;
    for (const std::string& label : *core::list_folder(root / fold / "u_test")) {
      for (const std::string& file : *core::list_folder(root / fold / "u_test" / label)) {
        data::Clip clip;
        clip.dataset = core::DatasetId(dataset_of(fold));
        clip.subject = core::make_subject_id(clip.dataset, fold);
        clip.name = core::trim(fs::path(file).stem().string().substr(fold.size() + 1));
        clip.id = core::make_clip_id(clip.subject, clip.name);
        clip.truth = data::Truth::one_class(static_cast<std::size_t>(core::parse_int(label).value()));
        out.clips.push_back(std::move(clip));
      }
    }
  }
  return out;
}

class ReleasedJoin : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("MEXBENCH_DATA");
    if (data == nullptr || *data == '\0') GTEST_SKIP() << "MEXBENCH_DATA is not set";
    root_ = data;
    manifest_ = manifest_from_folders(root_ / "megc2019-flow");
    ASSERT_EQ(manifest_.clips.size(), 442U);
  }
  core::Result<eval::PredictionSet> read(const char* name) const {
    auto content = core::read_file(root_ / "ststnet-released" / name);
    if (!content) return std::move(content).error();
    auto imported = eval::import_predictions(*content, name, {.classes = {}, .keep_duplicates = true}, &manifest_);
    if (!imported) return std::move(imported).error();
    return std::move(imported->predictions);
  }
  fs::path root_;
  data::Manifest manifest_;
};

TEST_F(ReleasedJoin, PythonLogAttachesToEveryClipAndScoresAsPublished) {
  const auto predictions = read("STSTNet_python_logfile.txt");
  ASSERT_TRUE(predictions) << predictions.error().render();
  const auto joined = join_manifest(*predictions, manifest_, "log");
  ASSERT_TRUE(joined) << joined.error().render();
  const eval::Metrics metrics = eval::evaluate(*joined);
  EXPECT_NEAR(metrics.scopes.at("all").uf1.value.value(), 0.7209, 5e-5);
  EXPECT_NEAR(metrics.scopes.at("all").uar.value.value(), 0.7250, 5e-5);
  EXPECT_NEAR(metrics.scopes.at("casme2").uf1.value.value(), 0.8304, 5e-5);
  EXPECT_NEAR(metrics.scopes.at("smic").uar.value.value(), 0.6876, 5e-5);
  EXPECT_NEAR(metrics.scopes.at("samm").uf1.value.value(), 0.5993, 5e-5);
}

TEST_F(ReleasedJoin, PaperLogJoinsByNameAndItsExchangeIsNamed) {
  auto predictions = read("STSTNet_logfile.txt");
  ASSERT_TRUE(predictions) << predictions.error().render();
  const auto joined = join_manifest(*predictions, manifest_, "log");
  ASSERT_TRUE(joined) << joined.error().render();
  EXPECT_NEAR(eval::evaluate(*joined).scopes.at("all").uar.value.value(), 0.7186, 5e-5);

  for (eval::Prediction& row : predictions->rows) {
    const std::size_t truth = row.truth.single_class().value();
    row.truth = data::Truth::one_class(row.predicted);
    row.predicted = truth;
  }
  EXPECT_NEAR(eval::evaluate(*predictions).scopes.at("all").uar.value.value(), 0.7605, 5e-5);
  const auto exchanged = check_join(*predictions, manifest_, "log");
  ASSERT_TRUE(exchanged) << exchanged.error().render();
  ASSERT_EQ(exchanged->broken.size(), 1U);
  EXPECT_EQ(exchanged->broken[0].rule, "truth-prediction-exchanged");
  EXPECT_EQ(exchanged->broken[0].count, 102U);  // 442 clips, 340 predicted right
}

}  // namespace
}  // namespace mexbench::audit
