find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(FREEXL REQUIRED IMPORTED_TARGET freexl)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(HIGHWAY REQUIRED IMPORTED_TARGET libhwy)
find_package(pugixml REQUIRED)
# Distributions, from Debian's libboost-dev: headers only, and seen by one file, harness/stats/distributions.cpp.
find_path(BOOST_MATH_INCLUDE_DIR boost/math/distributions/normal.hpp REQUIRED)

# Debian's yaml-cpp 0.7 exports the plain target `yaml-cpp`, newer releases `yaml-cpp::yaml-cpp`.
if(TARGET yaml-cpp::yaml-cpp)
  set(MEXBENCH_YAML yaml-cpp::yaml-cpp)
else()
  set(MEXBENCH_YAML yaml-cpp)
endif()

if(MEXBENCH_WITH_TORCH)
  find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs video videoio objdetect optflow dnn)
  find_package(Torch REQUIRED)
  find_package(Libsvm REQUIRED)
  # Faces and landmarks. Its own package configuration asks for libraries that are not used here.
  find_path(DLIB_INCLUDE_DIR dlib/image_processing/shape_predictor.h REQUIRED)
  find_library(DLIB_LIBRARY dlib REQUIRED)
  # Its templates call LAPACK and BLAS.
  find_library(LAPACK_LIBRARY lapack REQUIRED)
  find_library(BLAS_LIBRARY blas REQUIRED)
  # What the detectors have learnt, from Debian's libdlib-data and opencv-data; MEXBENCH_LANDMARK_MODEL and MEXBENCH_FACE_CASCADE name
  # other files at run time. The programs do without them until a stage asks.
  find_file(MEXBENCH_LANDMARK_MODEL shape_predictor_68_face_landmarks.dat PATH_SUFFIXES share/dlib)
  find_file(MEXBENCH_FACE_CASCADE haarcascade_frontalface_default.xml PATH_SUFFIXES share/opencv4/haarcascades share/opencv/haarcascades)
  # TorchConfig puts its include folders and flags on targets that are not SYSTEM everywhere: one interface of our own that is.
  add_library(mexbench_torch_dependency INTERFACE)
  target_include_directories(mexbench_torch_dependency SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(mexbench_torch_dependency INTERFACE ${TORCH_LIBRARIES})
  add_library(mexbench_opencv_dependency INTERFACE)
  target_include_directories(mexbench_opencv_dependency SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  target_link_libraries(mexbench_opencv_dependency INTERFACE opencv_core opencv_imgproc opencv_imgcodecs opencv_video opencv_videoio opencv_objdetect opencv_optflow
                                                                opencv_dnn)
endif()
