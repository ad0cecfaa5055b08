#include "harness/data/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mexbench::data {
namespace {

Clip clip(const char* dataset, const char* subject, const char* name, std::size_t truth) {
  Clip out;
  out.dataset = core::DatasetId(dataset);
  out.subject = core::make_subject_id(out.dataset, subject);
  out.id = core::make_clip_id(out.subject, name);
  out.name = name;
  out.truth = Truth::one_class(truth);
  out.frames = {.onset = 3, .apex = 9, .offset = std::nullopt, .apex_source = ApexSource::kSpotted};
  out.files = {{.role = "flow", .path = "u_test/" + out.name + " .png", .sha256 = "00" + out.name}};
  return out;
}

Manifest sample() {
  Manifest out;
  out.adapter = "megc2019-flow";
  out.root = "/somewhere";
  out.label_map = megc2019_label_map();
  out.input = {
      .recipe = "flow-image", .version = 1, .channels = {"strain", "v", "u"}, .height = 28, .width = 28, .low = 0.0, .high = 255.0};
  out.notes = {"apex spotted for smic"};
  out.clips = {clip("smic", "s01", "s01_po_01", 1), clip("samm", "006", "006_1_2", 0), clip("casme2", "sub01", "EP02_01f", 2)};
  return out;
}

template <typename Change>
std::string hash_after(Change change) {
  Manifest manifest = sample();
  change(manifest);
  return manifest_hash(manifest);
}

TEST(ManifestHash, ChangesWithEverythingThatCanChangeAResult) {
  const std::string before = manifest_hash(sample());
  EXPECT_EQ(before.size(), 64U);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].truth = Truth::one_class(2); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].files[0].sha256 = "ff"; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].files[0].role = "apex"; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { std::swap(m.clips[0], m.clips[1]); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips.pop_back(); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].subject = core::SubjectId("smic/s02"); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].frames.apex = 10; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.clips[0].frames.apex_source = ApexSource::kMidpoint; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.label_map.version = 2; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { std::swap(m.label_map.classes[0], m.label_map.classes[1]); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { std::reverse(m.input.channels.begin(), m.input.channels.end()); }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.input.version = 2; }), before);
  EXPECT_NE(hash_after([](Manifest& m) { m.input.options["flow"] = "farneback"; }), before);
}

TEST(ManifestHash, DoesNotChangeWithPlacesAndNotes) {
  const std::string before = manifest_hash(sample());
  EXPECT_EQ(hash_after([](Manifest& m) { m.root = "/elsewhere"; }), before);
  EXPECT_EQ(hash_after([](Manifest& m) { m.clips[0].files[0].path = "renamed.png"; }), before);
  EXPECT_EQ(hash_after([](Manifest& m) { m.notes.clear(); }), before);
}

TEST(ManifestJson, RoundTripKeepsEverythingButTheRoot) {
  const nlohmann::json written = to_json(sample());
  EXPECT_EQ(written["schema"], "mexbench.manifest/1");
  EXPECT_EQ(written["clips"][0]["truth"], "positive");
  EXPECT_TRUE(written["clips"][0]["offset"].is_null());
  EXPECT_EQ(written.dump().find("somewhere"), std::string::npos);
  const auto read = manifest_from_json(nlohmann::json::parse(written.dump()), "manifest.lock.json");
  ASSERT_TRUE(read) << read.error().render();
  EXPECT_TRUE(read->root.empty());
  EXPECT_EQ(to_json(*read).dump(), written.dump());
  EXPECT_EQ(manifest_hash(*read), manifest_hash(sample()));
  EXPECT_EQ(read->clips[0].frames, sample().clips[0].frames);
  EXPECT_EQ(read->clips[2].truth, Truth::one_class(2));
  EXPECT_EQ(read->label_map, sample().label_map);
}

