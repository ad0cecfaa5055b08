#include "harness/run/own_clips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/core/files.h"
#include "harness/core/sha256.h"

namespace mexbench::run {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OwnClips : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  static data::Manifest corpus(const std::vector<std::string>& roles) {
    data::Manifest manifest;
    manifest.label_map = data::megc2019_label_map();
    manifest.input.recipe = roles.size() == 1 ? "flow-image" : "onset-apex-flow";
    data::Clip clip;
    for (const std::string& role : roles) clip.files.push_back({.role = role, .path = role, .sha256 = ""});
    manifest.clips.push_back(clip);
    return manifest;
  }
  std::string put(const std::string& name) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << name;
    return folder / name;
  }
  static std::vector<std::string> ids(const data::Manifest& manifest) {
    std::vector<std::string> out;
    for (const data::Clip& clip : manifest.clips) out.push_back(clip.id.text());
    return out;
  }

  fs::path folder = fs::temp_directory_path() / core::unique_name("own-clips");
};

TEST_F(OwnClips, AnImageIsAClipWhereTheRecipeTakesOneFile) {
  const std::string b = put("set/b.png");
  const std::string a = put("set/a.png");
  const std::string odd = put("other.PNG");
  put("set/.hidden");
  const auto clips = own_clips(corpus({"flow"}), std::vector<std::string>{odd, folder / "set"});
  ASSERT_TRUE(clips.ok()) << clips.error().render();
  EXPECT_EQ(ids(*clips), (std::vector<std::string>{odd, a, b}));
  const data::MediaFile& file = clips->clips[2].files.at(0);
  EXPECT_EQ(file.role, "flow");
  EXPECT_EQ(file.sha256, core::sha256_hex("set/b.png"));
  EXPECT_TRUE(data::check_manifest(*clips).ok());
  EXPECT_EQ(clips->input.recipe, "flow-image");
}

TEST_F(OwnClips, AFolderIsAClipWhereTheRecipeTakesSeveral) {
  for (const char* name : {"set/two/onset.png", "set/two/apex.png", "set/one/onset.png", "set/one/apex.png"}) put(name);
  const auto clips = own_clips(corpus({"onset", "apex"}), std::vector<std::string>{
                                                              folder / "set",
                                                          });
  ASSERT_TRUE(clips.ok()) << clips.error().render();
  EXPECT_EQ(ids(*clips), (std::vector<std::string>{folder / "set/one", folder / "set/two"}));
  EXPECT_EQ(clips->clips[0].files.at(1).path, folder / "set/one/apex.png");
}

TEST_F(OwnClips, ManyImagesOfAClipAreToldShortly) {
  const std::string alone = put("alone.png");
  const auto clips = own_clips(corpus({"t00", "t01", "t02", "t03", "t04"}), std::vector<std::string>{alone});
  ASSERT_FALSE(clips.ok());
  EXPECT_THAT(clips.error().render(), HasSubstr("makes one of a folder with t00.png to t04.png"));
}

TEST_F(OwnClips, EveryProblemIsTold) {
  put("set/one/onset.png");
  put("set/notes.txt");
  const auto clips = own_clips(corpus({"onset", "apex"}), std::vector<std::string>{folder / "set", folder / "nowhere", folder / "set/one"});
  ASSERT_FALSE(clips.ok());
  EXPECT_EQ(clips.error().code(), core::ErrorCode::kData);
  const std::string text = clips.error().render();
  for (const char* wanted : {"set/one/apex.png", "notes.txt: error: is no clip", "nowhere: error: there is no such file or folder",
                             "set/one: error: is given twice"}) {
    EXPECT_THAT(text, HasSubstr(wanted));
  }
}

}  // namespace
}  // namespace mexbench::run
