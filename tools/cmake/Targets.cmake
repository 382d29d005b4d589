# welfare_add_library(NAME <thing> SOURCES ... HEADERS ... PUBLIC ... PRIVATE ...
#                     [PRECOMPILED <set>])
#
# Makes the static library welfare_<thing> with the alias welfare::<thing>.
# HEADERS go into a file set and must compile alone
# (CMAKE_VERIFY_INTERFACE_HEADER_SETS). PUBLIC lists only what the headers
# include. PRECOMPILED names a set of Precompiled.cmake; default: std.
function(welfare_add_library)
  cmake_parse_arguments(arg "" "NAME;PRECOMPILED" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target welfare_${arg_NAME})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(welfare::${arg_NAME} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  target_link_libraries(${target}
    PUBLIC ${arg_PUBLIC} PRIVATE welfare_options ${arg_PRIVATE})
  if(NOT arg_PRECOMPILED)
    set(arg_PRECOMPILED std)
  endif()
  welfare_use_precompiled(${target} ${arg_PRECOMPILED})
  welfare_unite(${target})
endfunction()

# welfare_add_binary(NAME <file name> SOURCES ... LINK ...)
#
# Makes an executable in build/<preset>/bin and adds it to the target
# `welfare_binaries`, which is what tools/quickstart builds.
add_custom_target(welfare_binaries)
function(welfare_add_binary)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;LINK" ${ARGN})
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME} PRIVATE welfare_options ${arg_LINK})
  welfare_use_precompiled(${arg_NAME} rpc)
  add_dependencies(welfare_binaries ${arg_NAME})
  install(TARGETS ${arg_NAME} RUNTIME)
endfunction()
