#pragma once
/// The few vector operations that kernels are written in.
///
/// A vector type V (one per instruction set, in that set's file) has
///   lanes                       numbers in a vector
///   F, I, U                     float, int32 and uint32 vectors in the compiler's vector extension, which
///                               provides + - * / < & | ^ << >> and ?:
///   Bytes                       as many bytes
///   splat, mul_add, relu, sqrt  where the extension does not produce the best instruction
/// Everything below is a template over V, and V is in an unnamed namespace. So the linker cannot merge code
/// compiled with one set's flags with another set's. For the same reason, no function or
/// template of std:: is used here (integer types are fine).

#include <cstddef>
#include <cstdint>

namespace cnn {

template <class V>
inline typename V::F load(const float* p) {
  typename V::F x;
  __builtin_memcpy(&x, p, sizeof x);
  return x;
}
template <class V>
inline void store(float* p, typename V::F x) {
  __builtin_memcpy(p, &x, sizeof x);
}
/// The first n of V::lanes numbers, 0 in the rest.
template <class V>
inline typename V::F load_some(const float* p, int n) {
  float lanes[V::lanes] = {};
  for (int i = 0; i < n; ++i) lanes[i] = p[i];
  return load<V>(lanes);
}
template <class V>
inline void store_some(float* p, typename V::F x, int n) {
  float lanes[V::lanes];
  store<V>(lanes, x);
  for (int i = 0; i < n; ++i) p[i] = lanes[i];
}

/// body(i, load, store) over 0 .. n-1 in steps of V::lanes. The last step may be partial; load(p) and
/// store(p, x) then touch only the remaining numbers. Both cases share one body, so an element's bits do not
/// depend on its position.
template <class V, class Count, class Body>
inline void for_each_vector(Count count, Body body) {
  const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(count);
  std::ptrdiff_t i = 0;
  for (; i + V::lanes <= n; i += V::lanes)
    body(
        i, [](const float* p) { return load<V>(p); }, [](float* p, typename V::F x) { store<V>(p, x); });
  const int rest = static_cast<int>(n - i);
  if (rest > 0)
    body(
        i, [rest](const float* p) { return load_some<V>(p, rest); },
        [rest](float* p, typename V::F x) { store_some<V>(p, x, rest); });
}

/// Converts V::lanes bytes to and from an int32 vector; only the first n of them if n < V::lanes.
template <class V>
inline typename V::I load_bytes(const std::uint8_t* p, std::ptrdiff_t n) {
  typename V::Bytes bytes{};
  if (n >= V::lanes)
    __builtin_memcpy(&bytes, p, sizeof bytes);
  else
    for (int i = 0; i < n; ++i) bytes[i] = p[i];
  return __builtin_convertvector(bytes, typename V::I);
}
template <class V>
inline void store_bytes(std::uint8_t* p, typename V::I x, std::ptrdiff_t n) {
  const typename V::Bytes bytes = __builtin_convertvector(x, typename V::Bytes);
  if (n >= V::lanes)
    __builtin_memcpy(p, &bytes, sizeof bytes);
  else
    for (int i = 0; i < n; ++i) p[i] = bytes[i];
}

template <class V>
inline typename V::F as_float(typename V::I x) {
  typename V::F y;
  __builtin_memcpy(&y, &x, sizeof y);
  return y;
}
template <class V>
inline typename V::I as_int(typename V::F x) {
  typename V::I y;
  __builtin_memcpy(&y, &x, sizeof y);
  return y;
}
/// mask ? a : b, where each lane of mask is all ones or all zeros.
template <class V>
inline typename V::F select(typename V::I mask, typename V::F a, typename V::F b) {
  return as_float<V>((as_int<V>(a) & mask) | (as_int<V>(b) & ~mask));
}
template <class V>
inline typename V::F absolute(typename V::F x) {
  return as_float<V>(as_int<V>(x) & 0x7fffffff);
}
/// Adds the lanes in pairs: lane 0 and lane lanes/2, and so on.
template <class V>
inline float sum_lanes(typename V::F x) {
  float lanes[V::lanes];
  store<V>(lanes, x);
  for (int half = V::lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

}  // namespace cnn
