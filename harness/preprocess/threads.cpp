#include "harness/preprocess/threads.h"

#include <opencv2/core/utility.hpp>

namespace mexbench::preprocess {

void set_threads(std::int64_t threads) { cv::setNumThreads(static_cast<int>(threads)); }

}  // namespace mexbench::preprocess
