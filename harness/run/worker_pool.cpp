#include "harness/run/worker_pool.h"

#include <poll.h>

#include <algorithm>
#include <vector>

#include "harness/run/messages.h"

namespace mexbench::run {
namespace {

using core::Error;
using nlohmann::json;

struct Slot {
  std::optional<WorkerProcess> process;
  std::optional<std::size_t> job;
  bool broken = false;  // no process could be started for it
};

class Pool {
 public:
  Pool(const WorkerSetup& setup, std::size_t count, std::size_t workers, const PoolCallbacks& callbacks)
      : setup_(setup), count_(count), callbacks_(callbacks), slots_(workers) {}

  core::Result<bool> run(const InterruptGuard& interrupt) {
    for (;;) {
      for (std::size_t worker = 0; worker < slots_.size(); ++worker) MEXBENCH_TRY(feed(worker));
      std::vector<pollfd> watched{{.fd = interrupt.descriptor(), .events = POLLIN, .revents = 0}};
      std::vector<std::size_t> owners{0};
      for (std::size_t worker = 0; worker < slots_.size(); ++worker) {
        if (!slots_[worker].job) continue;
        watched.push_back({.fd = slots_[worker].process->channel().descriptor(), .events = POLLIN, .revents = 0});
        owners.push_back(worker);
      }
      if (watched.size() == 1) return true;  // nothing open, nothing left
      constexpr int kTickMilliseconds = 200;
      ::poll(watched.data(), watched.size(), kTickMilliseconds);
      if (interrupt.requested()) return false;
      for (std::size_t i = 1; i < watched.size(); ++i) {
        if (watched[i].revents != 0) listen(owners[i]);
      }
      callbacks_.tick();
    }
  }

 private:
  // Gives the worker its next job, if it is idle and one is left.
  core::Status feed(std::size_t worker) {
    Slot& slot = slots_[worker];
    while (!slot.job && !slot.broken && next_ < count_) {
      const std::size_t job = next_++;
      auto request = callbacks_.request(worker, job);
      if (!request) {
        callbacks_.failed(worker, job, request.error());
        continue;
      }
      if (!*request) continue;
      slot.job = job;
      // An idle process may have died since its last job; a fresh one takes over then.
      if (slot.process && slot.process->channel().send(**request).ok()) break;
      slot.process.reset();
      auto started = WorkerProcess::start(setup_.program, setup_.tensor, setup_.memory);
      if (!started) {
        slot.broken = true;
        end_job(worker, started.error());
        const bool none_left = std::all_of(slots_.begin(), slots_.end(), [](const Slot& one) { return one.broken; });
        if (none_left) return std::move(started).error();
        break;
      }
      slot.process.emplace(std::move(*started));
      if (!slot.process->channel().send(**request).ok()) lose(worker);
    }
    return {};
  }

  void listen(std::size_t worker) {
    Slot& slot = slots_[worker];
    const bool open = slot.process->channel().fill();
    while (slot.job) {
      auto message = slot.process->channel().next_buffered();
      if (!message) {
        end_job(worker, message.error());
        slot.process.reset();
        return;
      }
      if (!*message) break;
      handle(worker, **message);
    }
    if (!open && slot.process) lose(worker);
  }

  void handle(std::size_t worker, const json& message) {
    Slot& slot = slots_[worker];
    const std::string type = message.at("type");
    if (type == "failed") {
      end_job(worker, error_from_message(message));
    } else if (type == "done") {
      const std::size_t job = *slot.job;
      core::Status status = callbacks_.done(worker, job, message);
      slot.job.reset();
      if (!status) callbacks_.failed(worker, job, status.error());
    } else if (const core::Status status = callbacks_.message(worker, *slot.job, message); !status) {
      end_job(worker, status.error());
      slot.process.reset();  // it still works on that job
    }
  }

  // The process is gone; its job failed, the slot gets a new process with its next job.
  void lose(std::size_t worker) {
    Slot& slot = slots_[worker];
    const std::string how = slot.process->ending();
    slot.process.reset();
    if (slot.job) end_job(worker, Error(core::ErrorCode::kFailed, how));
  }

  void end_job(std::size_t worker, const Error& error) {
    const std::size_t job = *slots_[worker].job;
    slots_[worker].job.reset();
    callbacks_.failed(worker, job, error);
  }

  const WorkerSetup& setup_;
  std::size_t count_;
  const PoolCallbacks& callbacks_;
  std::vector<Slot> slots_;
  std::size_t next_ = 0;
};

}  // namespace

core::Result<bool> run_pool(const WorkerSetup& setup, std::size_t count, std::size_t workers, const PoolCallbacks& callbacks,
                            const InterruptGuard& interrupt) {
  return Pool(setup, count, workers, callbacks).run(interrupt);
}

}  // namespace mexbench::run
