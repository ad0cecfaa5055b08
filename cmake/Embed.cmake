# mexbench_embed(<target> <name> FILES a.yaml b.yaml): compiles text files into the target, so that an installed program needs no
# source tree. Declares `std::span<const mexbench::core::EmbeddedFile> mexbench::embedded::<name>()` (harness/core/embedded.h).
function(mexbench_embed target name)
  cmake_parse_arguments(EMBED "" "RELATIVE" "FILES" ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAME=${name} "-DFILES=${EMBED_FILES}" -DRELATIVE=${EMBED_RELATIVE} -P
            ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    DEPENDS ${EMBED_FILES} ${PROJECT_SOURCE_DIR}/cmake/embed_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
