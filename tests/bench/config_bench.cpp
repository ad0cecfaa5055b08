// What loading an experiment costs: every check of a long one, with a model a line, against an invented
// vocabulary. The reference arm reads the file's bytes.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include "harness/config/load.h"
#include "harness/core/files.h"

namespace mexbench::config {
namespace {

Vocabulary vocabulary() {
  Vocabulary out;
  out.models["ststnet"].params = {"three shallow streams",
                                  {defaulted("out_channels", integer({.minimum = 2}), 3, "number of classes"),
                                   defaulted("dropout", number({.minimum = 0, .maximum = 1}), 0.5, "share of units dropped")},
                                  {}};
  out.adapters["synth"] = {.options = {"made up", {defaulted("subjects", integer({.minimum = 2}), 12, "people")}, {}},
                           .needs_root = false,
                           .label_maps = {"synth"}};
  out.protocols = protocol_schemas();
  return out;
}

// An experiment file that goes away with the benchmark.
class File {
 public:
  explicit File(std::int64_t models)
      : path_(std::filesystem::temp_directory_path() / fmt::format("mexbench-config-bench-{}.yaml", ::getpid())) {
    std::string text =
        "schema_version: 1\nname: long\ndataset: {adapter: synth, label_map: synth}\nprotocol: {name: loso}\n"
        "train: {epochs: 800, batch_size: 256, optimizer: {name: adam, lr: 1.0e-3}}\nseeds: [0, 1, 2]\nmodels:\n";
    for (std::int64_t i = 0; i < models; ++i)
      text += fmt::format("  - {{label: m{}, name: ststnet, params: {{dropout: 0.{}}}}}\n", i, i % 9);
    written_ = core::write_file_atomic(path_, text).ok();
  }
  ~File() {
    std::error_code failure;
    std::filesystem::remove(path_, failure);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool written() const { return written_; }

 private:
  std::filesystem::path path_;
  bool written_ = false;
};

void read_reference(benchmark::State& state) {
  const File file(state.range(0));
  if (!file.written()) state.SkipWithError("the experiment can't be written");
  for (auto _ : state) benchmark::DoNotOptimize(core::read_file(file.path()));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(read_reference)->Arg(1)->Arg(300)->Unit(benchmark::kMillisecond);

void load(benchmark::State& state) {
  const File file(state.range(0));
  const Vocabulary words = vocabulary();
  for (auto _ : state) {
    auto loaded = load_experiment(file.path(), {}, words);
    if (!loaded || static_cast<std::int64_t>(loaded->spec.models.size()) != state.range(0)) {
      state.SkipWithError(loaded ? "not every model was read" : loaded.error().message().c_str());
      break;
    }
    benchmark::DoNotOptimize(loaded);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}
BENCHMARK(load)->Arg(1)->Arg(300)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mexbench::config
