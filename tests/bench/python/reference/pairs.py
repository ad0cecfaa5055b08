"""Draws pairs of frames as PNG: a smooth texture, and the same moved by a smooth field of up to two pixels. Seeded.

usage: pairs.py FOLDER COUNT      writes NNN_onset.png and NNN_apex.png, 140 wide and 170 high
"""
import pathlib
import sys

import cv2
import numpy

WIDTH, HEIGHT = 140, 170


def smooth(random: numpy.random.Generator, sigma: float, low: float, high: float) -> numpy.ndarray:
    noise = cv2.GaussianBlur(random.random((HEIGHT, WIDTH), numpy.float32), (0, 0), sigma)
    return low + (high - low) * (noise - noise.min()) / (noise.max() - noise.min())


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(28)
    x, y = numpy.meshgrid(numpy.arange(WIDTH, dtype=numpy.float32), numpy.arange(HEIGHT, dtype=numpy.float32))
    for pair in range(int(sys.argv[2])):
        onset = 0.6 * smooth(random, 1.5, 0, 255) + 0.4 * smooth(random, 6, 0, 255)
        u, v = smooth(random, 20, -2, 2), smooth(random, 20, -2, 2)
        apex = cv2.remap(onset, x - u, y - v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        for name, image in (("onset", onset), ("apex", apex)):
            cv2.imwrite(str(folder / f"{pair:03}_{name}.png"), numpy.rint(image).astype(numpy.uint8))


if __name__ == "__main__":
    main()
