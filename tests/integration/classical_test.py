#!/usr/bin/python3
"""Bi-WOOF and MDMO with a support vector machine on the real megc2019-flow images, against another implementation of both features
(NumPy) and scikit-learn's SVC: every score of every clip agrees within 1e-6, with hyper-parameters fixed and chosen on inner subjects.

    classical_test.py MEXBENCH
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

import numpy
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

EXPERIMENT = """schema_version: 1
name: classical
dataset: {adapter: megc2019-flow, root: "${MEXBENCH_DATA}/megc2019-flow", label_map: megc2019%s}
protocol: loso
models:
%s
seeds: [0]
"""
ALL = """  - {label: biwoof, name: bi_woof, input: {channels: [u, v, strain]}, params: {tolerance: 1.0e-9}}
  - {label: mdmo, name: mdmo, input: {channels: [u, v]}, params: {tolerance: 1.0e-9, class_weights: balanced, C: 10, coef0: 1}}
"""
CHOSEN = """  - {label: biwoof, name: bi_woof, input: {channels: [u, v, strain]}, params: {tolerance: 1.0e-9, C: [0.001, 0.01, 0.1, 1]}}
"""


def decode(path):
    """An 8-bit RGB PNG, not interlaced: (height, width, 3)."""
    data = path.read_bytes()
    at, idat = 8, b""
    while at < len(data):
        length, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
            assert body[8:] == bytes([8, 2, 0, 0, 0]), path
        idat += body if kind == b"IDAT" else b""
        at += length + 12
    raw = numpy.frombuffer(zlib.decompress(idat), numpy.uint8).reshape(height, 1 + 3 * width).astype(int)
    out = numpy.zeros((height + 1, 3 * width + 3), int)
    for y in range(height):
        for x in range(3 * width):
            left, up, corner = out[y + 1, x], out[y, x + 3], out[y, x]
            near = min((left, up, corner), key=lambda value, p=left + up - corner: abs(p - value))
            add = [0, left, up, (left + up) // 2, near][raw[y, 0]]
            out[y + 1, x + 3] = (raw[y, 1 + x] + add) % 256
    return out[1:, 3:].reshape(height, width, 3).astype(float)


def bi_woof(u, v, strain, blocks=5, bins=8):
    angles = numpy.degrees(numpy.arctan2(v, u))
    angles[angles == 180] = -180
    which = numpy.digitize(angles, numpy.linspace(-180, 180, bins + 1)) - 1
    out = []
    height, width = u.shape
    for i in range(blocks):
        for j in range(blocks):
            y0, y1 = max(0, i * (height // blocks) - 1), height if i == blocks - 1 else (i + 1) * (height // blocks) + 1
            x0, x1 = max(0, j * (width // blocks) - 1), width if j == blocks - 1 else (j + 1) * (width // blocks) + 1
            here = numpy.s_[y0:y1, x0:x1]
            histogram = numpy.bincount(which[here].ravel(), numpy.hypot(u, v)[here].ravel(), bins)
            out.append(histogram / histogram.sum() * strain[here].sum())
    out = numpy.concatenate(out)
    return out / numpy.linalg.norm(out)


def mdmo(u, v, strain, regions=6, bins=8, alpha=0.9):
    del strain
    flow = u + 1j * v
    which = numpy.digitize(numpy.angle(flow) % (2 * numpy.pi), numpy.linspace(0, 2 * numpy.pi, bins + 1)) - 1
    rows, columns = ([n * k // regions for k in range(regions + 1)] for n in u.shape)
    main = []
    for i in range(regions):
        for j in range(regions):
            here = numpy.s_[rows[i]:rows[i + 1], columns[j]:columns[j + 1]]
            counts = numpy.bincount(which[here].ravel(), minlength=bins)
            main.append(flow[here][which[here] == counts.argmax()].mean())
    main = numpy.array(main)
    return numpy.concatenate([alpha * abs(main) / abs(main).max(), (1 - alpha) * numpy.angle(main)])


def biwoof_machine(C=1.0):
    return StandardScaler(), SVC(kernel="linear", C=C, tol=1e-9)


def mdmo_machine():
    return None, SVC(kernel="poly", C=10.0, degree=3, gamma="scale", coef0=1.0, class_weight="balanced", tol=1e-9)


def scores_of(machine, X, y, unseen):
    scaler, svc = machine
    if scaler is not None:
        X, unseen = scaler.fit_transform(X), scaler.transform(unseen)
    assert len(set(y)) == 3
    return svc.fit(X, y).decision_function(unseen)


def dealt(subjects, count):
    """Inner fold of each clip: subjects with most clips first, each to the fold with fewest so far."""
    order = sorted(dict.fromkeys(subjects), key=lambda name: -list(subjects).count(name))
    sizes, where = [0] * count, {}
    for name in order:
        where[name] = sizes.index(min(sizes))
        sizes[where[name]] += list(subjects).count(name)
    return numpy.array([where[name] for name in subjects])


def chosen(values, X, y, subjects):
    folds, best = dealt(subjects, 5), (-1.0, None)
    for C in values:
        guess = numpy.zeros_like(y)
        for k in range(5):
            guess[folds == k] = scores_of(biwoof_machine(C), X[folds != k], y[folds != k], X[folds == k]).argmax(axis=1)
        score = f1_score(y, guess, average="macro")
        best = max(best, (score, C), key=lambda pair: pair[0])  # the first of equal ones
    return biwoof_machine(best[1])


def run(mexbench, folder, name, only, models):
    file = folder / f"{name}.yaml"
    file.write_text(EXPERIMENT % (only, models))
    subprocess.run([mexbench, "run", str(file), "--out", str(folder / name), "--jobs", "2"], check=True, stdout=subprocess.DEVNULL)
    return folder / name / "classical"


def compare(results, label, feature, machine):
    run_folder = results / label / "seed-0"
    clips = json.loads((run_folder / "manifest.lock.json").read_text())["clips"]
    images = pathlib.Path(os.environ["MEXBENCH_DATA"], "megc2019-flow")
    X = []
    for clip in clips:
        image = decode(images / clip["files"][0]["path"])
        X.append(feature(image[..., 0] - 127.5, image[..., 1] - 127.5, image[..., 2]))
    X = numpy.array(X)
    rows = list(csv.DictReader((run_folder / "predictions.csv").open()))
    classes = [name[len("score:"):] for name in rows[0] if name.startswith("score:")]
    wanted = {(row["dataset"], row["subject"], row["clip"]): row for row in rows}
    keys = [tuple(clip["id"].split("/", 2)) for clip in clips]
    assert sorted(wanted) == sorted(keys), "predictions are not those of the manifest's clips"
    y = numpy.array([classes.index(wanted[key]["truth"]) for key in keys])
    subjects = numpy.array(["/".join(key[:2]) for key in keys])
    worst = 0.0
    for subject in sorted(set(subjects)):
        test = subjects == subject
        ours = numpy.array([[float(wanted[key][f"score:{name}"]) for name in classes] for key, held in zip(keys, test) if held])
        theirs = scores_of(machine(X[~test], y[~test], subjects[~test]), X[~test], y[~test], X[test])
        worst = max(worst, abs(ours - theirs).max())
    print(f"{label}: {len(keys)} clips, {len(set(subjects))} folds, scores differ by {worst:.2g} at most")
    assert worst < 1e-6


def main():
    mexbench = sys.argv[1]
    if not os.environ.get("MEXBENCH_DATA"):
        print("MEXBENCH_DATA is not set")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        whole = run(mexbench, folder, "whole", "", ALL)
        compare(whole, "biwoof", bi_woof, lambda *_: biwoof_machine())
        compare(whole, "mdmo", mdmo, lambda *_: mdmo_machine())
        smic = run(mexbench, folder, "smic", ", only: [smic]", CHOSEN)
        compare(smic, "biwoof", bi_woof, lambda X, y, subjects: chosen([0.001, 0.01, 0.1, 1.0], X, y, subjects))
    return 0


if __name__ == "__main__":
    sys.exit(main())
