#!/usr/bin/env python3
"""Writes reference_cases.h: made-up counts with the figures that plain loops in Python and NumPy give for them.

    /usr/bin/python3 tests/data/statistics/make_reference.py

Nothing here shares code with harness/stats. The random streams are written down again from their papers (SplitMix64, xoshiro256++) and
from the words of harness/core/random.h, so that draws can be compared one by one. Swaps are enumerated by itertools.
"""
import hashlib
import itertools
import math
import pathlib
import random

import numpy as np

DRAWS = 700
SWAPS = 100
MASK = (1 << 64) - 1


class Stream:
    def __init__(self, fold, purpose):
        digest = hashlib.sha256(b"".join(f"{len(t)}:{t}".encode() for t in ("0", fold, purpose))).digest()
        seed = int.from_bytes(digest[:8], "big")
        self.state = []
        for _ in range(4):
            seed = (seed + 0x9E3779B97F4A7C15) & MASK
            z = seed
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(z ^ (z >> 31))

    def next(self):
        def rotate(x, k):
            return ((x << k) | (x >> (64 - k))) & MASK

        s = self.state
        result = (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def below(self, bound):
        rejected = ((1 << 64) - bound) % bound
        while True:
            value = self.next()
            if value >= rejected:
                return value % bound


def pooled(table):
    """UF1, UAR, accuracy and each class's F1 of a K x K table."""
    f1 = [2 * table[c, c] / (table[c].sum() + table[:, c].sum()) for c in range(len(table))]
    recall = [table[c, c] / table[c].sum() for c in range(len(table))]
    return np.array([np.mean(f1), np.mean(recall), np.trace(table) / table.sum()] + f1)


def score(model, weights):
    """`model` is [seed][subject][truth][prediction]."""
    return np.mean([pooled(np.tensordot(weights, seed, axes=1)) for seed in model], axis=0)


def jackknife(strata, statistic):
    subjects = len(strata)
    variance = 0.0
    for stratum in sorted(set(strata)):
        own = [s for s in range(subjects) if strata[s] == stratum]
        n = len(own)
        without = []
        for left_out in own:
            weights = np.ones(subjects)
            weights[own] = n / (n - 1)
            weights[left_out] = 0
            without.append(statistic(weights))
        without = np.array(without)
        variance = variance + (n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    return np.sqrt(variance)


def bootstrap(strata, statistic):
    subjects = len(strata)
    weights = np.zeros((DRAWS, subjects))
    for stratum in sorted(set(strata)):
        own = [s for s in range(subjects) if strata[s] == stratum]
        stream = Stream(stratum, "bootstrap")
        for draw in range(DRAWS):
            for _ in own:
                weights[draw, own[stream.below(len(own))]] += 1
    values = np.array([statistic(w) for w in weights])
    low, high = np.percentile(values, [2.5, 97.5], axis=0)
    return np.stack([low, high, values.std(axis=0, ddof=1)], axis=1)


def swapped_difference(a, b, swap):
    seeds = math.lcm(len(a), len(b))
    ones = np.ones(a.shape[1])
    first, second = [], []
    for k in range(seeds):
        x, y = a[k % len(a)].copy(), b[k % len(b)].copy()
        x[swap], y[swap] = b[k % len(b)][swap], a[k % len(a)][swap]
        first.append(x)
        second.append(y)
    return (score(np.array(first), ones) - score(np.array(second), ones))[:3]


def extreme(a, b, swaps):
    observed = np.abs(swapped_difference(a, b, np.zeros(a.shape[1], dtype=bool)))
    return sum((np.abs(swapped_difference(a, b, np.array(swap, dtype=bool))) >= observed - 1e-12).astype(int) for swap in swaps)


def random_swaps(ids):
    columns = []
    for subject in ids:
        stream = Stream(subject, "swap")
        bits = []
        while len(bits) < SWAPS:
            word = stream.next()
            bits += [(word >> i) & 1 for i in range(64)]
        columns.append(bits[:SWAPS])
    return np.array(columns).T


def numbers(values):
    return "{" + ", ".join(repr(v.item() if hasattr(v, "item") else v) for v in values) + "}"


def rows(values):
    return "{" + ", ".join(numbers(row) for row in values) + "}"


def case(index, strata, seeds, classes):
    draw = random.Random(77 + index)
    subjects = len(strata)
    ids = [f"{stratum}/s{s}" for s, stratum in enumerate(strata)]
    truth = [[draw.randrange(1, 9) for _ in range(classes)] for _ in range(subjects)]
    models = []
    for m, count in enumerate(seeds):
        skill = 0.45 + 0.13 * m
        model = np.zeros((count, subjects, classes, classes), dtype=int)
        for seed, s, t in itertools.product(range(count), range(subjects), range(classes)):
            for _ in range(truth[s][t]):
                model[seed, s, t, t if draw.random() < skill else draw.randrange(classes)] += 1
        models.append(model)
    ones = np.ones(subjects)
    text = "    {{" + ", ".join(f'{{"{stratum}", "{i}"}}' for stratum, i in zip(strata, ids)) + f"}},\n     {classes},\n     {{"
    parts = []
    for model in models:
        parts.append(f"{{{len(model)},\n       {numbers(model.ravel())},\n       {numbers(score(model, ones))},\n"
                     f"       {numbers(jackknife(strata, lambda w: score(model, w)))},\n"
                     f"       {rows(bootstrap(strata, lambda w: score(model, w)))},\n"
                     f"       {rows([score(model, np.arange(subjects) != s)[:3] for s in range(subjects)])}}}")
    text += ",\n      ".join(parts) + "},\n     {"
    parts = []
    for a, b in itertools.combinations(range(len(models)), 2):
        def difference(w):
            return score(models[a], w) - score(models[b], w)
        parts.append(f"{{{a}, {b},\n       {numbers(extreme(models[a], models[b], itertools.product([0, 1], repeat=subjects)))},\n"
                     f"       {numbers(extreme(models[a], models[b], random_swaps(ids)))},\n"
                     f"       {numbers(jackknife(strata, difference))},\n       {rows(bootstrap(strata, difference))}}}")
    return text + ",\n      ".join(parts) + "}},\n"


HEAD = f"""// Written by make_reference.py with NumPy {np.__version__}.
// clang-format off
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

inline constexpr std::int64_t kReferenceDraws = {DRAWS};
inline constexpr std::int64_t kReferenceSwaps = {SWAPS};

// Statistics are UF1, UAR, accuracy, then the F1 of each class. Bootstrap rows are low, high, standard error.
struct ReferenceModel {{
  std::size_t seeds;
  std::vector<std::int32_t> counts;
  std::vector<double> scores, jackknife;
  std::vector<std::vector<double>> bootstrap, without;
}};
struct ReferencePair {{
  std::size_t first, second;
  std::vector<std::int64_t> extreme_of_all, extreme_of_some;
  std::vector<double> jackknife;
  std::vector<std::vector<double>> bootstrap;
}};
struct ReferenceCase {{
  std::vector<std::pair<std::string, std::string>> subjects;
  std::size_t classes;
  std::vector<ReferenceModel> models;
  std::vector<ReferencePair> pairs;
}};

inline const std::vector<ReferenceCase>& reference_cases() {{
  static const std::vector<ReferenceCase> kCases = {{
"""
TAIL = "  };\n  return kCases;\n}\n"
CASES = [(["casme2"] * 4 + ["samm"] * 3, [2, 3, 1], 3), (["smic"] * 8, [1, 1], 3), (["a"] * 2 + ["b"] * 2 + ["c"] * 3, [1, 2], 5)]
pathlib.Path(__file__).with_name("reference_cases.h").write_text(HEAD + "".join(case(i, *c) for i, c in enumerate(CASES)) + TAIL)
