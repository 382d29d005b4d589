# Headers that nearly every source reads, parsed once. Four sets, because a set
# may hold only what its users link:
#
#   std       the standard library and Abseil's status: base, text, the cores
#   rpc       and gRPC and protobuf: services, gateway, CLI
#   test      std and GoogleTest
#   test_rpc  rpc and GoogleTest
#
# A fifth one, generated, is made in protos/ with the options of generated code.
#
# No source may lean on them: each includes what it uses, and
# `all_verify_interface_header_sets` compiles every header without them. Nothing
# of ours stands in them: a changed proto would compile everything anew.
option(WELFARE_PCH "Use precompiled headers" ON)

# welfare_precompile(NAME <set> LINK ...)
function(welfare_precompile)
  cmake_parse_arguments(arg "" "NAME" "LINK" ${ARGN})
  set(folder ${PROJECT_SOURCE_DIR}/tools/cmake/precompiled)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/precompiled_${arg_NAME}.cc)
  if(NOT EXISTS ${source})
    file(WRITE ${source} "")
  endif()
  add_library(welfare_precompiled_${arg_NAME} OBJECT ${source})
  target_link_libraries(welfare_precompiled_${arg_NAME}
    PRIVATE welfare_options ${arg_LINK})
  target_precompile_headers(welfare_precompiled_${arg_NAME}
    PRIVATE ${folder}/${arg_NAME}.h)
endfunction()

# welfare_use_precompiled(<target> <set>)
function(welfare_use_precompiled target set)
  if(WELFARE_PCH)
    target_precompile_headers(${target}
      REUSE_FROM welfare_precompiled_${set})
  endif()
endfunction()

if(WELFARE_PCH)
  welfare_precompile(NAME std LINK absl::status absl::statusor)
  welfare_precompile(NAME rpc
    LINK gRPC::grpc++ absl::status absl::statusor)
  if(BUILD_TESTING)
    welfare_precompile(NAME test
      LINK absl::status absl::statusor welfare_test_options GTest::gmock)
    welfare_precompile(NAME test_rpc
      LINK gRPC::grpc++ absl::status absl::statusor welfare_test_options
           GTest::gmock)
  endif()
endif()
