"""The test bench of models that a user brings: a corpus of known pixels, networks, and a runner of experiments. For the tests beside it, whose
arguments are MEXBENCH SOURCE_DIR CASE; CASE is one of their classes.

The corpus is written here: flow images of known pixels, in the folders of the MEGC 2019 composite, so that Python has the very numbers a
network sees.
"""
import csv
import json
import math
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib

import torch

MEXBENCH = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
CLASSES = ["negative", "positive", "surprise"]
# Nothing is learned at this rate: after training, the values are those that training began with.
STILL = "{epochs: 1, batch_size: 8, optimizer: {name: adam, lr: 1.0e-30}}"
LEARNING = "{epochs: 3, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}}"


# --- the corpus -------------------------------------------------------------------------------------------------------------------------


def png(pixels, width, height):
    """An 8-bit RGB image; `pixels` are rows of (R, G, B)."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def noise_image(draw, width=28, height=28):
    return [[tuple(draw.randrange(256) for _ in range(3)) for _ in range(width)] for _ in range(height)]


class Corpus:
    """Four people, six clips each: `inputs` has the tensor of each clip, strain, v, u (blue, green, red)."""

    def __init__(self, root):
        self.root = root
        self.inputs = {}
        self.files = {}
        truth = []
        draw = random.Random(1)
        for dataset, subject, clips in [("casme2", "sub01", "EP{:02d}"), ("casme2", "sub02", "EP{:02d}"), ("smic", "s01", "s01_ne_{:02d}"),
                                        ("samm", "006", "006_1_{}")]:
            for number in range(6):
                clip, label = clips.format(number + 1), number % 3
                pixels = noise_image(draw)
                file = root / subject / "u_test" / str(label) / f"{subject}_{clip} .png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(png(pixels, 28, 28))
                key = f"{dataset}/{subject}/{clip}"
                planes = [[[pixel[plane] for pixel in row] for row in pixels] for plane in (2, 1, 0)]
                self.inputs[key] = torch.tensor(planes, dtype=torch.float32)
                self.files[key] = file
                truth.append(f"{dataset},{subject},{clip},{label}")
        (root / "combined_3class_gt.csv").write_text("\n".join(truth) + "\n")

    def folds(self):
        return sorted({key.rsplit("/", 1)[0] for key in self.inputs})


# --- networks ---------------------------------------------------------------------------------------------------------------------------


class Net(torch.nn.Module):
    def __init__(self, classes: int = 3, channels: int = 3):
        super().__init__()
        self.conv = torch.nn.Conv2d(channels, 8, 3)
        self.norm = torch.nn.BatchNorm2d(8)
        self.drop = torch.nn.Dropout(0.5)
        self.fc = torch.nn.Linear(8 * 4 * 4, classes)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        return self.fc(self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1)))


class FreshNet(Net):
    """TorchScript compiles neither kaiming_uniform_ nor self.parameters(), and a convolution may have no bias: all is written out."""

    def reset_layers(self):
        conv, fc = 1.0 / math.sqrt(3 * 3 * 3), 1.0 / math.sqrt(8 * 4 * 4)
        torch.nn.init.uniform_(self.conv.weight, -conv, conv)
        bias = self.conv.bias
        if bias is not None:
            torch.nn.init.uniform_(bias, -conv, conv)
        torch.nn.init.uniform_(self.fc.weight, -fc, fc)
        torch.nn.init.uniform_(self.fc.bias, -fc, fc)

    @torch.jit.export
    def reset_parameters(self):
        self.reset_layers()


class STSTNet(torch.nn.Module):
    """From the card, models/ststnet/card.yaml: three shallow streams of 3, 5 and 8 maps, ReLU before batch norm, convolutions padded by 2."""

    def __init__(self, classes=3):
        super().__init__()
        for number, maps in enumerate((3, 5, 8), 1):
            setattr(self, f"conv{number}", torch.nn.Conv2d(3, maps, 3, padding=2))
            setattr(self, f"bn{number}", torch.nn.BatchNorm2d(maps))
        self.fc = torch.nn.Linear(16 * 5 * 5, classes)

    def forward(self, x):
        streams = []
        for number in (1, 2, 3):
            maps = getattr(self, f"bn{number}")(torch.relu(getattr(self, f"conv{number}")(x)))
            streams.append(torch.nn.functional.dropout(torch.nn.functional.max_pool2d(maps, 3, 3, 1), 0.5, self.training))
        return self.fc(torch.nn.functional.avg_pool2d(torch.cat(streams, 1), 2).flatten(1))


def seeded(make, seed, *arguments):
    torch.manual_seed(seed)
    return make(*arguments)


# --- the test bench ---------------------------------------------------------------------------------------------------------------------


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="bring-your-own-"))
        cls.corpus = Corpus(cls.folder / "flow")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def mexbench(self, *arguments, code=0):
        done = subprocess.run([MEXBENCH, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        for trace in ("frame #", "Exception raised from", "Traceback", ".cpp:", "terminate called"):
            self.assertNotIn(trace, done.stderr)
        return done

    def experiment(self, name, models, train=None, more=""):
        file = self.folder / f"{name}.yaml"
        file.write_text(
            f"schema_version: 1\nname: {name}\ndataset: {{adapter: megc2019-flow, root: flow}}\nprotocol: loso\nmodels:\n"
            + "".join(f"  - {model}\n" for model in models) + (f"train: {train}\n" if train else "") + more)
        return file

    def run_models(self, name, models, train=None, more="seeds: [0]\nsave_weights: true\n", code=0, out="runs", jobs=2):
        done = self.mexbench("run", self.experiment(name, models, train, more), "--out", out, "--jobs", jobs, code=code)
        return self.folder / out / name, done

    def scores(self, run):
        """Clip id -> scores of a run's predictions.csv."""
        with open(run / "predictions.csv", newline="") as file:
            return {f"{row['dataset']}/{row['subject']}/{row['clip']}": [float(row[f"score:{name}"]) for name in CLASSES]
                    for row in csv.DictReader(file)}

    def assert_same_scores(self, seen, wanted, message):
        """But for the last bits: which kernel of the BLAS a clip meets depends on its place in the batch, on some processors."""
        self.assertEqual(len(seen), len(wanted), message)
        for one, other in zip(seen, wanted):
            self.assertEqual(one.index(max(one)), other.index(max(other)), message)
            for a, b in zip(one, other):
                self.assertAlmostEqual(a, b, delta=2e-6, msg=message)

    def fold_folder(self, run, fold):
        return run / "folds" / fold.replace("/", "__")

    def seal(self, run, fold):
        return json.loads((self.fold_folder(run, fold) / "sealed.json").read_text())

    def weights(self, run, fold):
        return torch.load(self.fold_folder(run, fold) / "weights.pth")

    def rule(self, run, name="pretraining-overlap"):
        return next(rule for rule in json.loads((run / "audit.json").read_text())["rules"] if rule["rule"] == name)

    def assert_scores(self, run, network_of_fold, tolerance):
        """The scores of every clip are those of Python's forward by the network of its fold."""
        seen = self.scores(run)
        self.assertEqual(set(seen), set(self.corpus.inputs))
        for key, scores in seen.items():
            network = network_of_fold(key.rsplit("/", 1)[0]).eval()
            with torch.no_grad():
                wanted = network(self.corpus.inputs[key][None])[0].tolist()
            scale = max(1.0, *map(abs, wanted))
            for one, other in zip(scores, wanted, strict=True):
                self.assertLessEqual(abs(one - other), tolerance * scale, key)

    def refuse(self, code, *cases):
        """One experiment with a model for each case, (model, words of its one message): nothing runs, every model is told once."""
        models = [model.replace("{", f"{{label: case{number}, ", 1) for number, (model, *_) in enumerate(cases)]
        file = self.experiment("refused", models, LEARNING if any("file:" in model for model in models) else None, "seeds: [0]\n")
        refused = self.mexbench("run", file, "--out", "refused", code=code)
        errors = [line for line in refused.stderr.splitlines() if "error:" in line]
        self.assertEqual(len(errors), len(cases), refused.stderr)
        for error, (_, wanted, *words) in zip(errors, cases, strict=True):
            self.assertIn(wanted, error)
            for word in words:
                self.assertIn(word, refused.stderr)
        self.assertFalse(list((self.folder / "refused").rglob("sealed.json")))

    def assert_still(self, state, network, names):
        """What STILL left of these parameters: a zero has moved by the learning rate."""
        for name in names:
            self.assertLessEqual((state[name] - network.state_dict()[name]).abs().max().item(), 1e-29, name)

    def results(self, run):
        """What must be equal between equal runs, as bytes."""
        files = [file for file in sorted(run.rglob("*")) if file.is_file() and file.name != "run.json"]
        return {str(file.relative_to(run)): file.read_bytes() for file in files}


def loaded(network, state):
    network.load_state_dict(state)
    return network


def rewritten(source, target, change):
    """A copy of a TorchScript archive with some of its members changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        changed = 0
        for name in old.namelist():
            content = old.read(name)
            other = change(name, content)
            changed += other != content
            new.writestr(name, other)
        assert changed > 0, target


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
