"""What is held against what, with the ratios that are asked for, and the arithmetic of a row."""
import dataclasses
import statistics
from collections.abc import Callable
from typing import Any

from machine import QUIET

Record = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Comparison:
    group: str
    name: str
    ours: str  # arm
    reference: str
    value: str  # of both arms
    higher_is_better: bool
    show: Callable[[float], str]
    floor: float | None = None
    aim: float | None = None
    best_of: str = ""  # comparisons of one set are judged by the best of them


@dataclasses.dataclass(frozen=True)
class Row:
    comparison: Comparison
    ours: float
    reference: float
    ratio: float  # of the medians
    low: float  # smallest and largest ratio of one round
    high: float
    rounds: int
    judged: bool
    quiet: bool  # the machine, when the run began

    def reached(self) -> str:
        found = self.verdict()
        return found if self.quiet or found not in ("aim", "floor", "no") else f"{found} (busy machine)"

    def verdict(self) -> str:
        floor, aim = self.comparison.floor, self.comparison.aim
        if floor is None or aim is None:
            return ""
        if not self.judged:
            return "see the faster mode"
        return "aim" if self.ratio >= aim else "floor" if self.ratio >= floor else "no"


def per_second(what: str) -> Callable[[float], str]:
    return lambda value: f"{value:.3g} {what}/s"


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            break
    return f"{seconds / size:.3g} {unit}"


FOLD_EPOCHS = per_second("fold-epochs")
PAIRS = per_second("pairs")


def of_training(mode: str) -> list[Comparison]:
    ours = f"train.{mode}.2"
    return [
        Comparison("training", f"STSTNet, LOSO training, {mode}, over Python with 2 threads", ours, "train.python.2threads", "rate", True,
                   FOLD_EPOCHS, 1.5, 2.3, best_of="training"),
        Comparison("training", f"the same, {mode}, over two Python processes of 1 thread", ours, "train.python.2processes", "rate", True,
                   FOLD_EPOCHS),
        Comparison("training", f"the same, {mode}, over Python with 2 threads and the workers' malloc settings", ours, "train.python.2threads.malloc",
                   "rate", True, FOLD_EPOCHS),
        Comparison("scaling", f"two workers over one, {mode}", ours, f"train.{mode}.1", "rate", True, FOLD_EPOCHS, 1.85, 1.95),
    ]


def comparisons(modes: list[str]) -> list[Comparison]:
    """In the order of the table."""
    make = Comparison
    return [
        *(comparison for mode in modes for comparison in of_training(mode)),
        make("engine", "STSTNet, LOSO training, fused engine, over Python with 2 threads", "fused.ststnet.2", "train.python.2threads", "rate", True,
             FOLD_EPOCHS, 14, 20),
        make("engine", "the same over two Python processes of 1 thread", "fused.ststnet.2", "train.python.2processes", "rate", True, FOLD_EPOCHS),
        make("engine", "the same with AVX2 over Python with 2 threads", "fused.ststnet.avx2.2", "train.python.2threads", "rate", True, FOLD_EPOCHS,
             8, 12),
        make("engine", "two workers over one, fused engine", "fused.ststnet.2", "fused.ststnet.1", "rate", True, FOLD_EPOCHS, 1.85, 1.95),
        make("engine", "OFF-ApexNet (single stream), LOSO training, fused engine, over Python with 2 threads", "fused.offapexnet.2",
             "offapexnet.python.2threads", "rate", True, FOLD_EPOCHS, 2, 4),
        make("engine", "SSSNet, LOSO training, fused engine, over Python with 2 threads", "fused.sssnet.2", "sssnet.python.2threads", "rate",
             True, FOLD_EPOCHS, 4, 6),
        make("engine", "STSTNet, batch 1, p50, fused engine, over Python inference mode", "predict.fused", "predict.python", "p50", False, duration,
             15, 25),
        make("engine", "the same, p99", "predict.fused", "predict.python", "p99", False, duration),
        make("latency", "STSTNet, batch 1, p50, over Python inference mode", "predict.ours", "predict.python", "p50", False, duration, 3, 3.6),
        make("latency", "the same, p99", "predict.ours", "predict.python", "p99", False, duration),
        make("htnet", "HTNet, training, over the published layout in Python with 2 threads", "htnet.ours", "htnet.python", "rate", True, FOLD_EPOCHS,
             3, 4.5),
        make("flow", "DualTVL1 on two threads over a serial loop of cv2, 1 thread", "flow.ours", "flow.python.1", "rate", True, PAIRS, 1.8, 1.95),
        make("flow", "the same over a loop of cv2 with its own threads", "flow.ours", "flow.python", "rate", True, PAIRS),
        make("bootstrap", "10,000 subject bootstraps over vectorised numpy, multinomial", "bootstrap.ours", "bootstrap.multinomial", "seconds", False,
             duration, 10, 40),
        make("bootstrap", "the same over vectorised numpy, bincount", "bootstrap.ours", "bootstrap.bincount", "seconds", False, duration),
        make("bootstrap", "the same over a scikit-learn loop", "bootstrap.ours", "bootstrap.sklearn", "seconds", False, duration, 1000, 8000),
        make("startup", "start: `mexbench --version` over `import torch, cv2`", "start.version", "start.python", "seconds", False, duration),
        make("startup", "start: `mexbench validate` of the quickstart over the same", "start.validate", "start.python", "seconds", False, duration),
        make("startup", "start: a worker until it answers over the same", "start.worker", "start.python", "seconds", False, duration),
    ]


def modes_of(record: Record) -> list[str]:
    """Numeric modes that were measured, the default one first."""
    found = {name.split(".")[1] for one in record["rounds"] for name in one["arms"] if name.startswith("train.")} - {"python"}
    return sorted(found, key=lambda mode: (mode != "contiguous", mode))


def values_of(record: Record, arm: str, value: str) -> list[float | None]:
    """One entry a round; nothing where the arm was not measured."""
    return [one["arms"][arm][value] if arm in one["arms"] else None for one in record["rounds"]]


def median_of(record: Record, arm: str, value: str) -> float | None:
    known = [number for number in values_of(record, arm, value) if number is not None]
    return statistics.median(known) if known else None


def rows(record: Record) -> list[Row]:
    """The comparisons of which both sides were measured."""
    quiet = record["machine"]["load_before"] <= QUIET
    found = []
    for comparison in comparisons(modes_of(record)):
        pairs = [(ours, reference) for ours, reference in zip(values_of(record, comparison.ours, comparison.value),
                                                              values_of(record, comparison.reference, comparison.value))
                 if ours is not None and reference is not None]
        if not pairs:
            continue

        def ratio(ours: float, reference: float) -> float:
            return ours / reference if comparison.higher_is_better else reference / ours

        ours, reference = (statistics.median(side) for side in zip(*pairs))
        ratios = [ratio(*pair) for pair in pairs]
        found.append(Row(comparison, ours, reference, ratio(ours, reference), min(ratios), max(ratios), len(pairs), judged=True, quiet=quiet))
    best: dict[str, float] = {}
    for row in found:
        best[row.comparison.best_of] = max(best.get(row.comparison.best_of, 0.0), row.ratio)
    return [dataclasses.replace(row, judged=not row.comparison.best_of or row.ratio == best[row.comparison.best_of]) for row in found]
