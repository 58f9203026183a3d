// A block's dynamic shared memory with a shadow that knows who touched each word last.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace emulator {

// Who accesses, and when. Two accesses are ordered if they are by one lane, in different epochs (a block
// barrier lies between them), or by one warp in different phases (a warp collective lies between them).
struct Access {
  int lane;
  uint32_t epoch, phase;
};

// Watched in words of four bytes. Starts poisoned with NaN. Every check returns the fault it found, or null.
class SharedMemory {
 public:
  void reset(uint32_t bytes);
  const char* read(uint32_t offset, uint32_t bytes, Access access);
  const char* write(uint32_t offset, uint32_t bytes, Access access);
  const char* begin_copy(uint32_t offset, uint32_t bytes, Access access);
  void end_copy(uint32_t offset, uint32_t bytes, Access access);
  unsigned char* at(uint32_t offset) { return bytes_.get() + offset; }

 private:
  struct Word {
    Access writer{-1, 0, 0}, reader{-1, 0, 0};
    uint32_t reading_warps = 0;  // in the reader's epoch
    bool copy_in_flight = false;
  };
  const char* check_range(uint32_t offset, uint32_t bytes) const;
  static const char* write_word(Word& word, Access access);

  uint32_t size_ = 0;
  std::unique_ptr<unsigned char, decltype(&std::free)> bytes_{nullptr, std::free};
  std::vector<Word> words_;
};

}  // namespace emulator
