// The list of stages, sorted by name. What each computes: harness/preprocess/<stage>.h.
#include "harness/data/adaptation.h"
#include "harness/data/stages.h"

namespace mexbench::data {
namespace {

constexpr double kLargest = 2048;  // pixels on a side

OptionDef size_option(std::int64_t value, std::string doc) { return whole_option("size", value, 4, kLargest, std::move(doc)); }

OptionDef interpolation_option() {
  return choice_option("interpolation", {"area", "bilinear", "bicubic", "nearest"}, "how pixels are resized (docs/inputs.md)");
}

StageDef align() {
  return {
      .name = "align",
      .doc = "turns, scales and moves all frames of a clip alike, so that the eyes of its first frame come to fixed places in a square",
      .source =
          "68 landmarks: Kazemi and Sullivan, CVPR 2014; haar: Viola and Jones, CVPR 2001; one similarity for a clip, so that "
          "movement is kept, as CASME II's and SMIC's authors register to the first frame",
      .options = {choice_option("detector", {"dlib", "haar"},
                                "dlib: face box and 68 landmarks, the eyes are the means of six points; haar: face box only, the eyes are "
                                "taken to be 30 % from its sides and 38 % from its top"),
                  choice_option("otherwise", {"fail", "haar"}, "for a clip in which dlib finds no face: an error, or the box of haar"),
                  size_option(128, "pixels on a side of the square"),
                  number_option("margin", 0.1, 0.0, 0.4,
                                "share of the square on each side around the face from eyebrows to mouth; at 0.1 it reaches to the chin")},
      .finds_landmarks = true};
}

StageDef crop() {
  return {.name = "crop",
          .doc = "cuts the same box out of every frame, to whole pixels",
          .source = {},
          .options = {number_option("left", 0.0, 0.0, 1.0, "share of the frame's width left of the box"),
                      number_option("top", 0.0, 0.0, 1.0, "share of the frame's height above the box"),
                      number_option("width", 1.0, 0.0, 1.0, "share of the frame's width"),
                      number_option("height", 1.0, 0.0, 1.0, "share of the frame's height")}};
}

StageDef dynamic_image() {
  return {
      .name = "dynamic-image",
      .doc = "one image of all frames, weighed by approximate rank pooling, its least value to 0, its greatest to 255; channel 'dynamic'",
      .source = "Bilen, Fernando, Gavves, Vedaldi, Gould, CVPR 2016, approximate rank pooling: 2 (T - t + 1) - (T + 1) (H_T - H_(t-1))",
      .to = Form::kImage,
      .options = {size_option(112, "pixels on a side of the image"), interpolation_option()},
      .whole_clip = true};
}

StageDef flow() {
  return {.name = "flow",
          .doc = "dense optical flow from the first frame to the apex",
          .source = "tvl1: Zach, Pock, Bischof, DAGM 2007; farneback: Farneback, SCIA 2003; dis: Kroeger et al., ECCV 2016",
          .to = Form::kFlow,
          .options = {choice_option("method", {"tvl1", "farneback", "dis"}, "of the three; dis rounds frames to 8 bits")},
          .apex = true};
}

StageDef flow_image() {
  return {
      .name = "flow-image",
      .doc = "components, magnitude and strain of the flow, reduced by area averaging and brought to 0..255",
      .source = "Liong et al., FG 2019 (STSTNet); strain: Shreve et al., FG 2011",
      .from = Form::kFlow,
      .to = Form::kImage,
      .options = {text_option("channels", "strain, v, u", "in the order of the tensor, of strain, v, u and magnitude"),
                  size_option(28, "pixels on a side of the image"),
                  choice_option("stretch", {"per-clip", "fixed"},
                                "per-clip: each channel's least value to 0, its greatest to 255; fixed: u and v from -2 % .. +2 % of the "
                                "frame's width, magnitude from 0 .. 2 %, strain from 0 .. 0.1")}};
}

StageDef frame_volume() {
  return {.name = "frame-volume",
          .doc = "frames at equal steps, to the nearest, as channels t00, t01, ...",
          .source = {},
          .to = Form::kImage,
          .options = {whole_option("frames", 16, 1, 1000, "frames of the tensor"), size_option(64, "pixels on a side of the image"),
                      interpolation_option()},
          .whole_clip = true};
}

StageDef landmark_mosaic() {
  return {.name = "landmark-mosaic",
          .doc = "four crops of each channel, around the clip's own eyes and corners of the mouth (docs/inputs.md)",
          .source = "Wang et al., Neurocomputing 602, 2024 (HTNet)",
          .from = Form::kImage,
          .to = Form::kImage,
          .options = {whole_option("crop", 14, 2, kLargest / 2, "pixels on a side of a crop; the mosaic is twice as wide and high"),
                      bool_option("swap_axes", false, "x counts rows and y columns, as in the released code")},
          .landmarks = true};
}

StageDef landmarks() {
  return {.name = "landmarks",
          .doc = "finds the 68 landmarks of the first frame with dlib and changes no pixel",
          .source = "Kazemi and Sullivan, CVPR 2014",
          .options = {},
          .finds_landmarks = true};
}

StageDef magnify() {
  return {.name = "magnify",
          .doc = "linear Eulerian video magnification: what varies in a band of frequencies is added alpha times more; cut to 0..255",
          .source = "Wu, Rubinstein, Shih, Guttag, Durand, Freeman, SIGGRAPH 2012, eq. 5 and 14; ideal band-pass",
          .options = {number_option("alpha", 10.0, 0.0, 200.0, "how much is added, times"),
                      number_option("low", 1.0, 0.0, 500.0, "lowest frequency of the band, Hz"),
                      number_option("high", 10.0, 0.0, 500.0, "highest frequency of the band, Hz; at most half of fps"),
                      number_option("fps", 200.0, 1.0, 1000.0, "frames in a second"),
                      number_option("lambda_c", 16.0, 0.0, kLargest, "spatial wavelength below which less is added, pixels"),
                      whole_option("levels", 4, 1, 8, "of the Laplacian pyramid; fewer where a frame would fall below 4 pixels")},
          .whole_clip = true};
}

StageDef resize() {
  return {.name = "resize",
          .doc = "resizes every frame to a square; cut to 0..255",
          .source = {},
          .options = {size_option(128, "pixels on a side"), interpolation_option()}};
}

StageDef spot_apex() {
  return {.name = "spot-apex",
          .doc = "takes the frame that differs most from the first one for the apex",
          .source = "after Liong, See, Wong, Le Ngo, Oh, Phan, ACPR 2015 (optical strain, binary search), over the whole face",
          .options = {choice_option("method", {"optical-strain", "flow-magnitude", "frame-difference"},
                                    "what is compared: mean strain or magnitude of Farneback's flow from the first frame, or mean absolute "
                                    "difference of pixels from the first and the last frame together"),
                      choice_option("search", {"maximum", "halving"},
                                    "maximum: the frame with the greatest value; halving: the half with the greater sum, again and again")},
          .whole_clip = true,
          .finds_apex = true};
}

StageDef temporal_interpolation() {
  return {.name = "temporal-interpolation",
          .doc = "as many frames as are wanted, along a curve through those of the clip; cut to 0..255",
          .source = "TIM: Zhou, Zhao, Pietikainen, CVPR 2011; used for SMIC by Li et al., FG 2013",
          .options = {whole_option("frames", 10, 2, 1000, "frames that come out"),
                      choice_option("method", {"tim", "linear"}, "path-graph embedding, or linear between two frames, pixel by pixel")},
          .whole_clip = true};
}

}  // namespace

std::span<const StageDef> stage_defs() {
  static const std::vector<StageDef> kDefs = {align(),      crop(),         dynamic_image(),   flow(),
                                              flow_image(), frame_volume(), landmark_mosaic(), landmarks(),
                                              magnify(),    resize(),       spot_apex(),       temporal_interpolation()};
  return kDefs;
}

}  // namespace mexbench::data
