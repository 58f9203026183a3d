// Everything the kernels ask of the machine, behind small functions with two implementations: PTX here, the
// CPU emulator in emulator/device.h. A kernel that uses nothing else runs on both from one source.
//
// Dynamic shared memory is addressed by byte offset, so that the emulator can check every access.
#pragma once
#include <stdint.h>

#ifdef LOOKGLASS_EMULATED
#include "emulator/device.h"
#else
#include <cuda_fp16.h>

// An entry point whose only argument is its params struct. `blocks` of them fit on a multiprocessor at once.
#define LOOKGLASS_KERNEL(name, Params, threads, blocks) \
  extern "C" __global__ void __launch_bounds__(threads, blocks) name(const __grid_constant__ Params params)

#define LOOKGLASS_DEVICE __device__ __forceinline__
#define LOOKGLASS_ARCH __CUDA_ARCH__

namespace lookglass {

LOOKGLASS_DEVICE uint3 thread_id() { return threadIdx; }
LOOKGLASS_DEVICE uint3 block_id() { return blockIdx; }
LOOKGLASS_DEVICE uint3 grid_size() { return make_uint3(gridDim.x, gridDim.y, gridDim.z); }
LOOKGLASS_DEVICE void block_barrier() { __syncthreads(); }

extern __shared__ __align__(128) unsigned char dynamic_shared[];

LOOKGLASS_DEVICE uint32_t shared_address(uint32_t offset) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(dynamic_shared)) + offset;
}
template <class T>
LOOKGLASS_DEVICE T load_shared(uint32_t offset) {
  return *reinterpret_cast<const T*>(dynamic_shared + offset);
}
template <class T>
LOOKGLASS_DEVICE void store_shared(uint32_t offset, T value) {
  *reinterpret_cast<T*>(dynamic_shared + offset) = value;
}
template <class T>
LOOKGLASS_DEVICE T load_global(const void* source) {
  return __ldg(static_cast<const T*>(source));
}
template <class T>
LOOKGLASS_DEVICE void store_global(void* target, T value) {
  *static_cast<T*>(target) = value;
}

// Four 8x8 fp16 matrices; lane i names row i % 8 of matrix i / 8, 16 bytes.
LOOKGLASS_DEVICE void load_matrices(uint32_t (&r)[4], uint32_t offset) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3},[%4];\n"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(offset))
               : "memory");
}
LOOKGLASS_DEVICE void load_matrices_transposed(uint32_t (&r)[4], uint32_t offset) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3},[%4];\n"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(offset))
               : "memory");
}

// c (16x8, fp32) += a (16x16, fp16) b (16x8, fp16) across one warp.
LOOKGLASS_DEVICE void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1) {
#if __CUDA_ARCH__ >= 800
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};\n"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else
  // Turing multiplies eight deep: the two halves of a 16-deep fragment are its fragments, one after the
  // other.
  asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};\n"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(b0));
  asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3},{%4,%5},{%6},{%0,%1,%2,%3};\n"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[2]), "r"(a[3]), "r"(b1));
#endif
}

#if __CUDA_ARCH__ >= 800
// 16 bytes of global to shared memory in the background, or zeros: then nothing of `source` is read.
LOOKGLASS_DEVICE void copy_async(uint32_t offset, const void* source, bool valid) {
  asm volatile("cp.async.cg.shared.global [%0],[%1],16,%2;\n" ::"r"(shared_address(offset)), "l"(source),
               "r"(valid ? 16 : 0)
               : "memory");
}
// Waits for this thread's copies; others see them after a block barrier.
LOOKGLASS_DEVICE void wait_copies() { asm volatile("cp.async.wait_all;\n" ::: "memory"); }
#endif

LOOKGLASS_DEVICE uint32_t pack_halves(float low, float high) {
  const __half2 pair = __floats2half2_rn(low, high);
  return *reinterpret_cast<const uint32_t*>(&pair);
}
LOOKGLASS_DEVICE float2 unpack_halves(uint32_t pair) {
  return __half22float2(*reinterpret_cast<const __half2*>(&pair));
}
LOOKGLASS_DEVICE uint16_t to_half(float value) { return __half_as_ushort(__float2half_rn(value)); }
LOOKGLASS_DEVICE float from_half(uint16_t value) { return __half2float(__ushort_as_half(value)); }

LOOKGLASS_DEVICE float shuffle_xor(float value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}
LOOKGLASS_DEVICE bool any_in_warp(bool value) { return __any_sync(0xffffffffu, value); }
LOOKGLASS_DEVICE float power_of_two(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0,%1;" : "=f"(y) : "f"(x));
  return y;
}

// A product that is rounded before it is added to anything.
LOOKGLASS_DEVICE float product(float a, float b) { return __fmul_rn(a, b); }
// To the nearest whole number, ties to even, within 0 and 255.
LOOKGLASS_DEVICE float round_to_byte(float x) { return fminf(fmaxf(rintf(x), 0.0f), 255.0f); }

// Talk between the blocks of one launch: publish, fence, barrier, then one thread takes the ticket; the block
// whose ticket is the last one fences and reads what the others published (past the first-level cache).
LOOKGLASS_DEVICE void publish(float* target, float2 value) {
  __stcg(reinterpret_cast<float2*>(target), value);
}
LOOKGLASS_DEVICE float2 read_published(const float* source) {
  return __ldcg(reinterpret_cast<const float2*>(source));
}
LOOKGLASS_DEVICE void fence() { __threadfence(); }
// 0, 1, ..., last, then 0 again: the counter is ready for the next launch without being cleared.
LOOKGLASS_DEVICE uint32_t take_ticket(uint32_t* counter, uint32_t last) { return atomicInc(counter, last); }
LOOKGLASS_DEVICE uint32_t exchange(uint32_t* target, uint32_t value) { return atomicExch(target, value); }

}  // namespace lookglass
#endif

namespace lookglass {

LOOKGLASS_DEVICE int ceil_div(int a, int b) { return (a + b - 1) / b; }

}  // namespace lookglass
