"""`bench` times every kind of model, and what it times answers as the run did: a network of the zoo, one with an adapted input, TorchScript
trained here and as it is, ONNX, a classical method.

usage: bench_kinds_test.py MEXBENCH SOURCE_DIR Kinds
"""
import json
import math
import unittest

import torch

from own_models import LEARNING, Bench, Net, main, seeded

QUICK = ("scenarios=[single-stream, offline, cold-start, end-to-end]", "min_seconds=0.02", "max_seconds=0.3", "warmup_seconds=0.01",
         "min_samples=20", "batches=[1, 5]", "repetitions=2", "cold_starts=1")


class Kinds(Bench):
    def test_each_answers_when_timed_as_it_did_in_the_run(self):
        net = seeded(Net, 2)
        torch.jit.script(net).save(self.folder / "net.pt")
        torch.onnx.export(net.eval(), torch.zeros(1, 3, 28, 28), self.folder / "net.onnx", opset_version=11)
        models = ["{name: ststnet}", "{label: picked, name: rcn_s, input: {channels: [u, v, strain], size: 30, normalise: per-channel}}",
                  "{label: script, name: torchscript, file: net.pt}", "{label: as-is, name: torchscript, weights: net.pt}",
                  "{label: onnx, name: onnx, weights: net.onnx}", "{label: method, name: chance, params: {strategy: prior}}"]
        file = self.experiment("kinds", models, LEARNING, "seeds: [0]\n")
        settings = [word for setting in QUICK for word in ("--set", "latency." + setting)]
        # Too short for a verdict: every series breaks minimum-duration.
        done = self.mexbench("bench", file, "--jobs", 2, "--format", "csv", *settings, code=5)
        self.assertIn("minimum-duration", done.stderr)
        for label in ("ststnet", "picked", "script", "as-is", "onnx", "method"):
            folder = self.folder / "runs/kinds" / label / "seed-0"
            record = json.loads((folder / "latency.json").read_text())
            status = {rule["rule"]: rule["status"] for rule in record["rules"]}
            self.assertEqual((status["same-classes"], status["same-scores"]), ("passed", "passed"), label)
            self.assertEqual([series["name"] for series in record["series"]],
                             ["single-stream", "repeated-input", "end-to-end", "offline/1", "offline/5"], label)
            self.assertEqual(record["weights"]["source"], "loaded" if label in ("as-is", "onnx") else "fitted again")
            counted = not isinstance(record["cost"]["flops"], dict)
            self.assertEqual(counted, label not in ("onnx", "method"), label)
            self.assertGreater(record["cost"]["weight_bytes"], 0)
            # Stages add up to the samples they are parts of, but for reading the clock.
            rows = [line.split(",") for line in (folder / "latency_samples.csv").read_text().splitlines()[1:]]
            whole = sum(int(row[-1]) for row in rows if row[0] == "end-to-end")
            parts = sum(int(row[-1]) for row in rows if row[0].startswith("end-to-end:"))
            self.assertLessEqual(parts, whole, label)
            self.assertTrue(math.isclose(sum(stage["share"] for stage in record["stages"]), parts / whole, rel_tol=1e-9), label)
            self.assertEqual([stage["name"] for stage in record["stages"]], ["decode", "compose", "forward"], label)


if __name__ == "__main__":
    main()
