#include "emulator/fiber.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#ifndef LOOKGLASS_UCONTEXT
// Saves the callee-saved registers and the stack pointer in *save, takes up those in load.
extern "C" void lookglass_switch(void** save, void* load);
asm(R"(
.text
.hidden lookglass_switch
.globl lookglass_switch
.type lookglass_switch,@function
lookglass_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size lookglass_switch,.-lookglass_switch
)");
#endif

namespace emulator {

void Fiber::start(void (*entry)()) {
  if (!stack_) stack_.reset(new unsigned char[kStackBytes]);
#ifdef __SANITIZE_ADDRESS__  // the last thread here never returned: its frames are still fenced off
  __asan_unpoison_memory_region(stack_.get(), kStackBytes);
#endif
#ifdef LOOKGLASS_UCONTEXT
  getcontext(&self_);
  self_.uc_stack.ss_sp = stack_.get();
  self_.uc_stack.ss_size = kStackBytes;
  self_.uc_link = nullptr;
  makecontext(&self_, entry, 0);
#else
  const uintptr_t end = reinterpret_cast<uintptr_t>(stack_.get()) + kStackBytes;
  void** top = reinterpret_cast<void**>(end & ~uintptr_t{63});
  *--top = nullptr;  // where a return address would be: the stack is aligned as after a call
  *--top = reinterpret_cast<void*>(entry);
  for (int saved = 0; saved < 6; ++saved) *--top = nullptr;
  self_ = top;
#endif
}

void Fiber::resume() {
#ifdef LOOKGLASS_UCONTEXT
  swapcontext(&caller_, &self_);
#else
  lookglass_switch(&caller_, self_);
#endif
}

void Fiber::yield() {
#ifdef LOOKGLASS_UCONTEXT
  swapcontext(&self_, &caller_);
#else
  lookglass_switch(&self_, caller_);
#endif
}

}  // namespace emulator
