# One interface target carries our flags. Linked PRIVATE by every target of
# ours and never by generated code.
option(WELFARE_WERROR "Treat warnings as errors" OFF)
set(WELFARE_SANITIZE "" CACHE STRING
    "Sanitizers, separated by semicolons: address;undefined or thread")

add_library(welfare_options INTERFACE)
target_compile_features(welfare_options INTERFACE cxx_std_20)
target_compile_options(welfare_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align
  -Wdouble-promotion -Wformat=2
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wsuggest-override>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<BOOL:${WELFARE_WERROR}>:-Werror>)
target_compile_definitions(welfare_options INTERFACE
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(WELFARE_SANITIZE)
  list(JOIN WELFARE_SANITIZE "," welfare_sanitizers)
  add_compile_options(-fsanitize=${welfare_sanitizers} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${welfare_sanitizers})
endif()
