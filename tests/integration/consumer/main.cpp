// A program of somebody else, built against the installed package only. Exits 0 when the libraries work.
#include <string>

#include "harness/core/sha256.h"
#include "harness/data/manifest.h"

int main() {  // NOLINT(bugprone-exception-escape): an exception fails the test as well
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-4, example B.1
  mexbench::data::Manifest manifest;
  manifest.label_map = mexbench::data::megc2019_label_map();
  const bool empty_is_refused = !mexbench::data::check_manifest(manifest).ok();
  return mexbench::core::sha256_hex("abc") == abc && mexbench::data::manifest_hash(manifest).size() == 64 && empty_is_refused ? 0 : 1;
}
