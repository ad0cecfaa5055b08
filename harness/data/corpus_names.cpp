#include "harness/data/corpus_names.h"

#include <algorithm>
#include <array>

#include "harness/core/text.h"
#include "harness/data/annotation_text.h"

namespace mexbench::data {
namespace {

// A corpus or a composite, by all its names. The first name is the one that messages use.
struct Corpus {
  std::vector<std::string_view> names;
  std::vector<std::string_view> datasets;  // ids, sorted
};

const std::vector<Corpus>& corpora() {
  static const std::vector<Corpus> kCorpora = {
      {{"casme", "CASME I", "CASME1"}, {"casme"}},
      {{"casme2", "CASME II"}, {"casme2"}},
      {{"casme_sq", "CAS(ME)^2", "CAS(ME)2", "CASME^2", "CASME squared"}, {"casme_sq"}},
      {{"casme3", "CASME3 A", "CASME III A", "CAS(ME)^3 A", "CAS(ME)3 A", "CAS(ME)^3 part A", "CAS(ME)3 part A"}, {"casme3"}},
      {{"casme3c", "CASME III C", "CAS(ME)^3 C", "CAS(ME)3 C", "CAS(ME)^3 part C", "CAS(ME)3 part C"}, {"casme3c"}},
      {{"CAS(ME)^3", "CAS(ME)3", "CASME^3", "CASME III"}, {"casme3", "casme3c"}},
      {{"samm"}, {"samm"}},
      {{"samm_lv", "SAMM Long", "SAMM Long Videos", "SAMM Long Video"}, {"samm_lv"}},
      {{"smic", "SMIC-HS", "SMIC-E", "SMIC-HS-E", "SMIC-E-HS"}, {"smic"}},
      {{"smic_vis", "SMIC-VIS-E", "SMIC-E-VIS"}, {"smic_vis"}},
      {{"smic_nir", "SMIC-NIR-E", "SMIC-E-NIR"}, {"smic_nir"}},
      {{"mmew"}, {"mmew"}},
      {{"fourd", "4DME"}, {"fourd"}},
      {{"dfme"}, {"dfme"}},
      {{"meview"}, {"meview"}},
      {{"megc2019", "megc2019-flow", "MEGC 2019 composite", "MEGC 2019 CDE", "MEGC 2019 3DB", "3DB", "3DB composite"},
       {"casme2", "samm", "smic"}},
      {{"megc2018", "MEGC 2018 HDE", "MEGC 2018 composite"}, {"casme2", "samm"}},
      {{"cd6me"}, {"casme", "casme2", "casme3", "fourd", "mmew", "samm"}},
      {{"synth"}, {"synth"}},
  };
  return kCorpora;
}

// Parts of the names of these corpora, and of nothing else that networks are pretrained on.
constexpr std::array<std::string_view, 8> kParts{"casme", "samm", "smic", "mmew", "dfme", "meview", "4dme", "megc"};

// Shorter names are a slip away from too much.
constexpr std::size_t kShortestToResemble = 4;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Lower case, with the powers of UTF-8 written out.
std::string lowered(std::string_view written) {
  constexpr std::array<std::string_view, 16> kRoman{"i",  "ii", "iii", "iv",  "v", "vi", "vii", "viii",
                                                    "ix", "x",  "xi",  "xii", "l", "c",  "d",   "m"};
  const std::string narrow = without_full_width(written);
  const std::string_view name = narrow;
  std::string out;
  const auto byte = [&](std::size_t at) { return at < name.size() ? static_cast<unsigned>(static_cast<unsigned char>(name[at])) : 0U; };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (byte(i) == 0xE2 && byte(i + 1) == 0x85 && byte(i + 2) >= 0xA0 && byte(i + 2) < 0xC0) {  // U+2160 to U+217F, one sign for II
      out += kRoman[byte(i + 2) % kRoman.size()];
      i += 2;
      continue;
    }
    const std::string_view rest = name.substr(i);
    if (rest.starts_with("\u00b2") || rest.starts_with("\u00b3")) {
      out += rest.starts_with("\u00b2") ? "^2" : "^3";
      ++i;
    } else {
      out += name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
  }
  return out;
}

// What counts of a spelling: letters, digits, powers, and the brackets of CAS(ME), written here as '('.
std::string key_of(std::string_view name) {
  std::string text = lowered(name);
  std::erase_if(text, [](char c) { return !is_alphanumeric(c) && c != '^' && c != '(' && c != ')'; });
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ')') continue;
    if (text[i] != '(' || std::string_view(text).substr(i).starts_with("(me)")) out += text[i];
  }
  return out;
}

std::string letters_of(std::string_view name) {
  std::string out = lowered(name);
  std::erase_if(out, [](char c) { return !is_alphanumeric(c); });
  return out;
}

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> out(1);
  for (const char c : lowered(name)) {
    if (is_alphanumeric(c)) {
      out.back() += c;
    } else if (!out.back().empty()) {
      out.emplace_back();
    }
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

}  // namespace

std::vector<std::string> datasets_named(std::string_view name) {
  const std::string plain = lowered(name);
  const bool strange = std::any_of(plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80U; });
  if (strange) return {};  // letters that are dropped could make it another corpus
  const std::string key = key_of(name);
  for (const Corpus& corpus : corpora()) {
    if (std::any_of(corpus.names.begin(), corpus.names.end(), [&](std::string_view known) { return key_of(known) == key; })) {
      return {corpus.datasets.begin(), corpus.datasets.end()};
    }
  }
  return {};
}

std::optional<std::string> corpus_resembled(std::string_view name, std::span<const std::string> more) {
  const std::string letters = letters_of(name);
  const std::vector<std::string> words = words_of(name);
  std::string best;  // and the letters of it that were found
  std::size_t found = 0;
  const auto keep = [&](std::string_view corpus, std::size_t size) {
    if (size <= found) return;
    best = corpus;
    found = size;
  };
  const auto compare = [&](std::string_view known, std::string_view corpus) {
    const std::string wanted = letters_of(known);
    for (std::size_t first = 0; first < words.size(); ++first) {
      std::string run;
      for (std::size_t last = first; last < words.size() && run.size() < wanted.size(); ++last) run += words[last];
      if (run == wanted) keep(corpus, wanted.size());
    }
    if (std::min(letters.size(), wanted.size()) >= kShortestToResemble && core::edit_distance(letters, wanted) <= 1) {
      keep(corpus, wanted.size() - 1);
    }
  };
  for (const Corpus& corpus : corpora()) {
    for (const std::string_view known : corpus.names) compare(known, corpus.names.front());
  }
  for (const std::string& id : more) compare(id, id);
  for (const std::string_view part : kParts) {
    constexpr std::size_t kLong = 5;  // shorter ones stand inside other words: seismic
    const auto begins = [&](std::string_view word) { return word.starts_with(part); };
    const bool inside = part.size() >= kLong && letters.find(part) != std::string::npos;
    if (inside || begins(letters) || std::any_of(words.begin(), words.end(), begins)) keep(part, 1);
  }
  if (found == 0) return std::nullopt;
  return best;
}

bool same_corpus_name(std::string_view one, std::string_view other) { return key_of(one) == key_of(other); }

bool share_recordings(std::string_view one, std::string_view other) {
  const auto first_of = [](std::string_view dataset) -> std::string_view {
    if (dataset == "smic_vis" || dataset == "smic_nir") return "smic";
    return dataset == "samm_lv" ? "samm" : dataset;
  };
  return first_of(one) == first_of(other);
}

}  // namespace mexbench::data
