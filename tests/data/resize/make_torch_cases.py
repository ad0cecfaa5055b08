#!/usr/bin/env python3
"""Writes torch_cases.h: one small image resized by PyTorch.

    /usr/bin/python3 tests/data/resize/make_torch_cases.py

torch.nn.functional.interpolate without align_corners and without antialiasing. Its `area` mode pools whole pixels, which is a mean over the
area only where sizes divide; the mean itself is computed here, in fractions.
"""
import pathlib
from fractions import Fraction

import torch
from torch.nn.functional import interpolate

ROWS, COLUMNS = 5, 7
SIZES = [(10, 14), (9, 16), (3, 4), (2, 11)]
MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}


def pattern():
    return [[(y * 37 + x * 11) % 23 for x in range(COLUMNS)] for y in range(ROWS)]


def covered(pixel, size, out):
    """Share of each source pixel under one new pixel."""
    left, right = Fraction(pixel * size, out), Fraction((pixel + 1) * size, out)
    shares = [max(Fraction(0), min(right, i + 1) - max(left, i)) for i in range(size)]
    return [share / (right - left) for share in shares]


def area(image, height, width):
    out = []
    for y in range(height):
        down = covered(y, ROWS, height)
        for x in range(width):
            across = covered(x, COLUMNS, width)
            out.append(float(sum(down[i] * across[j] * image[i][j] for i in range(ROWS) for j in range(COLUMNS))))
    return out


def by_torch(image, mode, size):
    options = {} if mode == "nearest-exact" else {"align_corners": False}
    planes = torch.tensor(image, dtype=torch.float64)[None, None]
    return interpolate(planes, size=size, mode=mode, **options).flatten().tolist()


def main():
    image = pattern()
    lines = []
    for size in SIZES:
        for name in ("nearest", "bilinear", "bicubic", "area"):
            values = area(image, *size) if name == "area" else by_torch(image, MODES[name], size)
            numbers = ", ".join(f"{value:.7g}" for value in values)
            lines.append(f'    {{"{name}", {size[0]}, {size[1]}, {{{numbers}}}}},\n')
    flat = ", ".join(str(value) for row in image for value in row)
    text = f"""// Written by make_torch_cases.py with PyTorch {torch.__version__}.
// clang-format off
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct ResizeCase {{
  std::string interpolation;
  std::int64_t height, width;
  std::vector<float> wanted;
}};

inline constexpr std::int64_t kResizeRows = {ROWS}, kResizeColumns = {COLUMNS};
inline const std::vector<float>& resize_image() {{
  static const std::vector<float> kImage = {{{flat}}};
  return kImage;
}}

inline const std::vector<ResizeCase>& resize_cases() {{
  static const std::vector<ResizeCase> kCases = {{
{"".join(lines)}  }};
  return kCases;
}}
"""
    pathlib.Path(__file__).with_name("torch_cases.h").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
