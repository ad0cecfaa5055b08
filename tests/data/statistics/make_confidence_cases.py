#!/usr/bin/env python3
"""Writes confidence_cases.h: calibration and selective prediction of made-up models, by plain NumPy, SciPy and statsmodels.

    apt-get install python3-scipy python3-statsmodels
    /usr/bin/python3 tests/data/statistics/make_confidence_cases.py

Written from the definitions, not from the C++: bins are dealt clip by clip, the expected gap is a sum over a Poisson binomial made by
convolution, and AURC with ties is the mean over random orders of each tie, in its limit (errors spread evenly, as fractions).
"""
import collections
import fractions
import pathlib

import numpy
import scipy
import scipy.special
import statsmodels
from statsmodels.stats.proportion import proportion_confint

random = numpy.random.default_rng(777)


def listed(values):
    return "{" + ", ".join(repr(v) if isinstance(v, int) else repr(float(v)) for v in values) + "}"


def floats(values):
    return "{" + ", ".join("%.9gF" % v if "." in "%.9g" % v or "e" in "%.9g" % v else "%.1fF" % v for v in values) + "}"


def calibration(confidence, correct):
    n = len(confidence)
    bins = min(15, max(1, n // 20))
    places = collections.defaultdict(list)
    for place, c in enumerate(sorted(confidence)):
        places[c].append(place)
    members = collections.defaultdict(list)
    for c, ok in zip(confidence, correct):
        middle = fractions.Fraction(places[c][0] + places[c][-1] + 1, 2)
        members[int(bins * middle / n)].append((c, ok))
    ece, ground, out = 0.0, 0.0, []
    for _, clips in sorted(members.items()):
        c, ok = numpy.array([m[0] for m in clips]), numpy.array([m[1] for m in clips])
        ece += len(c) / n * abs(ok.mean() - c.mean())
        chance = numpy.array([1.0])
        for p in c:
            chance = numpy.convolve(chance, [1 - p, p])
        ground += len(c) / n * (chance * abs(numpy.arange(len(c) + 1) / len(c) - c.mean())).sum()
        low, high = proportion_confint(int(ok.sum()), len(c), method="wilson")
        out.append([len(c), c.mean(), ok.mean(), low, high])
    return ece, ground, out


def aurc(confidence, correct):
    n = len(confidence)
    total, k, errors = 0.0, 0, fractions.Fraction(0)
    for c in sorted(set(confidence), reverse=True):
        tied = [not ok for d, ok in zip(confidence, correct) if d == c]
        for _ in tied:
            k += 1
            errors += fractions.Fraction(sum(tied), len(tied))
            total += float(errors / k)
    best = sorted(not ok for ok in correct)
    return total / n, float(numpy.mean(numpy.cumsum(best) / numpy.arange(1, n + 1)))


def case(n, classes, kind):
    truth = random.integers(0, classes, n)
    scores = random.normal(0, 1, (n, classes))
    scores[numpy.arange(n), truth] += 1.0
    if kind == "probabilities":
        scores = scipy.special.softmax(2 * scores, axis=1)
    if kind == "tied":
        scores = numpy.round(scores)
    scores = scores.astype(numpy.float32)
    wide = scores.astype(numpy.float64)
    p = wide if kind == "probabilities" else scipy.special.softmax(wide, axis=1)
    predicted = wide.argmax(1)
    confidence = [float("%.13g" % c) for c in p.max(1)]  # equal scores in another order of the classes are one confidence
    correct = [bool(b) for b in predicted == truth]
    brier = ((p - numpy.eye(classes)[truth]) ** 2).sum(1).mean()
    ece, ground, bins = calibration(confidence, correct)
    area, best = aurc(confidence, correct)
    return "{%d, %s, %s, %s, %r, %r, %r, {%s}, %r, %r}" % (
        classes, floats(scores.ravel()), listed([int(t) for t in truth]), "true" if kind == "probabilities" else "false", float(brier), float(ece),
        float(ground), ", ".join(listed(b) for b in bins), float(area), float(best))


HEAD = """// Written by make_confidence_cases.py with NumPy %s, SciPy %s, statsmodels %s.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <vector>

// bins: clips, mean confidence, accuracy, Wilson interval of it.
struct ConfidenceCase {
  std::size_t classes;
  std::vector<float> scores;
  std::vector<std::size_t> truth;
  bool probabilities;
  double brier, ece, ece_if_calibrated;
  std::vector<std::array<double, 5>> bins;
  double aurc, best_aurc;
};

inline const std::vector<ConfidenceCase>& confidence_cases() {
  static const std::vector<ConfidenceCase> kCases = {
"""
rows = [case(7, 3, "probabilities"), case(164, 3, "probabilities"), case(90, 5, "scores"), case(130, 3, "tied")]
text = HEAD % (numpy.__version__, scipy.__version__, statsmodels.__version__)
text += "".join("      %s,\n" % row for row in rows) + "  };\n  return kCases;\n}\n"
pathlib.Path(__file__).with_name("confidence_cases.h").write_text(text)
