#include "harness/data/corpus_names.h"

#include <gtest/gtest.h>

namespace mexbench::data {
namespace {

using Ids = std::vector<std::string>;

TEST(CorpusNames, SpellingsStandForTheirDatasets) {
  const std::vector<std::pair<Ids, std::vector<const char*>>> table = {
      {{"casme"}, {"CASME", "casme", "CASME I"}},
      {{"casme2"},
       {"CASME II", "casme2", "CASME-II", "Casme_ii", "CASME 2", "CASME (II)", "CASME \u2161", "\uff23\uff21\uff33\uff2d\uff25\uff12"}},
      {{"casme_sq"}, {"casme_sq", "CAS(ME)^2", "CAS(ME)2", "CAS (ME) 2", "CAS(ME)\u00b2", "CAS(ME)$^{2}$", "CASME^2"}},
      {{"casme3"}, {"casme3", "CAS(ME)^3 A", "CAS(ME)3 part A"}},
      {{"casme3c"}, {"casme3c", "CAS(ME)^3 part C"}},
      {{"casme3", "casme3c"}, {"CAS(ME)^3", "CAS(ME)3", "CAS(ME)\u00b3", "CASME III", "CASME \u2162"}},
      {{"samm"}, {"SAMM", "samm"}},
      {{"samm_lv"}, {"SAMM-LV", "samm_lv", "SAMM Long Videos"}},
      {{"smic"}, {"SMIC", "SMIC-HS", "smic_hs", "SMIC-E", "SMIC-HS-E", "SMIC (HS)"}},
      {{"smic_vis"}, {"SMIC-VIS", "smic_vis"}},
      {{"smic_nir"}, {"SMIC-NIR", "SMIC NIR"}},
      {{"mmew"}, {"MMEW"}},
      {{"fourd"}, {"4DME", "fourd"}},
      {{"dfme"}, {"DFME"}},
      {{"meview"}, {"MEVIEW", "MEVIEW "}},
      {{"casme2", "samm", "smic"}, {"megc2019-flow", "MEGC2019", "MEGC 2019", "megc2019_flow", "3DB", "MEGC2019 composite"}},
      {{"casme2", "samm"}, {"MEGC 2018"}},
      {{"synth"}, {"synth", "Synth"}},
  };
  for (const auto& [ids, names] : table) {
    for (const char* name : names) EXPECT_EQ(datasets_named(name), ids) << name;
  }
}

TEST(CorpusNames, NamesThatOnlyLookLikeACorpusAreToldApart) {
  const std::vector<std::pair<const char*, const char*>> table = {
      {"CASME II cropped", "casme2"},
      {"CASME II + SAMM", "casme2"},
      {"samm2", "samm"},
      {"SAMM-LV faces", "samm_lv"},
      {"SMlC-HS", "smic"},
      {"casme4", "casme"},
      {"CAS(ME)", "casme"},
      {"CAS ME 5", "casme"},
      {"CAS(ME)^4", "casme"},
      {"MEGC2022", "megc"},
      {"megc2019 train", "megc2019"},
      {"synth2", "synth"},
      {"smicflow", "smic"},
      {"preCASME2", "casme"},
      {"CASME \u2164", "casme"},
      {"CASME\u216c", "casme"},
      {"CASME\u0406\u0406", "casme"},
      {"4DMEmicro", "4dme"},
      {"our CASME recordings", "casme"},
  };
  for (const auto& [name, wanted] : table) {
    EXPECT_TRUE(datasets_named(name).empty()) << name;
    EXPECT_EQ(corpus_resembled(name), wanted) << name;
  }
  EXPECT_EQ(corpus_resembled("ours3", Ids{"ours2"}), "ours2");
}

TEST(CorpusNames, OtherDataAreNone) {
  for (const char* name :
       {"ImageNet", "ImageNet-1k", "VGGFace2", "VGG-Face", "MS-Celeb-1M",     "CASIA-WebFace", "AffectNet", "FER2013", "RAF-DB",
        "CK+",      "DFEW",        "AFEW",     "FERV39k",  "Kinetics-400",    "SA-1B",         "SAM",       "BP4D",    "DISFA",
        "MMI",      "Oulu-CASIA",  "COCO",     "Seismic",  "Synthetic faces", "LFW",           ""}) {
    EXPECT_TRUE(datasets_named(name).empty()) << name;
    EXPECT_EQ(corpus_resembled(name), std::nullopt) << name;
  }
  EXPECT_EQ(corpus_resembled("ours", Ids{"theirs"}), std::nullopt);
}

TEST(CorpusNames, DatasetsOfTheSamePeopleAreKnown) {
  for (const auto& [one, other] : {std::pair("smic", "smic_vis"), std::pair("smic_nir", "smic_vis"), std::pair("samm", "samm_lv"),
                                   std::pair("casme2", "casme2"), std::pair("ours", "ours")}) {
    EXPECT_TRUE(share_recordings(one, other) && share_recordings(other, one)) << one << " " << other;
  }
  for (const auto& [one, other] : {std::pair("casme", "casme2"), std::pair("casme2", "casme_sq"), std::pair("smic", "samm")}) {
    EXPECT_FALSE(share_recordings(one, other)) << one << " " << other;
  }
}

}  // namespace
}  // namespace mexbench::data
