// A network that looks after its state itself: what it registered as parameters and buffers is not, or not under these names, what its next
// forward() reads. Scripted modules are such networks. Of all others the registered tensors are the state.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace mexbench::train {

// A parameter or buffer under its name in Python's state_dict().
struct StateTensor {
  std::string name;
  torch::Tensor tensor;
  bool replaceable = false;  // forward() may put another tensor, of another shape too, in this one's place
};

class OwnState {
 public:
  OwnState() = default;
  OwnState(const OwnState&) = delete;
  OwnState& operator=(const OwnState&) = delete;
  virtual ~OwnState() = default;

  // The tensors that the next forward() reads, in the order of Python's state_dict(): a module's own ones, then its children's. A tensor
  // with several names stands there under each.
  [[nodiscard]] virtual std::vector<StateTensor> state() const = 0;
  // Gives an entry of state() these numbers, which are copied; of the same shape unless it is replaceable.
  virtual void assign(const StateTensor& entry, const torch::Tensor& values) = 0;
  // Tensors that begin with a file's values although the file has a way to reset them, by name; told to the user.
  [[nodiscard]] virtual const std::vector<std::string>& kept() const = 0;
};

}  // namespace mexbench::train
