#include "emulator/machine.h"

#include <algorithm>
#include <map>

namespace emulator {

Machine machine;

int Machine::launch(Index3 grid, Index3 block, uint32_t shared_bytes, std::function<void()> body,
                    LookglassEmulatorOptions options) {
  options_ = options, grid_ = grid, threads_ = block, shared_bytes_ = shared_bytes, body_ = std::move(body);
  random_ = options.seed, bank_conflicts = 0, error_.clear();
  lowest_ = kLeastRandom;
  resident_.clear(), queue_.clear();
  for (uint32_t i = grid.x * grid.y * grid.z; i-- > 0;) queue_.push_back(i);
  if (options.seed)
    for (uint32_t i = queue_.size(); i > 1; --i) std::swap(queue_[i - 1], queue_[random(i)]);
  const size_t residents = options.seed ? std::max(1u, options.resident_blocks) : 1;
  while (error_.empty() && (!queue_.empty() || !resident_.empty())) {
    while (!queue_.empty() && resident_.size() < residents) admit_block();
    step();
  }
  return error_.empty() ? 0 : 1;
}

// Runs the most urgent warp to its next rendezvous. Random priorities, and now and then a warp that becomes
// the least urgent of all, let one lag far behind the others, which uniform choices hardly ever do
// (Burckhardt et al. 2010, PCT).
void Machine::step() {
  size_t at = 0;
  int chosen = -1;
  for (size_t i = 0; i < resident_.size(); ++i)
    for (size_t w = 0; w < resident_[i]->warps.size(); ++w) {
      const Warp& warp = resident_[i]->warps[w];
      if (!warp.ready || (chosen >= 0 && warp.priority <= resident_[at]->warps[chosen].priority)) continue;
      at = i, chosen = static_cast<int>(w);
    }
  Block& block = *resident_[at];
  run_warp(block, chosen);
  if (options_.seed && random(256) == 0) block.warps[chosen].priority = --lowest_;
  for (const Warp& warp : block.warps)
    if (warp.ready || !error_.empty()) return;
  if (block.live) return settle_block(block);
  spare_.push_back(std::move(resident_[at]));
  resident_.erase(resident_.begin() + static_cast<long>(at));
}

void Machine::admit_block() {
  if (spare_.empty()) spare_.push_back(std::make_unique<Block>());
  resident_.push_back(std::move(spare_.back()));
  spare_.pop_back();
  arm(*resident_.back(), index_of(queue_.back(), grid_));
  queue_.pop_back();
}

void Machine::arm(Block& block, Index3 id) {
  const uint32_t count = threads_.x * threads_.y * threads_.z;
  block.id = id, block.epoch = 0, block.live = count, block.tickets = 0;
  block.shared.reset(shared_bytes_);
  block.lanes.resize(count);
  block.warps.resize((count + 31) / 32);
  for (uint32_t i = 0; i < count; ++i) {
    Lane& lane = block.lanes[i];
    lane.state = State::kReady, lane.id = index_of(i, threads_);
    lane.copies.clear(), lane.unfenced = false, lane.fenced = 0;
    lane.fiber.start(entry);
  }
  for (size_t i = 0; i < block.warps.size(); ++i) {
    block.warps[i].ready = true;
    block.warps[i].priority =
        options_.seed ? kLeastRandom + random(1 << 20) : static_cast<uint32_t>(block.warps.size() - i);
  }
}

void Machine::entry() {
  machine.body_();
  Lane& lane = machine.lane();
  if (!lane.copies.empty()) machine.fail("thread ended with asynchronous copies in flight");
  --machine.block().live;
  machine.wait(State::kDone, 0);
}

void Machine::run_warp(Block& block, int warp) {
  const int end = std::min<int>(warp * 32 + 32, block.lanes.size());
  for (int i = warp * 32; i < end && error_.empty(); ++i) {
    if (block.lanes[i].state != State::kReady) continue;
    block_ = &block, lane_ = i;
    block.lanes[i].fiber.resume();
  }
  block.warps[warp].ready = false;
  if (error_.empty()) settle_warp(block, warp);
}

void Machine::settle_warp(Block& block, int warp) {
  const int begin = warp * 32, end = std::min<int>(begin + 32, block.lanes.size());
  const Lane& first = block.lanes[begin];
  int waiting = 0;
  for (int i = begin; i < end; ++i) waiting += block.lanes[i].state == State::kCollective;
  if (!waiting) return;
  for (int i = begin; i < end; ++i) {
    const Lane& lane = block.lanes[i];
    if (lane.state != State::kCollective || lane.site != first.site || end - begin != 32)
      return report(block, i, "divergent warp collective");
  }
  block.warps[warp].resolve(block.warps[warp]);
  ++block.warps[warp].phase;
  block.warps[warp].ready = true;
  for (int i = begin; i < end; ++i) block.lanes[i].state = State::kReady;
}

// No warp can run: release the block barrier that all threads must have reached.
void Machine::settle_block(Block& block) {
  const int site = block.lanes[0].site;
  for (size_t i = 0; i < block.lanes.size(); ++i) {
    const Lane& lane = block.lanes[i];
    if (lane.state != State::kBarrier || lane.site != site)
      return report(block, static_cast<int>(i), "barrier not reached by every thread of the block");
  }
  ++block.epoch;
  for (Lane& lane : block.lanes) lane.state = State::kReady;
  for (Warp& warp : block.warps) warp.ready = true;
}

void Machine::wait(State state, int site) {
  Lane& lane = this->lane();
  lane.state = state, lane.site = site;
  lane.fiber.yield();
}

void Machine::collective(void (*resolve)(Warp&), int site) {
  warp().resolve = resolve;
  wait(State::kCollective, site);
}

void Machine::barrier(int site) { wait(State::kBarrier, site); }

void Machine::report(const Block& block, int lane, const std::string& reason) {
  const auto text = [](Index3 i) {
    return std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z);
  };
  error_ = reason + " (block " + text(block.id) + ", thread " + text(block.lanes[lane].id) + ")";
}

