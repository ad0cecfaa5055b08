// Written by make_best_of_epochs.py with Python 3.11.2.
// clang-format off
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

// Mean and standard deviation of UF1, UAR and accuracy of the best of `epochs`.
struct BestCase {
  std::int64_t epochs;
  double uf1, uf1_deviation, uar, uar_deviation, accuracy, accuracy_deviation;
};

// Clips and shares of each subject.
inline const std::vector<std::pair<std::vector<std::int64_t>, std::vector<double>>>& best_subjects() {
  static const std::vector<std::pair<std::vector<std::int64_t>, std::vector<double>>> kSubjects = {
    {{2, 1, 1}, {0.5, 0.2, 0.3}}, {{1, 0, 2}, {0.6, 0.25, 0.15}}, {{0, 2, 0}, {0.3333333333333333, 0.3333333333333333, 0.3333333333333333}}};
  return kSubjects;
}

inline const std::vector<BestCase>& best_cases() {
  static const std::vector<BestCase> kCases = {
    {1, 0.3092514549023638, 0.15078024576604, 0.340740740740741, 0.14946176869615543, 0.340740740740741, 0.14946176869615552},
    {2, 0.4445118947364603, 0.14621294769139112, 0.4756880198902603, 0.13588847840425394, 0.47568801989026044, 0.13588847840425383},
    {3, 0.5208582275517057, 0.13859912528569493, 0.5482374309399833, 0.12605243378004402, 0.5482374309399834, 0.1260524337800438},
  };
  return kCases;
}
