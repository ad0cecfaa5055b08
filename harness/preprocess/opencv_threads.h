// Threads inside OpenCV, in this process. Inputs are always computed with one: clips are what runs in parallel, so OpenCV's own threads
// would only get in the way.
#pragma once

#include <cstdint>

namespace mexbench::preprocess {

// From the first call on OpenCV computes on the thread that called it. May be called from several threads at once, unlike
// cv::setNumThreads, which tears down and builds up the scheduler of TBB each time: two threads in it at once end in a segmentation fault.
void use_one_opencv_thread();

// From here on, whatever was said before; at least 1. For timings only, and from one thread.
void set_opencv_threads(std::int64_t threads);

}  // namespace mexbench::preprocess
