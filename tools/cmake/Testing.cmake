# welfare_add_test(NAME <x>_test SOURCES ... LINK ... LABELS ... [TIMEOUT s]
#                  [PRECOMPILED <set>] [POSTGRES] [TOGETHER])
#
# One GoogleTest binary, discovered test by test, so that `ctest -L unit -R X`
# is the inner loop. POSTGRES: the run's shared server is there before it.
# PRECOMPILED names a set of Precompiled.cmake; default: test. TOGETHER: all tests
# of the binary are one for CTest and run in one process, because what they share
# takes longer to make than they take.
include(GoogleTest)
# Tests that link neither gRPC nor protobuf: what the thread sanitizer runs. The
# packaged libraries are built without it; protobuf's maps are even laid out
# differently with it.
add_custom_target(welfare_core_tests)
# A sanitizer makes a program several times slower.
set(WELFARE_TIMEOUT_FACTOR 1)
if(WELFARE_SANITIZE)
  set(WELFARE_TIMEOUT_FACTOR 10)
endif()
function(welfare_add_test)
  cmake_parse_arguments(arg "POSTGRES;TOGETHER" "NAME;TIMEOUT;PRECOMPILED" "SOURCES;LINK;LABELS"
                        ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  math(EXPR timeout "${arg_TIMEOUT} * ${WELFARE_TIMEOUT_FACTOR}")
  set(fixtures)
  if(arg_POSTGRES)
    set(fixtures postgres)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME}
    PRIVATE welfare_options ${arg_LINK} welfare_test_options GTest::gmock
            GTest::gtest_main)
  if(NOT arg_PRECOMPILED)
    set(arg_PRECOMPILED test)
  endif()
  welfare_use_precompiled(${arg_NAME} ${arg_PRECOMPILED})
  welfare_unite(${arg_NAME})
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if("core" IN_LIST arg_LABELS)
    add_dependencies(welfare_core_tests ${arg_NAME})
  endif()
  if(WELFARE_FUZZ AND "fuzz" IN_LIST arg_LABELS)
    # libFuzzer brings the main function and knows nothing of tests.
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
    add_dependencies(welfare_fuzzers ${arg_NAME})
    return()
  endif()
  set(environment
    "WELFARE_SOURCE_DIR=${PROJECT_SOURCE_DIR};WELFARE_BINARY_DIR=${PROJECT_BINARY_DIR}")
  if(arg_TOGETHER)
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
    set_tests_properties(${arg_NAME} PROPERTIES
      TIMEOUT ${timeout} LABELS "${arg_LABELS}"
      FIXTURES_REQUIRED "${fixtures}" ENVIRONMENT "${environment}")
    return()
  endif()
  gtest_discover_tests(${arg_NAME}
    TEST_PREFIX "${arg_NAME}." DISCOVERY_TIMEOUT 60 TEST_LIST welfare_tests
    PROPERTIES TIMEOUT ${timeout})
  # gtest_discover_tests loses lists on the way, so labels and environment are
  # set by a file that CTest reads after the discovered tests.
  set(properties_file ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_properties.cmake)
  file(WRITE ${properties_file}
"foreach(test IN LISTS welfare_tests)
  set_tests_properties(\"\${test}\" PROPERTIES
    LABELS [=[${arg_LABELS}]=]
    FIXTURES_REQUIRED [=[${fixtures}]=]
    ENVIRONMENT [=[${environment}]=])
endforeach()
set(welfare_tests)  # the next binary may not be built
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${properties_file})
endfunction()

# welfare_add_script_test(NAME x COMMAND ... LABELS ... [TIMEOUT s] [LOCK r]
#                         [POSTGRES])
#
# A test that is a program of its own (Python, shell, buf).
function(welfare_add_script_test)
  cmake_parse_arguments(arg "POSTGRES" "NAME;TIMEOUT;LOCK" "COMMAND;LABELS"
                        ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  math(EXPR timeout "${arg_TIMEOUT} * ${WELFARE_TIMEOUT_FACTOR}")
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
  # Python's gRPC prepares its threads for each fork of the test, and now and
  # then fails an assertion of its own over it; no test calls from a fork.
  set_tests_properties(${arg_NAME} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${timeout}
    ENVIRONMENT "WELFARE_SOURCE_DIR=${PROJECT_SOURCE_DIR};WELFARE_BINARY_DIR=${PROJECT_BINARY_DIR};GRPC_ENABLE_FORK_SUPPORT=0")
  if(arg_POSTGRES)
    set_tests_properties(${arg_NAME} PROPERTIES FIXTURES_REQUIRED postgres)
  endif()
  if(arg_LOCK)
    set_tests_properties(${arg_NAME} PROPERTIES RESOURCE_LOCK ${arg_LOCK})
  endif()
endfunction()
