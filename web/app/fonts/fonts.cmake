# The app's typeface: two weights of Roboto from .cache/fonts (./shell/setup fetches them), reduced to the characters
# the app can show and compiled in. Without node or fonts the app still builds and shows ImGui's own font.
find_program(NODE_EXECUTABLE NAMES node nodejs NO_CMAKE_FIND_ROOT_PATH)
set(PLAYGROUND_FONT_DIR ${PROJECT_SOURCE_DIR}/.cache/fonts CACHE PATH "Folder of Roboto-Regular.ttf and Roboto-Medium.ttf")
set(font_arrays)
foreach(weight Regular Medium)
  set(font ${PLAYGROUND_FONT_DIR}/Roboto-${weight}.ttf)
  if(NOT NODE_EXECUTABLE OR NOT EXISTS ${font})
    message(WARNING "${font} or node is missing (./shell/setup fetches them): the app's text will look plain")
    return()
  endif()
  set(array ${CMAKE_CURRENT_BINARY_DIR}/fonts/Roboto-${weight}.inc)
  add_custom_command(OUTPUT ${array}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/fonts
                     COMMAND ${NODE_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/subset.mjs ${font} ${array}
                     DEPENDS ${font} ${CMAKE_CURRENT_LIST_DIR}/subset.mjs VERBATIM)
  list(APPEND font_arrays ${array})
endforeach()
target_sources(panels PRIVATE ${font_arrays})
target_include_directories(panels PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/fonts)
target_compile_definitions(panels PRIVATE PLAYGROUND_FONTS)