void Machine::fail(const std::string& reason) {
  report(*block_, lane_, reason);
  for (;;) lane().fiber.yield();
}

uint32_t Machine::random(uint32_t below) {
  random_ = random_ * 1664525u + 1013904223u;
  return (random_ >> 8) % below;
}

Index3 Machine::index_of(uint32_t linear, Index3 extent) const {
  return {linear % extent.x, linear / extent.x % extent.y, linear / (extent.x * extent.y)};
}

static std::map<std::string, Kernel>& kernels() {
  static std::map<std::string, Kernel> table;
  return table;
}

Kernel* find_kernel(const std::string& name) {
  const auto found = kernels().find(name);
  return found == kernels().end() ? nullptr : &found->second;
}

bool register_kernel(const char* name, Kernel kernel) {
  return kernels().emplace(name, std::move(kernel)).second;
}

}  // namespace emulator

using emulator::machine;

static std::string error;  // of the last launch

int lookglass_emulator_launch(const char* kernel, const uint32_t grid[3], const uint32_t block[3],
                              uint32_t shared_bytes, const void* params,
                              const LookglassEmulatorOptions* options) {
  emulator::Kernel* found = emulator::find_kernel(kernel);
  error = "no such kernel";
  if (!found) return 1;
  const int failed = machine.launch(
      {grid[0], grid[1], grid[2]}, {block[0], block[1], block[2]}, shared_bytes,
      [found, params] { found->run(params); }, options ? *options : LookglassEmulatorOptions{});
  error = machine.error();
  return failed;
}

const char* lookglass_emulator_error() { return error.c_str(); }

uint32_t lookglass_emulator_params_bytes(const char* kernel) {
  const emulator::Kernel* found = emulator::find_kernel(kernel);
  return found ? found->params_bytes : 0;
}

uint64_t lookglass_emulator_bank_conflicts() { return machine.bank_conflicts; }
