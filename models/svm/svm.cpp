#include "models/svm/svm.h"

#include <fmt/format.h>
#include <libsvm/svm.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <utility>

#include "harness/eval/metrics.h"

namespace mexbench::models {
namespace {

using core::Error;
using core::ErrorCode;

// Eight sums side by side: the compiler may compute them at once without changing a bit.
double dot(std::span<const double> a, std::span<const double> b) {
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double kernel_value(Kernel kernel, const SvmPoint& point, double xy, double xx, double yy) {
  switch (kernel) {
    case Kernel::kLinear:
      return xy;
    case Kernel::kPolynomial:
      return std::pow(point.gamma * xy + point.coef0, static_cast<double>(point.degree));
    case Kernel::kRbf:
      break;
  }
  return std::exp(-point.gamma * (xx + yy - 2.0 * xy));
}

struct Scaler {
  std::vector<double> offset;
  std::vector<double> factor;

  [[nodiscard]] std::vector<double> apply(std::span<const double> features) const {
    std::vector<double> out(features.size());
    for (std::size_t f = 0; f < out.size(); ++f) out[f] = (features[f] - offset[f]) * factor[f];
    return out;
  }
};

Scaler fit_scaler(Scaling scaling, const Matrix& features, std::span<const std::int64_t> rows) {
  const auto columns = static_cast<std::size_t>(features.columns);
  Scaler out{.offset = std::vector<double>(columns, 0.0), .factor = std::vector<double>(columns, 1.0)};
  if (scaling == Scaling::kNone) return out;
  const auto clips = static_cast<double>(rows.size());
  if (scaling == Scaling::kMinMax) {
    std::vector<double> greatest(columns, -std::numeric_limits<double>::infinity());
    std::fill(out.offset.begin(), out.offset.end(), std::numeric_limits<double>::infinity());
    for (const std::int64_t row : rows) {
      const std::span<const double> clip = features.row(row);
      for (std::size_t f = 0; f < columns; ++f) {
        out.offset[f] = std::min(out.offset[f], clip[f]);
        greatest[f] = std::max(greatest[f], clip[f]);
      }
    }
    for (std::size_t f = 0; f < columns; ++f) {
      if (greatest[f] > out.offset[f]) out.factor[f] = 1.0 / (greatest[f] - out.offset[f]);
    }
    return out;
  }
  for (const std::int64_t row : rows) {
    const std::span<const double> clip = features.row(row);
    for (std::size_t f = 0; f < columns; ++f) out.offset[f] += clip[f] / clips;
  }
  std::vector<double> variance(columns, 0.0);
  for (const std::int64_t row : rows) {
    const std::span<const double> clip = features.row(row);
    for (std::size_t f = 0; f < columns; ++f) variance[f] += (clip[f] - out.offset[f]) * (clip[f] - out.offset[f]) / clips;
  }
  for (std::size_t f = 0; f < columns; ++f) {
    // Rounding alone makes a constant feature vary that much.
    const double noise = clips * std::abs(out.offset[f]) * std::numeric_limits<double>::epsilon();
    if (variance[f] > noise * noise) out.factor[f] = 1.0 / std::sqrt(variance[f]);
  }
  return out;
}

// Training clips in the order that libsvm is given them: by class, so that its labels ascend whatever the order of the clips.
struct Training {
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> classes;
  std::vector<std::int64_t> labels;  // ascending
  Scaler scaler;
  Matrix scaled;
  std::vector<double> products;  // rows x rows, of the scaled features
  double variance = 0.0;         // of all scaled numbers
};

double variance_of(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / count;
  double out = 0.0;
  for (const double value : values) out += (value - mean) * (value - mean) / count;
  return out;
}

Training prepare(const SvmOptions& options, const Matrix& features, std::span<const std::int64_t> classes_of_clips,
                 std::vector<std::int64_t> rows) {
  Training out;
  out.rows = std::move(rows);
  std::stable_sort(out.rows.begin(), out.rows.end(), [&](std::int64_t a, std::int64_t b) {
    return classes_of_clips[static_cast<std::size_t>(a)] < classes_of_clips[static_cast<std::size_t>(b)];
  });
  for (const std::int64_t row : out.rows) {
    out.classes.push_back(classes_of_clips[static_cast<std::size_t>(row)]);
    if (out.labels.empty() || out.labels.back() != out.classes.back()) out.labels.push_back(out.classes.back());
  }
  out.scaler = fit_scaler(options.scaling, features, out.rows);
  const auto clips = static_cast<std::int64_t>(out.rows.size());
  out.scaled = Matrix(clips, features.columns);
  for (std::int64_t i = 0; i < clips; ++i) {
    const std::vector<double> row = out.scaler.apply(features.row(out.rows[static_cast<std::size_t>(i)]));
    std::copy(row.begin(), row.end(), out.scaled.row(i).begin());
  }
  out.products.resize(static_cast<std::size_t>(clips * clips));
  for (std::int64_t i = 0; i < clips; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      const double product = dot(out.scaled.row(i), out.scaled.row(j));
      out.products[static_cast<std::size_t>(i * clips + j)] = product;
      out.products[static_cast<std::size_t>(j * clips + i)] = product;
    }
  }
  out.variance = variance_of(out.scaled.values);
  return out;
}

SvmPoint resolved(SvmPoint point, const Training& training) {
  if (point.gamma == 0.0) {
    const double spread = static_cast<double>(training.scaled.columns) * training.variance;
    point.gamma = spread > 0.0 ? 1.0 / spread : 1.0;
  }
  return point;
}

// libsvm's input for a kernel that is given as numbers: each node list is (0, serial number), (1, K(i, 1)), (2, K(i, 2)), ..
class Problem {
 public:
  Problem(const SvmOptions& options, const SvmPoint& point, const Training& training) {
    const std::size_t clips = training.rows.size();
    nodes_.resize(clips * (clips + 2));
    for (std::size_t i = 0; i < clips; ++i) {
      svm_node* const list = &nodes_[i * (clips + 2)];
      list[0] = {.index = 0, .value = static_cast<double>(i + 1)};
      for (std::size_t j = 0; j < clips; ++j) {
        const auto product = [&](std::size_t a, std::size_t b) { return training.products[a * clips + b]; };
        list[j + 1] = {.index = static_cast<int>(j + 1),
                       .value = kernel_value(options.kernel, point, product(i, j), product(i, i), product(j, j))};
      }
      list[clips + 1] = {.index = -1, .value = 0.0};
      rows_.push_back(list);
      targets_.push_back(static_cast<double>(training.classes[i]));
    }
  }

