#!/usr/bin/env python3
"""Writes dummy_cases.h: made-up corpora with what scikit-learn's DummyClassifier scores on them, leaving one subject out, pooled over folds.

    /usr/bin/python3 tests/data/floor/make_dummy_cases.py

Every class has clips in every dataset, because scikit-learn reports 0 where mexbench reports "undefined". `prior` must answer as
`most_frequent` does, or this script fails. The stratified scores are those of DRAWS predictions with seeds of their own.
"""
import pathlib
import random

import numpy
import sklearn
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, f1_score, recall_score

DRAWS = 2000
# Per case: classes, and of each dataset its subjects and clips. The classes of the second are nearly even, so folds differ in majority.
SHAPES = [(3, [(8, 60, [5, 2, 1]), (6, 45, [3, 2, 2]), (1, 20, [1, 1, 2])]), (4, [(9, 40, [1, 1, 1, 1])])]


def corpus(index, classes, datasets):
    draw = random.Random(2019 + index)
    clips = []  # dataset, subject, truth
    for dataset, (subjects, count, weights) in enumerate(datasets):
        truths = list(range(classes)) + draw.choices(range(classes), weights, k=count - classes)
        clips += [(dataset, i if i < subjects else draw.randrange(subjects), truth) for i, truth in enumerate(truths)]
    return clips


def scores(truth, predicted, classes):
    return [
        f1_score(truth, predicted, labels=range(classes), average="macro", zero_division=0),
        recall_score(truth, predicted, labels=range(classes), average="macro", zero_division=0),
        accuracy_score(truth, predicted),
    ]


def braces(values):
    return "{" + ", ".join(values) + "}"


def numbers(values):
    return braces(repr(float(value)) for value in values)


def case(index, classes, datasets):
    clips = corpus(index, classes, datasets)
    truth = numpy.array([clip[2] for clip in clips])
    majority = numpy.full(len(clips), -1)
    drawn = numpy.full((DRAWS, len(clips)), -1)
    for number, fold in enumerate(sorted({clip[:2] for clip in clips})):
        test = numpy.array([clip[:2] == fold for clip in clips])
        train = truth[~test]
        nothing = numpy.zeros((len(clips), 1))
        majority[test] = DummyClassifier(strategy="most_frequent").fit(nothing[~test], train).predict(nothing[test])
        prior = DummyClassifier(strategy="prior").fit(nothing[~test], train)
        assert (prior.predict(nothing[test]) == majority[test]).all()
        assert (prior.classes_[prior.predict_proba(nothing[test]).argmax(axis=1)] == majority[test]).all()
        random_one = DummyClassifier(strategy="stratified", random_state=numpy.random.RandomState(7 + number)).fit(nothing[~test], train)
        drawn[:, test] = random_one.predict(numpy.zeros((DRAWS * test.sum(), 1))).reshape(DRAWS, -1)
    assert (majority >= 0).all() and (drawn >= 0).all()
    scopes = []
    for dataset in [None, *range(len(datasets))]:
        of = numpy.array([dataset in (None, clip[0]) for clip in clips])
        assert set(truth[of]) == set(range(classes))
        draws = numpy.array([scores(truth[of], one[of], classes) for one in drawn])
        low, high = numpy.percentile(draws, [2.5, 97.5], axis=0)
        parts = [scores(truth[of], majority[of], classes), draws.mean(axis=0), draws.std(axis=0, ddof=1), low, high]
        scopes.append(f'{{"{"all" if dataset is None else f"d{dataset}"}", ' + ", ".join(numbers(part) for part in parts) + "}")
    rows = braces(f"{{{dataset}, {subject}, {label}, {int(answer)}}}" for (dataset, subject, label), answer in zip(clips, majority))
    return f"    {{{classes},\n     {rows},\n     {{" + ",\n      ".join(scopes) + "}},\n"


lines = [
    f"// Written by make_dummy_cases.py with scikit-learn {sklearn.__version__}.\n// clang-format off\n",
    "#pragma once\n\n#include <array>\n#include <string>\n#include <vector>\n\n",
    "struct DummyClip {\n  std::size_t dataset, subject, truth, majority;\n};\n\n",
    "// UF1, UAR, accuracy: of most_frequent; of stratified the mean, standard deviation, 2.5 and 97.5 percentile over kDummyDraws draws.\n",
    "struct DummyScope {\n  std::string name;\n  std::array<double, 3> majority, mean, deviation, low, high;\n};\n\n",
    "struct DummyCase {\n  std::size_t classes;\n  std::vector<DummyClip> clips;\n  std::vector<DummyScope> scopes;\n};\n\n",
    f"inline constexpr double kDummyDraws = {DRAWS};\n\n",
    "inline const std::vector<DummyCase>& dummy_cases() {\n  static const std::vector<DummyCase> kCases = {\n",
]
lines += [case(i, *shape) for i, shape in enumerate(SHAPES)]
lines.append("  };\n  return kCases;\n}\n")
pathlib.Path(__file__).with_name("dummy_cases.h").write_text("".join(lines))
