#pragma once

#include "models/registry.h"

namespace mexbench::models {

[[nodiscard]] ModelCard offapexnet_two_stream_card();

}  // namespace mexbench::models
