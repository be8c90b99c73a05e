# Toolchain file of the wasm presets: Emscripten's own, found beside the emcc on the PATH.
find_program(CNN_EM_CONFIG em-config REQUIRED)
execute_process(COMMAND ${CNN_EM_CONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(EXISTS /usr/share/nodejs/acorn)
  set(ENV{NODE_PATH} /usr/share/nodejs)  # for CMake's own trial links; see wasm_options.cmake
endif()
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
