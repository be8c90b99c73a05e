# Dear ImGui 1.92.2b: target `imgui`, and for the browser `imgui_opengl3`. The source is the first of
#   -DIMGUI_DIR=FOLDER       given by hand
#   .cache/imgui             where ./shell/setup puts Debian's source
#   upstream's release       fetched by CMake (-DCNN_FETCH_IMGUI=ON)
# Without any of them `imgui_found` is false, and its dependents are not built.
set(IMGUI_DIR "" CACHE PATH "Source folder of Dear ImGui 1.92.2b or later; empty: .cache/imgui")
option(CNN_FETCH_IMGUI "Fetch Dear ImGui from its release page if no source is here" OFF)

set(imgui_dir ${IMGUI_DIR})
if(NOT imgui_dir AND EXISTS ${PROJECT_SOURCE_DIR}/.cache/imgui/imgui.h)
  set(imgui_dir ${PROJECT_SOURCE_DIR}/.cache/imgui)
endif()
if(NOT imgui_dir AND CNN_FETCH_IMGUI)
  include(FetchContent)
  FetchContent_Declare(imgui URL https://github.com/ocornut/imgui/archive/refs/tags/v1.92.2b.tar.gz
                       DOWNLOAD_EXTRACT_TIMESTAMP OFF)
  FetchContent_Populate(imgui)
  set(imgui_dir ${imgui_SOURCE_DIR})
endif()

set(imgui_found FALSE)
if(NOT imgui_dir)
  message(STATUS "Dear ImGui's source is missing, so the app is not built; run ./shell/setup to fetch it")
  return()
endif()

# The files are the same in every archive. ./shell/setup creates `unpinned` beside a newer version.
if(NOT IMGUI_DIR AND NOT EXISTS ${imgui_dir}/unpinned)
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/imgui.sha256 pins)
  foreach(pin IN LISTS pins)
    string(REGEX MATCH "^([0-9a-f]+)  (.*)$" matched "${pin}")
    set(expected ${CMAKE_MATCH_1})
    set(file ${imgui_dir}/${CMAKE_MATCH_2})
    file(SHA256 ${file} found)
    if(NOT found STREQUAL expected)
      message(FATAL_ERROR "${file} is not the file of Dear ImGui 1.92.2b: its sha256 is ${found}, expected ${expected}; "
                          "remove that folder and run ./shell/setup")
    endif()
  endforeach()
endif()

set(imgui_found TRUE)
add_library(imgui STATIC ${imgui_dir}/imgui.cpp ${imgui_dir}/imgui_draw.cpp ${imgui_dir}/imgui_tables.cpp
                         ${imgui_dir}/imgui_widgets.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${imgui_dir} ${imgui_dir}/backends)
# No visitor needs the demo's 100 kB; the debug windows call the demo, so they are disabled, too.
# 16-bit indices allow 65,536 vertices per window, too few for a confusion matrix of a hundred classes.
target_compile_definitions(imgui PUBLIC IMGUI_DISABLE_DEMO_WINDOWS IMGUI_DISABLE_DEBUG_TOOLS
                                        IMGUI_DISABLE_OBSOLETE_FUNCTIONS "ImDrawIdx=unsigned int")
if(EMSCRIPTEN)
  target_compile_options(imgui PRIVATE ${CNN_SMALL})
  add_library(imgui_opengl3 STATIC ${imgui_dir}/backends/imgui_impl_opengl3.cpp)
  target_link_libraries(imgui_opengl3 PUBLIC imgui)
  target_compile_definitions(imgui_opengl3 PUBLIC IMGUI_IMPL_OPENGL_ES3)
  target_compile_options(imgui_opengl3 PRIVATE ${CNN_SMALL})
else()
  target_compile_options(imgui PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)  # only tests run it natively, and -O1 compiles faster
  target_compile_options(imgui PUBLIC -UNDEBUG)  # ImGui's assertions fail a test
endif()
