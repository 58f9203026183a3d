// Cooperative stacks: a ten-instruction switch on x86-64, ucontext elsewhere (or with LOOKGLASS_UCONTEXT).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#if !defined(__x86_64__) && !defined(LOOKGLASS_UCONTEXT)
#define LOOKGLASS_UCONTEXT
#endif
#ifdef LOOKGLASS_UCONTEXT
#include <ucontext.h>
#endif

namespace emulator {

// One stack of its own. `start` arms it, `resume` runs it until it calls `yield`.
class Fiber {
 public:
  void start(void (*entry)());
  void resume();
  void yield();

 private:
  static constexpr size_t kStackBytes = 128 << 10;
  std::unique_ptr<unsigned char[]> stack_;
#ifdef LOOKGLASS_UCONTEXT
  ucontext_t self_, caller_;
#else
  void *self_ = nullptr, *caller_ = nullptr;
#endif
};

}  // namespace emulator
