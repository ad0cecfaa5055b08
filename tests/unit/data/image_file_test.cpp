#include "harness/data/image_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace mexbench::data {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

// 16 x 8 pixels; a restart marker, a stuffed byte and fill bytes in what stands for the scan's data.
const std::string kJpeg = "\xFF\xD8"s + "\xFF\xE0\x00\x04\x01\x02"s + "\xFF\xC0\x00\x0B\x08\x00\x08\x00\x10\x01\x01\x11\x00"s +
                          "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00"s + "\x12\xFF\x00\x34\xFF\xD0\x56"s + "\xFF\xFF\xD9"s;

std::string bmp(int width, int height) {
  const auto put = [](std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  const auto row = static_cast<std::uint32_t>((width * 24 + 31) / 32 * 4);
  const auto rows = static_cast<std::uint32_t>(height < 0 ? -height : height);
  std::string out = "BM";
  put(out, 54 + row * rows, 4);
  put(out, 0, 4);
  put(out, 54, 4);
  put(out, 40, 4);
  put(out, static_cast<std::uint32_t>(width), 4);
  put(out, static_cast<std::uint32_t>(height), 4);
  put(out, 1, 2);
  put(out, 24, 2);
  for (int i = 0; i < 6; ++i) put(out, 0, 4);
  return out + std::string(std::size_t{row} * rows, 'x');
}

// 4 x 2 pixels of 8 bits, run-length coded: a run and pixels as they are in the first row, a move and a run in the second.
std::string bmp_of_runs(std::uint32_t coding, const std::string& pixels, bool with_size) {
  std::string out = bmp(4, 2).substr(0, 54);
  out[28] = static_cast<char>(coding == 1 ? 8 : 4);
  out[30] = static_cast<char>(coding);
  out[34] = static_cast<char>(with_size ? pixels.size() : 0);
  return out + pixels;
}

std::string told(const std::string& content) {
  const auto header = inspect_image(content, "a.img");
  return header ? "accepted" : header.error().render();
}

TEST(ImageFile, JpegIsWalkedToItsEnd) {
  const auto header = inspect_image(kJpeg, "a.jpg");
  ASSERT_TRUE(header) << header.error().render();
  EXPECT_EQ(header->format, ImageFormat::kJpeg);
  EXPECT_EQ(header->width, 16U);
  EXPECT_EQ(header->height, 8U);
  EXPECT_EQ(told(kJpeg + "trailing bytes of a camera"), "accepted");
}

TEST(ImageFile, JpegThatIsCutShortAnywhereIsRefused) {
  for (std::size_t bytes = 2; bytes < kJpeg.size(); ++bytes)
    EXPECT_THAT(told(kJpeg.substr(0, bytes)), HasSubstr("a.img: error: is cut short")) << bytes;
}

TEST(ImageFile, DamagedJpegIsNamed) {
  std::string damaged = kJpeg;
  damaged[2] = '\x00';
  EXPECT_EQ(told(damaged), "a.img: error: is damaged: byte 2 begins no JPEG marker\n");
  EXPECT_THAT(told("\xFF\xD8\xFF\xE0\x00\x01"s), HasSubstr("the JPEG segment at byte 2 has 1 bytes"));
  EXPECT_THAT(told("\xFF\xD8\xFF\xD9"s), HasSubstr("has no image data"));
}

TEST(ImageFile, BmpHasTheBytesItAnnounces) {
  for (const int height : {7, -7}) {
    const std::string whole = bmp(5, height);
    const auto header = inspect_image(whole, "a.bmp");
    ASSERT_TRUE(header) << header.error().render();
    EXPECT_EQ(header->format, ImageFormat::kBmp);
    EXPECT_EQ(header->width, 5U);
    EXPECT_EQ(header->height, 7U);
    for (std::size_t bytes = 2; bytes < whole.size(); ++bytes)
      EXPECT_THAT(told(whole.substr(0, bytes)), HasSubstr("is cut short")) << bytes;
  }
  EXPECT_THAT(told(bmp(0, 7)), HasSubstr("its BMP header has no size"));
}

TEST(ImageFile, CodedBmpIsWalkedToItsEnd) {
  const std::string eight = "\x01\x07"s + "\x00\x03\x01\x00\x01\x00"s + "\x00\x00"s + "\x00\x02\x01\x00"s + "\x03\x09"s + "\x00\x01"s;
  const std::string four = "\x01\x70"s + "\x00\x03\x01\x10"s + "\x00\x00"s + "\x04\x99"s + "\x00\x01"s;
  for (const auto& [coding, pixels] : {std::pair(1U, eight), std::pair(2U, four)}) {
    for (const bool with_size : {true, false}) {
      const std::string whole = bmp_of_runs(coding, pixels, with_size);
      EXPECT_EQ(told(whole), "accepted");
      EXPECT_EQ(told(whole + "behind the end"), "accepted");
      for (std::size_t bytes = 54; bytes < whole.size(); ++bytes)
        EXPECT_THAT(told(whole.substr(0, bytes)), HasSubstr("is cut short")) << coding << ", " << bytes;
    }
  }
  EXPECT_THAT(told(bmp_of_runs(5, eight, true)), HasSubstr("with compression 5"));
}

TEST(ImageFile, OtherFilesAreRefused) {
  EXPECT_THAT(told(""), HasSubstr("is empty (0 bytes)"));
  EXPECT_THAT(told("GIF89a"), HasSubstr("is no PNG, JPEG or BMP image"));
  EXPECT_THAT(told("\x89PNG\r\n\x1a\n"), HasSubstr("is cut short"));
}

}  // namespace
}  // namespace mexbench::data
