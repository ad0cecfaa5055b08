#include "harness/train/threads.h"

#include <dlfcn.h>
#include <torch/torch.h>

namespace mexbench::train {

void set_threads(std::int64_t threads) {
  at::set_num_threads(static_cast<int>(threads));
  // LibTorch tells MKL, but not OpenBLAS, whose environment variable holds it at one thread in a worker.
  auto* const set_openblas = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_openblas != nullptr) set_openblas(static_cast<int>(threads));
}

}  // namespace mexbench::train
