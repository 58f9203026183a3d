// One launch on the CPU: a fiber per thread, warps and blocks scheduled between rendezvous.
#pragma once
#include <cstdarg>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/emulator.h"
#include "emulator/fiber.h"
#include "emulator/shared_memory.h"

namespace emulator {

struct Index3 {
  uint32_t x, y, z;
};

enum class State : uint8_t { kReady, kCollective, kBarrier, kDone };

struct Lane {
  struct Copy {
    uint32_t offset;
    const void* source;
    bool valid;
  };
  Fiber fiber;
  State state = State::kReady;
  int site = 0;  // source line of the rendezvous it waits at
  Index3 id{};
  std::vector<Copy> copies;  // in flight until waited for
  bool unfenced = false;     // published what other blocks are not yet sure to see
  uint32_t fenced = 0;       // the block's tickets at its last fence
};

// Lanes fill `in`, wait at a collective, and find the answer in `out`.
struct Warp {
  struct {
    float a[16][16], b[16][8];
    uint64_t word[32];
  } in;
  struct {
    float d[16][8];
    uint32_t matrices[32][4];
    uint64_t word[32];
  } out;
  void (*resolve)(Warp&) = nullptr;
  uint32_t phase = 0;     // collectives passed
  bool ready = false;     // some lane can run
  uint32_t priority = 0;  // the highest runs first
};

struct Block {
  Index3 id{};
  uint32_t epoch = 0, live = 0;  // barriers passed, threads not yet done
  uint32_t tickets = 0;          // taken by this block
  SharedMemory shared;
  std::vector<Lane> lanes;
  std::vector<Warp> warps;
};

// Owns the launch. The device functions act through the one instance, `machine`.
class Machine {
 public:
  int launch(Index3 grid, Index3 block, uint32_t shared_bytes, std::function<void()> body,
             LookglassEmulatorOptions options);
  const std::string& error() const { return error_; }

  // What running device code may use.
  Index3 grid() const { return grid_; }
  Block& block() { return *block_; }
  Lane& lane() { return block_->lanes[lane_]; }
  Warp& warp() { return block_->warps[lane_ / 32]; }
  int lane_index() const { return lane_; }
  Access access() { return {lane_, block_->epoch, warp().phase}; }
  bool deferred_copies() const { return options_.deferred_copies != 0; }
  void collective(void (*resolve)(Warp&), int site);
  void barrier(int site);
  [[noreturn]] void fail(const std::string& reason);
  void check(const char* fault) {
    if (fault) fail(fault);
  }
  uint64_t bank_conflicts = 0;

 private:
  static void entry();
  void admit_block();
  void arm(Block& block, Index3 id);
  void step();
  void run_warp(Block& block, int warp);
  void settle_warp(Block& block, int warp);
  void settle_block(Block& block);
  void wait(State state, int site);
  void report(const Block& block, int lane, const std::string& reason);
  uint32_t random(uint32_t below);
  Index3 index_of(uint32_t linear, Index3 extent) const;

  LookglassEmulatorOptions options_{};
  std::function<void()> body_;
  Index3 grid_{}, threads_{};
  static constexpr uint32_t kLeastRandom = 1 << 20;
  uint32_t shared_bytes_ = 0, random_ = 0, lowest_ = 0;
  std::vector<uint32_t> queue_;  // blocks not yet started
  std::vector<std::unique_ptr<Block>> resident_, spare_;
  Block* block_ = nullptr;
  int lane_ = 0;
  std::string error_;
};

extern Machine machine;

// Kernels by name.
struct Kernel {
  uint32_t params_bytes;
  std::function<void(const void*)> run;
};
Kernel* find_kernel(const std::string& name);
bool register_kernel(const char* name, Kernel kernel);

}  // namespace emulator
