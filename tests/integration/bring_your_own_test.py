"""Models and weights brought from elsewhere, held against PyTorch itself: what mexbench trains, loads and predicts is computed a second time
in Python, with Debian's python3-torch.

usage: bring_your_own_test.py MEXBENCH SOURCE_DIR CASE

CASE is a class of this file: TorchScript, AsIs, Onnx, StateDictionaries, Elsewhere, Predict, Refusals, Page.
"""
import csv
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import unittest

import torch

from own_models import (CLASSES, LEARNING, MEXBENCH, SOURCE, STILL, Bench, FreshNet, Net, STSTNet, loaded, main, noise_image, png, rewritten,
                        seeded)


# --- TorchScript, trained here ----------------------------------------------------------------------------------------------------------


class TorchScript(Bench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = seeded(Net, 7)
        torch.jit.script(cls.net).save(cls.folder / "net.pt")
        torch.jit.script(seeded(FreshNet, 7)).save(cls.folder / "fresh.pt")

    def test_exported_reset_parameters_gives_each_fold_its_own_values(self):
        runs, _ = self.run_models("fresh", ["{label: fresh, name: torchscript, file: fresh.pt}"], STILL,
                                  "seeds: [0, 1]\nsave_weights: true\n")
        values = {}
        for seed in (0, 1):
            run = runs / f"fresh/seed-{seed}"
            for fold in self.corpus.folds():
                self.assertEqual(self.seal(run, fold)["start"], "fresh")
                values[seed, fold] = self.weights(run, fold)
                bound = 1.0 / math.sqrt(27)
                largest = values[seed, fold]["conv.weight"].abs().max().item()
                self.assertTrue(0.9 * bound < largest <= bound, largest)
        kernels = [state["conv.weight"] for state in values.values()]
        for i, one in enumerate(kernels):
            self.assertFalse(torch.equal(one, self.net.conv.weight))
            for other in kernels[i + 1:]:
                self.assertFalse(torch.equal(one, other))
        self.assertEqual(self.rule(runs / "fresh/seed-0")["status"], "passed")
        again, _ = self.run_models("fresh", ["{label: fresh, name: torchscript, file: fresh.pt}"], STILL,
                                   "seeds: [0, 1]\nsave_weights: true\n", out="again", jobs=1)
        self.assertEqual(self.results(runs / "fresh"), self.results(again / "fresh"))

    def test_without_it_each_fold_begins_with_the_files_values(self):
        runs, _ = self.run_models("kept", ["{label: kept, name: torchscript, file: net.pt}"], STILL)
        run = runs / "kept/seed-0"
        for fold in self.corpus.folds():
            self.assertEqual(self.seal(run, fold)["start"], "pretrained")
            self.assert_still(self.weights(run, fold), self.net, [name for name, _ in self.net.named_parameters()])
        audit = json.loads((run / "audit.json").read_text())
        self.assertEqual(audit["verdict"], "UNAUDITED")
        self.assertEqual(self.rule(run)["status"], "not-checked")
        self.assertIn("does not declare 'pretraining'", self.rule(run)["detail"])

    def test_declared_pretraining_is_audited(self):
        for label, seen, code, status in [("none", "[]", 0, "passed"), ("other", "[ImageNet]", 0, "passed"), ("leak", "[CASME II]", 4, "broken")]:
            model = f"{{label: {label}, name: torchscript, file: net.pt, card: {{pretraining: {seen}}}}}"
            runs, done = self.run_models(f"declared-{label}", [model], STILL, code=code)
            self.assertEqual(self.rule(runs / f"{label}/seed-0")["status"], status)
            self.assertEqual("INVALID" in done.stderr, code == 4)

    def test_training_twice_gives_the_same_bytes_with_dropout_and_any_jobs(self):
        models = ["{label: fresh, name: torchscript, file: fresh.pt}", "{label: kept, name: torchscript, file: net.pt}"]
        one, _ = self.run_models("twice", models, LEARNING, out="one", jobs=1)
        two, _ = self.run_models("twice", models, LEARNING, out="two", jobs=2)
        for label in ("fresh", "kept"):
            self.assertEqual(self.results(one / label), self.results(two / label))
            run = one / label / "seed-0"
            # What was trained is the file's network: its weights give the same scores in Python.
            self.assert_scores(run, lambda fold: loaded(Net(), self.weights(run, fold)), 1e-6)
            trained = self.weights(run, self.corpus.folds()[0])
            self.assertFalse(torch.equal(trained["conv.weight"], self.net.conv.weight))
            self.assertEqual(trained["norm.num_batches_tracked"].item(), 9)  # 18 clips in batches of 8, three times


# --- files evaluated as they are --------------------------------------------------------------------------------------------------------


class AsIs(Bench):
    def test_one_file_and_one_for_each_fold(self):
        networks = {fold: seeded(Net, seed) for seed, fold in enumerate(self.corpus.folds())}
        for fold, network in networks.items():
            torch.jit.script(network).save(self.folder / f"{fold.split('/')[1]}.pt")
        runs, _ = self.run_models("as-is", ["{label: one, name: torchscript, weights: sub01.pt}",
                                            "{label: each, name: torchscript, weights: \"{subject}.pt\"}",
                                            "{label: said, name: torchscript, weights: \"{subject}.pt\", card: {pretraining: []}}"],
                                  more="seeds: [0]\n")
        self.assert_scores(runs / "one/seed-0", lambda fold: networks["casme2/sub01"], 1e-6)
        self.assert_scores(runs / "each/seed-0", networks.__getitem__, 1e-6)
        self.assertEqual(self.seal(runs / "each/seed-0", "samm/006")["start"], "loaded")
        self.assertEqual(self.rule(runs / "each/seed-0")["status"], "not-checked")
        self.assertEqual(self.rule(runs / "said/seed-0")["status"], "passed")

    def test_a_traced_module_is_read_too(self):
        network = seeded(Net, 3).eval()
        torch.jit.trace(network, torch.zeros(1, 3, 28, 28)).save(self.folder / "traced.pt")
        runs, _ = self.run_models("traced", ["{label: traced, name: torchscript, weights: traced.pt}"], more="seeds: [0]\n")
        self.assert_scores(runs / "traced/seed-0", lambda fold: network, 1e-6)


class Onnx(Bench):
    def test_scores_are_those_of_python(self):
        networks = {fold: seeded(Net, seed).eval() for seed, fold in enumerate(self.corpus.folds())}
        for fold, network in networks.items():
            torch.onnx.export(network, torch.zeros(1, 3, 28, 28), self.folder / f"{fold.split('/')[1]}.onnx", opset_version=11)
        runs, _ = self.run_models("onnx", ["{label: one, name: onnx, weights: s01.onnx, card: {pretraining: [SAMM]}}",
                                           "{label: each, name: onnx, weights: \"{subject}.onnx\"}"], more="seeds: [0]\n", code=4)
        self.assert_scores(runs / "one/seed-0", lambda fold: networks["smic/s01"], 1e-5)
        self.assert_scores(runs / "each/seed-0", networks.__getitem__, 1e-5)
        self.assertEqual(self.rule(runs / "one/seed-0")["status"], "broken")
        self.assertEqual(self.rule(runs / "each/seed-0")["status"], "not-checked")


# --- state dictionaries, both ways ------------------------------------------------------------------------------------------------------


class StateDictionaries(Bench):
    def test_our_weights_load_into_the_same_network_in_python(self):
        runs, _ = self.run_models("zoo", ["{name: ststnet}"], LEARNING)
        run = runs / "ststnet/seed-0"
        for fold in self.corpus.folds():
            loaded(STSTNet(), self.weights(run, fold))  # strict: every name and shape
        self.assert_scores(run, lambda fold: loaded(STSTNet(), self.weights(run, fold)), 1e-5)

    def test_weights_trained_in_python_are_evaluated(self):
        network = seeded(STSTNet, 5)
        optimizer = torch.optim.SGD(network.parameters(), lr=1e-3)
        keys = sorted(self.corpus.inputs)
        batch = torch.stack([self.corpus.inputs[key] for key in keys])
        for _ in range(3):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(batch), torch.arange(len(keys)) % 3).backward()
            optimizer.step()
        torch.save(network.state_dict(), self.folder / "trained.pth")
        torch.save(network.state_dict(), self.folder / "legacy.pth", _use_new_zipfile_serialization=False)
        runs, _ = self.run_models("loaded", [f"{{label: {name}, name: ststnet, weights: {name}.pth}}" for name in ("trained", "legacy")],
                                  more="seeds: [0]\n")
        for label in ("trained", "legacy"):
            self.assert_scores(runs / label / "seed-0", lambda fold: network, 1e-5)

    def test_training_begins_with_values_of_a_file(self):
        start = seeded(STSTNet, 6, 5)  # another task, with five classes
        torch.save(start.state_dict(), self.folder / "five.pth")
        models = ["{label: warm, name: ststnet, init: {weights: five.pth, fresh: [fc]}, card: {pretraining: [ImageNet]}}"]
        runs, _ = self.run_models("warm", models, STILL)
        run = runs / "warm/seed-0"
        heads = []
        for fold in self.corpus.folds():
            state = self.weights(run, fold)
            self.assertEqual(self.seal(run, fold)["start"], "pretrained")
            self.assert_still(state, start, [name for name, _ in start.named_parameters() if not name.startswith("fc")])
            self.assertEqual(list(state["fc.weight"].shape), [3, 400])
            heads.append(state["fc.weight"])
        self.assertFalse(any(torch.equal(heads[0], head) for head in heads[1:]))
        self.assertEqual(self.rule(run)["status"], "passed")
        _, refused = self.run_models("cold", ["{name: ststnet, init: {weights: five.pth}}"], STILL, code=3)
        self.assertIn("fc.weight", refused.stderr)


