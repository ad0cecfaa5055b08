// The torch headers cost 15 s a file: precompiled once for each room that needs them.
#include <torch/torch.h>
