# Toolchain file of the wasm presets: the emcc on the PATH, with the toolchain file Emscripten keeps beside it.
find_program(CMAKE_C_COMPILER emcc REQUIRED)
get_filename_component(emcc_folder "${CMAKE_C_COMPILER}" DIRECTORY)
find_program(CMAKE_CXX_COMPILER NAMES em++ emcc PATHS "${emcc_folder}" NO_DEFAULT_PATH REQUIRED)
find_program(CNN_EM_CONFIG em-config HINTS "${emcc_folder}" REQUIRED)
execute_process(COMMAND ${CNN_EM_CONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(EXISTS /usr/share/nodejs/acorn)
  set(ENV{NODE_PATH} /usr/share/nodejs)  # for CMake's own trial links; see wasm_options.cmake
endif()
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
