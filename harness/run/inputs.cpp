#include "harness/run/inputs.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "harness/core/console.h"
#include "harness/run/progress.h"

namespace mexbench::run {

core::Result<nlohmann::json> compute_inputs(WorkerProcess& worker, const FoldTasks& tasks, std::size_t threads,
                                            const std::optional<CacheOptions>& cache, const InterruptGuard& interrupt) {
  nlohmann::json request = tasks.prepare_request(threads);
  if (cache) request["cache"] = {{"folder", cache->folder.string()}, {"limit", cache->limit}};
  InputProgress progress(stderr);
  MEXBENCH_ASSIGN(nlohmann::json done,
                  worker.call(request, interrupt, [&](std::size_t finished, std::size_t total) { progress.step(finished, total); }));
  if (done.contains("cache_problem"))
    core::tell(fmt::format("warning: the cache is not used: {}\n", done.at("cache_problem").get<std::string>()));
  return done;
}

}  // namespace mexbench::run