  [[nodiscard]] svm_problem get() { return {.l = static_cast<int>(rows_.size()), .y = targets_.data(), .x = rows_.data()}; }

 private:
  std::vector<svm_node> nodes_;
  std::vector<svm_node*> rows_;
  std::vector<double> targets_;
};

void no_output(const char*) {}

Svm train(const SvmOptions& options, const SvmPoint& given, const Training& training, std::int64_t classes) {
  Svm out;
  out.kernel = options.kernel;
  out.point = resolved(given, training);
  out.classes = classes;
  out.labels = training.labels;
  out.offset = training.scaler.offset;
  out.factor = training.scaler.factor;
  out.counts.assign(out.labels.size(), 0);
  out.vectors = Matrix(0, training.scaled.columns);
  if (out.labels.size() < 2) return out;  // one class: there is no pair to be told apart

  std::vector<int> weighted;
  std::vector<double> weights;
  for (const std::int64_t label : out.labels) {
    const auto clips = static_cast<double>(std::count(training.classes.begin(), training.classes.end(), label));
    weighted.push_back(static_cast<int>(label));
    weights.push_back(static_cast<double>(training.classes.size()) / (static_cast<double>(out.labels.size()) * clips));
  }
  constexpr double kCacheMegabytes = 100.0;
  svm_parameter parameter{};
  parameter.svm_type = C_SVC;
  parameter.kernel_type = PRECOMPUTED;
  parameter.cache_size = kCacheMegabytes;
  parameter.eps = options.tolerance;
  parameter.C = out.point.c;
  parameter.shrinking = 1;
  if (options.balanced) {
    parameter.nr_weight = static_cast<int>(weights.size());
    parameter.weight_label = weighted.data();
    parameter.weight = weights.data();
  }
  Problem problem(options, out.point, training);
  const svm_problem input = problem.get();
  svm_set_print_string_function(no_output);
  const std::unique_ptr<svm_model, void (*)(svm_model*)> model(svm_train(&input, &parameter),
                                                               [](svm_model* fitted) { svm_free_and_destroy_model(&fitted); });

  out.vectors = Matrix(model->l, training.scaled.columns);
  for (int i = 0; i < model->l; ++i) {
    const std::span<const double> vector = training.scaled.row(model->sv_indices[i] - 1);
    std::copy(vector.begin(), vector.end(), out.vectors.row(i).begin());
  }
  for (std::size_t k = 0; k < out.labels.size(); ++k) {
    out.counts[k] = model->nSV[k];
    if (k > 0) out.coefficients.insert(out.coefficients.end(), model->sv_coef[k - 1], model->sv_coef[k - 1] + model->l);
  }
  out.rho.assign(model->rho, model->rho + out.labels.size() * (out.labels.size() - 1) / 2);
  return out;
}

double pooled(SvmOptions::Metric metric, const eval::Confusion& confusion) {
  std::vector<std::string> names(confusion.size());
  for (std::size_t c = 0; c < names.size(); ++c) names[c] = std::to_string(c);
  const eval::ScopeMetrics metrics = eval::metrics_of(confusion, names, /*subjects=*/0);
  const eval::Figure& figure = metric == SvmOptions::Metric::kUf1 ? metrics.uf1_defined_classes : metrics.uar_defined_classes;
  return figure.value.value_or(0.0);
}

std::vector<double> inner_scores(const SvmOptions& options, const Matrix& features, std::span<const std::int64_t> classes_of_clips,
                                 std::int64_t classes, std::span<const std::int32_t> subjects) {
  const std::vector<std::int64_t> folds = inner_fold_of_clips(subjects, options.inner_folds);
  const auto size = static_cast<std::size_t>(classes);
  std::vector<eval::Confusion> confusions(options.points.size(), eval::Confusion(size, std::vector<std::int64_t>(size, 0)));
  for (std::int64_t fold = 0; fold <= *std::max_element(folds.begin(), folds.end()); ++fold) {
    std::vector<std::int64_t> inside;
    std::vector<std::int64_t> held;
    for (std::size_t i = 0; i < folds.size(); ++i) (folds[i] == fold ? held : inside).push_back(static_cast<std::int64_t>(i));
    const Training training = prepare(options, features, classes_of_clips, std::move(inside));
    for (std::size_t p = 0; p < options.points.size(); ++p) {
      const Svm svm = train(options, options.points[p], training, classes);
      for (const std::int64_t clip : held) {
        const std::vector<double> scores = svm.scores(features.row(clip));
        const auto guess = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
        ++confusions[p][static_cast<std::size_t>(classes_of_clips[static_cast<std::size_t>(clip)])][guess];
      }
    }
  }
  std::vector<double> out;
  for (const eval::Confusion& confusion : confusions) out.push_back(pooled(options.metric, confusion));
  return out;
}

std::vector<double> numbers(const nlohmann::json& one_or_more) {
  return one_or_more.is_array() ? one_or_more.get<std::vector<double>>() : std::vector<double>{one_or_more.get<double>()};
}

}  // namespace

SvmOptions svm_options(const nlohmann::json& params) {
  SvmOptions out;
  const std::string kernel = params.at("kernel");
  out.kernel = kernel == "linear" ? Kernel::kLinear : kernel == "polynomial" ? Kernel::kPolynomial : Kernel::kRbf;
  const std::string scaling = params.at("scaling");
  out.scaling = scaling == "none" ? Scaling::kNone : scaling == "standardise" ? Scaling::kStandardise : Scaling::kMinMax;
  out.balanced = params.at("class_weights") == "balanced";
  out.metric = params.at("select_by") == "uf1" ? SvmOptions::Metric::kUf1 : SvmOptions::Metric::kUar;
  out.inner_folds = params.at("inner_folds");
  out.tolerance = params.at("tolerance");
  for (const double c : numbers(params.at("C"))) {
    for (const double gamma : numbers(params.at("gamma"))) {
      for (const double degree : numbers(params.at("degree"))) {
        for (const double coef0 : numbers(params.at("coef0"))) {
          out.points.push_back({.c = c, .gamma = gamma, .coef0 = coef0, .degree = static_cast<std::int64_t>(degree)});
        }
      }
    }
  }
  return out;
}

std::vector<double> Svm::decisions(std::span<const double> features) const {
  const std::vector<double> x = Scaler{offset, factor}.apply(features);
  const double xx = dot(x, x);
  std::vector<double> values(static_cast<std::size_t>(vectors.rows));
  for (std::int64_t i = 0; i < vectors.rows; ++i) {
    const std::span<const double> y = vectors.row(i);
    values[static_cast<std::size_t>(i)] = kernel_value(kernel, point, dot(x, y), xx, kernel == Kernel::kRbf ? dot(y, y) : 0.0);
  }
  std::vector<std::size_t> start(labels.size() + 1, 0);
  for (std::size_t k = 0; k < labels.size(); ++k) start[k + 1] = start[k] + static_cast<std::size_t>(counts[k]);
  std::vector<double> out;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = i + 1; j < labels.size(); ++j) {
      double sum = 0.0;
      for (std::size_t k = start[i]; k < start[i + 1]; ++k) sum += coefficients[(j - 1) * values.size() + k] * values[k];
      for (std::size_t k = start[j]; k < start[j + 1]; ++k) sum += coefficients[i * values.size() + k] * values[k];
      out.push_back(sum - rho[out.size()]);
    }
  }
  return out;
}

