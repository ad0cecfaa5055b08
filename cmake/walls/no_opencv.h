// The end of the precompiled header of every room that must not know OpenCV (see no_torch.h).
#pragma GCC poison cv CV_VERSION
