#!/usr/bin/env python3
"""Writes rank_cases.h: what SciPy, statsmodels and plain enumeration say about small made-up differences and score tables.

    apt-get install python3-scipy python3-statsmodels
    /usr/bin/python3 tests/data/statistics/make_rank_cases.py

Differences are multiples of 1/64, so that ties are exact for SciPy too. SciPy has no exact distribution with ties or zeros: those p-values
come from all 2^m signs, in fractions.
"""
import itertools
import pathlib

import numpy
import scipy
import scipy.stats
import statsmodels
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

random = numpy.random.default_rng(20260)


def number(value):
    return repr(float(value))


def numbers(values):
    return "{" + ", ".join(number(v) for v in values) + "}"


def ranks_and_signs(differences, pratt):
    kept = [d for d in differences if pratt or d != 0]
    ranks = scipy.stats.rankdata(numpy.abs(kept))
    return [(r, d > 0) for r, d in zip(ranks, kept) if d != 0]


def enumerated(differences, pratt):
    pairs = ranks_and_signs(differences, pratt)
    plus = sum(r for r, positive in pairs if positive)
    minus = sum(r for r, positive in pairs if not positive)
    low = sum(1 for signs in itertools.product([0, 1], repeat=len(pairs)) if sum(s * r for s, (r, _) in zip(signs, pairs)) <= min(plus, minus))
    return plus, minus, min(1.0, 2 * low / 2 ** len(pairs))


def wilcoxon_cases():
    out = []
    for n in (1, 3, 8, 25, 50):  # no ties: distinct magnitudes
        magnitudes = random.permutation(numpy.arange(1, 4 * n))[:n]
        d = magnitudes * random.choice([-1, 1], n, p=[0.3, 0.7])
        pairs = ranks_and_signs(d, False)
        out.append((d, 0, 50, sum(r for r, s in pairs if s), sum(r for r, s in pairs if not s), scipy.stats.wilcoxon(d, mode="exact").pvalue))
    for n in (12, 30, 60, 90):  # ties and zeros, normal
        d = random.integers(-5, 9, n)
        for pratt in (0, 1):
            pairs = ranks_and_signs(d, pratt)
            p = scipy.stats.wilcoxon(d, zero_method="pratt" if pratt else "wilcox", correction=False, mode="approx").pvalue
            out.append((d, pratt, 0, sum(r for r, s in pairs if s), sum(r for r, s in pairs if not s), p))
    for n in (4, 9, 14):  # ties and zeros, every choice of signs
        d = random.integers(-3, 5, n)
        for pratt in (0, 1):
            out.append((d, pratt, 50, *enumerated(d, pratt)))
    return ["{%s, %d, %d, %s, %s, %s}" % (numbers(numpy.array(d) / 64), pratt, exact, number(plus), number(minus), number(p))
            for d, pratt, exact, plus, minus, p in out]


def friedman_cases():
    out = []
    for blocks, models, levels in ((5, 3, 1000), (12, 4, 6), (30, 7, 4), (68, 5, 20)):
        table = random.integers(0, levels, (blocks, models)) + numpy.arange(models) * levels / 12.0
        table = numpy.floor(table) / 64
        chi, p = scipy.stats.friedmanchisquare(*table.T)
        f = (blocks - 1) * chi / (blocks * (models - 1) - chi)
        fp = scipy.stats.f.sf(f, models - 1, (models - 1) * (blocks - 1))
        ranks = numpy.mean([scipy.stats.rankdata(-row) for row in table], axis=0)
        pairs = list(itertools.combinations(range(models), 2))
        raw = []
        for a, b in pairs:
            d = table[:, a] - table[:, b]
            used = int(numpy.count_nonzero(d))
            if used == 0:
                raw.append(1.0)
            elif used <= 14:
                raw.append(enumerated(d, False)[2])
            elif used <= 50 and len(set(numpy.abs(d[d != 0]))) == used:
                raw.append(scipy.stats.wilcoxon(d[d != 0], mode="exact").pvalue)
            elif used <= 50:
                raw.append(float("nan"))  # too many signs to enumerate, and SciPy has no exact distribution with ties
            else:
                raw.append(scipy.stats.wilcoxon(d, zero_method="wilcox", correction=False, mode="approx").pvalue)
        adjusted = [] if any(numpy.isnan(raw)) else multipletests(raw, method="holm")[1]
        rows = ", ".join(numbers(row) for row in table)
        out.append("{{%s}, %s, %s, %s, %s, %s, %s}" % (rows, numbers(ranks), number(chi), number(p), number(f), number(fp), numbers(adjusted)))
    return out


