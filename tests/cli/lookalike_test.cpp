// Look-alikes of released corpora, from the command line to a plan of an experiment on them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/support.h"

namespace mexbench::test {
namespace {
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Lookalike, WrongLayoutsAndKnobsGetOneMessageAndExitCodeTwo) {
  const TemporaryFolder folder;
  const auto told = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"synth", "--out", folder / "corpus"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = mexbench(arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_THAT(told({"--layout", "casmee2"}), AllOf(HasSubstr("unknown layout 'casmee2'"), HasSubstr("did you mean 'casme2'?")));
  EXPECT_THAT(told({"--layout", "samm", "--set", "relase=raw"}), HasSubstr("unknown option 'relase' of layout 'samm'"));
  EXPECT_THAT(told({"--layout", "casme2", "--set", "sheet=2015"}), HasSubstr("option 'sheet' is \"2015\", '2014' or '2019' is wanted"));
  EXPECT_FALSE(std::filesystem::exists(folder / "corpus"));
}

TEST(Lookalike, ACorpusThatLooksLikeAReleaseIsPlannedAsOne) {
  const TemporaryFolder folder;
  const std::vector<std::string> render{
      "synth", "--layout", "casme2", "--out",        folder / "CASME2", "--set",      "subjects=3", "--set",          "clips_per_subject=4",
      "--set", "size=48",  "--set",  "max_frames=7", "--set",           "sheet=2019", "--set",      "release=cropped"};
  const Outcome rendered = mexbench(render);
  ASSERT_EQ(rendered.code, 0) << rendered.err;
  EXPECT_EQ(rendered.out, folder / "CASME2" + "\n");
  EXPECT_TRUE(std::filesystem::exists(folder / "CASME2/Cropped/sub04"));
  EXPECT_EQ(mexbench(render).code, 0) << "it is there already";

  write(folder / "e.yaml",
        "schema_version: 1\nname: e\ndataset: {adapter: casme2, root: CASME2, label_map: casme2-5}\nprotocol: loso\n"
        "models: [{name: ststnet, params: {out_channels: 5}}]\ntrain: {epochs: 1, batch_size: 8, optimizer: {name: adam, lr: "
        "1.0e-3}}\nseeds: [0]\n");
  const Outcome planned = mexbench({"plan", folder / "e.yaml"});
  EXPECT_EQ(planned.code, 0) << planned.err;
  const Outcome annotation = mexbench({"inspect", "annotation", folder / "CASME2/CASME2-coding-20190701.xlsx"});
  EXPECT_EQ(annotation.code, 0) << annotation.err;
  EXPECT_THAT(annotation.out, HasSubstr("casme2"));

  const Outcome other = mexbench({"synth", "--layout", "samm", "--out", folder / "CASME2"});
  EXPECT_EQ(other.code, 3) << other.err;
  EXPECT_THAT(other.err, HasSubstr("is another corpus"));
}

}  // namespace
}  // namespace mexbench::test