TEST(Truth, IsWrittenAndReadAsTheNameOfItsClass) {
  const std::vector<std::string> classes{"negative", "positive"};
  EXPECT_EQ(Truth::one_class(1).text(classes), "positive");
  EXPECT_EQ(Truth::parse(classes, "positive"), Truth::one_class(1));
  EXPECT_EQ(Truth::parse(classes, "1"), std::nullopt);
  EXPECT_TRUE(Truth::one_class(1).fits(2));
  EXPECT_FALSE(Truth::one_class(2).fits(2));
}

TEST(ManifestJson, RefusesWhatIsNotAManifest) {
  const auto refusal = [](const nlohmann::json& json) {
    const auto read = manifest_from_json(json, "m.json");
    return read ? std::string("accepted") : read.error().render();
  };
  nlohmann::json changed = to_json(sample());
  changed["schema"] = "mexbench.manifest/2";
  EXPECT_EQ(refusal(changed), "m.json: error: schema is 'mexbench.manifest/2', 'mexbench.manifest/1' is wanted\n");
  changed = to_json(sample());
  changed["clips"][1]["truth"] = "neutral";
  EXPECT_EQ(refusal(changed), "m.json: error: clip 'samm/006/006_1_2' has truth \"neutral\", which is no class of the label map\n");
  changed = to_json(sample());
  changed["clips"][1].erase("subject");
  EXPECT_NE(refusal(changed).find("m.json: error: is not a manifest: "), std::string::npos);
  changed = to_json(sample());
  changed["clips"][1]["apex_source"] = "guessed";
  EXPECT_EQ(refusal(changed), "m.json: error: clip 'samm/006/006_1_2' has the unknown apex_source \"guessed\"\n");
  changed = to_json(sample());
  changed["clips"].push_back(changed["clips"][0]);
  EXPECT_EQ(refusal(changed), "m.json: error: clip 'smic/s01/s01_po_01' occurs twice\n");
}

TEST(Manifest, ListsAreSortedAndUnique) {
  Manifest manifest = sample();
  manifest.clips.push_back(clip("samm", "006", "006_1_3", 0));
  EXPECT_EQ(manifest.datasets(),
            (std::vector<core::DatasetId>{core::DatasetId("casme2"), core::DatasetId("samm"), core::DatasetId("smic")}));
  EXPECT_EQ(manifest.subjects().size(), 3U);
  EXPECT_EQ(canonical_order(manifest), (std::vector<std::size_t>{2, 1, 3, 0}));
  ASSERT_NE(manifest.find(core::ClipId("samm/006/006_1_3")), nullptr);
  EXPECT_EQ(manifest.find(core::ClipId("samm/006/x")), nullptr);
}

TEST(Manifest, CheckReportsEveryProblem) {
  Manifest manifest = sample();
  EXPECT_TRUE(check_manifest(manifest));
  manifest.clips.push_back(manifest.clips[0]);
  manifest.clips.push_back(clip("all", "1", "x", 0));
  manifest.clips[1].name.clear();
  manifest.label_map.classes.resize(1);
  EXPECT_EQ(check_manifest(manifest).error().render(),
            "error: the label map has fewer than two classes\n"
            "error: clip 'smic/s01/s01_po_01' has a truth outside the label map\n"
            "error: clip 'samm/006/006_1_2' lacks a name, dataset or subject\n"
            "error: clip 'casme2/sub01/EP02_01f' has a truth outside the label map\n"
            "error: clip 'smic/s01/s01_po_01' has a truth outside the label map\n"
            "error: clip 'smic/s01/s01_po_01' occurs twice\n"
            "error: clip 'all/1/x' is in dataset 'all', a reserved name\n");
  manifest.clips.clear();
  EXPECT_FALSE(check_manifest(manifest));
}

TEST(LabelMap, NativeLabelsLeadToClasses) {
  const LabelMap map = megc2019_label_map();
  EXPECT_EQ(map.class_index("surprise"), 2U);
  EXPECT_EQ(map.index_of_native("1"), 1U);
  EXPECT_EQ(map.index_of_native("positive"), std::nullopt);
  EXPECT_EQ(map.class_index("0"), std::nullopt);
}

}  // namespace
}  // namespace mexbench::data
