// Models that learn by a rule of their own, and are saved and loaded as networks are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tiny_run.h"

namespace mexbench::test {
namespace {

using ::testing::HasSubstr;

class Methods : public TinyRun {
 protected:
  [[nodiscard]] std::string experiment(const std::string& name, const std::string& models) const {
    const std::string file = folder / (name + ".yaml");
    write(file, "schema_version: 1\nname: " + name +
                    "\ndataset: {adapter: synth, root: \"${TINY_CORPUS}/synth\", subjects: 4, clips_per_subject: 3, frames: 5, size: 48}\n"
                    "protocol: loso\nmodels:\n" +
                    models + "seeds: [0]\nsave_weights: true\n");
    return file;
  }
};

TEST_F(Methods, ChanceNeedsNoRecipeAndIsLoadedAgain) {
  const std::string fitted = experiment("fitted",
                                        "  - {label: majority, name: chance, params: {strategy: majority}}\n"
                                        "  - {label: drawn, name: chance}\n");
  const Outcome ran = mexbench({"run", fitted, "--out", folder.path()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Outcome planned = mexbench({"plan", fitted, "--table", "runs"});
  EXPECT_THAT(planned.out, HasSubstr("fitted"));

  const std::string weights = "\"" + (folder / "fitted/drawn/seed-0/folds") + "/{fold}/weights.pth\"";
  const Outcome again =
      mexbench({"run", experiment("loaded", "  - {label: drawn, name: chance, weights: " + weights + "}\n"), "--out", folder.path()});
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read(folder / "loaded/drawn/seed-0/predictions.csv"), read(folder / "fitted/drawn/seed-0/predictions.csv"));

  // Weights of another kind of model are refused by name.
  const std::string foreign = "\"" + (*corpus / "whole/tiny/ststnet/seed-0/folds") + "/{fold}/weights.pth\"";
  const Outcome wrong =
      mexbench({"run", experiment("foreign", "  - {label: drawn, name: chance, weights: " + foreign + "}\n"), "--out", folder.path()});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("tensor 'shares' (1) is missing"));
}

TEST_F(Methods, ARecipeIsRefusedWhereItDoesNothing) {
  const Outcome refused = mexbench({"validate", experiment("recipe", "  - {name: chance, train: {epochs: 3}}\n")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("6:20: error: 'train' is given for 'chance', which learns by a rule of its own"));
  // The experiment's recipe is for those that take one.
  const std::string both = experiment("both", "  - {name: chance}\n  - {name: ststnet}\ntrain: {epochs: 1, batch_size: 8}\n");
  const Outcome fine = mexbench({"validate", both});
  EXPECT_EQ(fine.code, 0) << fine.err;
}

}  // namespace
}  // namespace mexbench::test
