#include "emulator/shared_memory.h"

#include <cstdlib>
#include <cstring>

namespace emulator {
namespace {

bool ordered(Access before, Access now) {
  if (before.lane == now.lane || before.epoch != now.epoch) return true;
  return before.lane / 32 == now.lane / 32 && before.phase != now.phase;
}

}  // namespace

void SharedMemory::reset(uint32_t bytes) {
  size_ = bytes;
  bytes_.reset(static_cast<unsigned char*>(std::aligned_alloc(128, (bytes + 127) / 128 * 128)));
  std::memset(bytes_.get(), 0xFF, bytes);  // NaN as fp16 and fp32
  words_.assign((bytes + 3) / 4, Word{});
}

const char* SharedMemory::check_range(uint32_t offset, uint32_t bytes) const {
  if (offset % bytes) return "misaligned shared memory access";
  return offset + uint64_t{bytes} > size_ ? "shared memory access out of bounds" : nullptr;
}

const char* SharedMemory::read(uint32_t offset, uint32_t bytes, Access access) {
  if (const char* fault = check_range(offset, bytes)) return fault;
  for (uint32_t i = offset / 4; i <= (offset + bytes - 1) / 4; ++i) {
    Word& word = words_[i];
    if (word.copy_in_flight) return "shared memory read while an asynchronous copy to it is in flight";
    if (word.writer.lane < 0) return "read of shared memory that was never written";
    if (!ordered(word.writer, access)) return "race: shared memory read without a barrier after the write";
    if (word.reader.epoch != access.epoch) word.reading_warps = 0;
    word.reader = access;
    word.reading_warps |= 1u << (access.lane / 32);
  }
  return nullptr;
}

const char* SharedMemory::write_word(Word& word, Access access) {
  if (word.copy_in_flight) return "shared memory written while an asynchronous copy to it is in flight";
  if (word.writer.lane >= 0 && !ordered(word.writer, access)) return "race: two writes without a barrier";
  const bool read_now = word.reader.lane >= 0 && word.reader.epoch == access.epoch;
  const uint32_t others = word.reading_warps & ~(1u << (access.lane / 32));
  if (read_now && (others || !ordered(word.reader, access)))
    return "race: shared memory written without a barrier after a read";
  word.writer = access;
  return nullptr;
}

const char* SharedMemory::write(uint32_t offset, uint32_t bytes, Access access) {
  if (const char* fault = check_range(offset, bytes)) return fault;
  for (uint32_t i = offset / 4; i <= (offset + bytes - 1) / 4; ++i)
    if (const char* fault = write_word(words_[i], access)) return fault;
  return nullptr;
}

const char* SharedMemory::begin_copy(uint32_t offset, uint32_t bytes, Access access) {
  if (const char* fault = write(offset, bytes, access)) return fault;
  for (uint32_t i = offset / 4; i < (offset + bytes) / 4; ++i) words_[i].copy_in_flight = true;
  return nullptr;
}

void SharedMemory::end_copy(uint32_t offset, uint32_t bytes, Access access) {
  for (uint32_t i = offset / 4; i < (offset + bytes) / 4; ++i) {
    words_[i].copy_in_flight = false;
    words_[i].writer = access;
  }
}

}  // namespace emulator
