"""What is measured: every arm with the processes it is made of. The comparisons between them are those of table.py."""
import dataclasses
import functools
import json
import pathlib
import statistics
from collections.abc import Callable
from typing import Any

import bits
import values
from processes import Command, Failed, run_alone, run_plain, run_together

REFERENCE = pathlib.Path(__file__).resolve().parent / "reference"
FOLDS = 4
DROPOUT = 0.5
TRAIN_CLIPS = 442 * 67 / 68  # of an average fold
# As mexbench-worker has it by mallopt(): training frees and asks for the same tensors again and again.
WORKER_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
GROUPS = ("training", "scaling", "engine", "latency", "htnet", "flow", "bootstrap", "startup", "bits", "sgemm")


@dataclasses.dataclass(frozen=True)
class Work:
    """How much each arm does."""
    epochs: int
    samples: int
    pairs: int
    repetitions: int
    sklearn_draws: int
    htnet_batches: int

    @staticmethod
    def scaled(scale: float) -> "Work":
        def of(amount: int, least: int) -> int:
            return max(least, round(scale * amount))

        return Work(of(20, 2), of(5000, 200), of(16, 2), of(20, 2), of(300, 10), of(3, 1))


@dataclasses.dataclass(frozen=True)
class Arm:
    name: str
    groups: frozenset[str]
    measure: Callable[[], dict[str, Any]]  # values by name, and "processes"
    rounds: int | None = None  # at most; the first ones


