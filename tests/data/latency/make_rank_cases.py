#!/usr/bin/env python3
"""Ranks of the order statistics that bound a percentile's 95 % interval, found by trying every rank against SciPy's binomial distribution.

    /usr/bin/python3 tests/data/latency/make_rank_cases.py > tests/data/latency/rank_cases.h

The lower one is the largest l with P(B < l) <= 0.025, the upper the smallest u with P(B >= u) <= 0.025; B is binomial (count, percent / 100).
"""

import scipy
from scipy.stats import binom

TAIL = 0.025
COUNTS = [5, 6, 7, 20, 71, 72, 73, 100, 367, 368, 1000, 3687, 3688, 20000]
PERCENTS = [50.0, 90.0, 95.0, 99.0, 99.9]


def ranks(count, percent):
    share = percent / 100.0
    low = [rank for rank in range(1, count + 1) if binom.cdf(rank - 1, count, share) <= TAIL]
    high = [rank for rank in range(1, count + 1) if binom.sf(rank - 1, count, share) <= TAIL]
    return (low[-1], high[0]) if low and high else (0, 0)


print("// Made by make_rank_cases.py with SciPy", scipy.__version__ + ". Do not edit.")
print("#pragma once\n\n#include <cstdint>\n\nnamespace mexbench::test {\n")
print("// low and high 0: there is no interval.")
print("struct RankCase {\n  std::int64_t count;\n  double percent;\n  std::int64_t low, high;\n};\n")
print("inline constexpr RankCase kRankCases[] = {")
for count in COUNTS:
    for percent in PERCENTS:
        print("    {%d, %r, %d, %d}," % ((count, percent) + ranks(count, percent)))
print("};\n\n}  // namespace mexbench::test")
