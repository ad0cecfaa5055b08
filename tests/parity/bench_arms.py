"""Both arms of scripts/bench train alike: same initial weights, dropout off, three epochs, and the same loss within 1e-5 in C++ and in
Python. So a ratio of their times is one of equal work.

usage: bench_arms.py BENCH_ARMS SOURCE_DIR      exit code 77 without python3-torch
"""
import json
import pathlib
import sys
import tempfile

try:
    import torch  # noqa: F401
except ImportError:
    print("skipped: this test needs Python with PyTorch (Debian: apt-get install python3-torch)")
    sys.exit(77)

BOUND = 1e-5
EPOCHS = 3
# The published STSTNet without dropout, and an HTNet of all its parts that is small: two levels have several positions in a block.
CASES = {
    "ststnet": {"dropout": 0.0},
    "htnet": {"dim": 12, "heads": 3, "image_size": 56, "patch_size": 7, "block_repeats": [1, 2, 1], "dropout": 0.0},
    "htnet at its published size of images": {"dim": 12, "heads": 3, "block_repeats": [1, 1, 2], "dropout": 0.0},
    "ststnet on the fused engine": {"dropout": 0.0},
    "offapexnet on the fused engine": {"dropout": 0.0},
    "sssnet on the fused engine": {"dropout": 0.0},
}
IMAGES = {"offapexnet": {"channels": [2, 1], "side": 28}, "sssnet": {"channels": [2, 1, 0], "side": 64}}


def enlarged(path: pathlib.Path) -> None:
    """Clips of 56 x 56 in place of those of 28 x 28, four of the old to one."""
    described = json.loads(path.with_suffix(".json").read_text())
    clips, channels = described["shape"][0] // 4, described["shape"][1]
    described["shape"] = [clips, channels, 56, 56]
    for key in ("labels", "answers", "subjects"):
        described[key] = described[key][:clips]
    described["subjects"][:6] = ["d0/held-out"] * 6
    path.with_suffix(".json").write_text(json.dumps(described))
    numbers = path.with_suffix(".f32").read_bytes()
    path.with_suffix(".f32").write_bytes(numbers[:clips * channels * 56 * 56 * 4])


def main() -> int:
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    sys.path.insert(0, str(source / "tests/bench/python"))
    from arms import recipe, threads
    from processes import Command, run_alone, run_together

    problems = []
    with tempfile.TemporaryDirectory(prefix="mexbench-bench-arms-") as made:
        folder = pathlib.Path(made)
        inputs, weights = folder / "inputs", folder / "weights.pth"
        for case, params in CASES.items():
            model = case.split()[0]
            run_alone(Command((program, "inputs", json.dumps({"out": str(inputs), "data": ""}))))
            subject = "d1/s30"
            if "image_size" in params:
                enlarged(inputs)
                subject = "d0/held-out"
            run_alone(Command((program, "weights", json.dumps({"model": model, "params": params, "out": str(weights)}))))
            engine = "fused" if "fused" in case else "libtorch"
            settings = json.dumps({**IMAGES.get(model, {}), "engine": engine, "inputs": str(inputs), "model": model, "params": params, "init": str(weights), "warmup_epochs": 1, "threads": 1,
                                   "subjects": [subject], "train": {**recipe(EPOCHS, "contiguous"), "batch_size": 64}})
            [ours] = run_together([Command((program, "train", settings), threads(1))])
            [theirs] = run_together([Command((sys.executable, str(source / "tests/bench/python/reference/train.py"), settings), threads(1))])
            differences = [abs(a - b) for a, b in zip(ours["loss"], theirs["loss"], strict=True)]
            print(f"{case}: losses {ours['loss']} and {theirs['loss']}, largest difference {max(differences):.2g}")
            if len(differences) != EPOCHS or not max(differences) <= BOUND:
                problems.append(f"{case}: losses differ by {differences}, {EPOCHS} within {BOUND} are wanted")
            if ours["loss"][0] == ours["loss"][-1]:
                problems.append(f"{case}: the loss does not change")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
