// The two logs of the released STSTNet baseline. Figures: those of the paper (UF1) and of an independent implementation (the rest).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/core/files.h"
#include "harness/eval/import.h"

namespace mexbench::eval {
namespace {

struct Published {
  const char* scope;
  double uf1, uar, mean_precision, accuracy;
  Confusion confusion;
};

class ReleasedLogs : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("MEXBENCH_DATA");
    if (data == nullptr || *data == '\0') GTEST_SKIP() << "MEXBENCH_DATA is not set";
    folder = std::filesystem::path(data) / "ststnet-released";
  }
  std::string content(const char* name) const {
    auto read = core::read_file(folder / name);
    EXPECT_TRUE(read) << read.error().render();
    return read ? *std::move(read) : std::string();
  }
  std::filesystem::path folder;
};

double mean_precision(const ScopeMetrics& scope) {
  double sum = 0.0;
  for (const ClassMetrics& one : scope.per_class) sum += one.precision.value.value();
  return sum / static_cast<double>(scope.per_class.size());
}

TEST_F(ReleasedLogs, PaperLogGivesThePapersUf1AndTheTrueUar) {
  const auto read = import_predictions(content("STSTNet_logfile.txt"), "STSTNet_logfile.txt", {}, nullptr);
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_EQ(read->format, PredictionFormat::kClipLog);
  EXPECT_EQ(read->predictions.classes, (std::vector<std::string>{"0", "1", "2"}));
  const Metrics metrics = evaluate(read->predictions);
  const Metrics swapped = evaluate(exchanged(read->predictions).value());
  const std::vector<Published> published = {
      {"all", 0.7353, 0.7186, 0.7605, 0.7692, {{219, 22, 9}, {40, 62, 7}, {21, 3, 59}}},
      {"casme2", 0.8382, 0.8190, 0.8686, 0.8621, {{83, 5, 0}, {12, 19, 1}, {2, 0, 23}}},
      {"samm", 0.6588, 0.6415, 0.6810, 0.7744, {{82, 7, 3}, {11, 13, 2}, {5, 2, 8}}},
      {"smic", 0.6801, 0.6703, 0.7013, 0.6829, {{54, 10, 6}, {17, 30, 4}, {14, 1, 28}}},
  };
  ASSERT_EQ(metrics.scopes.size(), published.size());
  for (const Published& known : published) {
    SCOPED_TRACE(known.scope);
    const ScopeMetrics& ours = metrics.scopes.at(known.scope);
    EXPECT_EQ(ours.confusion, known.confusion);
    EXPECT_NEAR(ours.uf1.value.value(), known.uf1, 5e-5);
    EXPECT_NEAR(ours.uar.value.value(), known.uar, 5e-5);
    EXPECT_NEAR(ours.accuracy.value.value(), known.accuracy, 5e-5);
    // The UAR the paper prints is the mean precision: what comes out when truth and prediction change places. UF1 can't tell.
    EXPECT_NEAR(mean_precision(ours), known.mean_precision, 5e-5);
    EXPECT_DOUBLE_EQ(swapped.scopes.at(known.scope).uar.value.value(), mean_precision(ours));
    EXPECT_DOUBLE_EQ(swapped.scopes.at(known.scope).uf1.value.value(), ours.uf1.value.value());
  }
  EXPECT_EQ(metrics.scopes.at("all").clips, 442);
  EXPECT_EQ(metrics.scopes.at("all").subjects, 68);
  EXPECT_EQ(metrics.scopes.at("casme2").subjects, 24);
  EXPECT_EQ(metrics.scopes.at("samm").subjects, 28);
  EXPECT_EQ(metrics.scopes.at("smic").subjects, 16);
}

TEST_F(ReleasedLogs, PythonLogGivesItsFiguresAfterEveryFold) {
  const auto log = parse_fold_log(content("STSTNet_python_logfile.txt"), "STSTNet_python_logfile.txt");
  ASSERT_TRUE(log) << log.error().render();
  ASSERT_EQ(log->folds.size(), 68U);
  EXPECT_EQ(log->final_uf1, 0.7209);
  EXPECT_EQ(log->final_uar, 0.725);
  const std::vector<std::string> classes{"0", "1", "2"};
  Confusion all(3, std::vector<std::int64_t>(3, 0));
  std::map<char, Confusion> datasets{{'s', all}, {'b', all}, {'0', all}};  // SMIC s01, CASME II sub01, SAMM 006
  for (const FoldLog& fold : log->folds) {
    for (std::size_t i = 0; i < fold.truth.size(); ++i) {
      const std::size_t truth = parse_truth(classes, fold.truth[i])->single_class().value();
      const std::size_t predicted = parse_truth(classes, fold.predicted[i])->single_class().value();
      ++all[truth][predicted];
      ++datasets.at(fold.subject.starts_with("sub") ? 'b' : fold.subject[0])[truth][predicted];
    }
    const ScopeMetrics so_far = metrics_of(all, classes, 0);
    ASSERT_TRUE(fold.uf1_so_far && fold.uar_so_far) << fold.subject;
    EXPECT_NEAR(so_far.uf1.value.value(), *fold.uf1_so_far, 5.1e-5) << fold.subject;
    if (so_far.uar.value) {
      EXPECT_NEAR(*so_far.uar.value, *fold.uar_so_far, 5.1e-5) << fold.subject;
    }
    EXPECT_EQ(so_far.uar.value.has_value(), *fold.uar_so_far == *fold.uar_so_far) << "the log prints nan where ours is undefined";
  }
  EXPECT_EQ(all, (Confusion{{195, 39, 16}, {36, 68, 5}, {12, 7, 64}}));
  const auto expect = [&](const Confusion& confusion, double uf1, double uar) {
    EXPECT_NEAR(metrics_of(confusion, classes, 0).uf1.value.value(), uf1, 5e-5);
    EXPECT_NEAR(metrics_of(confusion, classes, 0).uar.value.value(), uar, 5e-5);
  };
  expect(all, 0.7209, 0.7250);
  expect(datasets.at('b'), 0.8304, 0.8304);
  expect(datasets.at('s'), 0.6871, 0.6876);
  expect(datasets.at('0'), 0.5993, 0.6145);
}

}  // namespace
}  // namespace mexbench::eval
