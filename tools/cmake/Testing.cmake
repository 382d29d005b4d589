# welfare_add_test(NAME <x>_test SOURCES ... LINK ... LABELS ... [TIMEOUT s])
#
# One GoogleTest binary, discovered test by test, so that `ctest -L unit -R X`
# is the inner loop.
include(GoogleTest)
function(welfare_add_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_link_libraries(${arg_NAME}
    PRIVATE welfare_options ${arg_LINK} GTest::gmock GTest::gtest_main)
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${arg_NAME}
    TEST_PREFIX "${arg_NAME}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
      ENVIRONMENT "WELFARE_SOURCE_DIR=${PROJECT_SOURCE_DIR};WELFARE_BINARY_DIR=${PROJECT_BINARY_DIR}")
endfunction()

# welfare_add_script_test(NAME x COMMAND ... LABELS ... [TIMEOUT s] [LOCK r])
#
# A test that is a program of its own (Python, shell, buf).
function(welfare_add_script_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT;LOCK" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
  set_tests_properties(${arg_NAME} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "WELFARE_SOURCE_DIR=${PROJECT_SOURCE_DIR};WELFARE_BINARY_DIR=${PROJECT_BINARY_DIR}")
  if(arg_LOCK)
    set_tests_properties(${arg_NAME} PROPERTIES RESOURCE_LOCK ${arg_LOCK})
  endif()
endfunction()
