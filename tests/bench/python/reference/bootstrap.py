"""Subject bootstrap of UF1 and UAR with percentile intervals; subjects are drawn within their dataset. The counterpart of bench_arms
bootstrap, with its settings and `method`:

multinomial  all draws as one matrix of how often each subject was drawn, by numpy's multinomial, times the subjects' confusion counts
bincount     the same matrix counted from drawn subjects, which is about four times as fast
sklearn      a loop that scores the clips of each draw by scikit-learn
"""
import time

import numpy

import arm

Array = numpy.ndarray
Generator = numpy.random.Generator


class Design:
    """Subjects sorted by dataset and id, as strata of consecutive numbers, with their clips."""

    def __init__(self, data: arm.Inputs) -> None:
        subjects = sorted(set(data.subjects), key=lambda subject: subject.split("/"))
        place = {subject: index for index, subject in enumerate(subjects)}
        datasets = numpy.array([subject.split("/")[0] for subject in subjects])
        self.strata = [numpy.flatnonzero(datasets == name) for name in numpy.unique(datasets)]
        self.labels = numpy.array(data.labels)
        self.answers = numpy.array(data.answers)
        self.owners = numpy.array([place[subject] for subject in data.subjects])
        self.clips = [numpy.flatnonzero(self.owners == subject) for subject in range(len(subjects))]
        self.classes = data.classes
        flat = (self.owners * data.classes + self.labels) * data.classes + self.answers
        self.counts = numpy.bincount(flat, minlength=len(subjects) * data.classes**2).reshape(len(subjects), -1).astype(numpy.float32)

    def draw(self, random: Generator, draws: int) -> Array:
        """draws x subjects: which subjects each draw took."""
        return numpy.concatenate([stratum[random.integers(0, len(stratum), (draws, len(stratum)))] for stratum in self.strata], axis=1)


def scores(tables: Array, classes: int) -> tuple[Array, Array]:
    """UF1 and UAR of flattened confusion tables (truth, prediction)."""
    tables = tables.reshape(-1, classes, classes)
    hits = tables[:, range(classes), range(classes)]
    truths, predictions = tables.sum(2), tables.sum(1)
    return (2 * hits / (truths + predictions)).mean(1), (hits / truths).mean(1)


def by_multinomial(design: Design, draws: int, random: Generator) -> tuple[Array, Array]:
    weights = [random.multinomial(len(stratum), numpy.full(len(stratum), 1 / len(stratum)), draws) for stratum in design.strata]
    return scores(numpy.concatenate(weights, axis=1).astype(numpy.float32) @ design.counts, design.classes)


def by_bincount(design: Design, draws: int, random: Generator) -> tuple[Array, Array]:
    subjects = len(design.counts)
    drawn = design.draw(random, draws)
    drawn += (numpy.arange(draws) * subjects)[:, None]
    weights = numpy.bincount(drawn.ravel(), minlength=draws * subjects).reshape(draws, subjects).astype(numpy.float32)
    return scores(weights @ design.counts, design.classes)


def by_sklearn(design: Design, draws: int, random: Generator) -> tuple[Array, Array]:
    from sklearn.metrics import f1_score, recall_score

    uf1, uar = numpy.empty(draws), numpy.empty(draws)
    for index, subjects in enumerate(design.draw(random, draws)):
        clips = numpy.concatenate([design.clips[subject] for subject in subjects])
        truth, answers = design.labels[clips], design.answers[clips]
        uf1[index] = f1_score(truth, answers, average="macro")
        uar[index] = recall_score(truth, answers, average="macro")
    return uf1, uar


def main() -> None:
    settings = arm.settings()
    design = Design(arm.read_inputs(settings["inputs"]))
    method = {"multinomial": by_multinomial, "bincount": by_bincount, "sklearn": by_sklearn}[settings["method"]]
    estimates = scores(design.counts.sum(0), design.classes)
    method(design, 2, numpy.random.default_rng(0))
    seconds, intervals = [], []
    begin = arm.wait_for_go()
    for repetition in range(settings["repetitions"]):
        before = time.perf_counter()
        drawn = method(design, settings["draws"], numpy.random.default_rng(repetition))
        intervals = [numpy.percentile(metric, (2.5, 97.5)) for metric in drawn]
        seconds.append(time.perf_counter() - before)
    end = time.monotonic()
    figures = [[float(estimate[0]), *map(float, interval)] for estimate, interval in zip(estimates, intervals)]
    arm.finish({"begin": begin, "end": end, "work": len(seconds), "seconds": seconds, "uf1": figures[0], "uar": figures[1]})


if __name__ == "__main__":
    main()