std::vector<double> Svm::scores(std::span<const double> features) const {
  const std::vector<double> pairs = decisions(features);
  std::vector<double> won(labels.size(), 0.0);
  std::vector<double> sum(labels.size(), 0.0);
  std::size_t pair = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = i + 1; j < labels.size(); ++j, ++pair) {
      won[pairs[pair] >= 0.0 ? i : j] += 1.0;
      sum[i] += pairs[pair];
      sum[j] -= pairs[pair];
    }
  }
  std::vector<double> out(static_cast<std::size_t>(classes), -1.0);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    out[static_cast<std::size_t>(labels[k])] = won[k] + sum[k] / (3.0 * (std::abs(sum[k]) + 1.0));
  }
  return out;
}

std::vector<std::int64_t> inner_fold_of_clips(std::span<const std::int32_t> subjects, std::int64_t folds) {
  std::vector<std::int32_t> order;
  std::map<std::int32_t, std::int64_t> clips;
  for (const std::int32_t subject : subjects) {
    if (clips[subject]++ == 0) order.push_back(subject);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return clips[a] > clips[b]; });
  std::vector<std::int64_t> size(std::min(static_cast<std::size_t>(folds), order.size()), 0);
  std::map<std::int32_t, std::int64_t> fold_of;
  for (const std::int32_t subject : order) {
    const auto fewest = std::min_element(size.begin(), size.end());
    *fewest += clips[subject];
    fold_of[subject] = fewest - size.begin();
  }
  std::vector<std::int64_t> out;
  for (const std::int32_t subject : subjects) out.push_back(fold_of[subject]);
  return out;
}

