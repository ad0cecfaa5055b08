"""What scripts and ONNX files of a user's own can hide: values that a reset leaves, state that forward() replaces, tied tensors, outputs beside
the logits; and what is said of files that fail. Held against PyTorch itself.

usage: own_scripts_test.py MEXBENCH SOURCE_DIR CASE

CASE is a class of this file: Resets, State, Messages, Declarations, Choices.
"""
import json
from typing import Optional

import torch

from own_models import LEARNING, STILL, Bench, FreshNet, Net, loaded, main, rewritten, seeded

INNER = "{epochs: 3, batch_size: 8, optimizer: {name: adam, lr: 1.0e-3}, selection: {name: inner_subjects, validation_share: 0.4, refit: false}}"


def trained(make):
    """A network whose file has seen something: all its numbers differ from those of a constructor."""
    network = seeded(make, 7)
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.dtype is not torch.bool:
                tensor.add_(torch.rand_like(tensor) if tensor.is_floating_point() else 5)
    return network


# --- resets -----------------------------------------------------------------------------------------------------------------------------


class Nothing(Net):
    @torch.jit.export
    def reset_parameters(self):
        pass


class Whole(FreshNet):
    @torch.jit.export
    def reset_parameters(self):
        self.reset_layers()
        torch.nn.init.zeros_(self.norm.running_mean)
        torch.nn.init.ones_(self.norm.running_var)
        torch.nn.init.zeros_(self.norm.num_batches_tracked)
        torch.nn.init.ones_(self.norm.weight)
        torch.nn.init.zeros_(self.norm.bias)
        torch.nn.init.constant_(self.fc.bias, 0.25)


class Half(Whole):
    """One row of a weight stays, and another weight is the file's plus noise."""

    @torch.jit.export
    def reset_parameters(self):
        torch.nn.init.uniform_(self.fc.weight[1:], -0.1, 0.1)
        self.conv.weight.add_(torch.rand_like(self.conv.weight) * 0.01)
        bias = self.conv.bias
        if bias is not None:
            torch.nn.init.zeros_(bias)
        torch.nn.init.zeros_(self.norm.running_mean)
        torch.nn.init.ones_(self.norm.running_var)
        torch.nn.init.zeros_(self.norm.num_batches_tracked)
        torch.nn.init.ones_(self.norm.weight)
        torch.nn.init.zeros_(self.norm.bias)
        torch.nn.init.zeros_(self.fc.bias)


class Tied(torch.nn.Module):
    """Two names of one weight, which a reset reaches by one of them."""

    def __init__(self):
        super().__init__()
        self.one = torch.nn.Linear(3, 3)
        self.two = torch.nn.Linear(3, 3)
        self.two.weight = self.one.weight

    def forward(self, x):
        return self.two(torch.tanh(self.one(x.mean((2, 3)) / 255.0)))

    @torch.jit.export
    def reset_parameters(self):
        torch.nn.init.uniform_(self.two.weight, -0.5, 0.5)
        torch.nn.init.zeros_(self.one.bias)
        torch.nn.init.zeros_(self.two.bias)


class Hidden(Whole):
    """A tensor that nobody registered carries what was learned."""

    def __init__(self):
        super().__init__()
        self.prototype = torch.rand(3)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        return self.fc(self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1))) + self.prototype