def threads(count: int) -> dict[str, str]:
    return {name: str(count) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def recipe(epochs: int, numerics: str) -> dict[str, Any]:
    """The `train` section of an experiment with every default, as the published training of STSTNet has it."""
    return {
        "epochs": epochs, "batch_size": 256, "shuffle": False, "numerics": numerics, "sampler": "natural", "class_weights": "none",
        "optimizer": {"name": "adam", "lr": 5.0e-5, "weight_decay": 0.0, "betas": [0.9, 0.999], "eps": 1.0e-8},
        "schedule": {"name": "constant", "warmup_epochs": 0}, "selection": {"name": "fixed_epoch"},
        "loss": {"name": "cross_entropy", "label_smoothing": 0.0},
    }


@dataclasses.dataclass(frozen=True)
class Network:
    """What a network is trained on: channels of the clips (strain, v, u), and the size they are brought to."""
    model: str
    channels: tuple[int, ...] = (0, 1, 2)
    side: int = 28
    work: float = 1.0  # share of the epochs: slow networks get fewer

    def inputs(self) -> dict[str, Any]:
        return {} if self.side == 28 and self.channels == (0, 1, 2) else {"channels": list(self.channels), "side": self.side}


STSTNET = Network("ststnet")
OFFAPEXNET = Network("offapexnet", channels=(2, 1))
SSSNET = Network("sssnet", channels=(2, 1, 0), side=64, work=0.2)


class Bench:
    """The programs, the prepared files, and the arms made of them."""

    def __init__(self, build: pathlib.Path, folder: pathlib.Path, python: str, data: str, work: Work) -> None:
        self.build, self.folder, self.python, self.work = build, folder, python, work
        for program in ("mexbench", "mexbench-worker", "tests/bench/bench_arms", "tests/bench/measure_process"):
            if not (build / program).is_file():
                raise Failed(f"{build / program} is not there: build it first")
        self.inputs = str(folder / "inputs")
        self.pairs = folder / "pairs"
        self.weights = str(folder / "ststnet.pth")
        self.source = run_alone(self.ours("inputs", {"out": self.inputs, "data": data}))["source"]
        run_alone(self.ours("weights", {"model": "ststnet", "params": {}, "out": self.weights}))
        subjects = sorted(set(json.loads(pathlib.Path(f"{self.inputs}.json").read_text())["subjects"]))
        self.subjects = [subjects[index * len(subjects) // FOLDS] for index in range(FOLDS)]
        self.numerics = self.known_numerics()

    def ours(self, arm: str, settings: dict[str, Any], **environment: str) -> Command:
        return Command((str(self.build / "tests/bench/bench_arms"), arm, json.dumps(settings)), {**threads(1), **WORKER_MALLOC, **environment})

    def fused(self, arm: str, settings: dict[str, Any]) -> Command:
        return self.ours(arm, {**settings, "engine": "fused"})

    def theirs(self, script: str, settings: dict[str, Any], count: int, **environment: str) -> Command:
        return Command((self.python, str(REFERENCE / f"{script}.py"), json.dumps(settings)), {**threads(count), **environment})

    def known_numerics(self) -> list[str]:
        """The numeric modes that `train` of an experiment can have."""
        schema = run_plain(Command((str(self.build / "mexbench"), "schema")))
        return ["contiguous", *(["channels_last"] if '"channels_last"' in schema else [])]

    # --- training ---------------------------------------------------------------------------------------------------------------------

    def trainers(self, make: Callable[[dict[str, Any]], Command], count: int, numerics: str = "contiguous", network: Network = STSTNET,
                 times: int = 1) -> dict[str, Any]:
        """The folds, shared out to `count` processes. `times`: as many epochs, for the quick ones."""
        share = len(self.subjects) // count
        epochs = max(2, round(self.work.epochs * network.work)) * times
        commands = [make({"inputs": self.inputs, "model": network.model, "params": {"dropout": DROPOUT}, "warmup_epochs": 2, **network.inputs(),
                          "subjects": self.subjects[index * share:(index + 1) * share], "train": recipe(epochs, numerics)})
                    for index in range(count)]
        return self.rated(run_together(commands))

    @staticmethod
    def rated(results: list[dict[str, Any]]) -> dict[str, Any]:
        return {"rate": values.rate(results), "processes": [values.kept(result) for result in results]}

    def python_trainer(self, count: int, **environment: str) -> Callable[[dict[str, Any]], Command]:
        return lambda settings: self.theirs("train", {**settings, "threads": count}, count, **environment)

    def our_trainer(self, settings: dict[str, Any]) -> Command:
        return self.ours("train", settings)

    def fused_trainer(self, target: str = "") -> Callable[[dict[str, Any]], Command]:
        """On an instruction set of the engine's; the best one without a name."""
        return lambda settings: self.ours("train", {**settings, "engine": "fused"}, **self.on(target))

    @staticmethod
    def on(target: str) -> dict[str, str]:
        return {"MEXBENCH_ENGINE_TARGET": target} if target else {}

    def htnet(self, make: Callable[[dict[str, Any]], Command], count: int) -> dict[str, Any]:
        """Batches of 256 of one fold. Epochs have one batch here, and count as that share of an average fold's clips; so do the test clips."""
        share = 256 / TRAIN_CLIPS
        settings = {"inputs": self.inputs, "model": "htnet", "params": {}, "warmup_epochs": 1, "train_clips": 256, "test_clips": 4,
                    "train": recipe(self.work.htnet_batches, "contiguous"), "work_per_epoch": share}
        return self.rated(run_together([make({**settings, "subjects": [self.subjects[index]]}) for index in range(count)]))

    # --- the others -------------------------------------------------------------------------------------------------------------------

    def predictor(self, make: Callable[[str, dict[str, Any]], Command]) -> dict[str, Any]:
        settings = {"inputs": self.inputs, "model": "ststnet", "params": {}, "weights": self.weights, "warmup": max(200, self.work.samples // 10),
                    "samples": self.work.samples}
        [result] = run_together([make("predict", settings)])
        out = values.kept(result)
        return {"p50": out["seconds"]["p50"], "p99": out["seconds"]["p99"], "scores": result["scores"], "processes": [out]}

    def flow(self, make: Callable[[str, dict[str, Any]], Command], count: int | None) -> dict[str, Any]:
        self.draw_pairs()
        out = self.folder / "flow.f32"
        settings = {"folder": str(self.pairs), "pairs": self.work.pairs, "method": "tvl1", "threads": count, "out": str(out)}
        measured = self.rated(run_together([make("flow", settings)]))
        return {**measured, "tensor": out.read_bytes()}

    def draw_pairs(self) -> None:
        if len(list(self.pairs.glob("*.png"))) < 2 * self.work.pairs:
            run_plain(Command((self.python, str(REFERENCE / "pairs.py"), str(self.pairs), str(self.work.pairs))))

    def resampled(self, make: Callable[[str, dict[str, Any]], Command], draws: int, repetitions: int) -> dict[str, Any]:
        """Seconds for 10,000 draws; fewer draws are scaled up."""
        [result] = run_together([make("bootstrap", {"inputs": self.inputs, "draws": draws, "repetitions": repetitions})])
        seconds = statistics.median(result["seconds"]) * 10_000 / draws
        return {"seconds": seconds, "draws": draws, "uf1": result["uf1"], "uar": result["uar"], "processes": [values.kept(result)]}

    def started(self, *command: str) -> dict[str, Any]:
        results = [run_alone(Command((str(self.build / "tests/bench/measure_process"), *command))) for _ in range(3)]
        return {"seconds": statistics.median(result["seconds"] for result in results),
                "peak_bytes": max(result["peak_bytes"] for result in results),
                "processes": [{key: value for key, value in result.items() if key != "environment"} for result in results]}

    def yardstick(self, library: str, count: int) -> dict[str, Any]:
        [result] = run_together([self.theirs("sgemm", {"library": library, "threads": count, "repetitions": self.work.repetitions}, count)])
        return {"gflops": result["gflops"], "processes": [values.kept(result)]}

    def arms(self) -> list[Arm]:
        """In the order in which a round measures them: ours and the reference take turns."""
        part = functools.partial
        mexbench = str(self.build / "mexbench")
        quickstart = str(pathlib.Path(__file__).resolve().parents[3] / "experiments/quickstart/quickstart.yaml")

        def theirs(count: int, **more: Any) -> Callable[[str, dict[str, Any]], Command]:
            return lambda script, settings: self.theirs(script, {**settings, **more}, count)

        def arm(name: str, groups: str, measure: Callable[[], dict[str, Any]], rounds: int | None = None) -> Arm:
            return Arm(name, frozenset(groups.split()), measure, rounds)

        training = []
        references = [arm("train.python.2threads", "training sgemm engine", part(self.trainers, self.python_trainer(2), 1)),
                      arm("train.python.2processes", "training engine", part(self.trainers, self.python_trainer(1), 2)),
                      arm("train.python.2threads.malloc", "training", part(self.trainers, self.python_trainer(2, **WORKER_MALLOC), 1))]
        for mode in self.numerics:
            training += [arm(f"train.{mode}.2", "training scaling", part(self.trainers, self.our_trainer, 2, mode)),
                         *([references.pop(0)] if references else []),
                         arm(f"train.{mode}.1", "scaling", part(self.trainers, self.our_trainer, 1, mode))]
        engine = [arm("fused.ststnet.2", "engine", part(self.trainers, self.fused_trainer(), 2, times=10)),
                  arm("fused.ststnet.1", "engine", part(self.trainers, self.fused_trainer(), 1, times=10)),
                  arm("fused.ststnet.avx2.2", "engine", part(self.trainers, self.fused_trainer("avx2"), 2, times=5))]
        for network in (OFFAPEXNET, SSSNET):
            engine += [arm(f"fused.{network.model}.2", "engine", part(self.trainers, self.fused_trainer(), 2, network=network, times=3)),
                       arm(f"{network.model}.python.2threads", "engine", part(self.trainers, self.python_trainer(2), 1, network=network))]
        return [
            *(arm(f"sgemm.{library}.{count}", "sgemm training", part(self.yardstick, library, count))
              for library in ("torch", "numpy") for count in (1, 2)),
            *training, *references, *engine,
            arm("predict.fused", "engine", part(self.predictor, self.fused)),
            arm("predict.ours", "latency", part(self.predictor, self.ours)),
            arm("predict.python", "latency engine", part(self.predictor, theirs(1))),
            arm("flow.ours", "flow", part(self.flow, self.ours, 2)),
            arm("flow.python", "flow", part(self.flow, theirs(2), None)),
            arm("flow.python.1", "flow", part(self.flow, theirs(1), 1)),
            arm("bootstrap.ours", "bootstrap", part(self.resampled, self.ours, 10_000, self.work.repetitions)),
            *(arm(f"bootstrap.{way}", "bootstrap", part(self.resampled, theirs(1, method=way), 10_000, self.work.repetitions))
              for way in ("multinomial", "bincount")),
            arm("bootstrap.sklearn", "bootstrap", part(self.resampled, theirs(1, method="sklearn"), self.work.sklearn_draws, 1)),
            arm("start.version", "startup", part(self.started, mexbench, "--version")),
            arm("start.validate", "startup", part(self.started, mexbench, "validate", quickstart)),
            arm("start.worker", "startup", part(self.started, "--worker", str(self.build / "mexbench-worker"))),
            arm("start.python", "startup", part(self.started, self.python, "-c", "import torch, cv2")),
            arm("htnet.ours", "htnet", part(self.htnet, self.our_trainer, 2), 2),
            arm("htnet.python", "htnet", part(self.htnet, self.python_trainer(2), 1), 2),
            arm("bits", "bits", part(bits.compare, self.build / "mexbench", self.folder / "bits"), 1),
        ]
