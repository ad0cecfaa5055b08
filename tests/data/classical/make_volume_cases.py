#!/usr/bin/python3
"""Writes volume_cases.json beside it, for tests/unit/models_methods/volume_features_test.cpp: LBP-TOP features by scikit-image's
local_binary_pattern (circles) and SciPy's map_coordinates (ellipses), 3D-HOG features by NumPy.

scikit-image 0.19.3, SciPy 1.10.1 and NumPy 1.24.2 as Debian 12 has them (python3-skimage). The grey values are random and not integers: an
interpolated value then never equals the one it is compared with, where every program rounds in its own way."""
import json
import pathlib

import numpy
import scipy.ndimage
import skimage.feature

random = numpy.random.default_rng(20070915)
T, H, W = 11, 13, 14
volume = random.uniform(0, 255, (T, H, W)).astype(numpy.float32).astype(float)


def parts(count, length):
    return [slice(k * length // count, (k + 1) * length // count) for k in range(count)]


def uniform(codes, points):
    """Bins: uniform patterns by rising value, then all others."""
    bits = (numpy.arange(2**points)[:, None] >> numpy.arange(points)) & 1
    changes = (bits != numpy.roll(bits, 1, axis=1)).sum(axis=1)
    known = numpy.flatnonzero(changes <= 2)
    table = numpy.full(2**points, len(known))
    table[known] = numpy.arange(len(known))
    return table[codes.astype(int)], len(known) + 1


def skimage_codes(radius, points):
    """Patterns of all voxels in each plane. Angles of local_binary_pattern turn from columns against rows: in XT, time has to go up."""
    def of(image):
        return skimage.feature.local_binary_pattern(image, points, radius, "default")
    xy = numpy.stack([of(volume[t]) for t in range(T)])
    xt = numpy.stack([of(volume[::-1, y])[::-1] for y in range(H)], axis=1)
    yt = numpy.stack([of(volume[:, :, x].T).T for x in range(W)], axis=2)
    return xy, xt, yt


def scipy_codes(rx, ry, rt, points, order):
    out = []
    t, y, x = numpy.meshgrid(numpy.arange(T), numpy.arange(H), numpy.arange(W), indexing="ij")
    for plane, count in enumerate(points):
        codes = numpy.zeros(volume.shape)
        for p in range(count):
            cos, sin = (numpy.round(f(2 * numpy.pi * p / count), 12) for f in (numpy.cos, numpy.sin))
            dt, dy, dx = [(0, -ry * sin, rx * cos), (rt * sin, 0, rx * cos), (rt * cos, -ry * sin, 0)][plane]
            if order == 0:
                dt, dy, dx = (numpy.floor(d + 0.5) for d in (dt, dy, dx))
            codes += (scipy.ndimage.map_coordinates(volume, [t + dt, y + dy, x + dx], order=1, mode="nearest") >= volume) * 2**p
        out.append(codes)
    return out


def lbp_top(codes, points, border, rt, blocks):
    inside = numpy.s_[rt:T - rt, border:H - border, border:W - border]
    binned = [uniform(plane[inside], count) for plane, count in zip(codes, points)]
    features = []
    for ys in parts(blocks[0], H - 2 * border):
        for xs in parts(blocks[1], W - 2 * border):
            for ts in parts(blocks[2], T - 2 * rt):
                for plane, bins in binned:
                    histogram = numpy.bincount(plane[ts, ys, xs].ravel(), minlength=bins)
                    features += (histogram / histogram.sum()).tolist()
    return features


def hog3d(cells, orientations, opposite, bins, block, clip):
    gt, gy, gx = numpy.gradient(volume)
    gradients = numpy.stack([gx, gy, gt], axis=-1)
    if orientations == "planes":
        votes = numpy.zeros(volume.shape + (3 * bins,))
        for plane, (a, b) in enumerate([(gx, gy), (gx, gt), (gy, gt)]):
            full = 360 if opposite == "separate" else 180
            bin_of = (numpy.degrees(numpy.arctan2(b, a)) % full // (full / bins)).astype(int)
            numpy.put_along_axis(votes, plane * bins + bin_of[..., None], numpy.hypot(a, b)[..., None], axis=-1)
    else:
        golden = (1 + 5**0.5) / 2
        half = [(0, s, golden) for s in (1, -1)]
        if orientations == "icosahedron":
            half = [(0, s / golden, golden) for s in (1, -1)]
        half = [numpy.roll(corner, turn) for corner in half for turn in range(3)]
        if orientations == "icosahedron":
            half = [(a, b, 1) for a in (1, -1) for b in (1, -1)] + half
        half = numpy.array(half, float)
        half /= numpy.linalg.norm(half, axis=1, keepdims=True)
        threshold = 5**0.5 / 3 if orientations == "icosahedron" else 5**-0.5
        length = numpy.linalg.norm(gradients, axis=-1, keepdims=True)
        projections = gradients / length @ half.T
        if opposite == "separate":
            projections = numpy.concatenate([projections, -projections], axis=-1)
        votes = numpy.maximum(0, abs(projections) - threshold if opposite == "joined" else projections - threshold)
        votes *= length / numpy.linalg.norm(votes, axis=-1, keepdims=True)
    histograms = [[[votes[ts, ys, xs].sum(axis=(0, 1, 2)) for ts in parts(cells[2], T)] for xs in parts(cells[1], W)]
                  for ys in parts(cells[0], H)]
    histograms = numpy.array(histograms)
    features = []
    for row in range(cells[0] - block + 1):
        for column in range(cells[1] - block + 1):
            one = histograms[row:row + block, column:column + block].ravel()
            one = numpy.minimum(one / numpy.linalg.norm(one), clip)
            features += (one / numpy.linalg.norm(one)).tolist()
    return features


def lbp_case(rx, ry, rt, points, blocks, sampling, codes):
    return {"params": {"radii": [rx, ry, rt], "neighbours": list(points), "blocks": list(blocks), "sampling": sampling},
            "features": lbp_top(codes, points, max(rx, ry), rt, blocks)}


def hog_case(cells, orientations, opposite="separate", bins=8, block=1, clip=0.25):
    params = {"cells": list(cells), "orientations": orientations, "opposite": opposite, "bins": bins, "block": block, "clip": clip}
    return {"params": params, "features": hog3d(**params)}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


out = {
    "shape": [T, H, W],
    "volume": volume.ravel().tolist(),
    "lbp_top": [
        lbp_case(1, 1, 1, (8, 8, 8), (2, 3, 2), "bilinear", skimage_codes(1, 8)),
        lbp_case(2, 2, 2, (8, 8, 8), (1, 1, 1), "bilinear", skimage_codes(2, 8)),
        lbp_case(3, 3, 3, (6, 6, 6), (2, 1, 1), "bilinear", skimage_codes(3, 6)),
        lbp_case(1, 2, 4, (8, 8, 8), (1, 1, 1), "bilinear", scipy_codes(1, 2, 4, (8, 8, 8), 1)),
        lbp_case(3, 1, 2, (4, 8, 10), (2, 2, 1), "bilinear", scipy_codes(3, 1, 2, (4, 8, 10), 1)),
        lbp_case(1, 1, 4, (8, 8, 8), (1, 2, 1), "nearest", scipy_codes(1, 1, 4, (8, 8, 8), 0)),
    ],
    "hog3d": [
        hog_case((2, 3, 2), "icosahedron"),
        hog_case((2, 2, 1), "icosahedron", opposite="joined", block=2, clip=1.0),
        hog_case((3, 2, 2), "dodecahedron", block=2),
        hog_case((1, 1, 3), "dodecahedron", opposite="joined"),
        hog_case((2, 2, 2), "planes"),
        hog_case((1, 2, 1), "planes", opposite="joined", bins=5, clip=0.2),
    ],
}
text = json.dumps(rounded(out), separators=(",", ":")).replace('{"params"', '\n{"params"')
pathlib.Path(__file__).with_name("volume_cases.json").write_text(text + "\n")
