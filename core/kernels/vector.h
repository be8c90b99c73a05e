#pragma once
// The few vector operations that kernels are written in. A vector type V (one per instruction set, in that
// set's file) has: lanes; F, I and U, its float, int32 and uint32 vectors in the compilers' own vector
// extension, which gives + - * / < & | ^ << >> and ?: on them; and splat, mul_add, relu, sqrt, where the best
// instruction is not what the extension would give. Everything below is a template over V and V lives in an
// unnamed namespace, so nothing compiled with one set's flags can be merged with another's at link time. For
// the same reason: no std:: here.

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

/// body(i, load, store) over 0 .. n-1 in steps of V::lanes; the last step may be partial, and load(p) and
/// store(p, x) then touch only what is there. One body for both, so an element's bits do not depend on its
/// place.
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

/// V::lanes bytes from and to the lanes of an int32 vector, the first n of them where n is fewer.
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
/// mask (all ones or zeros per lane) ? a : b
template <class V>
inline typename V::F select(typename V::I mask, typename V::F a, typename V::F b) {
  return as_float<V>((as_int<V>(a) & mask) | (as_int<V>(b) & ~mask));
}
template <class V>
inline typename V::F absolute(typename V::F x) {
  return as_float<V>(as_int<V>(x) & 0x7fffffff);
}
/// Lanes added in pairs: 0 with lanes/2, and so on.
template <class V>
inline float sum_lanes(typename V::F x) {
  float lanes[V::lanes];
  store<V>(lanes, x);
  for (int half = V::lanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

}  // namespace cnn
