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
# The same in every target, whatever it links, so that precompiled headers are
# valid in all: hiredis asks for the definition, gRPC for the threads.
target_compile_options(welfare_options INTERFACE -pthread)
target_compile_definitions(welfare_options INTERFACE
  _FILE_OFFSET_BITS=64
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# The default linker takes as long for the tests' programs as the compiler for
# a large library. tools/install-dependencies installs this one; without it the
# default serves.
find_program(WELFARE_MOLD mold)
if(WELFARE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# GCC's collector of garbage takes a tenth of the compile time and frees a fifth
# of its memory (1.3 GB instead of 1.0 in the largest source): it waits for
# 1 GB.
add_compile_options(
  $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1000000>)

# Sources of a library compiled several at a time: what their headers and
# templates cost is paid once for all of them. For builds from nothing; in daily
# work (preset dev) each source is compiled alone, which also shows whether it
# includes what it uses.
option(WELFARE_UNITY "Compile several sources of a library at a time" OFF)
# GCC takes a source that is included for a header, whose anonymous namespaces
# would differ from source to source.
add_library(welfare_unity_options INTERFACE)
target_compile_options(welfare_unity_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
function(welfare_unite target)
  if(WELFARE_UNITY)
    set_target_properties(${target} PROPERTIES
      UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    target_link_libraries(${target} PRIVATE welfare_unity_options)
  endif()
endfunction()

# Tests are read and run once: compiled fast rather than to run fast. Only the
# last -O and -g on a command line count.
add_library(welfare_test_options INTERFACE)
target_compile_options(welfare_test_options INTERFACE
  $<$<CONFIG:RelWithDebInfo>:-O0;-g0>)
# Nobody steps through generated code; its names stay in the symbol table.
add_library(welfare_generated_options INTERFACE)
target_compile_options(welfare_generated_options INTERFACE
  $<$<CONFIG:RelWithDebInfo>:-g0>)

if(WELFARE_SANITIZE)
  list(JOIN WELFARE_SANITIZE "," welfare_sanitizers)
  add_compile_options(-fsanitize=${welfare_sanitizers} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${welfare_sanitizers})
endif()

# Programs of libFuzzer in the place of the fuzz tests, which are its entry
# points as well; for clang. See tools/fuzz.
option(WELFARE_FUZZ "Build the fuzz tests for libFuzzer" OFF)
if(WELFARE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_custom_target(welfare_fuzzers)
endif()
