#!/usr/bin/env python3
"""Writes best_of_epochs_cases.h: what the best of E guessed epochs scores, by trying every guess of every epoch.

    /usr/bin/python3 tests/data/statistics/make_best_of_epochs.py

For each subject all E-tuples of answers are enumerated, the first epoch with most clips right is kept, and the probabilities of what was
kept are multiplied over subjects. No formula of order statistics is used.
"""
import itertools
import pathlib
import platform
from collections import defaultdict

CLASSES = 3
SUBJECTS = [((2, 1, 1), (0.5, 0.2, 0.3)), ((1, 0, 2), (0.6, 0.25, 0.15)), ((0, 2, 0), (1 / 3, 1 / 3, 1 / 3))]
EPOCHS = [1, 2, 3]


def kept(clips, shares, epochs):
    """Distribution of (hits per class, answers per class) of the epoch that is kept."""
    truth = [c for c in range(CLASSES) for _ in range(clips[c])]
    guesses = []
    for answers in itertools.product(range(CLASSES), repeat=len(truth)):
        probability = 1.0
        for answer in answers:
            probability *= shares[answer]
        hits = tuple(sum(t == a == c for t, a in zip(truth, answers)) for c in range(CLASSES))
        guesses.append((probability, hits, tuple(answers.count(c) for c in range(CLASSES))))
    out = defaultdict(float)
    for epoch in itertools.product(guesses, repeat=epochs):
        probability = 1.0
        for guess in epoch:
            probability *= guess[0]
        best = max(epoch, key=lambda guess: sum(guess[1]))  # the first of several
        out[best[1:]] += probability
    return out


def add(a, b):
    return tuple(x + y for x, y in zip(a, b))


def case(epochs):
    pooled = {((0,) * CLASSES, (0,) * CLASSES): 1.0}
    for clips, shares in SUBJECTS:
        sums = defaultdict(float)
        of_subject = kept(clips, shares, epochs)
        for (hits, answers), p in pooled.items():
            for (more_hits, more_answers), q in of_subject.items():
                sums[add(hits, more_hits), add(answers, more_answers)] += p * q
        pooled = sums
    clips = [sum(s[0][c] for s in SUBJECTS) for c in range(CLASSES)]
    means = [0.0, 0.0, 0.0]
    squares = [0.0, 0.0, 0.0]
    for (hits, answers), p in pooled.items():
        values = [sum(2 * hits[c] / (clips[c] + answers[c]) for c in range(CLASSES)) / CLASSES,
                  sum(hits[c] / clips[c] for c in range(CLASSES)) / CLASSES, sum(hits) / sum(clips)]
        for i, value in enumerate(values):
            means[i] += p * value
            squares[i] += p * value * value
    return f"    {{{epochs}, " + ", ".join(f"{m!r}, {max(0.0, s - m * m) ** 0.5!r}" for m, s in zip(means, squares)) + "},\n"


def braces(values):
    return "{" + ", ".join(repr(v) for v in values) + "}"


HEAD = f"""// Written by make_best_of_epochs.py with Python {platform.python_version()}.
// clang-format off
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

// Mean and standard deviation of UF1, UAR and accuracy of the best of `epochs`.
struct BestCase {{
  std::int64_t epochs;
  double uf1, uf1_deviation, uar, uar_deviation, accuracy, accuracy_deviation;
}};

// Clips and shares of each subject.
inline const std::vector<std::pair<std::vector<std::int64_t>, std::vector<double>>>& best_subjects() {{
  static const std::vector<std::pair<std::vector<std::int64_t>, std::vector<double>>> kSubjects = {{
    {", ".join("{" + braces(c) + ", " + braces(s) + "}" for c, s in SUBJECTS)}}};
  return kSubjects;
}}

inline const std::vector<BestCase>& best_cases() {{
  static const std::vector<BestCase> kCases = {{
"""
TAIL = "  };\n  return kCases;\n}\n"
pathlib.Path(__file__).with_name("best_of_epochs_cases.h").write_text(HEAD + "".join(case(e) for e in EPOCHS) + TAIL)