# --- trained elsewhere ------------------------------------------------------------------------------------------------------------------


class Elsewhere(Bench):
    def train_elsewhere(self, folds):
        """Softmax regression on mean channel values: somebody's own trainer, which knows folds.json and the corpus only."""
        clips = {clip["id"]: clip for clip in folds["clips"]}
        features = {key: self.corpus.inputs[key].mean(dim=(1, 2)) / 255 for key in clips}
        rows = []
        for fold in folds["folds"]:
            self.assertFalse(set(fold["train"]) & set(fold["test"]))
            torch.manual_seed(0)
            model = torch.nn.Linear(3, len(folds["classes"]))
            optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
            inputs = torch.stack([features[key] for key in fold["train"]])
            targets = torch.tensor([folds["classes"].index(clips[key]["truth"]) for key in fold["train"]])
            for _ in range(50):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(inputs), targets).backward()
                optimizer.step()
            for key in fold["test"]:
                best = model(features[key][None]).argmax().item()
                rows.append([clips[key]["dataset"], clips[key]["subject"].split("/")[1], clips[key]["clip"], fold["fold"],
                             clips[key]["truth"], folds["classes"][best]])
        return rows

    def write(self, rows):
        with open(self.folder / "predictions.csv", "w", newline="") as file:
            csv.writer(file).writerows([["dataset", "subject", "clip", "fold", "truth", "prediction"], *rows])

    def test_folds_go_out_and_predictions_come_back(self):
        experiment = self.experiment("elsewhere", ["{name: ststnet}"], LEARNING, "seeds: [0]\n")
        self.mexbench("plan", experiment, "--export", "folds.json")
        folds = json.loads((self.folder / "folds.json").read_text())
        self.assertEqual([fold["fold"] for fold in folds["folds"]], self.corpus.folds())
        for clip in folds["clips"]:  # the files are where the trainer finds them
            self.assertTrue((self.corpus.root / clip["files"][0]["path"]).exists())
        rows = self.train_elsewhere(folds)
        self.write(rows)
        metrics = json.loads(self.mexbench("score", "predictions.csv", "--manifest", experiment, "--format", "json").stdout)
        right = sum(row[4] == row[5] for row in rows)
        self.assertAlmostEqual(metrics["scopes"]["all"]["accuracy"], right / len(rows), places=12)
        self.assertEqual(metrics["scopes"]["all"]["clips"], 24)
        # One clip short.
        self.write(rows[1:])
        self.assertIn("clip-missing", self.mexbench("score", "predictions.csv", "--manifest", experiment, code=4).stderr)


