#!/usr/bin/env python3
"""Writes sklearn_cases.h: random truths and predictions with the figures scikit-learn gives for them.

    /usr/bin/python3 tests/data/metrics/make_sklearn_cases.py

Every class occurs in truth and in predictions, because scikit-learn reports 0 where mexbench reports "undefined".
"""
import pathlib
import random

import sklearn
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support, recall_score

SHAPES = [(3, 442, 0.7), (3, 60, 0.4), (5, 255, 0.55), (2, 17, 0.6), (7, 1000, 0.3), (3, 12, 0.9)]


def braces(values):
    return "{" + ", ".join(values) + "}"


def case(index, classes, clips, skill):
    draw = random.Random(1000 + index)
    weights = [draw.uniform(0.3, 3.0) for _ in range(classes)]
    while True:
        truth = draw.choices(range(classes), weights, k=clips)
        predicted = [t if draw.random() < skill else draw.randrange(classes) for t in truth]
        if len(set(truth)) == classes == len(set(predicted)):
            break
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=range(classes))
    fields = [
        braces(str(t) for t in truth),
        braces(str(p) for p in predicted),
        braces(braces(str(n) for n in row) for row in confusion_matrix(truth, predicted, labels=range(classes))),
        repr(float(f1_score(truth, predicted, average="macro"))),
        repr(float(recall_score(truth, predicted, average="macro"))),
        repr(float(accuracy_score(truth, predicted))),
        braces(repr(float(x)) for x in precision),
        braces(repr(float(x)) for x in recall),
        braces(repr(float(x)) for x in f1),
        braces(str(n) for n in support),
    ]
    return "    {" + ",\n     ".join(fields) + "},\n"


lines = [
    f"// Written by make_sklearn_cases.py with scikit-learn {sklearn.__version__}.\n// clang-format off\n",
    "#pragma once\n\n#include <cstdint>\n#include <vector>\n\n",
    "struct SklearnCase {\n  std::vector<std::size_t> truth, predicted;\n  std::vector<std::vector<std::int64_t>> confusion;\n",
    "  double f1_macro, recall_macro, accuracy;\n  std::vector<double> precision, recall, f1;\n  std::vector<std::int64_t> support;\n};\n\n",
    "inline const std::vector<SklearnCase>& sklearn_cases() {\n  static const std::vector<SklearnCase> kCases = {\n",
]
lines += [case(i, *shape) for i, shape in enumerate(SHAPES)]
lines.append("  };\n  return kCases;\n}\n")
pathlib.Path(__file__).with_name("sklearn_cases.h").write_text("".join(lines))