core::Result<Svm> fit_svm(const SvmOptions& options, const Matrix& features, std::span<const std::int64_t> classes_of_clips,
                          std::int64_t classes, std::span<const std::int32_t> subjects) {
  if (features.rows == 0) return Error(ErrorCode::kUsage, "no training clips");
  if (!std::all_of(features.values.begin(), features.values.end(), [](double value) { return std::isfinite(value); })) {
    return Error(ErrorCode::kFailed, "the features of the training clips are not all finite numbers");
  }
  std::vector<double> scores;
  std::size_t best = 0;
  if (options.points.size() > 1) {
    if (subjects.size() != classes_of_clips.size()) {
      return Error(ErrorCode::kUsage, "hyper-parameters are to be chosen on inner subjects, but the subjects of the clips are not known");
    }
    if (std::all_of(subjects.begin(), subjects.end(), [&](std::int32_t subject) { return subject == subjects[0]; })) {
      return Error(ErrorCode::kUsage, "hyper-parameters are to be chosen on inner subjects, but all training clips are of one subject")
          .hint("give C, gamma, degree and coef0 one value each");
    }
    scores = inner_scores(options, features, classes_of_clips, classes, subjects);
    best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  }
  std::vector<std::int64_t> rows(static_cast<std::size_t>(features.rows));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  Svm out = train(options, options.points[best], prepare(options, features, classes_of_clips, std::move(rows)), classes);
  out.inner_scores = std::move(scores);
  return out;
}

}  // namespace mexbench::models
