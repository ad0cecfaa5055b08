"""A loop over pairs of frames, one after the other: the counterpart of bench_arms flow, with its settings. `threads` is what
cv2.setNumThreads() is given; null leaves it as OpenCV starts. Frames get the mirrored margin that harness/preprocess/flow.h has, and are
multiplied by 1 / 255 as it does: in corners without texture TV-L1 turns a last bit of its input into as much as a pixel."""
import pathlib
import time

import cv2
import numpy

import arm

MARGIN = 32
SIZE = (28, 28)


def frame(path: pathlib.Path) -> numpy.ndarray:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    bordered = cv2.copyMakeBorder(grey, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT_101)
    return bordered.astype(numpy.float32) * numpy.float32(1 / 255)


def flow_image(folder: pathlib.Path, pair: int, method: cv2.DenseOpticalFlow) -> numpy.ndarray:
    flow = method.calc(frame(folder / f"{pair:03}_onset.png"), frame(folder / f"{pair:03}_apex.png"), None)
    flow = flow[MARGIN:-MARGIN, MARGIN:-MARGIN]
    out = numpy.empty((2, *SIZE), numpy.float32)
    for channel in range(2):
        plane = cv2.resize(numpy.ascontiguousarray(flow[..., channel]), SIZE, interpolation=cv2.INTER_AREA)
        out[channel] = (plane - plane.min()) * (255.0 / (plane.max() - plane.min()))
    return out


def main() -> None:
    settings = arm.settings()
    if settings["threads"] is not None:
        cv2.setNumThreads(settings["threads"])
    folder = pathlib.Path(settings["folder"])
    method = cv2.optflow.DualTVL1OpticalFlow_create()
    flow_image(folder, 0, method)
    begin = arm.wait_for_go()
    images = [flow_image(folder, pair, method) for pair in range(settings["pairs"])]
    end = time.monotonic()
    numpy.stack(images).tofile(settings["out"])
    arm.finish({"begin": begin, "end": end, "work": settings["pairs"]})


if __name__ == "__main__":
    main()
