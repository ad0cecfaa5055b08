#include "harness/train/sampler.h"

#include <cassert>
#include <map>

namespace mexbench::train {

BalancedSampler::BalancedSampler(std::span<const std::int64_t> groups, core::RandomStream stream) : stream_(stream) {
  assert(!groups.empty());
  std::map<std::int64_t, std::vector<std::int64_t>> clips_of;
  for (std::size_t clip = 0; clip < groups.size(); ++clip) clips_of[groups[clip]].push_back(static_cast<std::int64_t>(clip));
  for (auto& [group, clips] : clips_of) clips_.push_back(std::move(clips));
}

void BalancedSampler::draw(std::span<std::int64_t> out) {
  for (std::int64_t& place : out) {
    const std::vector<std::int64_t>& group = clips_[stream_.below(clips_.size())];
    place = group[stream_.below(group.size())];
  }
}

}  // namespace mexbench::train
