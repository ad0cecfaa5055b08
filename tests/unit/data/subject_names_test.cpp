#include "harness/data/subject_names.h"

#include <gtest/gtest.h>

namespace mexbench::data {
namespace {

TEST(SubjectNames, SpellingsOfOneSubjectAreOneId) {
  for (const char* text : {"1", "01", "sub1", "sub01", "SUB01", "Sub1", "casme2/sub01", "casme2/1", " sub01 "}) {
    EXPECT_EQ(canonical_subject("casme2", text), "sub01") << text;
  }
  for (const char* text : {"1", "01", "s1", "s01", "S01", "smic/s01"}) EXPECT_EQ(canonical_subject("smic", text), "s01") << text;
  for (const char* text : {"6", "06", "006", "0006", "samm/006"}) EXPECT_EQ(canonical_subject("samm", text), "006") << text;
  EXPECT_EQ(canonical_subject("casme2", "26"), "sub26");
  EXPECT_EQ(canonical_subject("samm", "036"), "036");
  EXPECT_EQ(canonical_subject("samm", "1036"), "1036");
  EXPECT_EQ(canonical_subject("samm", "0"), "000");
}

TEST(SubjectNames, TextOutsideTheRuleStaysAsItIs) {
  EXPECT_EQ(canonical_subject("casme2", "s1"), "s1");
  EXPECT_EQ(canonical_subject("casme2", "sub"), "sub");
  EXPECT_EQ(canonical_subject("casme2", "sub1a"), "sub1a");
  EXPECT_EQ(canonical_subject("samm", "s006"), "s006");
  EXPECT_EQ(canonical_subject("casme2", "smic/s01"), "smic/s01");
  EXPECT_EQ(canonical_subject("smic", ""), "");
}

TEST(SubjectNames, UnknownDatasetsKeepTheirSpelling) {
  EXPECT_EQ(canonical_subject("synth", "p1"), "p1");
  EXPECT_EQ(canonical_subject("synth", "007"), "007");
  EXPECT_EQ(canonical_subject("synth", "synth/p1"), "p1");
  EXPECT_EQ(canonical_clip("synth", "1_a"), "1_a");
}

TEST(SubjectNames, ClipNamesFollowTheirSubject) {
  EXPECT_EQ(canonical_clip("smic", "s1_ne_01"), "s01_ne_01");
  EXPECT_EQ(canonical_clip("smic", "s01_ne_01"), "s01_ne_01");
  EXPECT_EQ(canonical_clip("smic", "smic/s1/s1_ne_01"), "s01_ne_01");
  EXPECT_EQ(canonical_clip("samm", "6_1_2"), "006_1_2");
  EXPECT_EQ(canonical_clip("samm", "006_1_2"), "006_1_2");
  EXPECT_EQ(canonical_clip("casme2", "EP02_01f"), "EP02_01f");
  EXPECT_EQ(canonical_clip("casme2", "casme2/sub01/EP02_01f"), "EP02_01f");
  EXPECT_EQ(canonical_clip("casme2", "1_a"), "1_a");
  EXPECT_EQ(canonical_clip("smic", "ne_01"), "ne_01");
}

TEST(SubjectNames, KnownDatasetsMayBeInCapitals) {
  EXPECT_EQ(canonical_dataset("SAMM"), "samm");
  EXPECT_EQ(canonical_dataset(" Casme2 "), "casme2");
  EXPECT_EQ(canonical_dataset("Synth"), "Synth") << "only those whose spelling is known";
  EXPECT_EQ(canonical_subject("SMIC", "SMIC/S1"), "s01");
  EXPECT_EQ(canonical_subject_id("SAMM", "6").text(), "samm/006");
  EXPECT_EQ(canonical_clip("samm", "SAMM/6/6_1_2"), "006_1_2");
}

TEST(SubjectNames, SubjectOfAClipWhereItsNameBeginsWithIt) {
  EXPECT_EQ(subject_in_clip("smic", "s1_ne_01"), "s01");
  EXPECT_EQ(subject_in_clip("samm", "6_1_2"), "006");
  EXPECT_EQ(subject_in_clip("samm", "a_1"), std::nullopt);
  EXPECT_EQ(subject_in_clip("samm", "006"), std::nullopt);
  EXPECT_EQ(subject_in_clip("casme2", "1_a"), std::nullopt);
  EXPECT_EQ(canonical_subject("samm", "samm/"), "");
}

TEST(SubjectNames, FoldsAndWholeIds) {
  EXPECT_EQ(canonical_fold_id("CASME2/1").text(), "casme2/sub01");
  EXPECT_EQ(canonical_fold_id("SAMM").text(), "samm");
  for (const char* text : {"fold-03", "holdout", "", "synth/p1"}) EXPECT_EQ(canonical_fold_id(text).text(), text);
  EXPECT_EQ(canonical_subject_id("SAMM/6").text(), "samm/006");
  EXPECT_EQ(canonical_subject_id("nobody").text(), "nobody");
}

TEST(SubjectNames, IdsJoinDatasetSubjectAndClip) {
  EXPECT_EQ(canonical_subject_id("samm", "6").text(), "samm/006");
  EXPECT_EQ(canonical_clip_id("smic", "1", "s1_ne_01").text(), "smic/s01/s01_ne_01");
}

// Found by fuzzing: blanks behind the dataset were kept, and the subject was another one.
TEST(CanonicalSubject, BlanksBehindTheDatasetAreDropped) {
  EXPECT_EQ(canonical_subject("samm", "SAMM/ 06"), "006");
  EXPECT_EQ(canonical_clip("smic", "smic/s1/ s1_ne_01"), "s01_ne_01");
}

}  // namespace
}  // namespace mexbench::data
