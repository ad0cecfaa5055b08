// OpenCV on one thread. Clips are what runs in parallel here, so OpenCV's own threads would only get in the way.
#pragma once

namespace mexbench::preprocess {

// From the first call on OpenCV computes on the thread that called it. May be called from several threads at once, unlike
// cv::setNumThreads, which tears down and builds up the scheduler of TBB each time: two threads in it at once end in a segmentation fault.
void use_one_opencv_thread();

}  // namespace mexbench::preprocess
