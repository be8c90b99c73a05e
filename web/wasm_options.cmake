# Options of every WASM target, for Emscripten from 3.1.6 (Debian 12) to current releases.

# emcc's JavaScript passes need the acorn module. Only Debian's own node looks in Debian's folder for it.
if(EXISTS /usr/share/nodejs/acorn)
  set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs")
endif()

# Without inlining, functions of the standard library are in the file once: with clang 19 the app is 1.2 instead of 1.5 MB.
set(CNN_SMALL -Os -fno-inline-functions)

# Our code throws no exceptions, and every visitor would download the unwinding tables.
add_compile_options(-fno-exceptions)
if(CNN_WASM_SIMD STREQUAL "relaxed")
  add_compile_options(-msimd128)  # only kernels/*_relaxed.cpp gets -mrelaxed-simd, in core/CMakeLists.txt
elseif(CNN_WASM_SIMD STREQUAL "simd128")
  add_compile_options(-msimd128)
elseif(NOT CNN_WASM_SIMD STREQUAL "none")
  message(FATAL_ERROR "CNN_WASM_SIMD is \"${CNN_WASM_SIMD}\"; expected none, simd128 or relaxed")
endif()
if(CNN_THREADS)
  add_compile_options(-pthread)
  add_link_options(-pthread -Wno-pthreads-mem-growth)
endif()

# Current releases give the main stack 64 kB; kernels keep tiles on it.
if(EMSCRIPTEN_VERSION VERSION_LESS 3.1.25)
  add_link_options(-sTOTAL_STACK=1MB)
else()
  add_link_options(-sSTACK_SIZE=1MB)
endif()

# The variant's name is part of the file name, by which the page chooses: trainer.simd-threads.wasm and so on.
set(CNN_VARIANT "${CNN_WASM_SIMD}")
string(REPLACE "simd128" "simd" CNN_VARIANT "${CNN_VARIANT}")
string(REPLACE "none" "scalar" CNN_VARIANT "${CNN_VARIANT}")
if(CNN_THREADS)
  string(APPEND CNN_VARIANT "-threads")
endif()