# --- predict ----------------------------------------------------------------------------------------------------------------------------


class Predict(Bench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net = seeded(Net, 2)
        torch.jit.script(cls.net).save(cls.folder / "net.pt")
        torch.onnx.export(cls.net.eval(), torch.zeros(1, 3, 28, 28), cls.folder / "net.onnx", opset_version=11)
        models = ["{name: ststnet}", "{label: picked, name: rcn_s, input: {channels: [u, v, strain], size: 30}}",
                  "{label: script, name: torchscript, file: net.pt}", "{label: onnx, name: onnx, weights: net.onnx}"]
        cls.run_folder = None
        cls.models = models

    def setUp(self):
        if Predict.run_folder is None:
            Predict.run_folder, _ = self.run_models("mine", self.models, LEARNING)

    def own_clips(self, fold):
        """The test images of a fold under names of somebody's own, in the order of the names."""
        own = self.folder / ("own-" + fold.replace("/", "-"))
        own.mkdir(exist_ok=True)
        keys = [key for key in sorted(self.corpus.inputs) if key.startswith(fold + "/")]
        for number, key in enumerate(keys):
            shutil.copy(self.corpus.files[key], own / f"mine{number}.png")
        return own, keys

    def predicted(self, *arguments):
        out = self.mexbench("predict", *arguments, "--format", "csv").stdout
        return [[row["clip"], row["prediction"], [float(row[f"score:{name}"]) for name in CLASSES]] for row in csv.DictReader(out.splitlines())]

    def test_test_images_of_a_fold_get_its_scores(self):
        for label in ("ststnet", "picked", "script", "onnx"):
            run = self.run_folder / label / "seed-0"
            for fold in ("casme2/sub02", "samm/006"):
                own, keys = self.own_clips(fold)
                rows = self.predicted(run, "--fold", fold, own)
                self.assert_same_scores([scores for _, _, scores in rows], [self.scores(run)[key] for key in keys], label)
                self.assertEqual([clip for clip, _, _ in rows], [str(own / f"mine{number}.png") for number in range(len(keys))])
                for _, prediction, scores in rows:
                    self.assertEqual(prediction, CLASSES[scores.index(max(scores))])

    def test_a_model_of_an_experiment_is_applied(self):
        own, keys = self.own_clips("casme2/sub01")
        rows = self.predicted(self.folder / "mine.yaml", "--model", "onnx", own)
        self.net.eval()
        for (_, _, scores), key in zip(rows, keys, strict=True):
            wanted = self.net(self.corpus.inputs[key][None])[0].tolist()
            self.assertLessEqual(max(abs(a - b) for a, b in zip(scores, wanted)), 1e-5)
        refused = self.mexbench("predict", self.folder / "mine.yaml", "--model", "script", own, code=2)
        self.assertIn("model 'script' has no weights: this experiment fits it", refused.stderr)

    def test_an_image_that_was_trained_on_is_told(self):
        own, _ = self.own_clips("smic/s01")
        run = self.run_folder / "ststnet/seed-0"
        done = self.mexbench("predict", run, "--fold", "samm/006", own / "mine0.png")
        self.assertIn("mine0.png: warning: is byte for byte 'smic/s01/s01_ne_01', a training clip of fold 'samm/006'", done.stderr)
        self.assertNotIn("warning: is byte for byte", self.mexbench("predict", run, "--fold", "smic/s01", own / "mine0.png").stderr)

    def test_images_of_another_kind_are_refused(self):
        run = self.run_folder / "ststnet/seed-0"
        (self.folder / "wide.png").write_bytes(png(noise_image(random.Random(2), 32, 30), 32, 30))
        refused = self.mexbench("predict", run, "--fold", "samm/006", "wide.png", code=3)
        self.assertIn("wide.png: error: is 32 x 30 pixels, 28 x 28 is wanted (width x height)", refused.stderr)
        (self.folder / "photo.png").write_bytes(b"\xff\xd8\xff\xe0 no PNG")
        self.assertIn("photo.png: error:", self.mexbench("predict", run, "--fold", "samm/006", "photo.png", code=3).stderr)
        damaged = png(noise_image(random.Random(3)), 28, 28)
        (self.folder / "damaged.png").write_bytes(damaged[:200])
        self.assertIn("damaged.png: error:", self.mexbench("predict", run, "--fold", "samm/006", "damaged.png", code=3).stderr)


# --- files that do not fit --------------------------------------------------------------------------------------------------------------


class TwoAnswers(Net):
    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        logits = self.fc(torch.nn.functional.avg_pool2d(x, 6).flatten(1))
        return logits, torch.softmax(logits, 1)


class Det(torch.nn.Module):
    """An operator that OpenCV's reader does not know."""

    def forward(self, x):
        return torch.det(x)


class Refusals(Bench):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        net = seeded(Net, 1)
        torch.jit.script(net).save(cls.folder / "net.pt")
        torch.save(net.state_dict(), cls.folder / "state.pt")
        torch.jit.freeze(torch.jit.script(net.eval())).save(cls.folder / "frozen.pt")
        torch.jit.script(seeded(Net, 1, 5)).save(cls.folder / "five.pt")
        torch.jit.script(seeded(Net, 1, 3, 2)).save(cls.folder / "two.pt")
        torch.jit.script(seeded(TwoAnswers, 1)).save(cls.folder / "tuple.pt")
        torch.onnx.export(seeded(Net, 1, 5).eval(), torch.zeros(1, 3, 28, 28), cls.folder / "five.onnx", opset_version=11)
        torch.onnx.export(Det(), torch.zeros(1, 3, 28, 28), cls.folder / "det.onnx", opset_version=11)
        (cls.folder / "text.onnx").write_text("this is no network\n")
        (cls.folder / "text.pt").write_text("this is no network\n")
        rewritten(cls.folder / "net.pt", cls.folder / "operator.pt",
                  lambda name, content: content.replace(b"torch.relu(", b"torch.relu_of_tomorrow(") if name.endswith(".py") else content)
        rewritten(cls.folder / "net.pt", cls.folder / "format.pt", lambda name, content: b"99\n" if name.endswith("/version") else content)

    def test_files_that_nothing_here_reads(self):
        for key in ("file", "weights"):
            model = f"{{name: torchscript, {key}: %s.pt}}"
            self.refuse(3, (model % "operator", "operator.pt: error: uses operator aten::relu_of_tomorrow, which LibTorch", "save it with PyTorch"),
                        (model % "format", "format.pt: error: was saved in a newer file format than LibTorch"),
                        (model % "state", "state.pt: error: is no TorchScript file", "torch.jit.script(model).save"),
                        (model % "text", "text.pt: error: is no TorchScript file"))
        self.refuse(3, ("{name: onnx, weights: text.onnx}", "text.onnx: error: OpenCV", "can't read it as ONNX"),
                    ("{name: onnx, weights: det.onnx}", "det.onnx: error: OpenCV", "Det"))
        self.refuse(3, ("{name: torchscript, file: nowhere.pt}", "nowhere.pt: error:"),
                    ("{name: onnx, weights: nowhere.onnx}", "nowhere.onnx: error:"))

    def test_networks_that_do_not_fit_the_data(self):
        for key in ("file", "weights"):
            model = f"{{name: torchscript, {key}: %s.pt}}"
            self.refuse(2, (model % "two", "refused.yaml:6:", "the network fails on an input of shape (1, 3, 28, 28): Given groups=1, weight of size"),
                        (model % "five", "refused.yaml:7:", "the model gives 5 scores, but there are 3 classes"),
                        (model % "tuple", "refused.yaml:8:", "the TorchScript module gives Tuple, not one tensor of logits"),
                        ("{name: onnx, weights: five.onnx}", "refused.yaml:9:", "the model gives 5 scores, but there are 3 classes"))

    def test_a_frozen_module_can_be_evaluated_but_not_trained(self):
        self.refuse(2, ("{name: torchscript, file: frozen.pt}", "the model has no parameters to train", "before torch.jit.freeze"))
        self.run_models("frozen", ["{name: torchscript, weights: frozen.pt}"], more="seeds: [0]\n")


# --- the page ---------------------------------------------------------------------------------------------------------------------------


class Page(unittest.TestCase):
    def test_commands_of_the_page_work(self):
        """docs/bring-your-own.md from top to bottom in one folder: blocks with a file name are written, `sh` blocks run."""
        text = (SOURCE / "docs/bring-your-own.md").read_text()
        blocks = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.M | re.S)
        self.assertGreater(sum(language == "sh" for language, _, _ in blocks), 5)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            environment = dict(os.environ, PATH=f"{MEXBENCH.parent}:/usr/bin:{os.environ['PATH']}")  # Debian's python3
            for language, file, content in blocks:
                if file:
                    (folder / file).write_text(content)
                elif language == "sh":
                    done = subprocess.run(["bash", "-euo", "pipefail", "-c", content], cwd=folder, env=environment, capture_output=True,
                                          text=True, timeout=300)
                    self.assertEqual(done.returncode, 0, f"{content}\n{done.stdout}\n{done.stderr}")
                else:
                    self.fail(f"a block of '{language}' without a file name is never tried")


if __name__ == "__main__":
    main()
