// The end of the precompiled header of every room that must not know torch. The torch headers are in the system's include path on
// Debian, so hiding the folder is not enough: including one of them, or naming its namespaces, is an error here.
#pragma GCC poison torch c10 caffe2 TORCH_VERSION
