#!/usr/bin/env python3
"""Writes convention_cases.h: folds of random clips with what scikit-learn gives for them under each convention.

    /usr/bin/python3 tests/data/statistics/make_conventions.py

Folds are as small as subjects are: most lack a class, some hold one clip.
"""
import pathlib
import random
import warnings

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, f1_score, recall_score

warnings.filterwarnings("ignore")  # about absent classes, which is what this is for


def fold_mean(folds, value):
    return float(np.mean([value(truth, predicted) for truth, predicted in folds]))


def figures(folds, classes):
    labels = range(classes)
    truth = [t for fold in folds for t in fold[0]]
    predicted = [p for fold in folds for p in fold[1]]
    return {
        "pooled_uf1": f1_score(truth, predicted, average="macro", labels=labels),
        "pooled_uar": recall_score(truth, predicted, average="macro", labels=labels),
        "pooled_accuracy": accuracy_score(truth, predicted),
        "pooled_f1_defined": f1_score(truth, predicted, average="macro"),
        "pooled_f1_weighted": f1_score(truth, predicted, average="weighted"),
        "fold_f1_zero": fold_mean(folds, lambda t, p: f1_score(t, p, average="macro", labels=labels)),
        "fold_f1_one": fold_mean(folds, lambda t, p: f1_score(t, p, average="macro", labels=labels, zero_division=1)),
        "fold_f1_skipped": fold_mean(folds, lambda t, p: f1_score(t, p, average="macro")),
        "fold_f1_weighted": fold_mean(folds, lambda t, p: f1_score(t, p, average="weighted")),
        "fold_recall_zero": fold_mean(folds, lambda t, p: recall_score(t, p, average="macro", labels=labels)),
        "fold_recall_one": fold_mean(folds, lambda t, p: recall_score(t, p, average="macro", labels=labels, zero_division=1)),
        "fold_recall_skipped": fold_mean(folds, balanced_accuracy_score),
        "fold_recall_seen": fold_mean(folds, lambda t, p: recall_score(t, p, average="macro")),
        "fold_accuracy": fold_mean(folds, accuracy_score),
        # As class UARecall of me_recognition does it: hits of each class over len(target), then the mean over classes.
        "pooled_recall_all_clips": sum(sum(t == p == c for t, p in zip(truth, predicted)) / len(truth) for c in labels) / classes,
        # As its class UF1 does it: the sum stands outside the loop.
        "pooled_f1_last_class": f1_score(truth, predicted, average=None, labels=labels)[-1] / classes,
    }


def case(index, classes, count, skill):
    draw = random.Random(500 + index)
    weights = [draw.uniform(0.3, 3.0) for _ in range(classes)]
    folds = []
    for _ in range(count):
        truth = draw.choices(range(classes), weights, k=1 + int(draw.expovariate(0.2)))
        folds.append((truth, [t if draw.random() < skill else draw.randrange(classes) for t in truth]))
    tables = ",\n      ".join("{" + ", ".join(str(n) for n in confusion_matrix(t, p, labels=range(classes)).ravel()) + "}" for t, p in folds)
    values = ",\n      ".join(f'{{"{name}", {float(value)!r}}}' for name, value in figures(folds, classes).items())
    return f"    {{{classes},\n     {{{tables}}},\n     {{{values}}}}},\n"


HEAD = f"""// Written by make_conventions.py with scikit-learn {sklearn.__version__}.
// clang-format off
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct ConventionCase {{
  std::size_t classes;
  std::vector<std::vector<std::int64_t>> folds;  // [truth][prediction]
  std::vector<std::pair<std::string, double>> figures;
}};

inline const std::vector<ConventionCase>& convention_cases() {{
  static const std::vector<ConventionCase> kCases = {{
"""
TAIL = "  };\n  return kCases;\n}\n"
CASES = [(3, 40, 0.7), (3, 6, 0.4), (5, 24, 0.55), (2, 9, 0.6)]
pathlib.Path(__file__).with_name("convention_cases.h").write_text(HEAD + "".join(case(i, *c) for i, c in enumerate(CASES)) + TAIL)