def holm_cases():
    families = [[0.04], [0.01, 0.04, 0.03, 0.005], [0.2, 0.2, 0.9, 1.0, 0.0], list(numpy.round(random.beta(0.3, 1, 21), 6))]
    return ["{%s, %s}" % (numbers(f), numbers(multipletests(f, method="holm")[1])) for f in families]


def mcnemar_cases():
    out = []
    for b, c in ((1, 0), (3, 9), (25, 11), (60, 61), (140, 90)):
        table = [[50, b], [c, 20]]
        corrected = mcnemar(table, exact=False, correction=True)
        out.append("{%d, %d, %s, %s, %s}" % (b, c, number(mcnemar(table, exact=True).pvalue), number(corrected.statistic), number(corrected.pvalue)))
    return out


def bayesian_cases(draws=400000):
    out = []
    for n, shift, spread, rope, strength in ((5, 0.02, 0.05, 0.01, 0.5), (24, 0.01, 0.03, 0.01, 0.5), (68, 0.012, 0.06, 0.02, 0.5), (68, -0.01, 0.05, 0.005, 2.0)):
        d = numpy.round(random.normal(shift, spread, n) * 4096) / 4096
        z = numpy.append(0.0, d)
        sums = z[:, None] + z[None, :]
        left, right = (sums < -2 * rope).astype(float), (sums > 2 * rope).astype(float)
        alpha = numpy.append(strength, numpy.ones(n))
        total = alpha.sum()
        moments = (numpy.outer(alpha, alpha) + numpy.diag(alpha)) / (total * (total + 1))
        counts = numpy.zeros(3)
        for _ in range(8):
            w = random.dirichlet(alpha, draws // 8)
            shares = numpy.stack([((w @ left) * w).sum(1), numpy.zeros(len(w)), ((w @ right) * w).sum(1)], 1)
            shares[:, 1] = 1 - shares[:, 0] - shares[:, 2]
            counts += numpy.bincount(shares.argmax(1), minlength=3)
        mean = [(moments * left).sum(), 1 - (moments * left).sum() - (moments * right).sum(), (moments * right).sum()]
        out.append("{%s, %s, %s, %s, %s}" % (numbers(d), number(rope), number(strength), numbers(counts / draws), numbers(mean)))
    return out


def listed(kind, name, rows):
    body = "\n".join("      %s," % row for row in rows)
    return "inline const std::vector<%s>& %s() {\n  static const std::vector<%s> kCases = {\n%s\n  };\n  return kCases;\n}\n" % (kind, name, kind, body)


HEAD = """// Written by make_rank_cases.py with SciPy %s, statsmodels %s, NumPy %s.
// clang-format off
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

// exact_up_to 0: the normal approximation.
struct WilcoxonCase {
  std::vector<double> differences;
  int pratt;
  std::size_t exact_up_to;
  double positive, negative, p;
};

// adjusted: of all pairs (0, 1), (0, 2), ... by Wilcoxon and Holm; empty where no tool has the exact distribution.
struct FriedmanCase {
  std::vector<std::vector<double>> blocks;
  std::vector<double> average_ranks;
  double chi_squared, chi_squared_p, f, f_p;
  std::vector<double> adjusted;
};

struct HolmCase {
  std::vector<double> raw, adjusted;
};

struct McNemarCase {
  std::int64_t only_first, only_second;
  double exact_p, chi_squared, chi_squared_p;
};

// Shares of left, rope, right as the largest over kBayesianDraws draws, and their exact posterior means.
struct BayesianCase {
  std::vector<double> differences;
  double rope, strength;
  std::array<double, 3> probability, mean;
};
inline constexpr double kBayesianDraws = 400000;

"""

text = HEAD % (scipy.__version__, statsmodels.__version__, numpy.__version__)
text += "\n".join([
    listed("WilcoxonCase", "wilcoxon_cases", wilcoxon_cases()),
    listed("FriedmanCase", "friedman_cases", friedman_cases()),
    listed("HolmCase", "holm_cases", holm_cases()),
    listed("McNemarCase", "mcnemar_cases", mcnemar_cases()),
    listed("BayesianCase", "bayesian_cases", bayesian_cases()),
])
pathlib.Path(__file__).with_name("rank_cases.h").write_text(text)
