// Names that a network's tensors have in weight files of another release. Torch-free.
#pragma once

#include <string>
#include <vector>

namespace mexbench::train {

// Another beginning of names: "classifier." for "fc.".
struct OtherName {
  std::string theirs;
  std::string ours;
};

// Networks that derive from it too are given weights under either name; a file that has both is read by the network's own.
class OtherNames {
 public:
  virtual ~OtherNames() = default;
  [[nodiscard]] virtual std::vector<OtherName> other_names() const = 0;
};

}  // namespace mexbench::train