class Masked(Whole):
    """Weights that were pruned: which ones is learned too."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.rand(3, 8 * 4 * 4) > 0.5)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        x = self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1))
        return torch.nn.functional.linear(x, self.fc.weight * self.mask.to(x.dtype), self.fc.bias)


class Listed(Whole):
    """Tensors in a list are no parameters, and no slots of the module."""

    def __init__(self):
        super().__init__()
        self.prototypes = [torch.rand(3), torch.rand(3)]

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        return self.fc(self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1))) + self.prototypes[0] + self.prototypes[1]


class Frozen(Net):
    """Only the last layer is reset; the others become constants of forward() when the module is frozen."""

    @torch.jit.export
    def reset_parameters(self):
        torch.nn.init.uniform_(self.fc.weight, -0.1, 0.1)
        torch.nn.init.zeros_(self.fc.bias)


def scripted(network):
    script = torch.jit.script(network)
    return torch.jit.freeze(script.eval(), preserved_attrs=["fc", "reset_parameters"]) if isinstance(network, Frozen) else script


class Resets(Bench):
    def run_one(self, make, card="", train=STILL, code=0):
        label = f"{make.__name__.lower()}{'-told' if card else ''}"
        scripted(trained(make)).save(self.folder / f"{label}.pt")
        runs, done = self.run_models(label, [f"{{label: {label}, name: torchscript, file: {label}.pt{card}}}"], train, code=code)
        return runs / f"{label}/seed-0", done.stderr

    def starts(self, run):
        return {self.seal(run, fold)["start"] for fold in self.corpus.folds()}

    def test_what_a_reset_leaves_is_told_and_audited(self):
        for make, kept in [(Nothing, "'conv.weight', 'conv.bias', 'norm.weight' and 'norm.bias' and 5 more"),
                           (FreshNet, "'norm.weight', 'norm.bias', 'norm.running_mean' and 'norm.running_var' and 1 more"),
                           (Half, "'conv.weight' and 'fc.weight'"), (Hidden, "'prototype'"), (Masked, "'mask'"),
                           (Listed, "'prototypes'"), (Frozen, "'forward() (its constants)'")]:
            run, said = self.run_one(make)
            self.assertIn(f"warning: reset_parameters of model '{make.__name__.lower()}' leaves values of the file in {kept}: every fold", said)
            self.assertIn("the run is UNAUDITED", said)
            self.assertEqual(self.starts(run), {"pretrained"}, make)
            self.assertEqual(self.rule(run)["status"], "not-checked")
            self.assertIn("does not declare 'pretraining'", self.rule(run)["detail"])

    def test_what_it_resets_is_fresh(self):
        for make in (Whole, Tied):
            run, said = self.run_one(make, train=LEARNING)
            self.assertNotIn("reset_parameters", said)
            self.assertEqual(self.starts(run), {"fresh"}, make)
            self.assertEqual(self.rule(run)["status"], "passed")

    def test_declared_pretraining_settles_it(self):
        run, said = self.run_one(Nothing, ", card: {pretraining: []}")
        self.assertIn("leaves values of the file in", said)
        self.assertNotIn("UNAUDITED: ", said.split("every fold begins with them")[1].split("\n")[0])
        self.assertEqual(self.rule(run)["status"], "passed")
        run, _ = self.run_one(Half, ", card: {pretraining: [MEGC2019]}", code=4)
        self.assertEqual(self.rule(run)["status"], "broken")

    def test_declared_pretraining_counts_for_a_fresh_network_too(self):
        run, _ = self.run_one(Whole, ", card: {pretraining: [SMIC-HS]}", code=4)
        self.assertEqual(self.starts(run), {"fresh"})
        self.assertIn("'smic' (declared as 'SMIC-HS')", self.rule(run)["detail"])

    def test_evaluated_as_it_is_nothing_is_reset(self):
        network = trained(Whole)
        torch.jit.script(network).save(self.folder / "as-is.pt")
        runs, _ = self.run_models("as-is", ["{label: it, name: torchscript, weights: as-is.pt}"], more="seeds: [0]\n")
        self.assert_scores(runs / "it/seed-0", lambda fold: network, 1e-6)


# --- state ------------------------------------------------------------------------------------------------------------------------------


class Averaging(FreshNet):
    """forward() replaces its buffer, as Python code does; a plain tensor too; and in evaluation it notes what it saw."""

    def __init__(self):
        super().__init__()
        self.register_buffer("ema", torch.zeros(8))
        self.register_buffer("seen", torch.zeros(1))
        self.shift = torch.zeros(1)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        if self.training:
            self.ema = 0.5 * self.ema + 0.5 * x.detach().mean((0, 2, 3))
            self.shift = x.detach().mean().reshape(1)
        else:
            self.seen += 1.0
        x = (x - self.ema[:, None, None]) * (1.0 + self.shift) + self.seen
        return self.fc(self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1)))


class Counting(FreshNet):
    """Evaluation counts its calls, and remembers clips where there was nothing; both change the scores."""

    last: Optional[torch.Tensor]

    def __init__(self):
        super().__init__()
        self.calls = 0
        self.last = None

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0))) * (1.0 + 0.1 * self.calls)
        last = self.last
        if last is not None:
            x = x + last
        if not self.training:
            self.calls += 1
            self.last = x.mean().detach()
        return self.fc(self.drop(torch.nn.functional.avg_pool2d(x, 6).flatten(1)))


class State(Bench):
    def test_evaluation_leaves_no_trace_in_numbers_and_lists_either(self):
        torch.jit.script(seeded(Counting, 3)).save(self.folder / "counting.pt")
        model = ["{label: it, name: torchscript, file: counting.pt}"]
        watched, _ = self.run_models("counting", model, LEARNING, "seeds: [0]\nrecord_epochs: true\n")
        plain, _ = self.run_models("counting", model, LEARNING, out="plain")
        self.assertEqual(self.scores(watched / "it/seed-0"), self.scores(plain / "it/seed-0"))

    def test_saved_weights_give_the_folds_own_scores(self):
        torch.jit.script(seeded(Averaging, 3)).save(self.folder / "averaging.pt")
        for name, train in (("last", LEARNING), ("chosen", INNER)):
            runs, _ = self.run_models(name, ["{label: it, name: torchscript, file: averaging.pt}"], train,
                                      "seeds: [0]\nsave_weights: true\nrecord_epochs: true\n")
            run = runs / "it/seed-0"
            plain, _ = self.run_models(name, ["{label: it, name: torchscript, file: averaging.pt}"], train, out="plain")
            for fold in self.corpus.folds():
                state = self.weights(run, fold)
                self.assertGreater(state["ema"].abs().max().item(), 0.0)
                self.assertEqual(state["seen"].item(), 0.0)  # evaluation leaves no trace
                for key, tensor in self.weights(plain / "it/seed-0", fold).items():
                    self.assertTrue(torch.equal(tensor, state[key]), key)
                images = sorted((self.corpus.files[key], key) for key in self.corpus.inputs if key.startswith(fold + "/"))
                out = self.mexbench("predict", run, "--fold", fold, *(file for file, _ in images), "--format", "csv").stdout
                scores = [[float(value) for value in line.rsplit(",", 3)[1:]] for line in out.splitlines()[1:]]
                self.assert_same_scores(scores, [self.scores(run)[key] for _, key in images], fold)

    def test_tied_weights_stand_under_all_their_names(self):
        torch.jit.script(seeded(Tied, 3)).save(self.folder / "tied.pt")
        runs, _ = self.run_models("tied", ["{label: it, name: torchscript, file: tied.pt}"], LEARNING)
        run = runs / "it/seed-0"
        for fold in self.corpus.folds():
            loaded(Tied(), self.weights(run, fold))  # strict
            self.assertTrue(torch.equal(self.weights(run, fold)["one.weight"], self.weights(run, fold)["two.weight"]))
            self.assertEqual(self.seal(run, fold)["parameters"], 15)
        self.assert_scores(run, lambda fold: loaded(Tied(), self.weights(run, fold)), 1e-6)


# --- messages ---------------------------------------------------------------------------------------------------------------------------


class Raises(Net):
    def forward(self, x):
        if x.shape[2] != 32:
            raise ValueError("wants clips of 32 x 32")
        return self.fc(x.flatten(1))


class Stumbles(Net):
    @torch.jit.export
    def reset_parameters(self):
        torch.nn.init.uniform_(self.fc.weight, 2.0, 1.0)


class Replaces(Net):
    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.rand(3))

    @torch.jit.export
    def reset_parameters(self):
        self.scale = torch.rand(3)


class Messages(Bench):
    def save(self, name, network):
        torch.jit.script(network).save(self.folder / f"{name}.pt")
        return f"{{name: torchscript, file: {name}.pt}}"

    def test_the_cause_inside_a_script_is_told(self):
        self.refuse(2, (self.save("raises", Raises()), "the network fails on an input of shape (1, 3, 28, 28): ValueError: wants clips of 32 x 32"),
                    (self.save("two", Net(3, 2)), "refused.yaml:7:", "(1, 3, 28, 28): Given groups=1, weight of size [8, 2, 3, 3]"))

    def test_a_reset_that_fails_is_no_unreadable_file(self):
        self.refuse(2, (self.save("stumbles", Stumbles()), "stumbles.pt: error: its reset_parameters fails: uniform_ expects to return a [from, to)"),
                    (self.save("replaces", Replaces()), "replaces.pt: error: a method assigns another tensor to the parameter 'scale'"))

    def test_frozen_parameters_are_told_before_any_fold(self):
        network = Net()
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        self.refuse(2, (self.save("still", network), "none of the model's parameters can be trained: all are frozen", "requires_grad"))

    def test_damaged_files(self):
        self.save("whole", Net())
        whole = (self.folder / "whole.pt").read_bytes()
        (self.folder / "empty.pt").write_bytes(b"")
        (self.folder / "cut.pt").write_bytes(whole[:len(whole) // 2])
        rewritten(self.folder / "whole.pt", self.folder / "newer.pt",
                  lambda name, content: content.replace(b"torch.relu(", b"torch.relu(tomorrow=1, self=") if name.endswith(".py") else content)
        for key in ("file", "weights"):
            model = f"{{name: torchscript, {key}: %s.pt}}"
            self.refuse(3, (model % "empty", "empty.pt: error: is empty"), (model % "cut", "cut.pt: error: is cut short", "copy it again"),
                        (model % "newer", "newer.pt: error: calls operator aten::relu in a way that LibTorch", "save it with PyTorch"))

    def test_a_wrong_state_dictionary_is_told_once(self):
        torch.save(Net().state_dict(), self.folder / "other.pth")
        file = self.experiment("wrong", ["{name: ststnet, weights: other.pth}"], more="seeds: [0]\n")
        refused = self.mexbench("run", file, "--out", "wrong", code=3)
        self.assertEqual(refused.stderr.count("tensor 'conv1.weight'"), 1, refused.stderr)
        self.assertNotIn("failed", refused.stderr)
        self.assertFalse(list((self.folder / "wrong").rglob("sealed.json")))


# --- ONNX -------------------------------------------------------------------------------------------------------------------------------


class Several(Net):
    """The logits first; what is computed from them, and something else, behind."""

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x / 255.0)))
        logits = self.fc(torch.nn.functional.avg_pool2d(x, 6).flatten(1))
        return logits, torch.softmax(-logits, 1), x.mean((2, 3))


class Declarations(Bench):
    def export(self, name, network, inputs, **more):
        torch.onnx.export(network.eval(), inputs, self.folder / f"{name}.onnx", opset_version=11, **more)
        return f"{{label: {name}, name: onnx, weights: {name}.onnx}}"

    def test_the_first_output_that_a_file_declares_is_scored(self):
        network = seeded(Several, 4)
        model = self.export("several", network, torch.zeros(1, 3, 28, 28), output_names=["logits", "chances", "features"])
        runs, _ = self.run_models("several", [model], more="seeds: [0]\n")
        self.assert_scores(runs / "several/seed-0", lambda fold: lambda_of(network), 1e-5)

    def test_any_batch_is_taken(self):
        network = seeded(Net, 5)
        model = self.export("any", network, torch.zeros(2, 3, 28, 28), input_names=["clips"], dynamic_axes={"clips": {0: "batch"}})
        runs, _ = self.run_models("any", [model], more="seeds: [0]\n")
        self.assert_scores(runs / "any/seed-0", lambda fold: network, 1e-5)

    def test_other_sizes_than_the_declared_are_refused(self):
        class Anywhere(Net):  # takes every size: OpenCV would, too
            def forward(self, x):
                return self.fc(torch.nn.functional.interpolate(self.norm(self.conv(x)), size=[4, 4]).flatten(1))

        wide = self.export("wide", Anywhere(), torch.zeros(1, 3, 40, 32)).replace("label: wide, ", "")
        eight = self.export("eight", Net(), torch.zeros(8, 3, 28, 28)).replace("label: eight, ", "")
        self.refuse(2, (wide, "takes an input of shape (1, 3, 40, 32), it is given (1, 3, 28, 28)", "input: {size: [40, 32]}"),
                    (eight, "takes an input of shape (8, 3, 28, 28), it is given (1, 3, 28, 28)", "one by one"))

    def test_a_file_with_two_inputs_is_refused(self):
        class Two(Net):
            def forward(self, x, y):
                return super().forward(x) + y.mean()

        two = self.export("two", Two(), (torch.zeros(1, 3, 28, 28), torch.zeros(1)), input_names=["clip", "age"]).replace("label: two, ", "")
        self.refuse(2, (two, "two.onnx: error: has 2 inputs: 'clip' and 'age', one is wanted"))


def lambda_of(network):
    """The first output alone."""

    class First(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, x):
            return self.network(x)[0]

    return First()


# --- choices ----------------------------------------------------------------------------------------------------------------------------


class Choices(Bench):
    def test_a_run_whose_folds_load_one_file_predicts_without_a_fold(self):
        torch.jit.script(seeded(Net, 2)).save(self.folder / "net.pt")
        runs, _ = self.run_models("one", ["{label: it, name: torchscript, weights: net.pt}"], more="seeds: [0]\n")
        run = runs / "it/seed-0"
        images = sorted((self.corpus.files[key], key) for key in self.corpus.inputs if key.startswith("casme2/sub01/"))
        out = self.mexbench("predict", run, *(file for file, _ in images), "--format", "csv").stdout.splitlines()
        for line, (_, key) in zip(out[1:], images, strict=True):
            for one, other in zip(map(float, line.rsplit(",", 3)[1:]), self.scores(run)[key], strict=True):
                self.assertAlmostEqual(one, other, places=6)  # the order within a batch may change last bits

    def exported(self, experiment, *more):
        self.mexbench("plan", experiment, "--export", "folds.json", *more)
        return json.loads((self.folder / "folds.json").read_text())

    def test_folds_that_differ_between_runs_are_exported_by_choice(self):
        models = ["{label: fixed, name: ststnet}", f"{{label: inner, name: ststnet, train: {INNER.replace('refit: false', 'refit: true')}}}"]
        experiment = self.experiment("choice", models, LEARNING, "seeds: [0, 1]\n")
        refused = self.mexbench("plan", experiment, "--export", "refused.json", code=2)
        self.assertIn("the 4 runs of the experiment do not have the same folds", refused.stderr)
        self.assertIn("--model inner --seed 1", refused.stderr)
        self.assertFalse((self.folder / "refused.json").exists())
        fixed = self.exported(experiment, "--model", "fixed")
        self.assertEqual(fixed["runs"], [{"model": "fixed", "seed": 0}, {"model": "fixed", "seed": 1}])
        self.assertFalse(fixed["refit"])
        self.assertFalse(any(fold["validation"] for fold in fixed["folds"]))
        self.assertIn("--model inner", self.mexbench("plan", experiment, "--export", "refused.json", "--model", "inner", code=2).stderr)
        inner = [self.exported(experiment, "--model", "inner", "--seed", seed) for seed in (0, 1)]
        for seed, folds in enumerate(inner):
            self.assertEqual(folds["runs"], [{"model": "inner", "seed": seed}])
            self.assertTrue(folds["refit"])
            self.assertTrue(all(fold["validation"] for fold in folds["folds"]))
        self.assertIn("did you mean 'inner'?", self.mexbench("plan", experiment, "--model", "iner", code=2).stderr)
        self.assertIn("no seed '7'", self.mexbench("plan", experiment, "--seed", 7, code=2).stderr)


if __name__ == "__main__":
    main()
