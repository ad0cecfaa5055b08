#include "harness/preprocess/opencv_threads.h"

#include <mutex>
#include <opencv2/core/utility.hpp>

namespace mexbench::preprocess {

void use_one_opencv_thread() {
  static std::once_flag once;
  std::call_once(once, [] { cv::setNumThreads(1); });
}

void set_opencv_threads(std::int64_t threads) {
  use_one_opencv_thread();  // so that it can't come later and undo this
  cv::setNumThreads(static_cast<int>(threads));
}

}  // namespace mexbench::preprocess
