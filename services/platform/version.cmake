# Writes OUTPUT when the version or the commit has changed.
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  set(commit unknown)
endif()
set(content "#include \"services/platform/observe/version.h\"

namespace welfare::platform {
std::string_view BuildVersion() { return \"${VERSION}\"; }
std::string_view BuildCommit() { return \"${commit}\"; }
}  // namespace welfare::platform
")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT "${old}" STREQUAL "${content}")
  file(WRITE ${OUTPUT} "${content}")
endif()
